import type { Attempt } from '../../functions/model/attempt.ts';
import { readCalls } from '../../functions/model/calls.ts';
import { differencesOf } from '../../functions/model/difference.ts';
import type { AttemptDetail, AttemptSummary, Page } from '../contract.ts';
import type { HistoryQuery } from './backend.ts';
import type { Context } from './context.ts';
import { Refused } from './problem.ts';
import { canUndo } from './scope.ts';
import { formedList, periodOf } from './validate.ts';

const PAGE = 50;
/** Attempts that are looked at for one page: what comes after is on the next one. */
const MOST_READ = 2000;

export const ATTEMPT_QUERY = [
  'account',
  'control',
  'status',
  'outcome',
  'from',
  'to',
  'next',
] as const;

/** The history, the newest first; a page may be short with more behind it. Throws as `Scope` does. */
export async function listAttempts(
  context: Context,
  { page = PAGE, most = MOST_READ } = {},
): Promise<Page<AttemptSummary>> {
  const { query, scope } = context;
  const controls = formedList('control', query['control']);
  const statuses = formedList('status', query['status']);
  const outcomes = formedList('outcome', query['outcome']);
  const asked = formedList('account', query['account']);
  const cursor = query['next'] === undefined ? undefined : cursorOf(query['next']);
  const items: AttemptSummary[] = [];
  let read = 0;
  for await (const one of scope.attempts(historyQuery(context, asked, cursor?.claimedAt))) {
    // Several may begin in one moment: those of the page before are passed over.
    if (cursor !== undefined && !isBefore(one, cursor)) continue;
    read += 1;
    const isMeant =
      (controls.length === 0 || controls.includes(one.control)) &&
      (statuses.length === 0 || statuses.includes(one.status)) &&
      (outcomes.length === 0 || outcomes.some((outcome) => outcome === one.outcome));
    if (isMeant) items.push(attemptSummary(one));
    if (items.length >= page || read >= most) return { items, next: `${one.claimedAt}_${one.id}` };
  }
  return { items };
}

export function historyQuery(
  { query, now }: Pick<Context, 'query' | 'now'>,
  accounts: readonly string[],
  until?: string,
  days = 7,
): HistoryQuery {
  const { from, to } = periodOf({ from: query['from'], to: query['to'] }, days, now);
  const end = `${to}T23:59:59.999Z`;
  return {
    accounts: accounts.length === 0 ? undefined : accounts,
    from: `${from}T00:00:00.000Z`,
    to: until !== undefined && until < end ? until : end,
  };
}

type Place = Pick<Attempt, 'claimedAt' | 'id'>;

function cursorOf(text: string): Place {
  const { claimedAt, id } =
    /^(?<claimedAt>\d{4}-\d{2}-\d{2}T[\d:.]{8,12}Z)_(?<id>[0-9a-f]{32})$/u.exec(text)?.groups ?? {};
  if (claimedAt === undefined || id === undefined) throw new Refused('lost-place');
  return { claimedAt, id };
}

function isBefore(one: Place, other: Place): boolean {
  return one.claimedAt === other.claimedAt ? one.id < other.id : one.claimedAt < other.claimedAt;
}

/** Order of a history: the newest first, and one order for those of one moment. */
export function newestFirst(one: Place, other: Place): number {
  return isBefore(one, other) ? 1 : -1;
}

export function attemptSummary(attempt: Attempt): AttemptSummary {
  const { id, status, mode, origin, actor, account, region, resource, control, remediation } =
    attempt;
  const { claimedAt, endedAt, outcome, message, approvalExpiresAt, undoneBy } = attempt;
  return {
    id,
    status,
    mode,
    origin,
    actor,
    account,
    region,
    resource,
    control,
    remediation,
    claimedAt,
    ...without({ endedAt, outcome, message, approvalExpiresAt, undoneBy }),
    canUndo: canUndo(attempt),
  };
}

export function attemptDetail(attempt: Attempt): AttemptDetail {
  const { automation, execution, ticket, stack, approver, error, findings, decision } = attempt;
  return {
    ...attemptSummary(attempt),
    findings: findings.map(({ id }) => id),
    trace: decision.trace.map(({ rule, verdict, reason, why }) => ({ rule, verdict, reason, why })),
    changes: changesOf(attempt.changes ?? attempt.preview),
    ...without({ automation, execution, ticket, stack, approver, error }),
  };
}

/** Members that have a value. */
function without<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** The calls, kept as JSON; none when that isn't understood. */
function changesOf(json = '[]'): AttemptDetail['changes'] {
  const calls = readCalls(json);
  return calls === undefined ? [] : differencesOf(calls);
}
