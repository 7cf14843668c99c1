import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { STSClient } from '@aws-sdk/client-sts';
import type { S3Client } from '@aws-sdk/client-s3';
import { PARTITIONS } from '../../templates/launch/links.ts';
import type { Partition } from '../../templates/launch/links.ts';
import { awsProblem } from './aws-problem.ts';
import { grantRead } from './bucket-grant.ts';
import { ensureBucket, takeAway } from './bucket.ts';
import { readersOf } from './bucket-policy.ts';
import type { Readers } from './bucket-policy.ts';
import { DeployError, throwIfInterrupted } from './deploy-error.ts';
import { launchLinks, objectPage } from './launch-links.ts';
import type { LaunchLink } from './launch-links.ts';
import type { Publication, PublishFile } from './publish-files.ts';
import { uploadFile } from './publish-upload.ts';
import type { UploadKind } from './publish-upload.ts';
import { templateUrl } from './template-store.ts';

/** What to publish where, and for whom. */
export interface PublishOptions {
  readonly bucket: string;
  /**
   * Folder in the bucket; the version is a folder in it.
   * @default asr
   */
  readonly prefix?: string;
  /** Undefined leaves those who could read before; in a new bucket, the owner's account alone. */
  readonly readers?: Readers;
}

/** What lies in the bucket now. */
export interface Published {
  readonly bucket: string;
  readonly region: string;
  readonly isNew: boolean;
  readonly account: string;
  /** Who can read besides the owner's account. */
  readonly readers: Readers;
  /** URL of the templates' folder; ends with a slash. */
  readonly folder: string;
  readonly files: readonly { readonly key: string; readonly upload: UploadKind }[];
  readonly links: readonly LaunchLink[];
  readonly page: {
    readonly key: string;
    /** The S3 console's page of it. */
    readonly console: string;
    /** The page's text, for who wants to open it without S3. */
    readonly text: string;
  };
}

export interface PublishPorts {
  readonly s3: S3Client;
  readonly sts: STSClient;
  /** Where a missing bucket is made; the clients' own. */
  readonly region: string;
  /** The endpoint is one without TLS, as emulators have. */
  readonly isPlain: boolean;
  /** Aborted by Ctrl-C. Heeded between files only: a new bucket is never left half protected. */
  readonly signal: AbortSignal;
}

export interface Publisher {
  /** Uploads a build. Can be repeated: what is there already stays. Throws `DeployError`, and `Interrupted` on Ctrl-C. */
  readonly publish: (publication: Publication, options: PublishOptions) => Promise<Published>;
}

/** Puts a build into a private bucket of the caller's own account, readable for an organization or for listed accounts. */
export function createPublisher({ s3, sts, region, isPlain, signal }: PublishPorts): Publisher {
  return {
    publish: async (publication, { bucket: name, prefix = 'asr', readers }) => {
      const { account, partition } = await whoCalls(sts);
      const bucket = { name, account };
      const ready = await ensureBucket(s3, bucket, region);
      const scope = { bucket: name, partition, prefix, isNew: ready.isNew, demandsTls: !isPlain };
      const policy = await grantRead(s3, bucket, scope, readers).catch(async (error: unknown) => {
        throw ready.isNew ? await takeAway(s3, bucket, error) : error;
      });
      const keyOf = ({ path }: PublishFile): string => `${prefix}/${publication.version}/${path}`;
      const folder = templateUrl(name, `${prefix}/${publication.version}/`, ready.region);
      const page = publication.page(folder);
      const files: { readonly key: string; readonly upload: UploadKind }[] = [];
      // One after the other, the page last: it never points to templates that are not there yet.
      for (const file of [...publication.templates, page]) {
        throwIfInterrupted(signal);
        files.push({ key: keyOf(file), upload: await uploadFile(s3, bucket, keyOf(file), file) });
      }
      return {
        bucket: name,
        region: ready.region,
        isNew: ready.isNew,
        account,
        readers: readersOf(policy, prefix),
        folder,
        files,
        links: launchLinks(folder, partition),
        page: {
          key: keyOf(page),
          console: objectPage(name, keyOf(page), ready.region),
          text: page.text,
        },
      };
    },
  };
}

async function whoCalls(
  sts: STSClient,
): Promise<{ readonly account: string; readonly partition: Partition }> {
  const { Account: account, Arn: arn = '' } = await sts
    .send(new GetCallerIdentityCommand({}))
    .catch((error: unknown) => {
      throw awsProblem(error, 'Asking AWS whose credentials these are');
    });
  const partition = PARTITIONS.find((one) => one === arn.split(':')[1]);
  if (account === undefined || partition === undefined)
    throw new DeployError(
      `These credentials are of ${arn === '' ? 'nobody' : arn}, which is in none of ${PARTITIONS.join(', ')}. Use credentials of another account.`,
    );
  return { account, partition };
}
