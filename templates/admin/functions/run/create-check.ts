import { GetAutomationExecutionCommand } from '@aws-sdk/client-ssm';
import type { AutomationExecution } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Environment } from './environment.ts';
import { plainText } from '../model/json.ts';
import { errorName, memberSsm, rethrow } from './member.ts';
import { isRefusal } from '../model/refusal.ts';
import { OUTCOMES } from './run.ts';
import type { Ended, Outcome, Running } from './run.ts';

export interface CheckOptions extends Environment {
  readonly sts: STSClient;
  readonly now: () => Date;
}

const HOUR = 3600;
/** Longer than the longest wait of a remediation. */
const GIVE_UP_AFTER = 12 * HOUR;
/** A new execution may not be visible at once. */
const INVISIBLE_FOR = 120;
const LONGEST_WAIT = 300;

type Result = Pick<Ended, 'outcome' | 'note' | 'error' | 'changes'>;

/** The function that looks how far an automation is. Throws `Busy` when AWS throttles. */
export function createCheck(options: CheckOptions): (run: Running) => Promise<Running | Ended> {
  return async (run) => {
    const elapsed = Math.round((options.now().getTime() - Date.parse(run.startedAt)) / 1000);
    const execution = await readExecution(options, run);
    if (execution === undefined && elapsed > INVISIBLE_FOR)
      return ended(run, without('unreadable', 'Systems Manager no longer knows the automation.'));
    const result = execution === undefined ? undefined : resultOf(execution);
    if (result !== undefined) return ended(run, result);
    if (elapsed > GIVE_UP_AFTER)
      return ended(
        run,
        without('timed-out', `The automation still runs after ${GIVE_UP_AFTER / HOUR} hours.`),
      );
    return { ...run, wait: Math.min(LONGEST_WAIT, Math.max(run.wait, Math.ceil(elapsed / 3))) };
  };
}

function ended(run: Running, result: Result): Ended {
  return { ...run, status: 'ended', ...result };
}

function without(outcome: Outcome, error: string): Result {
  return { outcome, note: '', error, changes: 0 };
}

async function readExecution(
  options: CheckOptions,
  run: Running,
): Promise<AutomationExecution | undefined> {
  const { partition, solutionId } = options;
  const { account, region } = run.subject;
  const sessionName = `ASR-${run.automation}`.slice(0, 64);
  const ssm = await memberSsm(options.sts, { partition, solutionId, account, region, sessionName });
  if (isRefusal(ssm)) throw new Error(ssm.message);
  try {
    const answer = await ssm.send(
      new GetAutomationExecutionCommand({ AutomationExecutionId: run.automation }),
    );
    return answer.AutomationExecution;
  } catch (error) {
    return errorName(error) === 'AutomationExecutionNotFoundException' ? undefined : rethrow(error);
  }
}

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

/** What the automation came to; undefined while it runs. */
function resultOf(execution: AutomationExecution): Result | undefined {
  const failure = plainText(execution.FailureMessage ?? '', 400);
  const end = ENDS.get(execution.AutomationExecutionStatus ?? 'Pending');
  switch (end) {
    case undefined:
      return undefined;
    case 'succeeded':
      return answerOf(execution) ?? without('unreadable', 'The automation ended without a result.');
    case 'failed':
      return failedResult(answerOf(execution), failure);
    case 'timed-out':
      return without('timed-out', failure === '' ? 'The automation timed out.' : failure);
    case 'cancelled':
      return without('cancelled', 'Someone cancelled the automation.');
  }
}

/** A failed execution counts as failed, whatever its document says. */
function failedResult(answer: Result | undefined, failure: string): Result {
  if (answer === undefined) return without('failed', failure);
  return { ...answer, outcome: 'failed', error: answer.error === '' ? failure : answer.error };
}

/** Outputs of the document's step `Result`; a failed execution has them on the step only. */
function answerOf(execution: AutomationExecution): Result | undefined {
  const step = execution.StepExecutions?.find(({ StepName }) => StepName === 'Result')?.Outputs;
  const read = (name: string): string =>
    (execution.Outputs?.[`Result.${name}`] ?? step?.[name])?.[0] ?? '';
  const outcome = OUTCOMES.find((one) => one === read('Outcome'));
  if (outcome === undefined) return undefined;
  return {
    outcome,
    note: plainText(read('Note'), 1000),
    error: plainText(read('Error'), 400),
    changes: countOf(read('Changes')),
  };
}

function countOf(changes: string): number {
  try {
    const list: unknown = JSON.parse(changes);
    return Array.isArray(list) ? list.length : 0;
  } catch {
    return 0;
  }
}
