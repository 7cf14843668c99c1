import { GetAutomationExecutionCommand } from '@aws-sdk/client-ssm';
import type { AutomationExecution } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import { defined } from '../model/finding-parts.ts';
import { parseAttemptKey } from './attempt-key.ts';
import type { AttemptKey } from './attempt-key.ts';
import { automationResult } from './automation-result.ts';
import { errorName, rethrow } from './aws-errors.ts';
import type { Environment } from './environment.ts';
import { enterMember, isResult } from './member.ts';
import { without } from './run.ts';
import type { Ended, Result, Running } from './run.ts';

export interface CheckOptions extends Environment {
  readonly sts: STSClient;
  readonly now: () => Date;
}

/** What the state machine hands to `check`. */
export interface CheckInput {
  /** The execution's input. */
  readonly key: unknown;
  readonly run: Running;
}

const HOUR = 3600;
/** Longer than the longest wait of a remediation. */
const LONGEST_RUN = 12 * HOUR;
/** The queue behind the quota is finite, and users' own automations share it. */
const LONGEST_QUEUE = 6 * HOUR;
/** A new execution may not be visible at once. */
const INVISIBLE_FOR = 120;
const LONGEST_WAIT = 300;

/** Statuses in which an automation waits for its turn (SSM API, AutomationExecutionStatus). */
const QUEUED: ReadonlySet<string> = new Set(['Pending', 'Scheduled']);

/**
 * The function that looks how far an automation is. Throws `Busy` when AWS is, and an error when it may not look.
 */
export function createCheck(
  options: CheckOptions,
): (input: CheckInput) => Promise<Running | Ended> {
  return async ({ key: raw, run }) => {
    const key = parseAttemptKey(raw);
    const execution = await readExecution(options, key, run.automation);
    const looked = lookAt(run, execution?.AutomationExecutionStatus, options.now());
    const elapsed = secondsBetween(run.startedAt, looked.lookedAt);
    if (execution === undefined && elapsed > INVISIBLE_FOR)
      return ended(run, without('unreadable', 'Systems Manager no longer knows the automation.'));
    const result = execution === undefined ? undefined : automationResult(execution);
    if (result !== undefined) return ended(run, result);
    if (looked.pending > LONGEST_QUEUE)
      return ended(run, gaveUp('waits for its turn', LONGEST_QUEUE));
    if (elapsed - looked.pending > LONGEST_RUN) return ended(run, gaveUp('runs', LONGEST_RUN));
    return {
      ...looked,
      wait: Math.min(LONGEST_WAIT, Math.max(run.wait, Math.ceil(elapsed / 3))),
    };
  };
}

/** The time since the last look belongs to the status that is seen now. */
function lookAt(run: Running, status: string | undefined, now: Date): Running {
  const lookedAt = now.toISOString();
  const isQueued = status !== undefined && QUEUED.has(status);
  const pending = run.pending + (isQueued ? secondsBetween(run.lookedAt, lookedAt) : 0);
  return { ...run, lookedAt, pending };
}

function secondsBetween(earlier: string, later: string): number {
  return Math.max(0, Math.round((Date.parse(later) - Date.parse(earlier)) / 1000));
}

function gaveUp(what: string, seconds: number): Result {
  return without(
    'timed-out',
    `The automation still ${what} after ${seconds / HOUR} hours; look it up before anything else is done to the resource.`,
  );
}

function ended({ automation, stack }: Running, result: Result): Ended {
  return {
    status: 'ended',
    ...result,
    automation,
    ...defined('stack', stack),
  };
}

async function readExecution(
  { sts, partition, solutionId }: CheckOptions,
  { account, region, id }: AttemptKey,
  automation: string,
): Promise<AutomationExecution | undefined> {
  const member = await enterMember(sts, { partition, solutionId, account, region, attempt: id });
  if (isResult(member)) throw new Error(member.error);
  try {
    const answer = await member.ssm.send(
      new GetAutomationExecutionCommand({ AutomationExecutionId: automation }),
    );
    return answer.AutomationExecution;
  } catch (error) {
    return errorName(error) === 'AutomationExecutionNotFoundException' ? undefined : rethrow(error);
  }
}
