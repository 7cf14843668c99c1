import { setTimeout } from 'node:timers/promises';

import { Failure } from './failure.ts';

/** How sleeping works: for real, or by only moving the clock on. */
export type SleepMode = 'real' | 'skip';

/** The time inside an execution. */
export interface Clock {
  readonly mode: SleepMode;
  /** Fixed start as ISO text, if the caller chose one. */
  readonly fixed: string | undefined;
  /** Seconds by which sleeps have moved this clock on, compared with the real or fixed one. */
  readonly offset: () => number;
  readonly now: () => Date;
  readonly sleep: (seconds: number) => Promise<void>;
  /** Takes over what a script slept. */
  readonly advance: (seconds: number) => void;
}

/**
 * Makes the clock of one execution.
 * @param fixed ISO text of the time at which the execution starts
 * @default fixed the real time
 */
export function createClock(mode: SleepMode, fixed?: string): Clock {
  if (fixed !== undefined && Number.isNaN(Date.parse(fixed)))
    throw new Failure(`now: ${fixed} is not an ISO time`);
  let offset = 0;
  const moves = mode === 'skip' || fixed !== undefined;
  const advance = (seconds: number): void => {
    if (moves) offset += seconds;
  };
  return {
    mode,
    fixed,
    advance,
    offset: () => offset,
    now: () => new Date((fixed === undefined ? Date.now() : Date.parse(fixed)) + offset * 1000),
    sleep: async (seconds) => {
      if (mode === 'real') await setTimeout(seconds * 1000);
      advance(seconds);
    },
  };
}

const duration = /^P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
// Systems Manager user guide, "aws:sleep - Delay an automation".
const longestSleep = 604_799;

/** Seconds of an ISO 8601 duration of days, hours, minutes and seconds. @throws Failure */
export function secondsOf(text: string): number {
  const match = duration.exec(text);
  if (match === null || text === 'P')
    throw new Failure(`${text} is not a duration such as PT30S or P1DT2H`);
  const [days, hours, minutes, seconds] = match.slice(1).map((digits) => Number(digits ?? 0));
  const total = (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
  if (total > longestSleep)
    throw new Failure(`${text} is longer than ${longestSleep} seconds, the longest sleep`);
  return total;
}
