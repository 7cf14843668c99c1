/** Time as the functions, the documents and Security Hub see it. It moves on only when somebody waits. */
export interface WorldClock {
  readonly now: () => Date;
  readonly advance: (seconds: number) => void;
  /** Takes the place of `Date` inside the functions. */
  readonly Date: DateConstructor;
}

/** Makes a clock that stands at `start` (ISO 8601). */
export function createWorldClock(start: string): WorldClock {
  let time = Date.parse(start);
  class WorldDate extends Date {
    constructor(given?: string | number | Date) {
      super(given ?? time);
    }
    static override now(): number {
      return time;
    }
  }
  return {
    now: () => new Date(time),
    advance: (seconds) => {
      time += seconds * 1000;
    },
    Date: WorldDate as unknown as DateConstructor,
  };
}
