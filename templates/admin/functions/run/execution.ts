import type { Attempt } from '../model/attempt.ts';

/**
 * Name of the execution that works on an attempt: one for its run or its preview, another one once it is approved. Step
 * Functions starts a name once (Step Functions API, StartExecution: unique for 90 days), so no attempt has two.
 */
export function executionName({ id, approver }: Pick<Attempt, 'id' | 'approver'>): string {
  return approver === undefined ? `asr-${id}` : `asr-${id}-approved`;
}

/** Whether an execution is the attempt's own; one that somebody started by hand under another name isn't. */
export function isOwnExecution(arn: string, attempt: Pick<Attempt, 'id' | 'approver'>): boolean {
  return arn.endsWith(`:${executionName(attempt)}`);
}
