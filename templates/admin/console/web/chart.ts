import type { Statistics } from '../contract.ts';

type Day = Statistics['days'][number];

/** From this many days on, a bar is a week: narrower bars can't be told apart. */
const MOST_BARS = 92;
const WEEK = 7;

export interface Bars {
  readonly bars: readonly Day[];
  readonly isWeekly: boolean;
}

/** The days, or weeks of them when there are many; a week is named after its first day. */
export function barsOf(days: readonly Day[]): Bars {
  if (days.length <= MOST_BARS) return { bars: days, isWeekly: false };
  const weeks = Array.from({ length: Math.ceil(days.length / WEEK) }, (_, at) =>
    days.slice(at * WEEK, (at + 1) * WEEK),
  );
  const bars = weeks.map((week) => ({
    day: week[0]?.day ?? '',
    fixed: sum(week, 'fixed'),
    failed: sum(week, 'failed'),
    other: sum(week, 'other'),
  }));
  return { bars, isWeekly: true };
}

export function sum(days: readonly Day[], what: 'fixed' | 'failed' | 'other'): number {
  return days.reduce((total, one) => total + one[what], 0);
}

/** The end of an axis: the next of 4, 6, 8, 10, 20, 40, ... that is no less. Its half is whole, as counts are. */
export function axisEnd(most: number): number {
  let power = 1;
  for (;;) {
    for (const step of [2, 4, 6, 8, 10]) if (step * power >= Math.max(most, 4)) return step * power;
    power *= 10;
  }
}
