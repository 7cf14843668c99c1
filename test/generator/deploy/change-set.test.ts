import { describe, expect, it } from 'vitest';
import type { ResourceChange } from '@aws-sdk/client-cloudformation';
import { describeChanges } from '../../../generator/deploy/describe-change-set.ts';
import { permissionChange } from '../../../generator/deploy/permission-changes.ts';
import { renderDiff } from '../../../generator/deploy/render-diff.ts';
import type { ResourceDiff } from '../../../generator/deploy/stack-diff.ts';

const changes = (...all: readonly ResourceChange[]) =>
  describeChanges(all.map((ResourceChange) => ({ Type: 'Resource', ResourceChange })));
const render = (...all: readonly ResourceChange[]) =>
  renderDiff({ resources: changes(...all), parameters: [] });

describe('a change set', () => {
  it('says what is added, changed and why, replaced, removed, left behind', () => {
    expect(
      render(
        { Action: 'Add', LogicalResourceId: 'Fresh', ResourceType: 'AWS::SSM::Parameter' },
        {
          Action: 'Modify',
          LogicalResourceId: 'Other',
          ResourceType: 'AWS::SSM::Document',
          Replacement: 'False',
          Details: [
            {
              Target: { Attribute: 'Properties', Name: 'Content' },
              ChangeSource: 'ParameterReference',
              CausingEntity: 'Namespace',
            },
            { Target: { Attribute: 'Tags' }, ChangeSource: 'DirectModification' },
          ],
        },
        {
          Action: 'Modify',
          LogicalResourceId: 'Table',
          PhysicalResourceId: 'table-1',
          ResourceType: 'AWS::DynamoDB::Table',
          Replacement: 'True',
          PolicyAction: 'ReplaceAndRetain',
          Details: [{ Target: { Attribute: 'Properties', Name: 'KeySchema' } }],
        },
        {
          Action: 'Modify',
          LogicalResourceId: 'Queue',
          ResourceType: 'AWS::SQS::Queue',
          Replacement: 'Conditional',
          Scope: ['Properties'],
        },
        {
          Action: 'Remove',
          LogicalResourceId: 'Rule',
          PhysicalResourceId: 'rule-1',
          ResourceType: 'AWS::Events::Rule',
          PolicyAction: 'Delete',
        },
        {
          Action: 'Remove',
          LogicalResourceId: 'Logs',
          PhysicalResourceId: 'logs-1',
          ResourceType: 'AWS::Logs::LogGroup',
          PolicyAction: 'Retain',
        },
        { Action: 'Dynamic', LogicalResourceId: 'Odd', ResourceType: 'Custom::Odd' },
      ),
    ).toBe(
      `Resources
  + Fresh  AWS::SSM::Parameter
  - Logs  AWS::Logs::LogGroup (logs-1)  leaves the stack, stays in the account
  ? Odd  Custom::Odd  can't be told in advance
  ~ Other  AWS::SSM::Document  Content, Tags  because of Namespace
  ! Queue  AWS::SQS::Queue  perhaps REPLACED, then the old one is deleted:  Properties
  - Rule  AWS::Events::Rule (rule-1)  DELETED
  ! Table  AWS::DynamoDB::Table (table-1)  REPLACED, the old one stays in the account:  KeySchema

1 added, 1 changed, 1 replaced, 1 removed, 1 perhaps replaced, 1 left in the account, 1 with an unknown change.`,
    );
  });

  it('puts many like resources on one line, but never what is deleted or replaced', () => {
    const many = (Action: 'Add' | 'Remove', prefix: string): readonly ResourceChange[] =>
      ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => ({
        Action,
        LogicalResourceId: `${prefix}${letter}`,
        ResourceType: 'AWS::SSM::Document',
      }));
    const lines = render(...many('Add', 'New'), ...many('Remove', 'Old')).split('\n');
    expect(lines[1]).toBe('  + 6 x AWS::SSM::Document: Newa, Newb, Newc and 3 more');
    expect(lines.filter((line) => line.endsWith('DELETED'))).toHaveLength(6);
  });

  it('shows parameters, also empty ones', () => {
    expect(
      renderDiff({
        resources: [],
        parameters: [
          { name: 'A', after: '' },
          { name: 'B', before: 'no', after: 'yes' },
          { name: 'C', before: 'x' },
        ],
      }),
    ).toBe(
      'Parameters\n  + A = ""\n  ~ B: no -> yes\n  - C (was x)\n\n0 added, 0 changed, 0 replaced, 0 removed.',
    );
  });
});

const resource = (type: string, action: ResourceDiff['action'], before?: object, after?: object) =>
  renderDiff({
    resources: [
      {
        id: 'It',
        type,
        action,
        properties: action === 'change' ? ['Policy'] : [],
        causes: [],
        keepsOld: false,
        permissions: permissionChange(
          type,
          before as Readonly<Record<string, unknown>> | undefined,
          after as Readonly<Record<string, unknown>> | undefined,
        ),
      },
    ],
    parameters: [],
  }).split('\n\n')[0];

describe('permissions', () => {
  const trust = {
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'ssm.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  };
  const allow = (Action: string | readonly string[], Resource: unknown, Condition?: object) => ({
    Effect: 'Allow',
    Action,
    Resource,
    ...(Condition === undefined ? {} : { Condition }),
  });
  const role = (...Statement: readonly object[]) => ({
    AssumeRolePolicyDocument: trust,
    Policies: [{ PolicyName: 'Own', PolicyDocument: { Statement } }],
  });

  it('of a new role: who assumes it, what it may do, what is attached', () => {
    expect(
      resource('AWS::IAM::Role', 'add', undefined, {
        ...role(allow(['s3:GetObject', 's3:PutObject'], '*')),
        ManagedPolicyArns: [{ 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess' }],
        PermissionsBoundary: 'arn:aws:iam::111122223333:policy/b',
      }),
    ).toBe(
      `Permissions (IAM)
  + It  AWS::IAM::Role, assumed by ssm.amazonaws.com
      may s3:GetObject, s3:PutObject
      policy arn:\${AWS::Partition}:iam::aws:policy/ReadOnlyAccess
      boundary arn:aws:iam::111122223333:policy/b`,
    );
  });

  it('of a changed role: only what it gains and loses', () => {
    expect(
      resource(
        'AWS::IAM::Role',
        'change',
        role(allow(['s3:GetObject', 's3:PutObject'], ['arn:a', 'arn:b'])),
        role(
          allow('s3:GetObject', ['arn:a', 'arn:b', { 'Fn::GetAtt': ['Bucket', 'Arn'] }]),
          allow('s3:PutObject', 'arn:a'),
        ),
      ),
    ).toBe(
      `Permissions (IAM)
  ~ It  AWS::IAM::Role  Policy
      gains s3:GetObject on Bucket.Arn
      loses s3:PutObject on arn:b`,
    );
  });

  it('that are the same are said to be', () => {
    const same = role(allow('s3:GetObject', '*'));
    expect(resource('AWS::IAM::Role', 'change', same, { ...same, Description: 'New.' })).toBe(
      'Permissions (IAM)\n  ~ It  AWS::IAM::Role  Policy\n      allows the same as before',
    );
  });

  it('a condition that is lifted is a gain, though the action stays', () => {
    const text = resource(
      'AWS::IAM::ManagedPolicy',
      'change',
      { PolicyDocument: { Statement: [allow('iam:PassRole', '*', { Bool: { a: 'true' } })] } },
      { PolicyDocument: { Statement: [allow('iam:PassRole', '*')] } },
    );
    expect(text).toContain('gains iam:PassRole on *\n');
    expect(text).toContain('loses iam:PassRole on * (with conditions)');
  });

  it('of a policy on a resource: by whom, everyone included, denials and inversions too', () => {
    expect(
      resource('AWS::SQS::QueuePolicy', 'change', undefined, {
        PolicyDocument: {
          Statement: [
            { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: 'arn:q' },
            {
              Effect: 'Deny',
              NotPrincipal: { AWS: 'arn:r' },
              NotAction: 'sqs:Get*',
              NotResource: ['arn:x', 'arn:y'],
            },
          ],
        },
      }),
    ).toBe(
      `Permissions (IAM)
  ~ It  AWS::SQS::QueuePolicy  Policy
      gains sqs:SendMessage by everyone on arn:q
      gains denial of all but sqs:Get* by all but arn:r on all but arn:x, arn:y`,
    );
  });

  it('of a function: who may invoke it', () => {
    expect(
      resource('AWS::Lambda::Permission', 'change', undefined, {
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        FunctionName: { Ref: 'Ingest' },
      }),
    ).toContain('gains lambda:InvokeFunction by events.amazonaws.com on Ingest');
  });

  it('written as text with references are read like others', () => {
    const text = JSON.stringify({
      Statement: [allow('logs:PutLogEvents', 'arn:${AWS::Partition}:x')],
    });
    expect(
      resource('AWS::Logs::ResourcePolicy', 'change', undefined, {
        PolicyDocument: { 'Fn::Sub': text },
      }),
    ).toContain('gains logs:PutLogEvents on arn:${AWS::Partition}:x');
  });

  it('a key stands among them only when its policy changes', () => {
    const key = { KeyPolicy: { Statement: [allow('kms:*', '*')] } };
    expect(resource('AWS::KMS::Key', 'change', key, key)).toContain('Resources');
    expect(resource('AWS::KMS::Key', 'add', undefined, key)).toContain('Permissions (IAM)');
  });
});
