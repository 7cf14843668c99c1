import { ApiError } from '../../../generator/simulate/bridge.ts';
import type { Bridge } from '../../../generator/simulate/bridge.ts';
import type { JsonObject } from '../../../generator/simulate/json.ts';
import type { Members, Place } from './places.ts';

/** A bucket in a member account, and its settings. */
export interface Bucket {
  /** ARN. */
  readonly arn: string;
  readonly settings: () => Promise<BucketSettings>;
}

/** Settings that S3 controls look at; undefined where there is none. */
export interface BucketSettings {
  readonly publicAccess: Members | undefined;
  readonly encryption: Members | undefined;
  /** Sids of the policy's statements. */
  readonly policy: readonly string[];
  readonly logging: Members | undefined;
  readonly topics: readonly unknown[];
  /** Ids of the lifecycle rules. */
  readonly lifecycle: readonly string[];
}

/** What the owner wrote: another account may rewrite the policy. */
const OWN_POLICY = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Partner',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::999988887777:root' },
      Action: ['s3:GetObject', 's3:PutBucketPolicy'],
    },
  ],
};

/** Makes a bucket that fails nine controls. */
export async function makeBucket(bridge: Bridge, place: Place, name: string): Promise<Bucket> {
  const call = async (operation: string, parameters: JsonObject): Promise<Members> =>
    bridge.call('s3', operation, { Bucket: name, ...parameters }, place);
  const read = async (operation: string): Promise<Members> => {
    try {
      return await call(operation, {});
    } catch (error) {
      if (error instanceof ApiError) return {};
      throw error;
    }
  };
  const [statement] = OWN_POLICY.Statement;
  const Resource = [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`];
  await call('CreateBucket', {});
  await call('DeleteBucketEncryption', {});
  await call('PutBucketPolicy', {
    Policy: JSON.stringify({ ...OWN_POLICY, Statement: [{ ...statement, Resource }] }),
  });
  return {
    arn: `arn:aws:s3:::${name}`,
    settings: async () => {
      const { Policy: policy } = await read('GetBucketPolicy');
      const { Statement: statements = [] } = (
        policy === undefined ? {} : JSON.parse(policy as string)
      ) as { readonly Statement?: readonly Members[] };
      const { Rules: rules = [] } = await read('GetBucketLifecycleConfiguration');
      const { TopicConfigurations: topics = [] } = await read('GetBucketNotificationConfiguration');
      const access = await read('GetPublicAccessBlock');
      const encryption = await read('GetBucketEncryption');
      const logging = await read('GetBucketLogging');
      return {
        publicAccess: access['PublicAccessBlockConfiguration'] as Members | undefined,
        encryption: encryption['ServerSideEncryptionConfiguration'] as Members | undefined,
        policy: statements.map(({ Sid }) => String(Sid)),
        logging: logging['LoggingEnabled'] as Members | undefined,
        topics: topics as readonly unknown[],
        lifecycle: (rules as readonly Members[]).map(({ ID }) => String(ID)),
      };
    },
  };
}
