import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { createIngest } from './ingest/create-ingest.ts';
import type { Catalog } from './model/catalog.ts';
import { createEnding } from './run/create-ending.ts';
import { environment, required } from './run/environment.ts';
import { createDynamoStore } from './store/dynamo-store.ts';

/** Written into the bundle by the build. */
declare const CATALOG: Catalog;

const common = {
  ...environment(process.env),
  securityHub: new SecurityHubClient({}),
  sqs: new SQSClient({}),
  events: new EventBridgeClient({}),
  metrics: process.env['METRICS'] === 'yes',
  now: () => new Date(),
  log: (line: string) => void process.stdout.write(`${line}\n`),
};

const store = createDynamoStore({
  dynamodb: new DynamoDBClient({}),
  table: required(process.env, 'TABLE'),
  configurationTable: required(process.env, 'CONFIGURATION_TABLE'),
  historyDays: Number(required(process.env, 'HISTORY_DAYS')),
  now: common.now,
});

export const handler = createIngest({
  ...common,
  catalog: CATALOG,
  store,
  ssm: new SSMClient({}),
  organizations: new OrganizationsClient({}),
  sfn: new SFNClient({}),
  eventQueueArn: required(process.env, 'EVENT_QUEUE_ARN'),
  commandQueueArn: required(process.env, 'COMMAND_QUEUE_ARN'),
  deadLetterQueueUrl: required(process.env, 'DEAD_LETTER_QUEUE_URL'),
  orchestratorArn: required(process.env, 'ORCHESTRATOR_ARN'),
  consoleRoleId: process.env['CONSOLE_ROLE_ID'] ?? '',
  ending: createEnding({
    ...common,
    store,
    sns: new SNSClient({}),
    // A ticket must not be opened twice because the function answers late.
    lambda: new LambdaClient({ maxAttempts: 1 }),
    topicArn: required(process.env, 'TOPIC_ARN'),
    commandQueueUrl: required(process.env, 'COMMAND_QUEUE_URL'),
    ticketFunction: process.env['TICKET_FUNCTION'] ?? '',
    metricsPerControl: process.env['METRICS_PER_CONTROL'] === 'yes',
  }),
});
