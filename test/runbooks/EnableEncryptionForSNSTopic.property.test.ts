import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

const FILE = 'runbooks/sns/EnableEncryptionForSNSTopic.py';
const KEY = {
  Arn: 'arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-1111-4222-8333-444455556666',
  AWSAccountId: '111122223333',
  KeyManager: 'CUSTOMER',
  KeyState: 'Enabled',
  KeySpec: 'SYMMETRIC_DEFAULT',
};
const SERVICES = ['cloudwatch.amazonaws.com', 'events.amazonaws.com', 's3.amazonaws.com'];
const NEEDED = ['kms:GenerateDataKey', 'kms:Decrypt'];

const policyOf = (statements: readonly unknown[]): string =>
  JSON.stringify({ Statement: statements });
const allow = (principal: unknown, action: unknown, more = {}) => ({
  Effect: 'Allow',
  Principal: principal,
  Action: action,
  Resource: '*',
  ...more,
});
const call = (kwargs: Readonly<Record<string, unknown>>) =>
  callPure(FILE, 'publishers', [{ key: KEY, ...kwargs }])[0];

const grant = fc.record({
  services: fc.subarray(SERVICES, { minLength: 1 }),
  actions: fc.subarray(NEEDED, { minLength: 1 }),
});
const sample = fc.sample(
  fc.record({ publishing: fc.subarray(SERVICES), grants: fc.array(grant, { maxLength: 3 }) }),
  { numRuns: 400, seed: 1 },
);

describePure('publishers to a topic', () => {
  it('are shut out exactly when the key policy lacks one of the two actions for a service', () => {
    const results = callPure(
      FILE,
      'publishers',
      sample.map(({ publishing, grants }) => ({
        key: KEY,
        topic_policy: policyOf(publishing.map((Service) => allow({ Service }, 'sns:Publish'))),
        key_policy: policyOf(grants.map((g) => allow({ Service: g.services }, g.actions))),
      })),
    );
    for (const [index, { publishing, grants }] of sample.entries()) {
      const has = (service: string, action: string) =>
        grants.some((g) => g.services.includes(service) && g.actions.includes(action));
      const shutOut = publishing
        .filter((s) => !NEEDED.every((action) => has(s, action)))
        .toSorted();
      const result = results[index];
      expect(result?.ok).toBe(shutOut.length === 0);
      if (result?.ok === false)
        expect(result.error).toContain(`does not let ${shutOut.join(', ')} use it`);
    }
  });

  it('may use a key whose policy names them or everyone, and no other', () => {
    const cases: readonly (readonly [boolean, unknown])[] = [
      [true, allow({ Service: SERVICES }, ['kms:GenerateDataKey*', 'KMS:Dec*'])],
      [true, allow({ Service: SERVICES.map((name) => `${name}.cn`) }, 'kms:*')],
      [true, allow('*', 'kms:*')],
      [true, allow({ AWS: '*' }, 'kms:*')],
      [false, allow({ AWS: 'arn:aws:iam::111122223333:root' }, 'kms:*')],
      [
        false,
        allow({ AWS: '*' }, 'kms:*', { Condition: { Bool: { 'aws:ViaAWSService': 'true' } } }),
      ],
      [false, { ...allow({ Service: SERVICES }, 'kms:*'), Effect: 'Deny' }],
    ];
    const results = callPure(
      FILE,
      'publishers',
      cases.map(([, statement]) => ({
        key: KEY,
        alarms: ['a'],
        rules: ['r'],
        key_policy: policyOf([statement]),
      })),
    );
    for (const [index, [mayUse]] of cases.entries())
      expect(results[index]).toEqual(
        mayUse
          ? { ok: true, value: expect.stringContaining("the key's policy lets them in") }
          : {
              ok: false,
              error: expect.stringContaining(
                'does not let cloudwatch.amazonaws.com, events.amazonaws.com use it',
              ),
            },
      );
  });

  it('are named, and a key of another account is said to be unchecked', () => {
    const topic_policy = policyOf([
      allow({ AWS: '*' }, 'sns:Publish'),
      allow({ Service: 's3.amazonaws.com' }, 'sns:Publish'),
    ]);
    expect(valueOf(call({ topic_policy, alarms: ['cpu'], rules: ['nightly'] }))).toBe(
      'Services that publish: cloudwatch.amazonaws.com, events.amazonaws.com, s3.amazonaws.com' +
        ' (not checked, the key belongs to account 111122223333).' +
        " Metric alarms: cpu. EventBridge rules: nightly. Others that the topic's policy names: *.",
    );
  });
});

describePure('a key for a topic', () => {
  it('is refused when AWS manages it, by whatever name, and else taken as it is', () => {
    const managed = [
      'alias/aws/sns',
      'arn:aws:kms:us-east-1:111122223333:alias/aws/sns',
      'arn:aws-cn:kms:cn-north-1:111122223333:alias/aws/s3',
    ];
    const own = [
      'alias/topics',
      'alias/team/aws/sns',
      KEY.Arn,
      'arn:aws:kms:us-east-1:111122223333:alias/awsome',
    ];
    const results = callPure(
      FILE,
      'customer_key',
      [...managed, ...own].map((key) => ({ key })),
    );
    expect(results).toEqual([
      ...managed.map((key) => ({
        ok: false,
        error: expect.stringContaining(`${key} is managed by AWS`),
      })),
      ...own.map((value) => ({ ok: true, value })),
    ]);
  });

  it('is refused when SNS could not use it', () => {
    const cases: readonly (readonly [object, string])[] = [
      [{ KeyManager: 'AWS' }, 'is managed by AWS'],
      [{ KeyState: 'PendingDeletion' }, 'this one is PendingDeletion'],
      [{ KeySpec: 'RSA_2048' }, 'Enabled and RSA_2048'],
    ];
    const results = callPure(
      FILE,
      'publishers',
      cases.map(([change]) => ({ key: { ...KEY, ...change } })),
    );
    for (const [index, [, message]] of cases.entries())
      expect(results[index]).toEqual({ ok: false, error: expect.stringContaining(message) });
  });
});
