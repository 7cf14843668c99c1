import type { StackSetOperationPreferences } from '@aws-sdk/client-cloudformation';

/** What an operation does in one account and Region, and when; times in milliseconds. */
export interface ScheduledCell {
  readonly account: string;
  readonly region: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly detail: string;
  readonly reason?: string;
}

interface Cell {
  readonly account: string;
  readonly region: string;
}

/**
 * Works out an operation: Region after Region or all at once, so many accounts at a time, until more fail in a Region than are
 * tolerated; what has not begun then is cancelled, and so are the Regions after it.
 */
export function schedule(
  cells: readonly Cell[],
  {
    preferences,
    startsAt,
    stackMilliseconds,
    most,
    outcome,
  }: {
    readonly preferences: StackSetOperationPreferences;
    readonly startsAt: number;
    readonly stackMilliseconds: number;
    /** Stacks at a time, whatever is asked for. */
    readonly most: number;
    readonly outcome: (
      cell: Cell,
    ) => { readonly detail: string; readonly reason: string } | undefined;
  },
): {
  readonly cells: readonly ScheduledCell[];
  readonly endsAt: number;
  readonly isFailed: boolean;
} {
  const isParallel = preferences.RegionConcurrencyType === 'PARALLEL';
  const present = [...new Set(cells.map(({ region }) => region))];
  const order = preferences.RegionOrder ?? present;
  const regions = [
    ...order.filter((one) => present.includes(one)),
    ...present.filter((one) => !order.includes(one)),
  ];
  const scheduled: ScheduledCell[] = [];
  let begin = startsAt;
  let isFailed = false;
  for (const region of regions) {
    const own = cells.filter((cell) => cell.region === region);
    const accounts = own.length;
    const asked =
      preferences.MaxConcurrentCount ??
      Math.max(1, Math.floor((accounts * (preferences.MaxConcurrentPercentage ?? 1)) / 100));
    const tolerance =
      preferences.FailureToleranceCount ??
      Math.floor((accounts * (preferences.FailureTolerancePercentage ?? 0)) / 100);
    const slots = Array.from({ length: Math.max(1, Math.min(asked, most, accounts)) }, () => begin);
    const failedAt: number[] = [];
    for (const [index, cell] of own.entries()) {
      // Every stack takes as long, so the slots come free in turn.
      const slot = index % slots.length;
      const from = slots[slot] ?? begin;
      const before = failedAt.filter((at) => at <= from).length;
      if (isFailed || before > tolerance) {
        isFailed = true;
        const reason = 'Cancelled since failure tolerance has exceeded';
        scheduled.push({ ...cell, startsAt: from, endsAt: from, detail: 'CANCELLED', reason });
        continue;
      }
      const wrong = outcome(cell);
      const endsAt = from + (wrong?.detail === 'SKIPPED_SUSPENDED_ACCOUNT' ? 0 : stackMilliseconds);
      slots[slot] = endsAt;
      if (wrong !== undefined && wrong.detail !== 'SKIPPED_SUSPENDED_ACCOUNT')
        failedAt.push(endsAt);
      const { account } = cell;
      scheduled.push({ account, region, startsAt: from, endsAt, detail: 'SUCCEEDED', ...wrong });
    }
    if (failedAt.length > tolerance) isFailed = true;
    if (!isParallel) begin = Math.max(begin, ...slots);
  }
  const endsAt = scheduled.reduce((latest, cell) => Math.max(latest, cell.endsAt), startsAt);
  return { cells: scheduled, endsAt, isFailed };
}
