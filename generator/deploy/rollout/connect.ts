import { randomUUID } from 'node:crypto';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { STSClient } from '@aws-sdk/client-sts';
import type { AwsOptions } from '../aws.ts';
import { createOrganizationClient } from './organization-client.ts';
import type { RolloutPorts } from './rollout.ts';
import { createStackSetClient } from './stack-set-client.ts';

/** How often the SDK tries a call that was throttled: Organizations answers few calls a second, and a large organization takes hundreds. */
const MAX_ATTEMPTS = 12;

/** Clients for StackSets and the organization, by the SDK's own credential chain. */
export function connectRollout(
  { profile }: AwsOptions,
  region: string,
): Pick<RolloutPorts, 'organization' | 'stackSets'> {
  const common = {
    region,
    // Who sets the SDK's own variable knows better.
    ...(process.env['AWS_MAX_ATTEMPTS'] === undefined ? { maxAttempts: MAX_ATTEMPTS } : {}),
    // Slows down by itself while AWS answers that it is asked too often.
    retryMode: 'adaptive',
    ...(profile === undefined ? {} : { profile }),
  };
  const cloudFormation = new CloudFormationClient(common);
  const organizations = new OrganizationsClient(common);
  const sts = new STSClient(common);
  return {
    organization: createOrganizationClient({ organizations, sts }),
    stackSets: (permissions) =>
      createStackSetClient(cloudFormation, { permissions, newId: randomUUID }),
  };
}
