import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Settings } from '../../functions/model/settings.ts';
import { createHub } from '../api/aws/hub.ts';
import { createPeople } from '../api/aws/people.ts';
import { createQueues } from '../api/aws/queues.ts';
import { createTables } from '../api/aws/tables.ts';
import { awsRecords } from './emulated-records.ts';
import { createQueuesAndSettings, createStateTables, fill } from './emulated-stack.ts';
import { createUsers } from './emulated-users.ts';
import { filterFindings } from './filter-findings.ts';
import { followQueue } from './follow-queue.ts';
import type { Records, Worker, World } from './records.ts';
import type { Samples } from './sample-world.ts';

export interface EmulatedOptions {
  /** Such as http://localhost:5000 */
  readonly endpoint: string;
  readonly adminAccount: string;
  readonly solutionId: string;
  readonly now: () => Date;
}

const DIFFERENCES = [
  'The emulator ignores the filters and the order of GetFindings, so this server filters what it gives.',
  'The emulator runs no state machine, so this server works on the command queue: it decides as the stack does, and makes up the change.',
  'There is no user pool to sign in to: who you are is chosen here. Users are in the emulator, but nobody gets a mail.',
] as const;

/**
 * A world in an emulator of AWS, through the code that the console's function runs on AWS: tables, queues, settings, users
 * and sample findings are made first, unless an earlier run made them. Throws the SDK's error, and an Error when the
 * endpoint is not on this machine.
 */
export async function createEmulatedWorld(
  { endpoint, adminAccount, solutionId, now }: EmulatedOptions,
  samples: Samples,
  settings: Settings,
  workerOf: (world: Pick<World, 'backend'>, records: Records) => Worker,
): Promise<World> {
  mustBeHere(endpoint);
  const client = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const [dynamodb, ssm, sqs] = [
    new DynamoDBClient(client),
    new SSMClient(client),
    new SQSClient(client),
  ];
  const securityHub = new SecurityHubClient(client);
  const cognito = new CognitoIdentityProviderClient(client);
  const { isNew, ...tableNames } = await createStateTables(dynamodb);
  const queues = await createQueuesAndSettings({ sqs, ssm, solutionId, settings });
  filterFindings(securityHub);
  const tables = createTables({
    dynamodb,
    ...tableNames,
    historyDays: 365,
    pause: async (milliseconds) =>
      new Promise((resolve) => {
        setTimeout(resolve, milliseconds);
      }),
    random: Math.random,
    log: () => undefined,
    ssm,
    solutionId,
  });
  const { userPool, users } = await createUsers(cognito, tables);
  const backend = {
    hub: createHub({
      securityHub,
      organizations: new OrganizationsClient(client),
      adminAccount,
      now,
    }),
    tables,
    people: createPeople({ cognito, userPool, now }),
    queues: createQueues({ sqs, commandQueueUrl: queues.commands, shown: queues }),
  };
  const records = awsRecords({ dynamodb, securityHub, ...tableNames });
  if (isNew) await fill({ dynamodb, securityHub, tables, records, ...tableNames }, samples);
  const queue = followQueue(sqs, queues.commands, workerOf({ backend }, records));
  return { backend, users, differences: DIFFERENCES, close: queue.stop };
}

/** Without signing in, nobody may reach more than what is on this machine. */
function mustBeHere(endpoint: string): void {
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
  if (!['localhost', '127.0.0.1', '[::1]'].includes(host))
    throw new Error(
      `${endpoint} is not an address on this machine. The local console has no sign-in, so it works on an emulator here and on nothing else. Unset AWS_ENDPOINT_URL, or start moto_server and give its address.`,
    );
}
