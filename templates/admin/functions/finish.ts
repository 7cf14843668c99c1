import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createFinish } from './run/create-finish.ts';
import { required } from './run/environment.ts';
import { createDynamoStore } from './store/dynamo-store.ts';

const now = (): Date => new Date();

export const handler = createFinish({
  solutionId: required(process.env, 'SOLUTION_ID'),
  store: createDynamoStore({
    dynamodb: new DynamoDBClient({ maxAttempts: 6 }),
    table: required(process.env, 'TABLE'),
    configurationTable: required(process.env, 'CONFIGURATION_TABLE'),
    historyDays: Number(required(process.env, 'HISTORY_DAYS')),
    now,
  }),
  securityHub: new SecurityHubClient({ maxAttempts: 6 }),
  sns: new SNSClient({ maxAttempts: 6 }),
  events: new EventBridgeClient({ maxAttempts: 6 }),
  sqs: new SQSClient({}),
  // A ticket must not be opened twice because the function answers late.
  lambda: new LambdaClient({ maxAttempts: 1 }),
  topicArn: required(process.env, 'TOPIC_ARN'),
  commandQueueUrl: required(process.env, 'COMMAND_QUEUE_URL'),
  ticketFunction: process.env['TICKET_FUNCTION'] ?? '',
  metrics: process.env['METRICS'] === 'yes',
  metricsPerControl: process.env['METRICS_PER_CONTROL'] === 'yes',
  now,
  log: (line) => process.stdout.write(`${line}\n`),
});
