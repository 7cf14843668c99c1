import { randomBytes } from 'node:crypto';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { createHub } from '../console/api/aws/hub.ts';
import { createPeople } from '../console/api/aws/people.ts';
import { createQueues } from '../console/api/aws/queues.ts';
import { createTables } from '../console/api/aws/tables.ts';
import type { ShownControl } from '../console/api/backend.ts';
import { createApi } from '../console/api/create-api.ts';
import { createPages } from '../console/api/pages.ts';
import type { StaticFile } from '../console/api/pages.ts';
import type { Catalog } from './model/catalog.ts';
import { environment, required } from './run/environment.ts';

/** Written into the bundle by the build. */
declare const CATALOG: Catalog;
declare const SHOWN: Readonly<Record<string, ShownControl>>;
declare const FILES: Readonly<Record<string, StaticFile>>;

const where = environment(process.env);
const userPool = required(process.env, 'USER_POOL');
const clientId = required(process.env, 'CLIENT_ID');
const commandQueueUrl = required(process.env, 'COMMAND_QUEUE_URL');
const now = () => new Date();
const log = (line: string) => void process.stdout.write(`${line}\n`);

export const handler = createApi({
  ...where,
  catalog: CATALOG,
  controls: SHOWN,
  version: required(process.env, 'VERSION'),
  issuer: required(process.env, 'ISSUER'),
  clientId,
  now,
  log,
  newId: () => randomBytes(8).toString('hex'),
  pages: createPages({
    files: FILES,
    config: { local: false, domain: required(process.env, 'LOGIN_DOMAIN'), clientId },
  }),
  backend: {
    hub: createHub({
      ...where,
      securityHub: new SecurityHubClient({}),
      organizations: new OrganizationsClient({}),
      now,
    }),
    tables: createTables({
      dynamodb: new DynamoDBClient({}),
      table: required(process.env, 'TABLE'),
      configurationTable: required(process.env, 'CONFIGURATION_TABLE'),
      historyDays: 0,
      pause: (milliseconds) =>
        new Promise((resolve) => {
          setTimeout(resolve, milliseconds);
        }),
      random: Math.random,
      log,
      ssm: new SSMClient({}),
      solutionId: where.solutionId,
    }),
    people: createPeople({ cognito: new CognitoIdentityProviderClient({}), userPool, now }),
    queues: createQueues({
      sqs: new SQSClient({}),
      commandQueueUrl,
      shown: {
        events: required(process.env, 'EVENT_QUEUE_URL'),
        commands: commandQueueUrl,
        'dead-letters': required(process.env, 'DEAD_LETTER_QUEUE_URL'),
      },
    }),
  },
});
