/** Time that passes only when everybody waits. Whoever waits for the same moment goes on in the order of asking. */
export interface Clock {
  readonly now: () => Date;
  /** Milliseconds go by. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Does something later, so many milliseconds from now. */
  readonly later: (milliseconds: number, act: () => void) => void;
  /** Lets time pass until a moment, or until `isOver` says so. */
  readonly run: (until: Date, isOver?: () => boolean) => Promise<void>;
}

/** Everything that happens in a world is promises and timers of this clock, so one turn of the loop lets all of it rest. */
const rest = async (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

export function createClock(start: Date): Clock {
  let time = start.getTime();
  /** Moments for which somebody waits, the latest first. */
  const moments: number[] = [];
  const waiting = new Map<number, (() => void)[]>();
  const later = (milliseconds: number, act: () => void): void => {
    const moment = time + Math.max(0, Math.round(milliseconds));
    const others = waiting.get(moment);
    if (others !== undefined) return void others.push(act);
    waiting.set(moment, [act]);
    moments.splice(placeOf(moments, moment), 0, moment);
  };
  return {
    now: () => new Date(time),
    later,
    wait: async (milliseconds) =>
      new Promise((resolve) => {
        later(milliseconds, resolve);
      }),
    run: async (until, isOver = () => false) => {
      for (await rest(); !isOver(); await rest()) {
        const next = moments.at(-1);
        if (next === undefined || next > until.getTime()) {
          time = Math.max(time, until.getTime());
          return;
        }
        moments.pop();
        time = Math.max(time, next);
        const acts = waiting.get(next) ?? [];
        waiting.delete(next);
        for (const act of acts) act();
      }
    },
  };
}

/** Where a moment belongs in a list that falls. */
function placeOf(moments: readonly number[], moment: number): number {
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle] ?? 0) > moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Numbers from 0 to below 1 that look random and are the same each time (the generator mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
