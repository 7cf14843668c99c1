import { createHash } from 'node:crypto';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { HeadObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { awsProblem } from './aws-problem.ts';
import type { OwnBucket } from './bucket-calls.ts';
import { DeployError } from './deploy-error.ts';
import type { PublishFile } from './publish-files.ts';

/** `unchanged`: the same bytes were there already; `replaced`: others were, and are an older version of the object now. */
export type UploadKind = 'uploaded' | 'replaced' | 'unchanged';

/**
 * Uploads a file unless the same is there already, and looks afterwards whether S3 has it. S3 itself compares the bytes that
 * it gets with the checksum (API PutObject, ChecksumSHA256). Throws `DeployError`.
 */
export async function uploadFile(
  client: S3Client,
  { name, account }: OwnBucket,
  key: string,
  file: PublishFile,
): Promise<UploadKind> {
  const target = { Bucket: name, Key: key, ExpectedBucketOwner: account };
  const checksum = createHash('sha256').update(file.text).digest('base64');
  const isSame = (head: HeadObjectCommandOutput | undefined): boolean =>
    head?.ChecksumSHA256 === checksum &&
    head.ContentType === file.contentType &&
    head.ServerSideEncryption === 'AES256';
  const before = await look(client, target);
  if (isSame(before)) return 'unchanged';
  try {
    await client.send(
      new PutObjectCommand({
        ...target,
        Body: file.text,
        ContentType: file.contentType,
        // S3 keeps checksums of this algorithm only when it is named.
        ChecksumAlgorithm: 'SHA256',
        ChecksumSHA256: checksum,
        // Whatever the bucket's default is: readers in other accounts have no right on a KMS key.
        ServerSideEncryption: 'AES256',
      }),
    );
  } catch (error) {
    throw awsProblem(error, `Uploading s3://${name}/${key} (s3:PutObject)`);
  }
  if (!isSame(await look(client, target)))
    throw new DeployError(
      `s3://${name}/${key} is not what was uploaded, or its checksum can't be read (s3:GetObject). Don't launch it; run asr publish again.`,
    );
  return before === undefined ? 'uploaded' : 'replaced';
}

/** What S3 says of an object; undefined when there is none, or when it may not be asked. */
async function look(
  client: S3Client,
  target: { readonly Bucket: string; readonly Key: string; readonly ExpectedBucketOwner: string },
): Promise<HeadObjectCommandOutput | undefined> {
  try {
    return await client.send(new HeadObjectCommand({ ...target, ChecksumMode: 'ENABLED' }));
  } catch (error) {
    const problem = awsProblem(error, `Looking at s3://${target.Bucket}/${target.Key}`);
    if (problem.kind === 'denied' || problem.kind === 'missing') return undefined;
    throw problem;
  }
}
