import { GetAutomationExecutionCommand } from '@aws-sdk/client-ssm';
import type { AutomationExecution } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import { defined } from '../model/finding-parts.ts';
import { parseAttemptKey } from './attempt-key.ts';
import type { AttemptKey } from './attempt-key.ts';
import { automationResult } from './automation-result.ts';
import { errorName, isDenied, rethrow } from './aws-errors.ts';
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

/** The member role is gone, or must not look any more, while the automation may still run. */
const UNSEEN = 'unseen';

/**
 * The function that looks how far an automation is. As long as it may not look, it waits on, since the resource must stay
 * taken while the automation may run. Throws `Busy` when AWS is, and the SDK's error.
 */
export function createCheck(
  options: CheckOptions,
): (input: CheckInput) => Promise<Running | Ended> {
  return async ({ key: raw, run }) => {
    const key = parseAttemptKey(raw);
    const execution = await readExecution(options, key, run.automation);
    if (execution === UNSEEN) return waitUnseen(run, key, options.now());
    const looked = lookAt(run, execution?.AutomationExecutionStatus, options.now());
    const elapsed = secondsBetween(run.startedAt, looked.lookedAt);
    if (execution === undefined && elapsed > INVISIBLE_FOR)
      return ended(run, without('unreadable', 'Systems Manager no longer knows the automation.'));
    const result = execution === undefined ? undefined : automationResult(execution);
    if (result !== undefined) return ended(run, result);
    if (looked.pending > LONGEST_QUEUE)
      return ended(run, gaveUp('waits for its turn', LONGEST_QUEUE));
    if (elapsed - looked.pending > LONGEST_RUN) return ended(run, gaveUp('runs', LONGEST_RUN));
    return { ...looked, wait: waitAfter(run, elapsed) };
  };
}

/** Seconds: longer and longer, since most automations end soon or late. */
function waitAfter(run: Running, elapsed: number): number {
  return Math.min(LONGEST_WAIT, Math.max(run.wait, Math.ceil(elapsed / 3)));
}

/** Whether it waits for its turn isn't known, so all of the time counts as running. */
function waitUnseen(run: Running, { account }: AttemptKey, now: Date): Running | Ended {
  const lookedAt = now.toISOString();
  const elapsed = secondsBetween(run.startedAt, lookedAt);
  if (elapsed - run.pending <= LONGEST_RUN)
    return { ...run, lookedAt, wait: waitAfter(run, elapsed) };
  return ended(
    run,
    without(
      'unreadable',
      `AWS does not let the solution look at the automation ${run.automation} in account ${account}, which may have run for ${LONGEST_RUN / HOUR} hours; look it up before anything else is done to the resource.`,
    ),
  );
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
): Promise<AutomationExecution | typeof UNSEEN | undefined> {
  const member = await enterMember(sts, { partition, solutionId, account, region, attempt: id });
  if (isResult(member)) return UNSEEN;
  try {
    const answer = await member.ssm.send(
      new GetAutomationExecutionCommand({ AutomationExecutionId: automation }),
    );
    return answer.AutomationExecution;
  } catch (error) {
    if (isDenied(error)) return UNSEEN;
    return errorName(error) === 'AutomationExecutionNotFoundException' ? undefined : rethrow(error);
  }
}
