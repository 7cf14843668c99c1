import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Attempt } from '../model/attempt.ts';
import { objectOf } from '../model/json.ts';
import type { AttemptKey } from '../run/attempt-key.ts';
import { errorName, rethrow } from '../run/aws-errors.ts';
import { executionName } from '../run/execution.ts';

interface ExecutionOptions {
  readonly sfn: SFNClient;
  readonly orchestratorArn: string;
}

/**
 * Starts the orchestrator for an attempt, which is all that it is told. Starting it twice starts it once (Step Functions
 * API, StartExecution): the same name and input answer with the execution that runs, and one that is over is there
 * already. Throws the SDK's error.
 */
export async function startExecution(
  { sfn, orchestratorArn }: ExecutionOptions,
  attempt: Attempt,
): Promise<void> {
  const { account, region, resource, id } = attempt;
  const input: AttemptKey = { account, region, resource, id };
  try {
    await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: orchestratorArn,
        name: executionName(attempt),
        input: JSON.stringify(input),
      }),
    );
  } catch (error) {
    if (errorName(error) !== 'ExecutionAlreadyExists') throw error;
  }
}

/** Whether Step Functions answered that it didn't start: after a lost answer, the execution may be there. */
export function isNotStarted(error: unknown): boolean {
  const { $fault: fault, $metadata } = objectOf(error);
  const status = objectOf($metadata)['httpStatusCode'];
  return fault === 'client' && typeof status === 'number' && status >= 400 && status < 500;
}

export type ExecutionState = 'missing' | 'running' | 'over';

/** The execution that works on an attempt, and what it does now. Throws `Busy` when AWS is, and the SDK's error. */
export async function describeExecution(
  { sfn, orchestratorArn }: ExecutionOptions,
  attempt: Attempt,
): Promise<{ readonly arn: string; readonly state: ExecutionState }> {
  const machine = orchestratorArn.replace(':stateMachine:', ':execution:');
  const arn = `${machine}:${executionName(attempt)}`;
  try {
    const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
    switch (status) {
      case 'SUCCEEDED':
      case 'FAILED':
      case 'TIMED_OUT':
      case 'ABORTED':
        return { arn, state: 'over' };
      case 'RUNNING':
      case 'PENDING_REDRIVE':
      case undefined:
      default:
        return { arn, state: 'running' };
    }
  } catch (error) {
    if (errorName(error) === 'ExecutionDoesNotExist') return { arn, state: 'missing' };
    return rethrow(error);
  }
}
