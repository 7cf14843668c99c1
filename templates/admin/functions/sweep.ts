import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { required } from './run/environment.ts';
import { due, postpone } from './store/due.ts';
import { createSweep } from './sweep/create-sweep.ts';

const log = (line: string) => void process.stdout.write(`${line}\n`);
const table = { dynamodb: new DynamoDBClient({}), table: required(process.env, 'TABLE'), log };

export const handler = createSweep({
  store: {
    due: (now, atMost) => due(table, now, atMost),
    postpone: (what, until) => postpone(table, what, until),
  },
  sqs: new SQSClient({}),
  commandQueueUrl: required(process.env, 'COMMAND_QUEUE_URL'),
  now: () => new Date(),
  log,
});
