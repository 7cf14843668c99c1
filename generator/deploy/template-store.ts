import { createHash } from 'node:crypto';
import { GetObjectCommand, HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { AwsProblem, awsProblem } from './aws-problem.ts';
import { DeployError } from './deploy-error.ts';

/** A template in a bucket. */
export interface StoredTemplate {
  /** What CloudFormation reads; https. */
  readonly url: string;
  /** Where it lies, for people: `s3://bucket/key`. */
  readonly location: string;
  /** `found`: the same bytes were there already; `replaced`: others were, under the same name. */
  readonly how: 'found' | 'uploaded' | 'replaced';
}

export interface TemplateStore {
  /** Makes sure that a template lies in a bucket. Throws `DeployError`. */
  readonly put: (bucket: string, key: string, text: string) => Promise<StoredTemplate>;
}

/** The key of a template in its bucket, where asr publish puts it too. */
export function templateKey(prefix: string, version: string, fileName: string): string {
  return `${prefix}/${version}/${fileName}`;
}

/**
 * Keeps templates in S3. Who can't write needs no permission to: a template that was published already is only found. It
 * is written to buckets of the caller's own account only: who owns the bucket decides what CloudFormation reads.
 * @param region of the deployment; buckets of other Regions are found by asking S3
 * @param account whose credentials these are; 12 digits
 */
export function createTemplateStore(
  client: S3Client,
  region: string,
  account: () => Promise<string>,
): TemplateStore {
  return {
    put: async (bucket, key, text) => {
      const home = (await regionOf(client, bucket)) ?? region;
      const existing = await textOf(client, bucket, key);
      const stored = { url: templateUrl(bucket, key, home), location: `s3://${bucket}/${key}` };
      if (existing === text) return { ...stored, how: 'found' };
      await upload(client, { bucket, key, text, account: await account() });
      return { ...stored, how: existing === undefined ? 'uploaded' : 'replaced' };
    },
  };
}

/**
 * The URL of an object for CloudFormation. A bucket with dots in its name doesn't fit the certificate of its own host
 * [Amazon S3 User Guide, "Virtual hosting of general purpose buckets"].
 */
export function templateUrl(bucket: string, key: string, region: string): string {
  const s3 = `s3.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
  return bucket.includes('.') ? `https://${s3}/${bucket}/${key}` : `https://${bucket}.${s3}/${key}`;
}

/** Undefined when it may not be asked. */
async function regionOf(client: S3Client, bucket: string): Promise<string | undefined> {
  try {
    const { BucketRegion: region } = await client.send(new HeadBucketCommand({ Bucket: bucket }));
    return region;
  } catch (error) {
    const problem = awsProblem(error, `Looking for the bucket ${bucket}`);
    if (problem.kind === 'denied') return undefined;
    if (problem.kind === 'missing')
      throw new DeployError(
        `There is no bucket ${bucket}. Make it and upload the templates with asr publish --bucket ${bucket}, or name another with --bucket.`,
      );
    throw problem;
  }
}

/** An object's text; undefined when there is none or it may not be read. CloudFormation reads it as the same user. */
async function textOf(client: S3Client, bucket: string, key: string): Promise<string | undefined> {
  try {
    const { Body: body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return await body?.transformToString();
  } catch (error) {
    const problem = awsProblem(error, `Looking at s3://${bucket}/${key}`);
    if (problem.kind === 'denied' || problem.kind === 'missing') return undefined;
    throw problem;
  }
}

async function upload(
  client: S3Client,
  object: {
    readonly bucket: string;
    readonly key: string;
    readonly text: string;
    readonly account: string;
  },
): Promise<void> {
  try {
    await client.send(
      new PutObjectCommand({
        Bucket: object.bucket,
        Key: object.key,
        ExpectedBucketOwner: object.account,
        Body: object.text,
        ContentType: 'application/json',
        // S3 refuses what arrives with another content.
        ChecksumSHA256: createHash('sha256').update(object.text).digest('base64'),
      }),
    );
  } catch (error) {
    const problem = awsProblem(
      error,
      `Uploading the template to s3://${object.bucket}/${object.key}`,
    );
    if (problem.kind !== 'denied') throw problem;
    throw new AwsProblem(
      `${problem.message} A bucket of another account than ${object.account} is not written to: have the template uploaded there by its owner, with asr publish --bucket ${object.bucket}; then only reading is needed.`,
      problem.kind,
      error,
    );
  }
}
