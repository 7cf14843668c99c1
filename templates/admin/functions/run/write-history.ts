import { afterAttempt, isFailure } from '../decide/attempts.ts';
import { afterFailure } from '../decide/breaker.ts';
import type { Attempt } from '../model/attempt.ts';
import { defined } from '../model/finding-parts.ts';
import type { EndingOptions } from './ending-options.ts';
import type { Report } from './report.ts';
import { isChange } from './run.ts';
import type { Result } from './run.ts';
import type { Ticket } from './ticket.ts';

export interface History {
  /** As it stands in the history now, or as it would have been written. */
  readonly attempt: Attempt;
  readonly breakerOpened: boolean;
  /** Why it could not be ended. */
  readonly problem?: string;
}

export interface Ending {
  readonly attempt: Attempt;
  readonly result: Result;
  readonly report: Report;
  readonly ticket: Ticket;
  readonly execution: string | undefined;
}

/** How often a finding may join while its attempt is being ended. */
const TRIES = 5;

/**
 * Ends an attempt in the state table, with what is remembered about its resource. Findings that join meanwhile are given
 * to `onJoined` before it is tried again. Throws the store's errors.
 */
export async function writeHistory(
  options: EndingOptions,
  ending: Ending,
  onJoined: (attempt: Attempt) => Promise<void>,
): Promise<History> {
  let { attempt } = ending;
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const now = options.now();
    const ended = endedAttempt({ ...ending, attempt }, now);
    const breaker = await breakerOf(options, ending, now);
    const isWritten = await options.store.end({
      attempt: ended,
      ...(await targetOf(options, ended, now)),
      ...(breaker === undefined
        ? {}
        : { breaker: { control: attempt.control, value: breaker.breaker } }),
      ...(ended.undoes !== undefined && ended.outcome === 'undone'
        ? { undoes: ended.undoes.id }
        : {}),
    });
    if (isWritten) return { attempt: ended, breakerOpened: breaker?.opened ?? false };
    const found = await options.store.readAttempt(attempt, attempt.id);
    if (found === undefined || found.status === 'ended')
      return { attempt: ended, breakerOpened: false, ...problemOf(found, ended) };
    const known = new Set(attempt.findings.map(({ format, id }) => `${format} ${id}`));
    const joined = found.findings.filter(({ format, id }) => !known.has(`${format} ${id}`));
    attempt = found;
    if (joined.length > 0) await onJoined({ ...found, findings: joined });
  }
  return {
    attempt: endedAttempt({ ...ending, attempt }, options.now()),
    breakerOpened: false,
    problem: 'The history could not be written: findings kept joining the attempt.',
  };
}

/** An answer that got lost looks as if somebody else had ended the attempt. */
function problemOf(found: Attempt | undefined, ended: Attempt): { readonly problem?: string } {
  if (found === undefined) return { problem: 'The history has lost the attempt.' };
  const isOurs = found.execution === ended.execution && found.endedAt === ended.endedAt;
  return isOurs
    ? {}
    : { problem: `The attempt had ended before, as ${found.outcome ?? 'unknown'}.` };
}

function endedAttempt({ attempt, result, report, ticket, execution }: Ending, now: Date): Attempt {
  const { outcome, note, error, changes, state, automation, stack, decision } = result;
  const calls = isChange(attempt) ? { changes } : { preview: changes };
  return {
    ...attempt,
    status: 'ended',
    endedAt: now.toISOString(),
    outcome,
    message: report.message,
    ...(note === '' ? {} : { note }),
    ...(error === '' ? {} : { error }),
    ...(changes === '' ? {} : calls),
    ...(state.length === 0 ? {} : { state }),
    ...defined('automation', automation),
    ...defined('stack', stack),
    ...defined('decision', decision),
    ...defined('execution', execution),
    ...defined('ticket', ticket.url),
    ...defined('ticketId', ticket.id),
  };
}

/** A preview holds no lease and says nothing about the resource's history, so it writes none. */
async function targetOf(
  { store }: EndingOptions,
  ended: Attempt,
  now: Date,
): Promise<{ readonly target?: ReturnType<typeof afterAttempt> }> {
  const { mode, outcome, findings, remediation } = ended;
  if (mode === 'Preview' || outcome === undefined) return {};
  if (mode === 'Undo' && outcome !== 'undone') return {};
  const before = await store.readTarget(ended, remediation);
  return { target: afterAttempt(before, { outcome, findings, now, mode }) };
}

/**
 * The breaker counts remediations that went wrong, not accounts where nothing could be started: one account without a
 * member stack must not stop a control in all others.
 */
async function breakerOf(
  { store }: EndingOptions,
  { attempt, result, report }: Ending,
  now: Date,
): Promise<ReturnType<typeof afterFailure> | undefined> {
  const counts =
    attempt.mode === 'Remediate' && report.kind === 'Failed' && isFailure(result.outcome);
  if (!counts) return undefined;
  return afterFailure(await store.readBreaker(attempt.control), attempt.policy, now);
}
