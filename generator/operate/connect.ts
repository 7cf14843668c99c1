import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { createDynamoStore } from '../../templates/admin/functions/store/dynamo-store.ts';
import type { IntakeStore } from '../../templates/admin/functions/store/store.ts';
import type { StoreOptions } from '../../templates/admin/functions/store/table.ts';
import { createAws } from '../deploy/aws.ts';
import type { AwsOptions } from '../deploy/aws.ts';
import { DeployError } from '../deploy/deploy-error.ts';
import { defaultStackName } from '../deploy/stack-kind.ts';
import { asking } from './asking.ts';
import { installationOf } from './installation.ts';
import type { Installation } from './installation.ts';

export interface ConnectOptions extends AwsOptions {
  /** @default automated-security-response-admin */
  readonly stackName?: string;
}

/** What of the store is read here: nothing of it writes. */
export type ReadStore = Pick<
  IntakeStore,
  'exceptions' | 'findAttempt' | 'readRows' | 'readRemembered'
>;

/** An installation, and the clients of its account and Region. */
export interface Connection {
  readonly installation: Installation;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly securityHub: SecurityHubClient;
  readonly ssm: SSMClient;
  readonly organizations: OrganizationsClient;
  readonly sts: STSClient;
  /** For queries of the state table that the store doesn't have. */
  readonly tables: StoreOptions;
  readonly store: ReadStore;
}

/** Settings of a client of the SDK; tests give an endpoint and credentials. */
export interface ClientSettings {
  readonly region: string;
  readonly profile?: string;
  readonly maxAttempts?: number;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** How often the SDK tries a call that was throttled: Security Hub answers GetFindings 3 times a second. */
const MAX_ATTEMPTS = 8;

/**
 * Finds the administrator stack and makes the clients. Throws `DeployError` that says what to do when there is none, and
 * `AwsProblem` when AWS gives no answer.
 */
export async function connect(
  options: ConnectOptions,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Connection> {
  const { region, stacks } = await createAws(options, environment);
  const name = options.stackName ?? defaultStackName('admin');
  const stack = await stacks.describe(name);
  if (stack === undefined)
    throw new DeployError(
      `There is no stack ${name} in ${region}. Commands work in the Security Hub administrator account and the Region of its administrator stack: choose --profile, --region or --stack-name, or install it (asr deploy admin).`,
    );
  return connectionTo(installationOf(stack), {
    region,
    maxAttempts: MAX_ATTEMPTS,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
  });
}

/** Clients for an installation that is known. */
export function connectionTo(installation: Installation, settings: ClientSettings): Connection {
  const dynamodb = new DynamoDBClient(settings);
  const tables: StoreOptions = {
    dynamodb,
    table: installation.stateTable,
    configurationTable: installation.configurationTable,
    // For writes, of which there are none.
    historyDays: 365,
    pause: (milliseconds) =>
      new Promise((resolve) => {
        setTimeout(resolve, milliseconds);
      }),
    random: Math.random,
    log: () => undefined,
  };
  return {
    installation,
    dynamodb,
    // Otherwise the host of the queue's URL would be asked, whatever endpoint is configured.
    sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
    securityHub: new SecurityHubClient(settings),
    ssm: new SSMClient(settings),
    organizations: new OrganizationsClient(settings),
    sts: new STSClient(settings),
    tables,
    store: createDynamoStore({ ...tables, now: () => new Date() }),
  };
}

/** Who calls: the ARN for people, and the id by which Amazon SQS names the sender of a message. */
export interface Caller {
  readonly arn: string;
  readonly id: string;
}

/** STS API, GetCallerIdentity; its UserId has the form of the attribute SenderId (SQS API, ReceiveMessage). */
export async function whoCalls({ sts }: Pick<Connection, 'sts'>): Promise<Caller> {
  const { Arn: arn = '', UserId: id = '' } = await asking('Asking who you are', () =>
    sts.send(new GetCallerIdentityCommand({})),
  );
  return { arn, id };
}

/**
 * A sentence when the installed stack has another version than this project: then the catalogue that is shown may differ
 * from the one that decides. Undefined when both agree, or it can't be read.
 */
export async function versionNote(
  { ssm, installation }: Pick<Connection, 'ssm' | 'installation'>,
  own: string,
): Promise<string | undefined> {
  let installed: string;
  try {
    const Name = `/Solutions/${installation.solutionId}/version`;
    const { Parameter: parameter } = await ssm.send(new GetParameterCommand({ Name }));
    installed = (parameter?.Value ?? '').replace(/^v/u, '');
  } catch {
    // A hint only.
    return undefined;
  }
  return installed === own.replace(/^v/u, '') || installed === ''
    ? undefined
    : `The installed administrator stack has version ${installed}, this project ${own}: what is shown of controls may differ from what it does.`;
}
