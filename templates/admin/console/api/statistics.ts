import type { Attempt } from '../../functions/model/attempt.ts';
import type { Statistics } from '../contract.ts';
import { historyQuery } from './attempts.ts';
import type { Context } from './context.ts';

const MOST_READ = 5000;
const DAYS = 30;
const DAY = 86_400_000;

const FIXED: ReadonlySet<string> = new Set(['changed', 'mitigated']);
/** Ends that ask nobody to look after anything: nothing was to be done, or people decided. */
const OTHER: ReadonlySet<string> = new Set([
  'compliant',
  'would-change',
  'undone',
  'cancelled',
  'rejected',
  'approval-expired',
  'refused',
]);

interface Tally {
  fixed: number;
  failed: number;
  other: number;
}

/** How remediations ended, by day, control and account. Throws as `Scope` does. */
export async function showStatistics(
  context: Context,
  { most = MOST_READ } = {},
): Promise<Statistics> {
  const query = historyQuery(context, [], undefined, DAYS);
  const [from, to] = [query.from.slice(0, 10), query.to.slice(0, 10)];
  const days = new Map<string, Tally>();
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY)
    tally(days, new Date(at).toISOString().slice(0, 10));
  const controls = new Map<string, Tally>();
  const accounts = new Map<string, Tally>();
  let read = 0;
  let isPartial = false;
  for await (const attempt of context.scope.attempts(query)) {
    read += 1;
    if (read > most) {
      isPartial = true;
      break;
    }
    const kind = kindOf(attempt);
    if (kind === undefined) continue;
    tally(days, attempt.claimedAt.slice(0, 10))[kind] += 1;
    tally(controls, attempt.control)[kind] += 1;
    tally(accounts, attempt.account)[kind] += 1;
  }
  return {
    from,
    to,
    days: [...days].map(([day, counts]) => ({ day, ...counts })),
    byControl: ranked(controls).map(([control, { fixed, failed }]) => ({ control, fixed, failed })),
    byAccount: ranked(accounts).map(([account, { fixed, failed }]) => ({ account, fixed, failed })),
    isPartial,
  };
}

function kindOf({ mode, status, outcome }: Attempt): keyof Tally | undefined {
  if (mode !== 'Remediate' || status !== 'ended' || outcome === undefined) return undefined;
  if (FIXED.has(outcome)) return 'fixed';
  return OTHER.has(outcome) ? 'other' : 'failed';
}

function tally(all: Map<string, Tally>, name: string): Tally {
  const known = all.get(name) ?? { fixed: 0, failed: 0, other: 0 };
  all.set(name, known);
  return known;
}

function ranked(all: ReadonlyMap<string, Tally>): readonly (readonly [string, Tally])[] {
  return [...all].toSorted(
    ([name, one], [other, two]) =>
      two.fixed + two.failed - one.fixed - one.failed || (name < other ? -1 : 1),
  );
}
