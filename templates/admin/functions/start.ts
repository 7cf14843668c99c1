import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { Catalog } from './model/catalog.ts';
import { createStart } from './run/create-start.ts';
import { environment, required } from './run/environment.ts';
import { createDynamoStore } from './store/dynamo-store.ts';

/** Written into the bundle by the build. */
declare const CATALOG: Catalog;

const now = (): Date => new Date();

export const handler = createStart({
  catalog: CATALOG,
  version: required(process.env, 'VERSION'),
  store: createDynamoStore({
    dynamodb: new DynamoDBClient({}),
    table: required(process.env, 'TABLE'),
    configurationTable: required(process.env, 'CONFIGURATION_TABLE'),
    historyDays: Number(required(process.env, 'HISTORY_DAYS')),
    now,
  }),
  ssm: new SSMClient({}),
  sts: new STSClient({}),
  now,
  ...environment(process.env),
});
