import { createHash } from 'node:crypto';
import { DeployError } from './deploy-error.ts';

/** Who may read what was published, besides the account that owns the bucket. */
export interface Readers {
  /** All accounts of this organization, for example `o-abcde12345`. */
  readonly organization?: string;
  /** Account ids of 12 digits. */
  readonly accounts: readonly string[];
}

/** A statement of a bucket's policy; those of others are kept as they are. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly [element: string]: unknown;
}

export interface BucketPolicy {
  readonly Version?: string;
  readonly Statement: readonly PolicyStatement[];
  readonly [element: string]: unknown;
}

/** What the statements are about: the objects of one folder of a bucket. */
export interface PolicyScope {
  readonly bucket: string;
  readonly partition: string;
  /** Folder in the bucket, without slashes at its ends and without wildcards. */
  readonly prefix: string;
  /** We made the bucket, so the demand for TLS can be of all of it. */
  readonly isNew: boolean;
  /** False at an emulator without TLS, which would lock everybody out. */
  readonly demandsTls: boolean;
}

const OURS = 'AsrPublish';
const TLS = 'TlsOnly';
const ORGANIZATION = 'ReadOrganization';
const ACCOUNTS = 'ReadAccounts';

/** Reads the policy of a bucket. Throws `DeployError` when it can't be understood: then nothing may be added to it. */
export function parsePolicy(text: string, bucket: string): BucketPolicy {
  const policy = parseJson(text);
  if (isFields(policy)) {
    const { Statement: all } = policy;
    const statements: unknown = isFields(all) ? [all] : all;
    if (Array.isArray(statements) && statements.every(isFields))
      return { ...policy, Statement: statements };
  }
  throw new DeployError(
    `The policy of the bucket ${bucket} can't be read, so nothing is added to it. Look at it in the S3 console, or choose another bucket.`,
  );
}

/**
 * The bucket's policy after publication: TLS only, and read for the readers, never for the public. Statements of others stay.
 * Ours of this folder are replaced; without `readers`, those who could read go on to.
 */
export function publishPolicy(
  existing: BucketPolicy | undefined,
  scope: PolicyScope,
  readers: Readers | undefined,
): BucketPolicy {
  const sid = (what: string): string => `${OURS}${what}${folderMark(scope.prefix)}`;
  const old = existing?.Statement ?? [];
  const find = (what: string) => old.filter(({ Sid }) => Sid === sid(what));
  const kept = find(TLS);
  const tls = kept.length > 0 || !scope.demandsTls ? kept : [demandTls(scope, sid(TLS))];
  const read =
    readers === undefined
      ? [...find(ORGANIZATION), ...find(ACCOUNTS)]
      : grants(scope, readers, sid);
  const ours = new Set([TLS, ORGANIZATION, ACCOUNTS].map(sid));
  return {
    Version: '2012-10-17',
    ...existing,
    Statement: [...old.filter(({ Sid }) => Sid === undefined || !ours.has(Sid)), ...tls, ...read],
  };
}

/** Who may read the folder besides the owner, from the statements that we wrote. */
export function readersOf({ Statement: all }: BucketPolicy, prefix: string): Readers {
  const find = (what: string) =>
    all.find(({ Sid }) => Sid === `${OURS}${what}${folderMark(prefix)}`);
  const condition = find(ORGANIZATION)?.['Condition'];
  const equals = isFields(condition) ? condition['StringEquals'] : undefined;
  const organization = isFields(equals) ? equals['aws:PrincipalOrgID'] : undefined;
  const principal = find(ACCOUNTS)?.['Principal'];
  const arns: unknown = isFields(principal) ? principal['AWS'] : [];
  // S3 gives back a list of one as a text.
  const accounts = (Array.isArray(arns) ? arns : [arns]).map(
    (arn) => String(arn).split(':')[4] ?? '',
  );
  return {
    ...(typeof organization === 'string' ? { organization } : {}),
    accounts: accounts.filter((account) => account !== ''),
  };
}

/** Several folders of one bucket keep their statements apart by this; a Sid takes letters and digits only. */
function folderMark(prefix: string): string {
  return createHash('sha256').update(prefix).digest('hex').slice(0, 8);
}

function objects({ partition, bucket, prefix }: PolicyScope): string {
  return `arn:${partition}:s3:::${bucket}/${prefix}/*`;
}

/** A bucket that others use too keeps serving them as before: there the demand is of our folder only. */
function demandTls(scope: PolicyScope, sid: string): PolicyStatement {
  const arn = `arn:${scope.partition}:s3:::${scope.bucket}`;
  return {
    Sid: sid,
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: scope.isNew ? [arn, `${arn}/*`] : objects(scope),
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/**
 * Both grants name fixed values, which S3 does not count as public ("Blocking public access to your Amazon S3 storage", The
 * meaning of "public").
 */
function grants(
  scope: PolicyScope,
  { organization, accounts }: Readers,
  sid: (what: string) => string,
): readonly PolicyStatement[] {
  const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: objects(scope) };
  const principals = [...new Set(accounts)]
    .toSorted()
    .map((account) => `arn:${scope.partition}:iam::${account}:root`);
  return [
    ...(organization === undefined
      ? []
      : [
          {
            Sid: sid(ORGANIZATION),
            ...read,
            Principal: '*',
            Condition: { StringEquals: { 'aws:PrincipalOrgID': organization } },
          },
        ]),
    ...(principals.length === 0
      ? []
      : [{ Sid: sid(ACCOUNTS), ...read, Principal: { AWS: principals } }]),
  ];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
