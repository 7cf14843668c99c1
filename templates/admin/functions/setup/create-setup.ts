import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { deleteActionTarget, putActionTarget } from './action-target.ts';
import { respond } from './respond.ts';
import type { Answer, CustomResourceEvent } from './respond.ts';
import { seedConfiguration } from './seed-configuration.ts';

interface SetupOptions {
  /** Controls that have a remediation. */
  readonly controls: readonly string[];
  readonly dynamodb: DynamoDBClient;
  readonly securityHub: SecurityHubClient;
  readonly log: (line: string) => void;
  /** Waits so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/** Milliseconds kept for the answer to CloudFormation. */
const RESERVE = 15_000;
/** How often a denied call is tried, and the milliseconds between. */
const TRIES = 4;
const PAUSE = 5000;

/**
 * The function behind the stack's custom resources: rows of the configuration table and custom actions. Answers
 * CloudFormation on every path, also when it fails or runs out of time; a deletion never fails the stack.
 */
export function createSetup(
  options: SetupOptions,
): (event: CustomResourceEvent, context: LambdaContext) => Promise<void> {
  return async (event, context) => {
    const late = new AbortController();
    const timer = setTimeout(
      () => late.abort(),
      Math.max(0, context.getRemainingTimeInMillis() - RESERVE),
    );
    const answer = await Promise.race([
      answerTo(options, event, late.signal),
      outOfTime(event, late.signal),
    ]);
    clearTimeout(timer);
    options.log(
      JSON.stringify({ resource: event.LogicalResourceId, request: event.RequestType, ...answer }),
    );
    await respond(event, answer);
  };
}

async function answerTo(
  options: SetupOptions,
  event: CustomResourceEvent,
  late: AbortSignal,
): Promise<Answer> {
  try {
    return await workPatiently(options, event, late);
  } catch (error) {
    return failed(
      event,
      error instanceof Error ? `${error.name}: ${error.message}` : 'Unknown error.',
    );
  }
}

async function outOfTime(event: CustomResourceEvent, late: AbortSignal): Promise<Answer> {
  if (!late.aborted)
    await new Promise((resolve) => {
      late.addEventListener('abort', resolve, { once: true });
    });
  return failed(event, 'Ran out of time. Try again: what is done is not done twice.');
}

/** A failed deletion would leave a stack that nobody can delete. */
function failed(event: CustomResourceEvent, reason: string): Answer {
  const status = event.RequestType === 'Delete' ? 'SUCCESS' : 'FAILED';
  return { status, physicalId: event.PhysicalResourceId ?? event.LogicalResourceId, reason };
}

/** The policies of a role that the stack has just made may take some seconds to count (IAM user guide, eventual consistency). */
async function workPatiently(
  options: SetupOptions,
  event: CustomResourceEvent,
  late: AbortSignal,
): Promise<Answer> {
  for (let tries = 1; ; tries += 1)
    try {
      return await work(options, event, late);
    } catch (error) {
      const isDenied = error instanceof Error && error.name.startsWith('AccessDenied');
      if (!isDenied || tries === TRIES || late.aborted) throw error;
      await options.pause(PAUSE);
    }
}

async function work(
  options: SetupOptions,
  event: CustomResourceEvent,
  late: AbortSignal,
): Promise<Answer> {
  switch (event.ResourceType) {
    case 'Custom::RemediationConfiguration':
      return seed(options, event, late);
    case 'Custom::ActionTarget':
      return actionTarget(options, event);
    default:
      return failed(event, `${event.ResourceType} is unknown.`);
  }
}

async function seed(
  { dynamodb, controls }: SetupOptions,
  event: CustomResourceEvent,
  late: AbortSignal,
): Promise<Answer> {
  const table = property(event, 'TableName');
  const answer = { status: 'SUCCESS', physicalId: `${table}/rows` } as const;
  // The table is retained, with what users set in it.
  if (event.RequestType === 'Delete') return answer;
  const added = await seedConfiguration(dynamodb, table, controls, () => late.aborted);
  return { ...answer, data: { Added: String(added) } };
}

async function actionTarget(
  { securityHub }: SetupOptions,
  event: CustomResourceEvent,
): Promise<Answer> {
  const arn = actionArn(event);
  if (event.RequestType === 'Delete') {
    await deleteActionTarget(securityHub, arn);
  } else {
    const [id, name, description] = [
      property(event, 'Id'),
      property(event, 'Name'),
      property(event, 'Description'),
    ];
    await putActionTarget(securityHub, { id, name, description, arn });
  }
  return { status: 'SUCCESS', physicalId: arn, data: { Arn: arn } };
}

/** Custom actions belong to the account and Region of the stack, which its id names. */
function actionArn(event: CustomResourceEvent): string {
  const [, partition = '', , region = '', account = ''] = event.StackId.split(':');
  return `arn:${partition}:securityhub:${region}:${account}:action/custom/${property(event, 'Id')}`;
}

function property(event: CustomResourceEvent, name: string): string {
  const value = event.ResourceProperties[name];
  if (typeof value !== 'string' || value === '')
    throw new Error(`The property ${name} is missing.`);
  return value;
}
