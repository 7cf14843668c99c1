import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketAclCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { Interrupted } from '../../../generator/deploy/deploy-error.ts';
import { createPublisher } from '../../../generator/deploy/publish.ts';
import type { PublishOptions } from '../../../generator/deploy/publish.ts';
import { readPublication } from '../../../generator/deploy/publish-files.ts';
import { FILES, distFolder } from './publish-dist.ts';

const ACCOUNT = '111122223333';
const s3 = mockClient(S3Client);
const sts = mockClient(STSClient);
const dist = distFolder();
const organization = { organization: 'o-abcde12345', accounts: [] };

const publish = (
  options: Partial<PublishOptions> = {},
  region = 'eu-central-1',
  signal = new AbortController().signal,
) =>
  createPublisher({
    s3: new S3Client({ region }),
    sts: new STSClient({ region }),
    region,
    isPlain: false,
    signal,
  }).publish(readPublication(dist), { bucket: 'my-bucket', readers: organization, ...options });

/** An error as the SDK throws it. */
const failure = (name: string, message = name, httpStatusCode = 400): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

const ALL_BLOCKED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** What lies in the bucket, by key. */
const objects = new Map<string, object>();

/** S3 with an empty private bucket of the caller in eu-west-1; what is put there can be looked at. */
beforeEach(() => {
  sts.reset();
  sts
    .on(GetCallerIdentityCommand)
    .resolves({ Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:user/me` });
  s3.reset();
  s3.on(HeadBucketCommand).resolves({ BucketRegion: 'eu-west-1' });
  s3.on(GetBucketPolicyStatusCommand).rejects(failure('NoSuchBucketPolicy'));
  s3.on(GetBucketPolicyCommand).rejects(failure('NoSuchBucketPolicy'));
  s3.on(GetPublicAccessBlockCommand).resolves({ PublicAccessBlockConfiguration: ALL_BLOCKED });
  s3.on(GetBucketAclCommand).resolves({ Grants: [] });
  objects.clear();
  s3.on(PutObjectCommand).callsFake(
    (input: { readonly Key: string }) => void objects.set(input.Key, input),
  );
  s3.on(HeadObjectCommand).callsFake(({ Key: key }: { readonly Key: string }) => {
    const found = objects.get(key);
    if (found === undefined) throw failure('NotFound', 'NotFound', 404);
    return found;
  });
});

const WRITES = /^(?:PutObject|PutBucketPolicy|CreateBucket|PutPublicAccessBlock)Command$/u;
const written = (): number =>
  s3.calls().filter(({ args }) => WRITES.test(args[0].constructor.name)).length;

describe('asr publish', () => {
  it('uploads templates and page, the page last and with the address of the templates', async () => {
    const published = await publish();
    const folder = 'https://my-bucket.s3.eu-west-1.amazonaws.com/asr/1.2.3/';
    expect(published.files).toEqual(
      [
        'automated-security-response-admin.template',
        'automated-security-response-member-roles.template',
        'automated-security-response-member.template',
        'launch/index.html',
      ].map((path) => ({ key: `asr/1.2.3/${path}`, upload: 'uploaded' })),
    );
    expect(published.page.text).toContain(`{"templates":"${folder}"}`);
    expect(published).toMatchObject({
      folder,
      region: 'eu-west-1',
      isNew: false,
      readers: organization,
    });
  });

  it('gives launch links in the Region that the console opens by default', async () => {
    const { links } = await publish();
    expect(links.map(({ stack }) => stack)).toEqual(['admin', 'member-roles', 'member']);
    expect(links[1]?.url).toBe(
      'https://us-east-1.console.aws.amazon.com/cloudformation/home?region=us-east-1#/stacks/quickcreate?templateURL=https%3A%2F%2Fmy-bucket.s3.eu-west-1.amazonaws.com%2Fasr%2F1.2.3%2Fautomated-security-response-member-roles.template&stackName=automated-security-response-member-roles',
    );
  });

  it('sends checksum, type and encryption with each file, to the expected owner only', async () => {
    await publish();
    for (const { args } of s3.commandCalls(PutObjectCommand))
      expect(args[0].input).toMatchObject({
        ChecksumAlgorithm: 'SHA256',
        ChecksumSHA256: expect.stringMatching(/^[\w+/]{43}=$/u),
        ServerSideEncryption: 'AES256',
        ExpectedBucketOwner: ACCOUNT,
      });
    expect(s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input.ContentType)).toEqual([
      'application/json',
      'application/json',
      'application/json',
      'text/html; charset=utf-8',
    ]);
  });

  it('writes nothing the second time', async () => {
    await publish();
    const policy = s3.commandCalls(PutBucketPolicyCommand)[0]?.args[0].input.Policy ?? '';
    s3.on(GetBucketPolicyCommand).resolves({ Policy: policy });
    s3.on(GetBucketPolicyStatusCommand).resolves({ PolicyStatus: { IsPublic: false } });
    const before = written();
    expect((await publish()).files.map(({ upload }) => upload)).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
      'unchanged',
    ]);
    expect(written()).toBe(before);
  });

  it('replaces what another version of a file left there, and what other accounts could not decrypt', async () => {
    const key = 'asr/1.2.3/automated-security-response-admin.template';
    objects.set(key, { ChecksumSHA256: 'other' });
    expect((await publish()).files[0]).toEqual({ key, upload: 'replaced' });
    objects.set(key, { ...objects.get(key), ServerSideEncryption: 'aws:kms' });
    expect((await publish()).files[0]).toEqual({ key, upload: 'replaced' });
  });

  it('stops between two files at Ctrl-C, so that no page is there before its templates', async () => {
    const controller = new AbortController();
    s3.on(PutObjectCommand).callsFake((input: { readonly Key: string }) => {
      objects.set(input.Key, input);
      controller.abort();
    });
    await expect(publish({}, 'eu-central-1', controller.signal)).rejects.toThrow(Interrupted);
    expect([...objects.keys()]).toEqual(['asr/1.2.3/automated-security-response-admin.template']);
    s3.on(PutObjectCommand).callsFake(
      (input: { readonly Key: string }) => void objects.set(input.Key, input),
    );
    expect((await publish()).files.map(({ upload }) => upload)).toEqual([
      'unchanged',
      ...['uploaded', 'uploaded', 'uploaded'],
    ]);
  });

  it('works in China', async () => {
    sts
      .on(GetCallerIdentityCommand)
      .resolves({ Account: ACCOUNT, Arn: `arn:aws-cn:iam::${ACCOUNT}:user/me` });
    s3.on(HeadBucketCommand).resolves({ BucketRegion: 'cn-northwest-1' });
    const { folder, links, page } = await publish();
    expect(folder).toBe('https://my-bucket.s3.cn-northwest-1.amazonaws.com.cn/asr/1.2.3/');
    expect(links[0]?.url).toMatch(/^https:\/\/cn-north-1\.console\.amazonaws\.cn\//u);
    // The web console, which only the other template has, can't be there.
    expect(links.map(({ templateUrl: url }) => url.slice(folder.length))).toEqual([
      'automated-security-response-admin-cn.template',
      'automated-security-response-member-roles.template',
      'automated-security-response-member.template',
    ]);
    expect(page.console).toMatch(
      /^https:\/\/cn-northwest-1\.console\.amazonaws\.cn\/s3\/object\/my-bucket\?/u,
    );
  });
});

describe('a bucket that does not exist', () => {
  beforeEach(() => void s3.on(HeadBucketCommand).rejects(failure('NotFound', 'NotFound', 404)));

  it('is made private, without ACLs, before anything lies in it', async () => {
    expect(await publish()).toMatchObject({ isNew: true, region: 'eu-central-1' });
    expect(s3.commandCalls(CreateBucketCommand)[0]?.args[0].input).toEqual({
      Bucket: 'my-bucket',
      ObjectOwnership: 'BucketOwnerEnforced',
      CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
    });
    expect(s3.commandCalls(PutPublicAccessBlockCommand)[0]?.args[0].input).toMatchObject({
      PublicAccessBlockConfiguration: ALL_BLOCKED,
    });
    const names = s3.calls().map(({ args }) => args[0].constructor.name);
    expect(names.indexOf('PutBucketPolicyCommand')).toBeLessThan(names.indexOf('PutObjectCommand'));
  });

  it('is made without naming the Region in us-east-1, which S3 demands', async () => {
    await publish({}, 'us-east-1');
    expect(s3.commandCalls(CreateBucketCommand)[0]?.args[0].input).not.toHaveProperty(
      'CreateBucketConfiguration',
    );
  });

  it('is taken away again when it can not be protected', async () => {
    s3.on(PutBucketEncryptionCommand).rejects(failure('AccessDenied', 'Access Denied', 403));
    await expect(publish()).rejects.toThrow(
      /Protecting the new bucket my-bucket \(s3:PutEncryptionConfiguration\) failed: .* nothing is left behind\.$/u,
    );
    expect(s3.commandCalls(DeleteBucketCommand)).toHaveLength(1);
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(0);
  });

  it('is taken away again when its policy is refused', async () => {
    s3.on(PutBucketPolicyCommand).rejects(
      failure('MalformedPolicy', 'Invalid principal in policy'),
    );
    await expect(publish({ readers: { accounts: ['999999999999'] } })).rejects.toThrow(
      /each account of --accounts exists.* nothing is left behind\.$/u,
    );
    expect(s3.commandCalls(DeleteBucketCommand)).toHaveLength(1);
  });

  it('is named when it could not be taken away either', async () => {
    s3.on(PutBucketEncryptionCommand).rejects(failure('AccessDenied', 'Access Denied', 403));
    s3.on(DeleteBucketCommand).rejects(failure('AccessDenied', 'Access Denied', 403));
    await expect(publish()).rejects.toThrow(
      /The empty bucket my-bucket could not be deleted again\. Delete it/u,
    );
  });

  it('may have a name that another account was quicker with', async () => {
    s3.on(CreateBucketCommand).rejects(failure('BucketAlreadyExists'));
    await expect(publish()).rejects.toThrow(
      'The name my-bucket is taken by another account. Choose another, for example asr-111122223333-eu-central-1.',
    );
  });
});

describe('an existing bucket is refused, and left alone,', () => {
  const everybody = {
    Grantee: { Type: 'Group' as const, URI: 'http://acs.amazonaws.com/groups/global/AllUsers' },
  };
  const none = failure('NoSuchPublicAccessBlockConfiguration');
  it.each<[string, () => unknown, RegExp]>([
    [
      'of somebody else',
      () => s3.on(HeadBucketCommand).rejects(failure('403', 'UnknownError', 403)),
      /belongs to another account than 111122223333, or you may not look at it \(s3:ListBucket\)\. Choose another name/u,
    ],
    [
      'with a public policy, though blocked',
      () => s3.on(GetBucketPolicyStatusCommand).resolves({ PolicyStatus: { IsPublic: true } }),
      /The policy of the bucket my-bucket lets everybody in/u,
    ],
    [
      'of which S3 does not say whether it is public',
      () => {
        s3.on(GetBucketPolicyStatusCommand).resolves({});
        s3.on(GetPublicAccessBlockCommand).rejects(none);
      },
      /It is not known whether the bucket my-bucket is public/u,
    ],
    [
      'with a public ACL',
      () => {
        s3.on(GetPublicAccessBlockCommand).resolves({
          PublicAccessBlockConfiguration: { ...ALL_BLOCKED, IgnorePublicAcls: false },
        });
        s3.on(GetBucketAclCommand).resolves({ Grants: [everybody] });
      },
      /The ACL of the bucket my-bucket lets everybody in.*turn on Block Public Access/u,
    ],
    [
      'when nobody may look whether it is public',
      () =>
        s3.on(GetBucketPolicyStatusCommand).rejects(failure('AccessDenied', 'Access Denied', 403)),
      /s3:GetBucketPolicyStatus.*Ask for this permission/u,
    ],
    [
      'with a policy that can not be read',
      () => s3.on(GetBucketPolicyCommand).resolves({ Policy: 'odd' }),
      /can't be read, so nothing is added to it/u,
    ],
  ])('%s', async (_what, arrange, message) => {
    arrange();
    await expect(publish()).rejects.toThrow(message);
    expect(written()).toBe(0);
  });

  it('but not only because its Block Public Access is off: it gets a policy that is not public', async () => {
    s3.on(GetPublicAccessBlockCommand).rejects(none);
    await publish();
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(4);
  });
});

describe('what can go wrong', () => {
  it('an account of the policy that does not exist', async () => {
    s3.on(PutBucketPolicyCommand).rejects(
      failure('MalformedPolicy', 'Invalid principal in policy'),
    );
    await expect(publish({ readers: { accounts: ['999999999999'] } })).rejects.toThrow(
      /Invalid principal in policy\. Check that each account of --accounts exists/u,
    );
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(0);
  });

  it('an upload that S3 does not confirm', async () => {
    s3.on(HeadObjectCommand).resolves({ ChecksumSHA256: 'other' });
    await expect(publish()).rejects.toThrow(
      /is not what was uploaded.*Don't launch it; run asr publish again\.$/u,
    );
  });

  it('an upload without permission', async () => {
    s3.on(PutObjectCommand).rejects(failure('AccessDenied', 'Access Denied', 403));
    await expect(publish()).rejects.toThrow(
      /asr\/1\.2\.3\/automated-security-response-admin\.template \(s3:PutObject\) failed: Access Denied\. /u,
    );
  });

  it('credentials that are no longer valid', async () => {
    sts.on(GetCallerIdentityCommand).rejects(failure('ExpiredToken', 'The token has expired', 403));
    await expect(publish()).rejects.toThrow(
      /whose credentials these are failed: The token has expired\. .*Sign in again/u,
    );
    expect(written()).toBe(0);
  });

  it('a partition without our templates', async () => {
    sts
      .on(GetCallerIdentityCommand)
      .resolves({ Account: ACCOUNT, Arn: `arn:aws-iso:iam::${ACCOUNT}:user/me` });
    await expect(publish()).rejects.toThrow(/in none of aws, aws-us-gov, aws-cn/u);
  });
});

describe('a build that is not published', () => {
  it.each([
    [
      'a folder that is none',
      '/nowhere/dist',
      /There is no build in \/nowhere\/dist: .* Run asr build/u,
    ],
    [
      'a template that was edited',
      distFolder(FILES, { 'automated-security-response-member.template': '{}' }),
      /member\.template is not what the build wrote: its checksum differs from the manifest\. Run asr build again\.$/u,
    ],
    ['a folder without a manifest', `${dist}/documents`, /There is no build in/u],
    [
      'no page',
      distFolder({ 'a.template': '{}' }),
      /is no complete build\. Run asr build again\.$/u,
    ],
    ['no templates', distFolder({ 'launch/index.html': '' }), /is no complete build/u],
  ])('%s', (_what, folder, message) => {
    expect(() => readPublication(folder)).toThrow(message);
  });
});
