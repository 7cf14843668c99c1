import { isDeepStrictEqual } from 'node:util';
import {
  GetBucketAclCommand,
  GetBucketPolicyStatusCommand,
  GetPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import type { PublicAccessBlockConfiguration, S3Client } from '@aws-sdk/client-s3';
import { named, unlessNamed } from './bucket-calls.ts';
import type { OwnBucket } from './bucket-calls.ts';
import { DeployError } from './deploy-error.ts';

/** Block Public Access with all that it has. */
export const ALL_BLOCKED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
} as const;

/** Groups of an ACL that stand for everybody ("Access control list (ACL) overview"). */
const EVERYBODY = /\/groups\/global\/(?:AllUsers|AuthenticatedUsers)$/u;

/** Throws `DeployError` when a bucket is public, may be, or can't be looked at. */
export async function refusePublic(client: S3Client, { name, account }: OwnBucket): Promise<void> {
  const target = { Bucket: name, ExpectedBucketOwner: account };
  const advice =
    'Choose another name, and it is made for you; or turn on Block Public Access for this bucket.';
  const status = await unlessNamed(
    'NoSuchBucketPolicy',
    `Looking whether ${name} is public (s3:GetBucketPolicyStatus)`,
    () => client.send(new GetBucketPolicyStatusCommand(target)),
  );
  const isPublic = status === undefined ? false : status.PolicyStatus?.IsPublic;
  // With Block Public Access on, S3 would cut off other accounts from a bucket whose policy is public.
  if (isPublic === true)
    throw new DeployError(
      `The policy of the bucket ${name} lets everybody in, so nothing is published there. ${advice}`,
    );
  const block = await unlessNamed(
    'NoSuchPublicAccessBlockConfiguration',
    `Looking whether ${name} can become public (s3:GetBucketPublicAccessBlock)`,
    () => client.send(new GetPublicAccessBlockCommand(target)),
  );
  const settings: PublicAccessBlockConfiguration = block?.PublicAccessBlockConfiguration ?? {};
  if (isDeepStrictEqual({ ...settings }, ALL_BLOCKED)) return;
  if (isPublic !== false)
    throw new DeployError(
      `It is not known whether the bucket ${name} is public, so nothing is published there. ${advice}`,
    );
  if (settings.IgnorePublicAcls === true) return;
  const { Grants: grants = [] } = await named(`Reading the ACL of ${name} (s3:GetBucketAcl)`, () =>
    client.send(new GetBucketAclCommand(target)),
  );
  if (grants.some(({ Grantee: grantee }) => EVERYBODY.test(grantee?.URI ?? '')))
    throw new DeployError(
      `The ACL of the bucket ${name} lets everybody in, so nothing is published there. ${advice}`,
    );
}
