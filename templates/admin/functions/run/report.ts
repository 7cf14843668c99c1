import { parseFinding } from '../model/finding.ts';
import { plainText } from '../model/json.ts';
import { isRefusal } from '../model/refusal.ts';
import { subjectOf } from './run.ts';
import type { Ended, Refused, Run, Subject } from './run.ts';

/** What the state machine hands to `finish`: its state when the run ended, and its own ARN. */
export interface FinishInput {
  readonly state: {
    readonly run?: Run;
    /** Only when `start` itself broke. */
    readonly finding?: unknown;
    readonly action?: unknown;
    /** Error that the state machine caught. */
    readonly problem?: { readonly Error?: string };
  };
  readonly execution: string;
}

export type Result = 'Succeeded' | 'Failed' | 'Refused' | 'Previewed';

/** What is told about one finding. */
export interface Report {
  readonly result: Result;
  /** Outcome of the document, reason of the refusal, or `error`. */
  readonly outcome: string;
  /** One or two sentences for people. */
  readonly message: string;
  /** Absent when the finding's origin is in doubt: then it stays untouched. */
  readonly subject?: Subject;
  /** New workflow status of the finding; absent leaves it. */
  readonly workflow?: 'RESOLVED' | 'NOTIFIED';
  readonly run?: Run;
}

/** Decides what to tell and which workflow status follows. RESOLVED only when the fix was verified. */
export function report({ state }: FinishInput): Report {
  const { run, problem } = state;
  if (run === undefined) return broken(state);
  switch (run.status) {
    case 'refused':
      return refused(run);
    case 'ended':
      return run.mode === 'Preview' ? previewed(run) : remediated(run);
    case 'running':
      return {
        result: 'Failed',
        outcome: 'error',
        message: `${run.document} was started as ${run.automation}, but its result could not be read (${errorText(problem?.Error)}). Look it up in account ${run.subject.account}.`,
        subject: run.subject,
        ...(run.mode === 'Remediate' ? { workflow: 'NOTIFIED' as const } : {}),
        run,
      };
  }
}

function broken({ finding: raw, action, problem }: FinishInput['state']): Report {
  const finding = parseFinding(raw);
  const message = `The remediation could not be started: ${errorText(problem?.Error)}. The log of the start function says more.`;
  const base = { result: 'Failed', outcome: 'error', message } as const;
  if (isRefusal(finding)) return base;
  const isPreview = typeof action === 'string' && action.endsWith('/ASRPreview');
  const isStatusKept = isPreview || finding.workflow === 'SUPPRESSED';
  return {
    ...base,
    subject: subjectOf(finding),
    ...(isStatusKept ? {} : { workflow: 'NOTIFIED' }),
  };
}

function refused(run: Refused): Report {
  const { reason, message, subject, mode } = run;
  const base = {
    result: 'Refused',
    outcome: reason,
    message: `Nothing was changed. ${message}`,
    run,
  } as const;
  if (subject === undefined) return base;
  // A suppressed or passed finding keeps its status: NOTIFIED would undo what someone decided.
  const isStatusKept = mode === 'Preview' || reason === 'not-failed';
  return { ...base, subject, ...(isStatusKept ? {} : { workflow: 'NOTIFIED' }) };
}

function previewed(run: Ended): Report {
  const base = { result: 'Previewed', outcome: run.outcome, subject: run.subject, run } as const;
  switch (run.outcome) {
    case 'would-change':
      return {
        ...base,
        message: sentences(
          `Preview: ${run.document} would make ${run.changes} call(s), listed in automation ${run.automation}.`,
          run.note,
        ),
      };
    case 'compliant':
      return {
        ...base,
        message: sentences(
          'Preview: the resource is compliant already, nothing would change.',
          run.note,
        ),
      };
    case 'changed':
    case 'mitigated':
    case 'failed':
    case 'timed-out':
    case 'cancelled':
    case 'unreadable':
      return {
        ...base,
        message: sentences(`The preview gave no plan (${run.outcome}).`, run.error),
      };
  }
}

function remediated(run: Ended): Report {
  const base = { outcome: run.outcome, subject: run.subject, run } as const;
  const by = `${run.document}, automation ${run.automation}`;
  switch (run.outcome) {
    case 'changed':
      return {
        ...base,
        result: 'Succeeded',
        workflow: 'RESOLVED',
        message: sentences(`Fixed and verified by ${by}.`, run.note),
      };
    case 'compliant':
      return {
        ...base,
        result: 'Succeeded',
        workflow: 'RESOLVED',
        message: sentences(`Compliant already, as ${by} verified.`, run.note),
      };
    case 'mitigated':
      return {
        ...base,
        result: 'Succeeded',
        workflow: 'NOTIFIED',
        message: sentences(`Mitigated by ${by}; a person must finish it.`, run.note),
      };
    case 'would-change':
    case 'failed':
    case 'timed-out':
    case 'cancelled':
    case 'unreadable':
      return {
        ...base,
        result: 'Failed',
        workflow: 'NOTIFIED',
        message: sentences(`Not fixed (${run.outcome}) by ${by}.`, run.error),
      };
  }
}

function sentences(first: string, second: string): string {
  return second === '' ? first : `${first} ${second}`;
}

function errorText(error: string | undefined): string {
  return plainText(error ?? 'unknown error', 80);
}
