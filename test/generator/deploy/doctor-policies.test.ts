import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { serviceControlPolicy } from '../../../generator/emit/service-control-policy.ts';
import { evaluateTree } from '../../../generator/deploy/doctor/policies/evaluate-tree.ts';
import type {
  EvaluationInput,
  Obstacle,
} from '../../../generator/deploy/doctor/policies/evaluation.ts';
import { orchestratorNeeds, roleNeeds } from '../../../generator/deploy/doctor/policies/needs.ts';
import type { Need } from '../../../generator/deploy/doctor/policies/needs.ts';
import { overlaps, overlapsArn } from '../../../generator/deploy/doctor/policies/overlap.ts';
import { matches, parsePolicy } from '../../../generator/deploy/doctor/policies/statement.ts';
import { MANAGEMENT, MEMBER, TREE } from './doctor-facts.ts';

describe('two patterns', () => {
  it.each([
    ['abc', 'abc', true],
    ['abc', 'abd', false],
    ['a*', '*c', true],
    ['a*b', 'c*', false],
    ['a?c', 'a*', true],
    ['', '*', true],
    ['', '?', false],
    ['arn:aws:s3:::*', 'arn:aws:s3:::logs-*', true],
    ['**', 'x', true],
  ])('%s and %s have a text in common: %s', (left, right, expected) => {
    expect(overlaps(left, right)).toBe(expected);
    expect(overlaps(right, left)).toBe(expected);
  });

  it.each([
    ['arn:aws:ec2:*:1:instance/*', 'arn:aws:ec2:*:*:volume/*', false],
    ['arn:aws:ec2:*:1:instance/*', 'arn:*:ec2:*:*:instance/i-1', true],
    ['arn:aws:sns:*:1:*', 'arn:aws:sns:eu-west-1:1:topic:subscription', true],
    ['arn:aws:s3:::*', 'arn:aws:s3*', true],
    ['arn:aws:s3:::*', 'arn:aws:ec2*', false],
  ])('of ARNs, %s and %s, are compared part by part: %s', (left, right, expected) => {
    expect(overlapsArn(left, right)).toBe(expected);
    expect(overlapsArn(right, left)).toBe(expected);
  });

  it('overlap when some text matches both, whatever they are', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 6 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 });
    const toRegExp = (glob: string): RegExp =>
      new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'u');
    fc.assert(
      fc.property(pattern, pattern, text, (left, right, one) => {
        if (toRegExp(left).test(one) && toRegExp(right).test(one))
          expect(overlaps(left, right)).toBe(true);
      }),
    );
  });

  it('do not overlap when no text matches both', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 4 });
    // With stars and two letters, up to eight characters are enough for a common text.
    const texts = Array.from({ length: 9 }, (_, length) =>
      Array.from({ length: 2 ** length }, (_, bits) =>
        Array.from({ length }, (_, at) => ((bits >> at) % 2 === 0 ? 'a' : 'b')).join(''),
      ),
    ).flat();
    const toRegExp = (glob: string): RegExp => new RegExp(`^${glob.replaceAll('*', '.*')}$`, 'u');
    fc.assert(
      fc.property(pattern, pattern, (left, right) => {
        const [a, b] = [toRegExp(left), toRegExp(right)];
        expect(overlaps(left, right)).toBe(texts.some((text) => a.test(text) && b.test(text)));
      }),
      { numRuns: 60 },
    );
  });
});

const CALL = {
  action: 's3:PutBucketPolicy',
  scope: 'arn:aws:s3:::*',
  values: new Map([
    ['aws:requestedregion', 'eu-west-1'],
    ['aws:principalarn', 'arn:aws:iam::444455556666:role/SO0111-SetSSLBucketPolicy-shtest'],
  ]),
  absent: new Set(['aws:calledvialast']),
};

describe('a statement that denies', () => {
  it.each([
    ['the action', { Action: 's3:PutBucketPolicy', Resource: '*' }, 'yes'],
    [
      'the action, in other capitals and with a wildcard',
      { Action: ['S3:put*'], Resource: '*' },
      'yes',
    ],
    ['another action', { Action: 's3:GetObject', Resource: '*' }, 'no'],
    ['all but some actions', { NotAction: ['iam:*', 'sts:*'], Resource: '*' }, 'yes'],
    ['all but this one', { NotAction: ['s3:*'], Resource: '*' }, 'no'],
    ['some of the resources', { Action: 's3:*', Resource: 'arn:aws:s3:::logs-*' }, 'maybe'],
    ['all of the resources', { Action: 's3:*', Resource: 'arn:*:s3:::*' }, 'yes'],
    ['other resources', { Action: 's3:*', Resource: 'arn:aws:ec2:*:*:volume/*' }, 'no'],
    ['all but some resources', { Action: 's3:*', NotResource: 'arn:aws:s3:::logs-*' }, 'maybe'],
    ['all but other resources', { Action: 's3:*', NotResource: 'arn:aws:ec2:*:*:volume/*' }, 'yes'],
    [
      'in other Regions',
      {
        NotAction: 'iam:*',
        Resource: '*',
        Condition: { StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1'] } },
      },
      'no',
    ],
    [
      'in this Region',
      {
        Action: '*',
        Resource: '*',
        Condition: { StringNotEquals: { 'aws:RequestedRegion': 'us-east-1' } },
      },
      'yes',
    ],
    [
      'all but our roles',
      {
        Action: '*',
        Resource: '*',
        Condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/SO0111-*' } },
      },
      'no',
    ],
    [
      'all but other roles',
      {
        Action: '*',
        Resource: '*',
        Condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/Admin' } },
      },
      'yes',
    ],
    [
      'by a key that only AWS knows',
      {
        Action: '*',
        Resource: '*',
        Condition: { StringNotEquals: { 'aws:PrincipalTag/team': 'x' } },
      },
      'maybe',
    ],
    [
      'by two keys of which one does not hold',
      {
        Action: '*',
        Resource: '*',
        Condition: {
          StringNotEquals: { 'aws:PrincipalTag/team': 'x' },
          StringEquals: { 'aws:RequestedRegion': 'us-east-1' },
        },
      },
      'no',
    ],
    [
      'by an operator that is not known',
      {
        Action: '*',
        Resource: '*',
        Condition: { 'ForAnyValue:StringLike': { 'aws:RequestedRegion': 'eu-*' } },
      },
      'maybe',
    ],
    [
      'calls through a service',
      { Action: '*', Resource: '*', Condition: { StringEquals: { 'aws:CalledViaLast': 'x' } } },
      'no',
    ],
    [
      'calls that have a key',
      { Action: '*', Resource: '*', Condition: { Null: { 'aws:CalledViaLast': 'false' } } },
      'no',
    ],
    [
      'calls that lack a key',
      { Action: '*', Resource: '*', Condition: { Null: { 'aws:CalledViaLast': 'true' } } },
      'yes',
    ],
    [
      'with a variable',
      { Action: '*', Resource: 'arn:aws:s3:::${aws:PrincipalAccount}-*' },
      'maybe',
    ],
    ['with a condition that is none', { Action: '*', Resource: '*', Condition: 'x' }, 'maybe'],
  ] as const)('%s', (_what, elements, expected) => {
    const [statement] =
      parsePolicy(JSON.stringify({ Statement: { Effect: 'Deny', ...elements } })) ?? [];
    if (statement === undefined) throw new Error('no statement');
    expect(matches(statement, CALL)).toBe(expected);
  });

  it('an action without a resource, by all resources only', () => {
    const deny = (Resource: string) =>
      parsePolicy(JSON.stringify({ Statement: [{ Effect: 'Deny', Action: '*', Resource }] }))?.map(
        (one) => matches(one, { ...CALL, action: 'iam:UpdateAccountPasswordPolicy', scope: '*' }),
      );
    expect(deny('*')).toEqual(['yes']);
    expect(deny('arn:aws:iam::*:role/*')).toEqual(['no']);
  });

  it('is not found in what is no policy', () => {
    for (const text of [
      '',
      'x',
      '[]',
      '{}',
      '{"Statement":[{"Effect":"Maybe"}]}',
      '{"Statement":[1]}',
    ])
      expect(parsePolicy(text)).toBeUndefined();
  });
});

const need = (action: string, more: Partial<Need> = {}): Need => ({
  role: 'SO0111-SetSSLBucketPolicy-${Namespace}',
  action,
  scope: '*',
  onlyUndo: false,
  ...more,
});

/** Evaluates a policy attached somewhere, beside FullAWSAccess everywhere. */
function evaluate(
  policy: unknown,
  needs: readonly Need[],
  { at = 'r-root', ...more }: Partial<EvaluationInput> & { readonly at?: string } = {},
): readonly Obstacle[] {
  const text = typeof policy === 'string' ? policy : JSON.stringify(policy);
  return evaluateTree({
    tree: {
      ...TREE,
      policies: new Map([...TREE.policies, ['p-mine', { name: 'mine', text }]]),
      attached: new Map([...TREE.attached, [at, ['p-FullAWSAccess', 'p-mine']]]),
    },
    needs,
    accounts: [{ account: MEMBER, namespace: 'shtest' }],
    regions: ['eu-west-1', 'us-east-1'],
    partition: 'aws',
    organization: 'o-abcde12345',
    managementAccount: MANAGEMENT,
    ownPolicy: undefined,
    ...more,
  }).obstacles;
}
const denyRegions = {
  Statement: [
    {
      Sid: 'Regions',
      Effect: 'Deny',
      NotAction: ['iam:*', 'organizations:*'],
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1'] } },
    },
  ],
};

describe('policies of an organization', () => {
  it('of AWS alone stand in nobody’s way', () => {
    expect(evaluate({ Statement: [] }, [need('s3:PutBucketPolicy')])).toEqual([]);
  });

  it('deny a Region that is remediated, and say which calls and roles are hit', () => {
    const [obstacle, ...others] = evaluate(denyRegions, [
      need('s3:PutBucketPolicy'),
      need('iam:GetRole'),
    ]);
    expect(others).toEqual([]);
    expect(obstacle).toMatchObject({
      by: { type: 'statement', policy: 'p-mine', statement: 'Regions' },
      match: 'yes',
      onlyUndo: false,
    });
    expect([...(obstacle?.actions ?? [])]).toEqual(['s3:PutBucketPolicy']);
    expect([...(obstacle?.accounts ?? [])]).toEqual([MEMBER]);
  });

  it('leave a Region alone that is not', () => {
    expect(evaluate(denyRegions, [need('s3:PutBucketPolicy')], { regions: ['eu-west-1'] })).toEqual(
      [],
    );
  });

  it('judge global services by us-east-1, in this partition only', () => {
    const policy = { Statement: [{ ...denyRegions.Statement[0], NotAction: 's3:*' }] };
    const matched = (partition: string) =>
      evaluate(policy, [need('cloudfront:UpdateDistribution')], {
        partition,
        regions: ['eu-west-1'],
      }).map(({ match }) => match);
    expect(matched('aws')).toEqual(['yes']);
    expect(matched('aws-cn')).toEqual(['maybe']);
  });

  it('bind only below where they are attached', () => {
    expect(evaluate(denyRegions, [need('s3:A')], { at: 'ou-prod-11111111' })).toHaveLength(1);
    expect(evaluate(denyRegions, [need('s3:A')], { at: 'ou-else-22222222' })).toEqual([]);
  });

  it('do not bind the management account, nor accounts outside', () => {
    const accounts = [MANAGEMENT, '000000000000'].map((account) => ({
      account,
      namespace: undefined,
    }));
    expect(evaluate(denyRegions, [need('s3:A')], { accounts })).toEqual([]);
  });

  it('that allow too little deny the rest, at any level', () => {
    const allowList = {
      Statement: [{ Effect: 'Allow', Action: ['s3:*', 'ec2:*'], Resource: '*' }],
    };
    const obstacles = evaluateTree({
      tree: {
        ...TREE,
        policies: new Map([
          ['p-list', { name: 'list', text: JSON.stringify(allowList) }],
          ...TREE.policies,
        ]),
        attached: new Map([...TREE.attached, ['ou-prod-11111111', ['p-list']]]),
      },
      needs: [need('s3:PutBucketPolicy'), need('rds:ModifyDBInstance')],
      accounts: [{ account: MEMBER, namespace: 'shtest' }],
      regions: ['eu-west-1'],
      ...{
        partition: 'aws',
        organization: 'o-1',
        managementAccount: MANAGEMENT,
        ownPolicy: undefined,
      },
    }).obstacles;
    expect(obstacles).toHaveLength(1);
    expect(obstacles[0]).toMatchObject({
      by: { type: 'level', level: 'ou-prod-11111111' },
      match: 'yes',
    });
    expect([...(obstacles[0]?.actions ?? [])]).toEqual(['rds:ModifyDBInstance']);
  });

  it('tell when only Undo is hit', () => {
    const policy = {
      Statement: [{ Effect: 'Deny', Action: 's3:DeleteBucketPolicy', Resource: '*' }],
    };
    expect(
      evaluate(policy, [
        need('s3:DeleteBucketPolicy', { onlyUndo: true }),
        need('s3:PutBucketPolicy'),
      ]),
    ).toMatchObject([{ onlyUndo: true, match: 'yes' }]);
  });

  it('that name accounts are judged for each account', () => {
    const policy = {
      Statement: [
        {
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { StringEquals: { 'aws:PrincipalAccount': MEMBER } },
        },
      ],
    };
    const accounts = ['111122223333', MEMBER].map((account) => ({ account, namespace: 'shtest' }));
    const [obstacle] = evaluate(policy, [need('s3:A')], { accounts });
    expect([...(obstacle?.accounts ?? [])]).toEqual([MEMBER]);
  });

  it('that are not readable are named', () => {
    const { unreadable } = evaluateTree({
      tree: { ...TREE, policies: new Map([['p-x', { name: '', text: 'x' }]]) },
      ...{
        needs: [],
        accounts: [],
        regions: [],
        partition: 'aws',
        organization: '',
        managementAccount: '',
      },
      ownPolicy: undefined,
    });
    expect(unreadable).toEqual(['p-x']);
  });

  it('of our own spare our roles: the same text is left out, another is judged', () => {
    const own = JSON.stringify(
      serviceControlPolicy({ solutionId: 'SO0111', version: '1.2.3' }),
      undefined,
      2,
    );
    const needs = [
      need('ssm:UpdateDocument', {
        scope: 'arn:${AWS::Partition}:ssm:*:${AWS::AccountId}:document/*',
      }),
    ];
    expect(evaluate(own, needs, { ownPolicy: JSON.stringify(JSON.parse(own)) })).toEqual([]);
    expect(evaluate(own, needs)).toMatchObject([
      { by: { statement: 'Documents' }, match: 'maybe' },
    ]);
  });

  it('are judged for 5,000 accounts in moments', () => {
    const parents = new Map(TREE.parents);
    const attached = new Map([...TREE.attached, ['r-root', ['p-FullAWSAccess', 'p-mine']]]);
    const accounts = Array.from({ length: 5000 }, (_, index) => {
      const account = String(200_000_000_000 + index);
      parents.set(account, 'ou-prod-11111111');
      attached.set(account, ['p-FullAWSAccess']);
      return { account, namespace: 'shtest' };
    });
    const policies = new Map([
      ...TREE.policies,
      ['p-mine', { name: '', text: JSON.stringify(denyRegions) }],
    ]);
    const needs = Array.from({ length: 800 }, (_, at) => need(`s3:Action${at}`));
    const before = performance.now();
    const { obstacles } = evaluateTree({
      tree: { ...TREE, parents, policies, attached },
      ...{
        needs,
        accounts,
        regions: ['eu-west-1', 'us-east-1'],
        partition: 'aws',
        organization: 'o-1',
      },
      ...{ managementAccount: MANAGEMENT, ownPolicy: undefined },
    });
    expect(obstacles[0]?.accounts.size).toBe(5000);
    expect(performance.now() - before).toBeLessThan(10_000);
  });
});

describe('what our roles need', () => {
  it('comes from the proof of permissions, without roles that services use', () => {
    const found = roleNeeds({
      'SO0111-A-<Namespace>': {
        's3:PutBucketPolicy': { 'arn:${AWS::Partition}:s3:::*': ['change[0] s3:PutBucketPolicy'] },
        's3:DeleteBucketPolicy': { '*': ['undo[0] s3:DeleteBucketPolicy'] },
      },
      'SO0111-B-<Namespace>': {
        'logs:PutLogEvents': { '*': ['sns.amazonaws.com for resources that ASR-B remediated'] },
      },
    });
    expect(found).toEqual([
      {
        role: 'SO0111-A-${Namespace}',
        action: 's3:PutBucketPolicy',
        scope: 'arn:${AWS::Partition}:s3:::*',
        onlyUndo: false,
      },
      {
        role: 'SO0111-A-${Namespace}',
        action: 's3:DeleteBucketPolicy',
        scope: '*',
        onlyUndo: true,
      },
    ]);
  });

  it('and from the orchestrator’s member role, with the policies that are attached to it', () => {
    const statement = (Action: string, Resource: unknown) => ({
      Statement: [{ Effect: 'Allow', Action, Resource }],
    });
    const found = orchestratorNeeds({
      Resources: {
        OrchestratorMember: {
          Type: 'AWS::IAM::Role',
          Properties: {
            RoleName: 'SO0111-ASR-Orchestrator-Member',
            Policies: [
              { PolicyDocument: statement('ssm:StartAutomationExecution', { 'Fn::Sub': 'arn:x' }) },
            ],
          },
        },
        Pass: {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: {
            Roles: [{ Ref: 'OrchestratorMember' }],
            PolicyDocument: statement('iam:PassRole', ['arn:y']),
          },
        },
        Other: {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: {
            Roles: [{ Ref: 'Else' }],
            PolicyDocument: statement('iam:CreateUser', '*'),
          },
        },
      },
    });
    expect(found.map(({ action, scope }) => [action, scope])).toEqual([
      ['ssm:StartAutomationExecution', 'arn:x'],
      ['iam:PassRole', 'arn:y'],
    ]);
  });
});
