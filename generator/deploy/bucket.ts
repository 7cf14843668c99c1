import {
  CreateBucketCommand,
  DeleteBucketCommand,
  HeadBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import type { BucketLocationConstraint, S3Client } from '@aws-sdk/client-s3';
import { awsProblem } from './aws-problem.ts';
import { named } from './bucket-calls.ts';
import type { OwnBucket } from './bucket-calls.ts';
import { ALL_BLOCKED, refusePublic } from './bucket-public.ts';
import { DeployError } from './deploy-error.ts';

/** A bucket that exists, is ours and is not public. */
export interface ReadyBucket {
  readonly region: string;
  readonly isNew: boolean;
}

/**
 * Finds the bucket, or makes it: private, without ACLs, encrypted, with versions. An existing bucket keeps its settings.
 * Throws `DeployError` when it is public, belongs to another account, or can't be looked at.
 * @param region where a missing bucket is made; the client's own
 */
export async function ensureBucket(
  client: S3Client,
  bucket: OwnBucket,
  region: string,
): Promise<ReadyBucket> {
  const found = await find(client, bucket);
  if (found === undefined) {
    await make(client, bucket, region);
    return { region, isNew: true };
  }
  await refusePublic(client, bucket);
  return { region: found.region ?? region, isNew: false };
}

async function find(
  client: S3Client,
  { name, account }: OwnBucket,
): Promise<{ readonly region: string | undefined } | undefined> {
  try {
    const { BucketRegion: region } = await client.send(
      new HeadBucketCommand({ Bucket: name, ExpectedBucketOwner: account }),
    );
    return { region };
  } catch (error) {
    const problem = awsProblem(error, `Looking for the bucket ${name}`);
    if (problem.kind === 'missing') return undefined;
    if (problem.kind !== 'denied') throw problem;
    throw new DeployError(
      `The bucket ${name} belongs to another account than ${account}, or you may not look at it (s3:ListBucket). Choose another name, for example asr-${account}, or ask for the permission.`,
    );
  }
}

/** With an error in between the bucket, which is empty, is taken away again, so that it never stays half protected. */
async function make(client: S3Client, bucket: OwnBucket, region: string): Promise<void> {
  try {
    await client.send(
      new CreateBucketCommand({
        Bucket: bucket.name,
        ObjectOwnership: 'BucketOwnerEnforced',
        // us-east-1 is the one Region that must not be named (API CreateBucket).
        ...(region === 'us-east-1'
          ? {}
          : {
              CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
            }),
      }),
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'BucketAlreadyExists')
      throw new DeployError(
        `The name ${bucket.name} is taken by another account. Choose another, for example asr-${bucket.account}-${region}.`,
      );
    throw awsProblem(
      error,
      `Making the bucket ${bucket.name} (s3:CreateBucket, s3:PutBucketOwnershipControls)`,
    );
  }
  try {
    await protect(client, bucket);
  } catch (error) {
    throw await takeAway(client, bucket, error);
  }
}

async function protect(client: S3Client, { name, account }: OwnBucket): Promise<void> {
  const target = { Bucket: name, ExpectedBucketOwner: account };
  const steps = [
    [
      's3:PutBucketPublicAccessBlock',
      () =>
        client.send(
          new PutPublicAccessBlockCommand({
            ...target,
            PublicAccessBlockConfiguration: ALL_BLOCKED,
          }),
        ),
    ],
    [
      's3:PutEncryptionConfiguration',
      // Not with a KMS key: other accounts could not read then without a grant on the key as well.
      () =>
        client.send(
          new PutBucketEncryptionCommand({
            ...target,
            ServerSideEncryptionConfiguration: {
              Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
            },
          }),
        ),
    ],
    [
      's3:PutBucketVersioning',
      () =>
        client.send(
          new PutBucketVersioningCommand({
            ...target,
            VersioningConfiguration: { Status: 'Enabled' },
          }),
        ),
    ],
  ] as const;
  for (const [action, run] of steps)
    await named(`Protecting the new bucket ${name} (${action})`, async () => void (await run()));
}

/** Deletes a new bucket, which is empty, after an error, and returns the error that says so too. */
export async function takeAway(
  client: S3Client,
  { name, account }: OwnBucket,
  reason: unknown,
): Promise<DeployError> {
  const why = reason instanceof Error ? reason.message : String(reason);
  try {
    await client.send(new DeleteBucketCommand({ Bucket: name, ExpectedBucketOwner: account }));
    return new DeployError(`${why} The bucket was deleted again; nothing is left behind.`);
  } catch {
    return new DeployError(
      `${why} The empty bucket ${name} could not be deleted again. Delete it in the S3 console, then run this again.`,
    );
  }
}
