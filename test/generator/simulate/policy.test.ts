import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  evaluate,
  type ConditionValue,
  type PolicyDocument,
  type PolicyStatement,
} from '../../../generator/simulate/policy.ts';

const BUCKET = 'arn:aws:s3:::logs-111122223333';
const ROLE = 'arn:aws:iam::111122223333:role/SO0111-Flow';

function policy(...statements: readonly PolicyStatement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements };
}

function allow(
  action: string,
  resource: string,
  rest: Partial<PolicyStatement> = {},
): PolicyStatement {
  return { Effect: 'Allow', Action: action, Resource: resource, ...rest };
}

function decide(
  document: PolicyDocument,
  action: string,
  resources: readonly string[],
  context: Readonly<Record<string, string>> = {},
): string {
  return evaluate(document, { action, resources, context }).decision;
}

describe('actions and resources', () => {
  test.each([
    ['s3:PutBucketPolicy', BUCKET, 's3:PutBucketPolicy', BUCKET, 'allowed'],
    ['s3:PutBucket*', 'arn:aws:s3:::logs-*', 's3:PutBucketPolicy', BUCKET, 'allowed'],
    ['S3:putbucketpolicy', '*', 's3:PutBucketPolicy', BUCKET, 'allowed'],
    [
      's3:PutBucket?olicy',
      'arn:aws:s3:::????-111122223333',
      's3:PutBucketPolicy',
      BUCKET,
      'allowed',
    ],
    ['*', '*', 's3:PutBucketPolicy', BUCKET, 'allowed'],
    ['s3:GetBucket*', '*', 's3:PutBucketPolicy', BUCKET, 'implicit-denied'],
    [
      's3:PutBucketPolicy',
      'arn:aws:s3:::LOGS-111122223333',
      's3:PutBucketPolicy',
      BUCKET,
      'implicit-denied',
    ],
    ['s3:PutBucketPolicy', 'arn:aws:s3:::logs', 's3:PutBucketPolicy', BUCKET, 'implicit-denied'],
    // A wildcard of an Allow stays in its part of the ARN.
    [
      'kms:*',
      'arn:aws:kms:*:key/1',
      'kms:EnableKey',
      'arn:aws:kms:eu-west-1:111122223333:key/1',
      'implicit-denied',
    ],
    [
      'kms:*',
      'arn:aws:kms:*:*:key/*',
      'kms:EnableKey',
      'arn:aws:kms:eu-west-1:111122223333:key/1',
      'allowed',
    ],
  ])('Allow %s on %s: %s on %s is %s', (action, resource, asked, arn, expected) => {
    expect(decide(policy(allow(action, resource)), asked, [arn])).toBe(expected);
  });

  test('an action without a resource needs Resource *', () => {
    expect(decide(policy(allow('ec2:DescribeVpcs', '*')), 'ec2:DescribeVpcs', [])).toBe('allowed');
    const scoped = policy(allow('ec2:DescribeVpcs', 'arn:aws:ec2:*:*:vpc/*'));
    expect(decide(scoped, 'ec2:DescribeVpcs', [])).toBe('implicit-denied');
  });

  test('all resources must be covered, by whichever statements', () => {
    const both = policy(
      allow('s3:PutObject', 'arn:aws:s3:::a/*'),
      allow('s3:PutObject', 'arn:aws:s3:::b/*'),
    );
    expect(decide(both, 's3:PutObject', ['arn:aws:s3:::a/1', 'arn:aws:s3:::b/1'])).toBe('allowed');
    expect(decide(both, 's3:PutObject', ['arn:aws:s3:::a/1', 'arn:aws:s3:::c/1'])).toBe(
      'implicit-denied',
    );
  });

  test('the deciding statement is named', () => {
    const document = policy(allow('s3:Get*', '*'), allow('s3:Put*', '*', { Sid: 'Write' }));
    const context = {};
    expect(evaluate(document, { action: 's3:GetObject', resources: [], context }).statement).toBe(
      'Statement[0]',
    );
    expect(evaluate(document, { action: 's3:PutObject', resources: [], context }).statement).toBe(
      'Write',
    );
    expect(evaluate(document, { action: 's3:DeleteObject', resources: [], context })).toEqual({
      decision: 'implicit-denied',
    });
  });

  test('a single statement needs no list', () => {
    expect(decide({ Statement: allow('sts:*', '*') }, 'sts:GetCallerIdentity', [])).toBe('allowed');
  });
});

describe('Deny', () => {
  const deny: PolicyStatement = {
    Sid: 'No',
    Effect: 'Deny',
    Action: 's3:*',
    Resource: `${BUCKET}*`,
  };

  test('wins over Allow, wherever it stands', () => {
    const request = { action: 's3:GetObject', resources: [`${BUCKET}/key`], context: {} };
    expect(evaluate(policy(deny, allow('*', '*')), request)).toEqual({
      decision: 'denied',
      statement: 'No',
    });
    expect(evaluate(policy(allow('*', '*'), deny), request)).toEqual({
      decision: 'denied',
      statement: 'No',
    });
  });

  test('on one of several resources denies the request', () => {
    const document = policy(allow('*', '*'), deny);
    expect(decide(document, 's3:GetObject', ['arn:aws:s3:::other/key', `${BUCKET}/key`])).toBe(
      'denied',
    );
    expect(decide(document, 's3:GetObject', ['arn:aws:s3:::other/key'])).toBe('allowed');
  });

  test('reaches over colons where an Allow does not', () => {
    const wide: PolicyStatement = {
      Effect: 'Deny',
      Action: 'kms:*',
      Resource: 'arn:aws:kms:*:key/1',
    };
    const document = policy(allow('*', '*'), wide);
    expect(decide(document, 'kms:EnableKey', ['arn:aws:kms:eu-west-1:111122223333:key/1'])).toBe(
      'denied',
    );
  });

  test('with an unmet condition denies nothing', () => {
    const conditional = { ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    const document = policy(allow('*', '*'), conditional);
    expect(decide(document, 's3:GetObject', [BUCKET], { 'aws:SecureTransport': 'true' })).toBe(
      'allowed',
    );
    expect(decide(document, 's3:GetObject', [BUCKET], { 'aws:SecureTransport': 'false' })).toBe(
      'denied',
    );
  });
});

describe('conditions', () => {
  const key = 'iam:PassedToService';
  test.each<[string, ConditionValue, string | undefined, boolean]>([
    ['StringEquals', 'ssm.amazonaws.com', 'ssm.amazonaws.com', true],
    ['StringEquals', 'ssm.amazonaws.com', 'SSM.amazonaws.com', false],
    ['StringEquals', ['ec2.amazonaws.com', 'ssm.amazonaws.com'], 'ssm.amazonaws.com', true],
    ['StringEquals', 'ssm.amazonaws.com', undefined, false],
    ['StringEquals', 'ssm.*', 'ssm.amazonaws.com', false],
    ['StringEqualsIfExists', 'ssm.amazonaws.com', undefined, true],
    ['StringEqualsIfExists', 'ssm.amazonaws.com', 'ec2.amazonaws.com', false],
    ['StringNotEquals', ['a', 'b'], 'b', false],
    ['StringNotEquals', ['a', 'b'], 'c', true],
    ['StringNotEquals', 'a', undefined, true],
    ['StringLike', 'ssm.*', 'ssm.amazonaws.com', true],
    ['StringNotLike', 'ssm.*', 'ssm.amazonaws.com', false],
    ['ArnEquals', 'arn:aws:iam::111122223333:role/SO0111-*', ROLE, true],
    ['ArnLike', 'arn:*:iam::*:role/SO0111-????', ROLE, true],
    ['ArnLike', 'arn:aws:iam:*:role/SO0111-Flow', ROLE, false],
    ['ArnNotLike', 'arn:aws:iam::111122223333:role/*', ROLE, false],
    ['ArnNotEquals', 'arn:aws:iam::123456789012:role/*', ROLE, true],
    ['Bool', true, 'true', true],
    ['Bool', 'true', 'false', false],
    ['Bool', 'true', undefined, false],
  ])('%s %j with %s holds: %s', (operator, expected, actual, holds) => {
    const document = policy(
      allow('iam:PassRole', '*', { Condition: { [operator]: { [key]: expected } } }),
    );
    const context = actual === undefined ? {} : { [key]: actual };
    expect(decide(document, 'iam:PassRole', [ROLE], context)).toBe(
      holds ? 'allowed' : 'implicit-denied',
    );
  });

  test('key names ignore case; all operators and keys must hold', () => {
    const document = policy(
      allow('iam:PassRole', '*', {
        Condition: {
          StringEquals: { [key]: 'ssm.amazonaws.com', 'aws:PrincipalAccount': '011122223333' },
          ArnLike: { 'iam:AssociatedResourceArn': 'arn:aws:ec2:*:*:instance/*' },
        },
      }),
    );
    const full = {
      'IAM:passedtoservice': 'ssm.amazonaws.com',
      'aws:principalaccount': '011122223333',
      'iam:AssociatedResourceArn': 'arn:aws:ec2:eu-west-1:011122223333:instance/i-1',
    };
    expect(decide(document, 'iam:PassRole', [ROLE], full)).toBe('allowed');
    for (const left of Object.keys(full)) {
      const context = Object.fromEntries(Object.entries(full).filter(([name]) => name !== left));
      expect(decide(document, 'iam:PassRole', [ROLE], context)).toBe('implicit-denied');
    }
  });
});

describe('what it does not know, it refuses, even in a statement that would not matter', () => {
  const harmless = { Effect: 'Allow', Action: 'sns:Publish', Resource: '*' };
  test.each<[string, object, RegExp]>([
    [
      'NotAction',
      { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' },
      /NotAction is not supported/,
    ],
    ['NotResource', { ...harmless, NotResource: '*' }, /NotResource is not supported/],
    ['Principal', { ...harmless, Principal: '*' }, /Principal is not supported/],
    ['Effect', { ...harmless, Effect: 'allow' }, /Effect must be Allow or Deny, not "allow"/],
    [
      'operator',
      { ...harmless, Condition: { DateLessThan: { 'aws:CurrentTime': '2026' } } },
      /DateLessThan/,
    ],
    [
      'set operator',
      { ...harmless, Condition: { 'ForAnyValue:StringEquals': { a: 'b' } } },
      /ForAnyValue/,
    ],
    ['variable', { ...harmless, Resource: 'arn:aws:s3:::${aws:username}' }, /variable in/],
    ['intrinsic', { ...harmless, Resource: { 'Fn::Sub': 'x' } }, /not text/],
    ['missing resource', { Effect: 'Allow', Action: 'sns:Publish' }, /Resource holds undefined/],
    ['empty actions', { ...harmless, Action: [] }, /Action is empty/],
    ['bare action', { ...harmless, Action: 'Publish' }, /"Publish" is not an action/],
    ['number', { ...harmless, Condition: { StringEquals: { a: 1 } } }, /holds 1, not text/],
  ])('%s', (_name, statement, message) => {
    const document = { Statement: [allow('s3:*', '*'), statement] } as PolicyDocument;
    expect(() => decide(document, 's3:GetObject', [BUCKET])).toThrow(message);
  });
});

describe('properties', () => {
  const actions = fc.constantFrom('s3:GetObject', 's3:PutObject', 'kms:Decrypt');
  const patterns = fc.constantFrom(
    '*',
    's3:*',
    's3:Get*',
    's3:?etObject',
    'kms:Decrypt',
    's3:PutObject',
  );
  const arns = fc.constantFrom(
    `${BUCKET}/a`,
    `${BUCKET}/b`,
    'arn:aws:kms:eu-west-1:111122223333:key/1',
  );
  const resources = fc.constantFrom(
    '*',
    `${BUCKET}/*`,
    `${BUCKET}/a`,
    'arn:aws:kms:*:*:key/*',
    'arn:aws:s3:::x',
  );
  const statement = fc.record({
    Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
    Action: fc.array(patterns, { minLength: 1, maxLength: 3 }),
    Resource: fc.array(resources, { minLength: 1, maxLength: 3 }),
  });
  const statements = fc.array(statement, { maxLength: 6 });
  const request = fc.record({
    action: actions,
    resources: fc.array(arns, { minLength: 1, maxLength: 3 }),
    context: fc.constant({}),
  });

  test('Deny always wins: a matching one, put anywhere, denies', () => {
    fc.assert(
      fc.property(statements, request, fc.nat(), (list, asked, at) => {
        const target = asked.resources[at % asked.resources.length] ?? '*';
        const deny: PolicyStatement = { Effect: 'Deny', Action: asked.action, Resource: target };
        const place = at % (list.length + 1);
        const document = policy(...list.slice(0, place), deny, ...list.slice(place));
        expect(evaluate(document, asked).decision).toBe('denied');
      }),
    );
  });

  test('nothing is allowed without an Allow, and order never matters', () => {
    fc.assert(
      fc.property(statements, request, (list, asked) => {
        const { decision } = evaluate(policy(...list), asked);
        expect(evaluate(policy(...list.toReversed()), asked).decision).toBe(decision);
        const denies = list.filter((one) => one.Effect === 'Deny');
        expect(evaluate(policy(...denies), asked).decision).not.toBe('allowed');
      }),
    );
  });

  test('adding an Allow never takes away, adding a Deny never gives', () => {
    fc.assert(
      fc.property(statements, statement, request, (list, extra, asked) => {
        const before = evaluate(policy(...list), asked).decision;
        const after = evaluate(policy(...list, extra), asked).decision;
        if (extra.Effect === 'Allow' && before === 'allowed') expect(after).toBe('allowed');
        if (extra.Effect === 'Deny' && before !== 'allowed') expect(after).not.toBe('allowed');
      }),
    );
  });
});
