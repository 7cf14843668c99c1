import { describe, expect, it, vi } from 'vitest';
import { compileFiles } from './compile-source.ts';
import { unit } from './unit-text.ts';
import type { Sections } from './unit-text.ts';

vi.setConfig({ testTimeout: 60_000 });

async function compile(sections: Sections) {
  const { compiled, report } = await compileFiles(unit(sections));
  expect(report).toBe('');
  const [made] = compiled;
  if (made === undefined) throw new Error('nothing was compiled');
  return made;
}

const KEYS = 'arn:${AWS::Partition}:kms:*:${AWS::AccountId}:key/*';
const ENABLE = '- call: kms:EnableKeyRotation\n    with: { KeyId: "{KeyArn}" }';
const change = (steps: string): string => `change:\n  ${ENABLE}\n${steps.replaceAll(/^/gmu, '  ')}`;

describe('the policy of a unit', () => {
  it('allows what the steps call, on the resource of the unit, in one statement per scope', async () => {
    const { statements, proof } = await compile({});
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Action: ['kms:DisableKeyRotation', 'kms:EnableKeyRotation', 'kms:GetKeyRotationStatus'],
        Resource: [KEYS],
      },
    ]);
    expect(proof).toEqual([
      {
        action: 'kms:DisableKeyRotation',
        resources: [KEYS],
        neededBy: ['undo[0] kms:DisableKeyRotation'],
      },
      {
        action: 'kms:EnableKeyRotation',
        resources: [KEYS],
        neededBy: ['change[0] kms:EnableKeyRotation'],
      },
      {
        action: 'kms:GetKeyRotationStatus',
        resources: [KEYS],
        neededBy: ['before[0] kms:GetKeyRotationStatus'],
      },
    ]);
  });

  it('merges the scopes of an action that several steps need', async () => {
    const { proof } = await compile({
      change: change(
        '- call: kms:EnableKeyRotation\n  on: "arn:{partition}:kms:{region}:{account}:key/mrk-{KeyId}"\n  with: { KeyId: "{KeyArn}" }',
      ),
    });
    expect(proof.find(({ action }) => action === 'kms:EnableKeyRotation')).toEqual({
      action: 'kms:EnableKeyRotation',
      resources: [KEYS, 'arn:${AWS::Partition}:kms:*:${AWS::AccountId}:key/mrk-*'],
      neededBy: ['change[0] kms:EnableKeyRotation', 'change[1] kms:EnableKeyRotation'],
    });
  });

  it('is limited to what on says: a kind, an ARN, several of them', async () => {
    const { statements } = await compile({
      change: change(
        [
          '- call: sns:SetTopicAttributes',
          '  on: sns-topic',
          '  with: { TopicArn: "{KeyArn}", AttributeName: KmsMasterKeyId }',
          '- call: logs:PutRetentionPolicy',
          '  on: ["arn:{partition}:logs:{region}:{account}:log-group:/audit/{KeyId}", "arn:{partition}:logs:*:{account}:log-group:fixed"]',
          '  with: { logGroupName: fixed, retentionInDays: 30 }',
        ].join('\n'),
      ),
    });
    expect(statements.slice(1)).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:PutRetentionPolicy'],
        Resource: [
          'arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:/audit/*',
          'arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:fixed',
        ],
      },
      {
        Effect: 'Allow',
        Action: ['sns:SetTopicAttributes'],
        Resource: ['arn:${AWS::Partition}:sns:*:${AWS::AccountId}:*'],
      },
    ]);
  });

  it('is a wildcard only where IAM knows no resource', async () => {
    const { statements } = await compile({
      before: `
        before:
          - read: kms:GetKeyRotationStatus
            with: { KeyId: "{KeyArn}" }
            keep: { rotating: KeyRotationEnabled }
          - read: kms:ListKeys
            keep: { keys: Keys }`,
      note: 'note: "{before.keys.count} keys."',
    });
    expect(statements.find(({ Resource }) => Resource.includes('*'))).toEqual({
      Effect: 'Allow',
      Action: ['kms:ListKeys'],
      Resource: ['*'],
    });
  });

  it('has the types that the action demands besides the one that is named', async () => {
    const { statements } = await compile({
      change: change(
        [
          '- call: ec2:CreateFlowLogs',
          '  on: ec2-vpc',
          '  with: { ResourceIds: ["{KeyId}"], ResourceType: VPC }',
        ].join('\n'),
      ),
    });
    expect(
      statements.find(({ Action }) => Action.includes('ec2:CreateFlowLogs'))?.Resource,
    ).toEqual([
      'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:vpc-flow-log/*',
      'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:vpc/*',
    ]);
  });

  it('has what AWS demands behind a call, with the reason that the unit gives', async () => {
    const { statements, proof } = await compile({
      more: 'permissions:\n  - { action: "kms:CreateGrant", on: kms-key, why: The service makes a grant. }',
    });
    expect(statements[0]?.Action).toContain('kms:CreateGrant');
    expect(proof.find(({ action }) => action === 'kms:CreateGrant')?.neededBy).toEqual([
      'The service makes a grant.',
    ]);
  });

  it('lets a supporting role be passed to its service only, and gives that role what it is allowed', async () => {
    const { statements, supportingRoles, document } = await compile({
      more: `
        roles:
          KeyReader: { service: sns, allow: ["kms:Decrypt", "kms:GenerateDataKey*"], on: kms-key }`.replace(
        '"kms:GenerateDataKey*"',
        '"kms:GenerateDataKey"',
      ),
      change: change(
        '- call: sns:SetTopicAttributes\n  on: sns-topic\n  with: { TopicArn: "{KeyArn}", AttributeName: Role, AttributeValue: "{roles.KeyReader}" }',
      ),
    });
    expect(statements.find(({ Condition }) => Condition !== undefined)).toEqual({
      Effect: 'Allow',
      Action: ['iam:PassRole'],
      Resource: ['arn:${AWS::Partition}:iam::${AWS::AccountId}:role/SO0111-KeyReader-${Namespace}'],
      Condition: { StringEquals: { 'iam:PassedToService': 'sns.amazonaws.com' } },
    });
    expect(supportingRoles).toEqual([
      {
        name: 'KeyReader',
        service: 'sns.amazonaws.com',
        statements: [
          { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: [KEYS] },
        ],
      },
    ]);
    expect(document.parameters['AutomationAssumeRole']?.allowedPattern).toBe(
      '^arn:(?:aws|aws-us-gov|aws-cn):iam::\\d{12}:role/SO0111-Rotate-[a-z0-9-]{3,9}$',
    );
  });
});
