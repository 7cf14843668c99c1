import type { AutomationExecution } from '@aws-sdk/client-ssm';
import type { Outcome } from '../model/attempt.ts';
import { readCalls } from '../model/calls.ts';
import { plainText } from '../model/json.ts';
import { without } from './run.ts';
import type { Result } from './run.ts';

/** How an automation ended, by its status; statuses that are absent go on (SSM API, AutomationExecutionStatus). */
const ENDS: ReadonlyMap<string, 'succeeded' | 'failed' | 'timed-out' | 'cancelled'> = new Map([
  ['Success', 'succeeded'],
  ['CompletedWithSuccess', 'succeeded'],
  ['Failed', 'failed'],
  ['CompletedWithFailure', 'failed'],
  ['Exited', 'failed'],
  ['Rejected', 'failed'],
  ['TimedOut', 'timed-out'],
  ['Cancelled', 'cancelled'],
]);

/** Outcomes that a document answers. */
const ANSWERS = ['compliant', 'would-change', 'changed', 'mitigated', 'undone', 'failed'] as const;

/** Codes before the colon of a document's error that have an outcome of their own. */
const CODES: ReadonlyMap<string, Outcome> = new Map([
  ['not-verified', 'not-verified'],
  ['changed-since', 'changed-since'],
  ['denied', 'denied'],
  ['timed-out', 'timed-out'],
]);

/** Characters that are kept of the calls; documents answer at most about 20,000. */
const LONGEST_CHANGES = 60_000;

/** What the automation came to; undefined while it runs. Pure. */
export function automationResult(execution: AutomationExecution): Result | undefined {
  const failure = plainText(execution.FailureMessage ?? '', 400);
  const end = ENDS.get(execution.AutomationExecutionStatus ?? 'Pending');
  const answer = answerOf(execution);
  switch (end) {
    case undefined:
      return undefined;
    case 'succeeded':
      return answer ?? without('unreadable', 'The automation ended without a result.');
    case 'failed':
      return answer === undefined ? without('failed', failure) : failed(answer, failure);
    case 'timed-out':
      return interrupted(
        'timed-out',
        failure === '' ? 'The automation timed out.' : failure,
        answer,
      );
    case 'cancelled':
      return interrupted('cancelled', 'Someone cancelled the automation.', answer);
  }
}

/** A failed execution counts as failed, whatever its document says. */
function failed(answer: Result, failure: string): Result {
  const error = answer.error === '' ? failure : answer.error;
  return { ...answer, outcome: outcomeOf(error), error };
}

function outcomeOf(error: string): Outcome {
  return CODES.get(error.split(':', 1)[0] ?? '') ?? 'failed';
}

/** What was changed before is not lost: Undo needs it. */
function interrupted(outcome: Outcome, error: string, answer: Result | undefined): Result {
  return { ...(answer ?? without(outcome, error)), outcome, error };
}

/** Outputs of the document's step `Result`; a failed execution has them on the step only. */
function answerOf(execution: AutomationExecution): Result | undefined {
  const step = execution.StepExecutions?.find(({ StepName }) => StepName === 'Result')?.Outputs;
  const list = (name: string): readonly string[] =>
    execution.Outputs?.[`Result.${name}`] ?? step?.[name] ?? [];
  const read = (name: string): string => list(name)[0] ?? '';
  const outcome = ANSWERS.find((one) => one === read('Outcome'));
  if (outcome === undefined) return undefined;
  const error = plainText(read('Error'), 400);
  return {
    outcome: outcome === 'failed' ? outcomeOf(error) : outcome,
    note: plainText(read('Note'), 1000),
    error,
    changes: changesOf(read('Changes')),
    state: list('State').filter((chunk) => chunk !== ''),
  };
}

/** The calls as JSON; nothing when it isn't a list. */
function changesOf(text: string): string {
  return text.length <= LONGEST_CHANGES && readCalls(text) !== undefined ? text : '';
}
