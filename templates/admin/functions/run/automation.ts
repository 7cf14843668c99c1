import { createHash } from 'node:crypto';
import {
  DescribeAutomationExecutionsCommand,
  StartAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Attempt } from '../model/attempt.ts';
import { Busy, errorName, isBusy, isDenied, rethrow } from './aws-errors.ts';
import { without } from './run.ts';
import type { Result } from './run.ts';

type Values = Readonly<Record<string, readonly string[]>>;

export interface AutomationStart {
  readonly attempt: Attempt;
  readonly solutionId: string;
  /** Ending of the role's name in the account. */
  readonly namespace: string;
  /** Version of the document that was looked at. */
  readonly version: string;
  /** Values of the remediation's own parameters. */
  readonly parameters: Values;
}

/** Most entries that one page of DescribeAutomationExecutions has (SSM API). */
const PAGE = 50;

/**
 * How many of our automations run in the client's account and Region, counted up to `atMost`. Throws `Busy` when AWS is.
 */
export async function countRunning(ssm: SSMClient, atMost: number): Promise<number> {
  let count = 0;
  let next: string | undefined;
  do {
    try {
      const answer = await ssm.send(
        new DescribeAutomationExecutionsCommand({
          Filters: [
            { Key: 'ExecutionStatus', Values: ['InProgress'] },
            { Key: 'DocumentNamePrefix', Values: ['ASR-'] },
          ],
          MaxResults: PAGE,
          ...(next === undefined ? {} : { NextToken: next }),
        }),
      );
      count += answer.AutomationExecutionMetadataList?.length ?? 0;
      next = answer.NextToken;
    } catch (error) {
      rethrow(error);
    }
  } while (next !== undefined && count < atMost);
  return count;
}

/**
 * The automation that an earlier try of this attempt started, by its tag (SSM API, AutomationExecutionFilter `TagKey`);
 * undefined when there is none.
 */
export async function findAutomation(
  ssm: SSMClient,
  attempt: Attempt,
  solutionId: string,
): Promise<string | undefined> {
  const answer = await ssm.send(
    new DescribeAutomationExecutionsCommand({
      Filters: [{ Key: 'TagKey', Values: [tagKey(attempt, solutionId)] }],
    }),
  );
  return answer.AutomationExecutionMetadataList?.find(
    ({ DocumentName: name }) => name === attempt.document,
  )?.AutomationExecutionId;
}

/**
 * Starts the document; answers the execution's id, or why there is none. After any error the execution is looked up,
 * because the answer may be lost and the start not. Throws `Busy` when trying again helps.
 */
export async function startAutomation(
  ssm: SSMClient,
  start: AutomationStart,
): Promise<{ readonly id: string } | Result> {
  const { attempt, solutionId, version } = start;
  try {
    const answer = await ssm.send(
      new StartAutomationExecutionCommand({
        DocumentName: attempt.document,
        DocumentVersion: version,
        ClientToken: clientToken(attempt),
        Parameters: parametersOf(start),
        // One tag key for each attempt: executions can be looked up by key, not by value.
        Tags: [{ Key: tagKey(attempt, solutionId), Value: 'attempt' }],
      }),
    );
    const id = answer.AutomationExecutionId;
    return id === undefined
      ? without('not-started', 'Systems Manager gave no execution id.')
      : { id };
  } catch (error) {
    const id = await findAutomation(ssm, attempt, solutionId).catch((lookup: unknown) =>
      isDefinite(error) ? undefined : rethrow(lookup),
    );
    return id === undefined ? failedStart(error, attempt) : { id };
  }
}

/** Mode that the document runs in. */
function documentMode({ mode, phase, force }: Attempt): string {
  if (phase === 'approval-preview') return 'Preview';
  return mode === 'Undo' && force ? 'ForceUndo' : mode;
}

function parametersOf({
  attempt,
  namespace,
  parameters,
}: AutomationStart): Record<string, string[]> {
  const { partition, account, roleStem, control, resource, undoes } = attempt;
  const own = Object.entries(parameters).map(([name, list]) => [name, [...list]] as const);
  const state = attempt.mode === 'Undo' ? [...(undoes?.state ?? [])] : [];
  return {
    ...Object.fromEntries(own),
    AutomationAssumeRole: [`arn:${partition}:iam::${account}:role/${roleStem}-${namespace}`],
    Mode: [documentMode(attempt)],
    ControlId: [control],
    AccountId: [account],
    ResourceArn: [resource],
    ...(state.length === 0 ? {} : { State: state }),
  };
}

function tagKey({ id, phase }: Attempt, solutionId: string): string {
  return `${solutionId}-ASR-attempt-${id}${phase === 'approval-preview' ? '-preview' : ''}`;
}

/**
 * A UUID, the same for every try of one phase of an attempt, so that Systems Manager starts it once (SSM API,
 * StartAutomationExecution).
 */
function clientToken({ id, phase }: Attempt): string {
  const hex = createHash('sha256').update(`${id}#${phase}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Errors with which Systems Manager starts nothing, whatever was asked before. */
const MISSING: ReadonlySet<string> = new Set([
  'AutomationDefinitionNotFoundException',
  'AutomationDefinitionVersionNotFoundException',
  'InvalidDocument',
]);
const REFUSED: ReadonlySet<string> = new Set([
  'InvalidAutomationExecutionParametersException',
  'InvalidTarget',
  'ValidationException',
]);

function isDefinite(error: unknown): boolean {
  const name = errorName(error);
  return isDenied(error) || MISSING.has(name) || REFUSED.has(name);
}

function failedStart(error: unknown, { document, account, region }: Attempt): Result {
  const where = `account ${account}, Region ${region}`;
  const name = errorName(error);
  if (MISSING.has(name))
    return without(
      'document-missing',
      `The document ${document} doesn't exist in ${where}; load its standard in the member stack there.`,
    );
  if (isDenied(error))
    return without(
      'denied',
      `The orchestrator's member role may not start ${document} in ${where}; update the member-roles stack there.`,
    );
  if (REFUSED.has(name))
    return without(
      'not-started',
      `Systems Manager refused to start ${document} in ${where} (${name}); update the member stack there.`,
    );
  // The token belongs to another start of the same attempt, which is there but can't be seen yet.
  if (isBusy(error) || name === 'IdempotentParameterMismatch')
    throw new Busy(name, { cause: error });
  throw error;
}
