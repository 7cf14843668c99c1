import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { createIngest } from '../../../templates/admin/functions/ingest/create-ingest.ts';
import type {
  BatchAnswer,
  SqsEvent,
} from '../../../templates/admin/functions/ingest/create-ingest.ts';
import type { Catalog } from '../../../templates/admin/functions/model/catalog.ts';
import { createCheck } from '../../../templates/admin/functions/run/create-check.ts';
import type { CheckInput } from '../../../templates/admin/functions/run/create-check.ts';
import { createEnding } from '../../../templates/admin/functions/run/create-ending.ts';
import { createFinish } from '../../../templates/admin/functions/run/create-finish.ts';
import type { FinishInput } from '../../../templates/admin/functions/run/create-finish.ts';
import { createStart } from '../../../templates/admin/functions/run/create-start.ts';
import type { StartInput } from '../../../templates/admin/functions/run/create-start.ts';
import type { IntakeStore } from '../../../templates/admin/functions/store/store.ts';
import { createSweep } from '../../../templates/admin/functions/sweep/create-sweep.ts';
import type { Swept } from '../../../templates/admin/functions/sweep/create-sweep.ts';
import { ADMIN, environment } from '../../templates/admin/fixtures.ts';
import { actingFor } from './aws.ts';
import type { Clock } from './clock.ts';

export const EVENT_QUEUE = `arn:aws:sqs:us-east-1:${ADMIN}:SO0111-ASR-Events`;
export const COMMAND_QUEUE = `arn:aws:sqs:us-east-1:${ADMIN}:SO0111-ASR-Commands`;
export const ORCHESTRATOR = `arn:aws:states:us-east-1:${ADMIN}:stateMachine:SO0111-ASR-Orchestrator`;
const URLS = `https://sqs.us-east-1.amazonaws.com/${ADMIN}/SO0111-ASR`;

interface FunctionsOptions {
  readonly clock: Clock;
  readonly store: IntakeStore;
  readonly catalog: Catalog;
  readonly log: (line: string) => void;
}

/** The functions of the administrator stack, as their entry files build them. */
export interface Functions {
  readonly ingest: (event: SqsEvent) => Promise<BatchAnswer>;
  readonly start: (payload: unknown) => Promise<unknown>;
  readonly check: (payload: unknown) => Promise<unknown>;
  readonly finish: (payload: unknown) => Promise<unknown>;
  readonly sweep: () => Promise<Swept>;
}

export function createFunctions({ clock, store, catalog, log }: FunctionsOptions): Functions {
  const here = actingFor(ADMIN);
  const { now } = clock;
  const common = {
    ...environment,
    store,
    securityHub: new SecurityHubClient(here),
    sqs: new SQSClient(here),
    events: new EventBridgeClient(here),
    metrics: true,
    now,
    log,
  };
  const ending = {
    ...common,
    sns: new SNSClient(here),
    lambda: new LambdaClient(here),
    topicArn: `arn:aws:sns:us-east-1:${ADMIN}:SO0111-ASR_Topic`,
    commandQueueUrl: `${URLS}-Commands`,
    ticketFunction: '',
    metricsPerControl: false,
  };
  const ssm = new SSMClient(here);
  const sts = new STSClient(here);
  const start = createStart({ ...environment, catalog, version: 'v1.0.0', store, ssm, sts, now });
  const check = createCheck({ ...environment, sts, now });
  const finish = createFinish(ending);
  return {
    ingest: createIngest({
      ...common,
      catalog,
      ssm,
      organizations: new OrganizationsClient(here),
      sfn: new SFNClient(here),
      eventQueueArn: EVENT_QUEUE,
      commandQueueArn: COMMAND_QUEUE,
      deadLetterQueueUrl: `${URLS}-DeadLetters`,
      orchestratorArn: ORCHESTRATOR,
      consoleRoleId: '',
      ending: createEnding(ending),
    }),
    start: async (payload) => start(payload as StartInput),
    check: async (payload) => check(payload as CheckInput),
    finish: async (payload) => finish(payload as FinishInput),
    sweep: createSweep({ store, sqs: common.sqs, commandQueueUrl: `${URLS}-Commands`, now, log }),
  };
}
