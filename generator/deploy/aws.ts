import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { awsProblem } from './aws-problem.ts';
import { DeployError } from './deploy-error.ts';
import { createStackClient } from './stack-client.ts';
import type { StackClient } from './stack-client.ts';
import { createTemplateStore } from './template-store.ts';
import type { TemplateStore } from './template-store.ts';

/** Which account and Region; what is missing comes from the environment and the AWS configuration files. */
export interface AwsOptions {
  readonly profile?: string;
  readonly region?: string;
}

export interface Aws {
  readonly region: string;
  readonly stacks: StackClient;
  readonly templates: TemplateStore;
}

/** How often the SDK tries a call that was throttled, or that AWS could not answer, with growing pauses. */
const MAX_ATTEMPTS = 8;

/** What every client of one account and Region is made with. */
export interface ClientSettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly profile?: string;
}

/**
 * The Region and profile of a command, by the SDK's own chain. Throws `DeployError` when there is no Region; credentials
 * are looked for at the first call.
 */
export async function clientSettings(
  { profile, region: wanted }: AwsOptions,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ClientSettings> {
  // The SDK for JavaScript reads AWS_REGION alone; the AWS CLI and most people's shells have the other.
  const named = wanted ?? environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  const chosen = {
    maxAttempts: MAX_ATTEMPTS,
    ...(profile === undefined ? {} : { profile }),
  };
  const client = new STSClient({ ...chosen, ...(named === undefined ? {} : { region: named }) });
  return { ...chosen, region: await regionOf(client) };
}

/** S3 for buckets of any Region. */
export function createS3(
  settings: ClientSettings,
  environment: NodeJS.ProcessEnv = process.env,
): S3Client {
  return new S3Client({
    ...settings,
    // A bucket that exists may lie in another Region.
    followRegionRedirects: true,
    // Emulators answer at one host, so the bucket can't be part of it.
    forcePathStyle: s3Endpoint(environment) !== '',
  });
}

/** Where S3 is when it isn't AWS's own; else empty. The SDK reads these variables itself. */
export function s3Endpoint(environment: NodeJS.ProcessEnv = process.env): string {
  return environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL'] ?? '';
}

/**
 * Clients for one account and Region, by the SDK's own credential chain. `AWS_ENDPOINT_URL` is read by the SDK.
 * Throws `DeployError` when there is no Region; credentials are looked for at the first call.
 */
export async function createAws(
  options: AwsOptions,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Aws> {
  const settings = await clientSettings(options, environment);
  return {
    region: settings.region,
    stacks: createStackClient(new CloudFormationClient(settings)),
    templates: createTemplateStore(createS3(settings, environment), settings.region, () =>
      accountOf(new STSClient(settings)),
    ),
  };
}

async function accountOf(sts: STSClient): Promise<string> {
  try {
    const { Account: account = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return account;
  } catch (error) {
    throw awsProblem(error, 'Asking AWS whose credentials these are');
  }
}

const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d$/u;

async function regionOf(client: STSClient): Promise<string> {
  let region: string;
  try {
    region = await client.config.region();
  } catch (error) {
    // Also thrown for a configuration file that can't be read, or a profile that isn't there.
    const reason = error instanceof Error ? error.message : String(error);
    throw new DeployError(
      `There is no Region: ${reason.replace(/\.?$/u, '.')} Choose one with --region, or set AWS_REGION.`,
      { isUsage: true },
    );
  }
  if (!REGION.test(region))
    throw new DeployError(`${region} is no Region. One looks like us-east-1.`, { isUsage: true });
  return region;
}
