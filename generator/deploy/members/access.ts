import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { awsProblem } from '../aws-problem.ts';
import { createAws } from '../aws.ts';
import type { AwsOptions } from '../aws.ts';
import { DeployError } from '../deploy-error.ts';

/** Clients of one account, made when they are first asked for. */
export interface Access {
  readonly account: string;
  readonly partition: string;
  /** Where the command works when nothing else is said. */
  readonly region: string;
  readonly securityHub: (region: string) => SecurityHubClient;
  readonly ssm: (region: string) => SSMClient;
  readonly cloudFormation: (region: string) => CloudFormationClient;
  readonly dynamoDb: (region: string) => DynamoDBClient;
  readonly iam: () => IAMClient;
  readonly organizations: () => OrganizationsClient;
  /** Another account by a role in it. Throws `AwsProblem` when the role can't be assumed. */
  readonly enter: (account: string, role: string) => Promise<Access>;
}

export type Connect = (options: AwsOptions) => Promise<Access>;

/** Throttled calls are tried so often, with growing pauses: one command may look into thousands of accounts. */
const MAX_ATTEMPTS = 10;

/**
 * Access by the SDK's own credential chain. Throws `DeployError` when there is no Region, and `AwsProblem` when there
 * are no credentials.
 */
export async function connect(options: AwsOptions): Promise<Access> {
  const { region } = await createAws(options);
  const common = {
    // Who sets the SDK's own variable knows better.
    ...(process.env['AWS_MAX_ATTEMPTS'] === undefined ? { maxAttempts: MAX_ATTEMPTS } : {}),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
  };
  const sts = new STSClient({ ...common, region });
  let arn: string;
  try {
    const identity = await sts.send(new GetCallerIdentityCommand({}));
    arn = identity.Arn ?? '';
  } catch (error) {
    throw awsProblem(error, 'Asking AWS who this is');
  }
  const [, partition = '', , , account = ''] = arn.split(':');
  if (!/^\d{12}$/u.test(account))
    throw new DeployError(`AWS did not say which account this is (${arn}). Try again.`);
  // One handler for all clients: thousands of accounts must not mean thousands of pools of connections.
  const settings = { ...common, requestHandler: sts.config.requestHandler };
  return accessTo({ account, partition, region, sts, settings });
}

interface Basis {
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  readonly sts: STSClient;
  readonly settings: Settings;
}

/** What all clients have in common. */
interface Settings {
  readonly maxAttempts?: number;
  readonly requestHandler: STSClient['config']['requestHandler'];
  readonly profile?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
}

function accessTo({ account, partition, region, sts, settings }: Basis): Access {
  const regional = <T>(make: (region: string) => T): ((region: string) => T) => {
    const made = new Map<string, T>();
    return (wanted) => {
      const client = made.get(wanted) ?? make(wanted);
      made.set(wanted, client);
      return client;
    };
  };
  const iam = regional((home) => new IAMClient({ ...settings, region: home }));
  const organizations = regional((home) => new OrganizationsClient({ ...settings, region: home }));
  return {
    account,
    partition,
    region,
    securityHub: regional((one) => new SecurityHubClient({ ...settings, region: one })),
    ssm: regional((one) => new SSMClient({ ...settings, region: one })),
    cloudFormation: regional((one) => new CloudFormationClient({ ...settings, region: one })),
    dynamoDb: regional((one) => new DynamoDBClient({ ...settings, region: one })),
    iam: () => iam(region),
    organizations: () => organizations(region),
    enter: async (other, role) => {
      const roleArn = `arn:${partition}:iam::${other}:role/${role}`;
      try {
        const { Credentials: given } = await sts.send(
          new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'asr' }),
        );
        const credentials = {
          accessKeyId: given?.AccessKeyId ?? '',
          secretAccessKey: given?.SecretAccessKey ?? '',
          sessionToken: given?.SessionToken ?? '',
        };
        const { profile: _profile, ...others } = settings;
        const inside = { ...others, credentials };
        return accessTo({
          account: other,
          partition,
          region,
          sts: new STSClient({ ...inside, region }),
          settings: inside,
        });
      } catch (error) {
        throw awsProblem(error, `Assuming ${roleArn}`);
      }
    },
  };
}
