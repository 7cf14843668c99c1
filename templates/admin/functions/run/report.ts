import type { Attempt, Outcome } from '../model/attempt.ts';
import { readCalls } from '../model/calls.ts';
import { plainText } from '../model/json.ts';
import type { Kind } from './recorded.ts';
import type { Result } from './run.ts';

/** Word of the event that tells programs what became of an attempt. */
export type EventStatus =
  | 'planned'
  | 'approved'
  | 'applied'
  | 'verified'
  | 'failed'
  | 'undone'
  | 'held';

/** What is told about one attempt. */
export interface Report {
  readonly kind: Kind;
  readonly status: EventStatus;
  /** One or two sentences for people. */
  readonly message: string;
  /** New workflow status of the findings; absent leaves it. */
  readonly workflow?: 'RESOLVED' | 'NOTIFIED';
}

/** Outcomes with which no automation was started. */
const NOT_STARTED: ReadonlySet<Outcome> = new Set([
  'not-started',
  'role-missing',
  'member-missing',
  'foreign-member',
  'document-missing',
  'document-foreign',
  'parameters-unknown',
  'refused',
  'rejected',
  'approval-expired',
]);

/** Decides what to tell and which workflow status follows. RESOLVED only when the fix was verified. Pure. */
export function report(attempt: Attempt, result: Result): Report {
  const made = reportOf(attempt, result);
  return { ...made, message: sentences(made.message, ownerOf(attempt, result)) };
}

/** What people must know who keep the resource's configuration in a template. Empty when no stack owns the resource. */
export function ownerOf({ mode }: Attempt, { stack }: Result): string {
  if (stack === undefined || mode === 'Undo') return '';
  return `The CloudFormation stack ${plainText(stack, 128)} owns the resource: change its template too.`;
}

function reportOf(attempt: Attempt, result: Result): Report {
  const { outcome, automation } = result;
  // AWS may deny the start, or a call of the document.
  const isDenied = outcome === 'denied' && automation === undefined;
  if (NOT_STARTED.has(outcome) || isDenied)
    return {
      kind: 'Refused',
      status: 'failed',
      message: `Nothing was changed. ${sentenceOf(result)}`,
      ...(attempt.mode === 'Remediate' ? { workflow: 'NOTIFIED' } : {}),
    };
  switch (attempt.mode) {
    case 'Preview':
      return previewed(attempt, result);
    case 'Undo':
      return takenBack(attempt, result);
    case 'Remediate':
      return attempt.phase === 'run' ? remediated(attempt, result) : plannedOnly(attempt, result);
  }
}

/** A preview that an approver is to see, but that shows nothing to approve. */
function plannedOnly(attempt: Attempt, result: Result): Report {
  const by = byWhom(attempt, result);
  if (result.outcome === 'compliant')
    return {
      kind: 'Succeeded',
      status: 'verified',
      workflow: 'RESOLVED',
      message: sentences(`Compliant already, as ${by} found; nothing was changed.`, result.note),
    };
  return {
    kind: 'Failed',
    status: 'failed',
    workflow: 'NOTIFIED',
    message: sentences(
      `Nothing was changed: the preview for an approver gave no plan (${result.outcome}) by ${by}.`,
      result.error,
    ),
  };
}

function previewed(attempt: Attempt, result: Result): Report {
  const by = byWhom(attempt, result);
  const { outcome, note, error } = result;
  if (outcome === 'would-change')
    return {
      kind: 'Previewed',
      status: 'planned',
      message: `Preview: ${planOf(attempt, result)}`,
    };
  if (outcome === 'compliant')
    return {
      kind: 'Previewed',
      status: 'planned',
      message: sentences(
        `Preview: the resource is compliant already, as ${by} found; nothing would change.`,
        note,
      ),
    };
  return {
    kind: 'Previewed',
    status: 'failed',
    message: sentences(`The preview gave no plan (${outcome}) by ${by}.`, error),
  };
}

/** What the document would do, and where to read it. */
export function planOf(attempt: Attempt, { changes, automation, note }: Result): string {
  const calls = readCalls(changes)?.change.length ?? 0;
  return sentences(
    `${attempt.document} would make ${calls} ${calls === 1 ? 'call' : 'calls'}, listed in automation ${automation ?? 'unknown'}.`,
    note,
  );
}

function takenBack(attempt: Attempt, result: Result): Report {
  const by = byWhom(attempt, result);
  if (result.outcome === 'undone')
    return {
      kind: 'Undone',
      status: 'undone',
      workflow: 'NOTIFIED',
      message: sentences(
        `Taken back by ${by}; a hold keeps it from being fixed again by itself.`,
        result.note,
      ),
    };
  // The resource may still be fixed, so the finding keeps its status.
  return {
    kind: 'Failed',
    status: 'failed',
    message: sentences(
      result.outcome === 'changed-since'
        ? `Not taken back by ${by}: the resource changed since it was fixed. Force the undo to overwrite that.`
        : `Not taken back (${result.outcome}) by ${by}.`,
      result.error,
    ),
  };
}

function remediated(attempt: Attempt, result: Result): Report {
  const by = byWhom(attempt, result);
  const { note, error, outcome } = result;
  if (outcome === 'changed' || outcome === 'compliant')
    return {
      kind: 'Succeeded',
      status: 'verified',
      workflow: 'RESOLVED',
      message: sentences(
        outcome === 'changed'
          ? `Fixed and verified by ${by}.`
          : `Compliant already, as ${by} verified.`,
        note,
      ),
    };
  if (outcome === 'mitigated')
    return {
      kind: 'Succeeded',
      status: 'applied',
      workflow: 'NOTIFIED',
      message: sentences(`Mitigated by ${by}; a person must finish it.`, note),
    };
  return {
    kind: 'Failed',
    status: 'failed',
    workflow: 'NOTIFIED',
    message: sentences(
      outcome === 'not-verified'
        ? `Changed by ${by}, but the check still fails.`
        : `Not fixed (${outcome}) by ${by}.`,
      error,
    ),
  };
}

function byWhom({ document }: Attempt, { automation }: Result): string {
  return automation === undefined ? document : `${document}, automation ${automation}`;
}

function sentenceOf({ error, note, outcome }: Result): string {
  return error === '' ? (note === '' ? `${outcome}.` : note) : error;
}

export function sentences(first: string, second: string): string {
  return second === '' ? first : `${first} ${second}`;
}
