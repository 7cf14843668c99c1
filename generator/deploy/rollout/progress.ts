import type { OperationResult } from './stack-set-records.ts';

/** How far an operation is. */
export interface Counts {
  readonly stacks: {
    readonly done: number;
    /** Done, failed or cancelled: nothing more happens to them. */
    readonly ended: number;
    readonly total: number;
  };
  readonly accounts: {
    /** All of the account's Regions are done. */
    readonly done: number;
    readonly running: number;
    readonly failed: number;
    readonly total: number;
  };
}

type AccountState = 'done' | 'running' | 'failed' | 'waiting';

/** Counts what an operation has done; an account failed as soon as one of its Regions did. */
export function countResults(results: readonly OperationResult[]): Counts {
  const states = new Map<string, AccountState>();
  for (const { account, status } of results) {
    const before = states.get(account);
    states.set(account, before === undefined ? stateOf(status) : worse(before, stateOf(status)));
  }
  const all = [...states.values()];
  const count = (state: AccountState): number => all.filter((one) => one === state).length;
  return {
    stacks: {
      done: results.filter(({ status }) => status === 'SUCCEEDED').length,
      ended: results.filter(({ status }) => status !== 'PENDING' && status !== 'RUNNING').length,
      total: results.length,
    },
    accounts: {
      done: count('done'),
      running: count('running'),
      failed: count('failed'),
      total: all.length,
    },
  };
}

function stateOf(status: OperationResult['status']): AccountState {
  switch (status) {
    case 'SUCCEEDED':
      return 'done';
    case 'FAILED':
    case 'CANCELLED':
      return 'failed';
    case 'RUNNING':
      return 'running';
    case 'PENDING':
      return 'waiting';
  }
}

const BY_WEIGHT: readonly AccountState[] = ['failed', 'running', 'waiting', 'done'];

function worse(a: AccountState, b: AccountState): AccountState {
  return BY_WEIGHT.find((state) => state === a || state === b) ?? a;
}

/** Counts and when they were made, in milliseconds. */
export interface Counted {
  readonly counts: Counts;
  readonly at: number;
}

/**
 * Seconds from `now` until the rest has ended, at the pace since the first count; undefined before there is one. The
 * operation may have begun long before the first count, in a run that was interrupted.
 */
export function secondsLeft(first: Counted, now: Counted): number | undefined {
  const { ended, total } = now.counts.stacks;
  const since = ended - first.counts.stacks.ended;
  if (since <= 0) return undefined;
  return ((total - ended) * (now.at - first.at)) / 1000 / since;
}

/** The state of an operation in one line. @param seconds since it began; `counts` may be older by a while */
export function progressLine(
  title: string,
  counts: Counts | undefined,
  { seconds, left }: { readonly seconds: number; readonly left: number | undefined },
): string {
  if (counts === undefined || counts.stacks.total === 0) return `${clock(seconds)}  ${title}`;
  const { stacks, accounts } = counts;
  const failed = accounts.failed === 0 ? '' : `, ${accounts.failed} failed`;
  const rest = left === undefined ? '' : `, about ${duration(left)} left`;
  return `${clock(seconds)}  ${title}: accounts ${accounts.done} of ${accounts.total} done, ${accounts.running} running${failed}; stacks ${stacks.done} of ${stacks.total}${rest}`;
}

/** For example `1:05`. */
function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}

/** For example `40 s`, `12 min` or `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
