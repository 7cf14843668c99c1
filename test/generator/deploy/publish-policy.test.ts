import { describe, expect, it } from 'vitest';
import { parsePolicy, publishPolicy, readersOf } from '../../../generator/deploy/bucket-policy.ts';
import type { PolicyStatement } from '../../../generator/deploy/bucket-policy.ts';

const scope = {
  bucket: 'my-bucket',
  partition: 'aws',
  prefix: 'asr',
  isNew: true,
  demandsTls: true,
} as const;
const organization = { organization: 'o-abcde12345', accounts: [] };
const foreign: PolicyStatement = {
  Sid: 'Backup',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::999988887777:root' },
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::my-bucket/backup/*',
};
const sids = (policy: { readonly Statement: readonly PolicyStatement[] }) =>
  policy.Statement.map(({ Sid }) => Sid?.replace(/[0-9a-f]{8}$/u, '#'));

describe('the policy of a bucket after publication', () => {
  it('demands TLS and lets an organization read the folder', () => {
    const { Version, Statement } = publishPolicy(undefined, scope, organization);
    expect(Version).toBe('2012-10-17');
    expect(Statement).toEqual([
      {
        Sid: expect.stringMatching(/^AsrPublishTlsOnly[0-9a-f]{8}$/u),
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: ['arn:aws:s3:::my-bucket', 'arn:aws:s3:::my-bucket/*'],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Sid: expect.stringMatching(/^AsrPublishReadOrganization[0-9a-f]{8}$/u),
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:GetObject',
        Resource: 'arn:aws:s3:::my-bucket/asr/*',
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-abcde12345' } },
      },
    ]);
  });

  it('lets listed accounts read, each once, in the partition of the bucket', () => {
    const accounts = ['222233334444', '111122223333', '222233334444'];
    const { Statement } = publishPolicy(undefined, { ...scope, partition: 'aws-cn' }, { accounts });
    expect(Statement[1]).toMatchObject({
      Principal: {
        AWS: ['arn:aws-cn:iam::111122223333:root', 'arn:aws-cn:iam::222233334444:root'],
      },
      Resource: 'arn:aws-cn:s3:::my-bucket/asr/*',
    });
    expect(Statement[1]).not.toHaveProperty('Condition');
  });

  it('never lets everybody in', () => {
    for (const readers of [
      undefined,
      organization,
      { accounts: ['111122223333'] },
      { accounts: [] },
    ])
      for (const { Effect, Principal, Condition } of publishPolicy(undefined, scope, readers)
        .Statement)
        if (Effect === 'Allow' && Principal === '*')
          expect(Condition).toEqual({ StringEquals: { 'aws:PrincipalOrgID': 'o-abcde12345' } });
  });

  it('keeps what others put there, also their version and id', () => {
    const existing = { Version: '2008-10-17', Id: 'Theirs', Statement: [foreign] };
    const policy = publishPolicy(existing, { ...scope, isNew: false }, organization);
    expect(policy).toMatchObject({ Version: '2008-10-17', Id: 'Theirs' });
    expect(policy.Statement[0]).toBe(foreign);
    expect(sids(policy)).toEqual(['Backup', 'AsrPublishTlsOnly#', 'AsrPublishReadOrganization#']);
  });

  it('demands TLS of its own folder only where others use the bucket too', () => {
    const { Statement } = publishPolicy(undefined, { ...scope, isNew: false }, organization);
    expect(Statement[0]).toMatchObject({
      Effect: 'Deny',
      Resource: 'arn:aws:s3:::my-bucket/asr/*',
    });
  });

  it('demands no TLS of an emulator that has none', () => {
    const policy = publishPolicy(undefined, { ...scope, demandsTls: false }, organization);
    expect(sids(policy)).toEqual(['AsrPublishReadOrganization#']);
  });

  it('replaces the readers of the last time, and keeps the demand for TLS as it was', () => {
    const first = publishPolicy(undefined, scope, organization);
    const second = publishPolicy(first, { ...scope, isNew: false }, { accounts: ['111122223333'] });
    expect(sids(second)).toEqual(['AsrPublishTlsOnly#', 'AsrPublishReadAccounts#']);
    expect(second.Statement[0]).toEqual(first.Statement[0]);
  });

  it('stays the same when it is published again, and without readers lets the same ones read', () => {
    const first = publishPolicy({ Statement: [foreign] }, scope, organization);
    expect(publishPolicy(first, { ...scope, isNew: false }, organization)).toEqual(first);
    expect(publishPolicy(first, { ...scope, isNew: false }, undefined)).toEqual(first);
  });

  it('keeps the readers of another folder apart', () => {
    const first = publishPolicy(undefined, scope, organization);
    const both = publishPolicy(
      first,
      { ...scope, prefix: 'asr-test', isNew: false },
      { accounts: ['111122223333'] },
    );
    expect(readersOf(both, 'asr')).toEqual(organization);
    expect(readersOf(both, 'asr-test')).toEqual({ accounts: ['111122223333'] });
  });
});

describe('the policy of a bucket as S3 gives it', () => {
  it('may have one statement without a list, and one account without a list', () => {
    const policy = publishPolicy(undefined, scope, { accounts: ['111122223333'] });
    const [, read] = policy.Statement;
    const text = JSON.stringify({
      Statement: { ...read, Principal: { AWS: 'arn:aws:iam::111122223333:root' } },
    });
    expect(readersOf(parsePolicy(text, 'my-bucket'), 'asr')).toEqual({
      accounts: ['111122223333'],
    });
  });

  it.each(['', 'no JSON', '[]', '{}', '{"Statement":["x"]}', 'null'])(
    'is left alone when it is odd: %s',
    (text) => {
      expect(() => parsePolicy(text, 'my-bucket')).toThrow(
        /my-bucket can't be read, so nothing is added to it\. .*another bucket\.$/u,
      );
    },
  );
});
