import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
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

/**
 * Clients for one account and Region, by the SDK's own credential chain. `AWS_ENDPOINT_URL` is read by the SDK.
 * Throws `DeployError` when there is no Region; credentials are looked for at the first call.
 */
export async function createAws(
  { profile, region: wanted }: AwsOptions,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Aws> {
  // The SDK for JavaScript reads AWS_REGION alone; the AWS CLI and most people's shells have the other.
  const named = wanted ?? environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  const common = {
    maxAttempts: MAX_ATTEMPTS,
    ...(profile === undefined ? {} : { profile }),
    ...(named === undefined ? {} : { region: named }),
  };
  const cloudFormation = new CloudFormationClient(common);
  const region = await regionOf(cloudFormation);
  // Emulators answer at one host, so the bucket can't be part of it.
  const isElsewhere =
    (environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL'] ?? '') !== '';
  const s3 = new S3Client({
    ...common,
    region,
    followRegionRedirects: true,
    forcePathStyle: isElsewhere,
  });
  return {
    region,
    stacks: createStackClient(cloudFormation),
    templates: createTemplateStore(s3, region),
  };
}

const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d$/u;

async function regionOf(client: CloudFormationClient): Promise<string> {
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
