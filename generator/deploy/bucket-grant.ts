import { isDeepStrictEqual } from 'node:util';
import { GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { awsProblem } from './aws-problem.ts';
import { unlessNamed } from './bucket-calls.ts';
import type { OwnBucket } from './bucket-calls.ts';
import { parsePolicy, publishPolicy } from './bucket-policy.ts';
import type { BucketPolicy, PolicyScope, Readers } from './bucket-policy.ts';
import { DeployError } from './deploy-error.ts';

/**
 * Puts our statements into the bucket's policy and leaves those of others in it. Returns the policy as it is then; without a
 * change nothing is written. Throws `DeployError`.
 */
export async function grantRead(
  client: S3Client,
  { name, account }: OwnBucket,
  scope: PolicyScope,
  readers: Readers | undefined,
): Promise<BucketPolicy> {
  const target = { Bucket: name, ExpectedBucketOwner: account };
  const existing = await unlessNamed(
    'NoSuchBucketPolicy',
    `Reading the policy of ${name} (s3:GetBucketPolicy)`,
    () => client.send(new GetBucketPolicyCommand(target)),
  );
  const old = existing?.Policy === undefined ? undefined : parsePolicy(existing.Policy, name);
  const wanted = publishPolicy(old, scope, readers);
  if (isDeepStrictEqual(old, wanted)) return wanted;
  try {
    await client.send(new PutBucketPolicyCommand({ ...target, Policy: JSON.stringify(wanted) }));
  } catch (error) {
    // S3 looks up the accounts that a policy names.
    if (error instanceof Error && error.name === 'MalformedPolicy')
      throw new DeployError(
        `S3 refuses the policy of ${name}: ${error.message}. Check that each account of --accounts exists, and that the policy stays under 20 KB; for many accounts use --organization.`,
      );
    throw awsProblem(error, `Writing the policy of ${name} (s3:PutBucketPolicy)`);
  }
  return wanted;
}
