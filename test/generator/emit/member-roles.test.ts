import { describe, expect, it } from 'vitest';
import { emitMemberRoles } from '../../../generator/emit/member-roles.ts';
import { referencedNames } from '../../../generator/emit/references.ts';
import { demanding, inputOf, unit } from './fixtures.ts';

const emitted = emitMemberRoles(inputOf([unit('Simple', ['A.1']), demanding]));
const { Resources: resources } = emitted.file.json;
const properties = (id: string): Readonly<Record<string, unknown>> =>
  resources[id]?.Properties ?? {};

const boundary = {
  'Fn::If': ['HasPermissionsBoundary', { Ref: 'RolePermissionsBoundary' }, { Ref: 'AWS::NoValue' }],
};

describe('remediation roles', () => {
  it('has no problems to report', () => {
    expect(emitted.problems).toEqual([]);
  });

  it('are trusted by Systems Manager alone, for executions in their own account', () => {
    expect(properties('RoleSimple')['AssumeRolePolicyDocument']).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'ssm.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnLike: {
              'aws:SourceArn': {
                'Fn::Sub': 'arn:${AWS::Partition}:ssm:*:${AWS::AccountId}:automation-execution/*',
              },
            },
          },
        },
      ],
    });
  });

  it('have one policy, with the permissions of the unit and nothing else', () => {
    expect(properties('RoleSimple')['RoleName']).toEqual({
      'Fn::Sub': 'SO0111-Simple-${Namespace}',
    });
    expect(properties('RoleSimple')['Policies']).toEqual([
      {
        PolicyName: 'Remediate',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: ['ec2:DescribeSecurityGroups'], Resource: ['*'] },
            {
              Effect: 'Allow',
              Action: ['ec2:RevokeSecurityGroupIngress'],
              Resource: [
                { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:security-group/*' },
              ],
            },
          ],
        },
      },
    ]);
    expect(properties('RoleSimple')['ManagedPolicyArns']).toBeUndefined();
  });

  it('take the permissions boundary, as every role of the stack does', () => {
    const roles = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
    expect(roles.map(([id]) => id)).toEqual([
      'OrchestratorMember',
      'RoleDemanding',
      'RoleSimple',
      'ServiceRoleFlowLogDelivery',
      'ServiceRoleTrailDelivery',
    ]);
    expect(roles.filter(([id]) => properties(id)['PermissionsBoundary'] === undefined)).toEqual([]);
    expect(properties('RoleSimple')['PermissionsBoundary']).toEqual(boundary);
  });
});

describe('roles for AWS services', () => {
  it('demand the own account where the service names it, and nothing where it does not', () => {
    const condition = (id: string) =>
      (
        properties(id)['AssumeRolePolicyDocument'] as {
          Statement: readonly { Condition?: unknown }[];
        }
      ).Statement[0]?.Condition;
    expect(condition('ServiceRoleFlowLogDelivery')).toEqual({
      StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
    });
    expect(condition('ServiceRoleTrailDelivery')).toBeUndefined();
  });

  it('outlive the stack', () => {
    expect(resources['ServiceRoleFlowLogDelivery']).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    expect(resources['RoleSimple']?.DeletionPolicy).toBeUndefined();
  });

  it('are made unless those of an earlier launch are used again', () => {
    const { Parameters: parameters, Conditions: conditions } = emitted.file.json;
    expect(parameters?.['ReuseServiceRoles']).toMatchObject({
      Type: 'String',
      Default: 'no',
      AllowedValues: ['yes', 'no'],
    });
    expect(conditions?.['CreateServiceRoles']).toEqual({
      'Fn::Equals': [{ Ref: 'ReuseServiceRoles' }, 'no'],
    });
    const switched = Object.entries(resources).filter(([, { Condition }]) => Condition);
    expect(switched.map(([id, { Condition }]) => [id, Condition])).toEqual([
      ['ServiceRoleFlowLogDelivery', 'CreateServiceRoles'],
      ['ServiceRoleTrailDelivery', 'CreateServiceRoles'],
    ]);
  });

  it('are referred to by name alone, as they may not be in the stack', () => {
    const references = referencedNames([resources, emitted.file.json.Outputs]);
    expect([...references].filter((name) => name.startsWith('ServiceRole'))).toEqual([]);
    expect(references).toContain('OrchestratorMember');
  });

  it('two of one name are a problem', () => {
    const other = unit('Other', ['A.1'], {
      compiled: { supportingRoles: demanding.supportingRoles },
    });
    expect(emitMemberRoles(inputOf([demanding, other])).problems).toEqual([
      expect.objectContaining({
        code: 'duplicate-unit',
        file: 'runbooks/test/Other.yaml',
        what: 'The role SO0111-FlowLogDelivery is also made by another unit.',
      }),
      expect.objectContaining({
        what: 'The role SO0111-TrailDelivery is also made by another unit.',
      }),
    ]);
  });
});

describe("the orchestrator's role", () => {
  it('is trusted by the orchestrator of the administrator account alone', () => {
    expect(properties('OrchestratorMember')['AssumeRolePolicyDocument']).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: {
            AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${SecHubAdminAccount}:root' },
          },
          Action: 'sts:AssumeRole',
          Condition: {
            ArnEquals: {
              'aws:PrincipalArn': {
                'Fn::Sub':
                  'arn:${AWS::Partition}:iam::${SecHubAdminAccount}:role/SO0111-ASR-Orchestrator-Admin',
              },
            },
          },
        },
      ],
    });
  });

  it('passes exactly the remediation roles, to Systems Manager alone', () => {
    const arn = (name: string) => ({
      'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/SO0111-${name}-\${Namespace}`,
    });
    expect(properties('PassRemediationRoles1')).toEqual({
      Description: 'Lets the orchestrator hand remediation roles to Systems Manager.',
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'PassRemediationRoles',
            Effect: 'Allow',
            Action: 'iam:PassRole',
            Resource: [arn('Demanding'), arn('Simple')],
            Condition: { StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } },
          },
        ],
      },
      Roles: [{ Ref: 'OrchestratorMember' }],
    });
    expect(JSON.stringify(properties('OrchestratorMember'))).not.toContain('iam:PassRole');
  });

  it('needs as many policies as it takes for many roles', () => {
    const many = Array.from({ length: 200 }, (_, index) => unit(`Remediation${index}`, ['A.1']));
    const { file, problems } = emitMemberRoles(inputOf(many));
    const policies = Object.values(file.json.Resources).filter(
      ({ Type }) => Type === 'AWS::IAM::ManagedPolicy',
    );
    const passed = policies.flatMap(({ Properties }) => {
      const document = Properties?.['PolicyDocument'] as {
        Statement: readonly { Resource: readonly unknown[] }[];
      };
      return document.Statement[0]?.Resource ?? [];
    });
    expect(problems).toEqual([]);
    expect(policies.length).toBeGreaterThan(1);
    expect(passed.length).toBe(200);
  });
});

describe('limits of IAM', () => {
  it('are measured with the longest partition, account and namespace', () => {
    const statements = Array.from({ length: 130 }, (_, index) => ({
      Effect: 'Allow' as const,
      Action: ['ec2:DescribeSecurityGroups'],
      Resource: [`arn:\${AWS::Partition}:ec2:*:\${AWS::AccountId}:security-group/${index}`],
    }));
    const long = unit('L'.repeat(48), ['A.1'], { compiled: { statements } });
    expect(emitMemberRoles(inputOf([long])).problems.map(({ code, what }) => [code, what])).toEqual(
      [
        [
          'over-limit',
          expect.stringMatching(
            /: 65 characters in the role's name .*, 1 more than the 64 that AWS accepts\.$/u,
          ),
        ],
        ['over-limit', expect.stringMatching(/: \d+ characters in the role's policy/u)],
      ],
    );
  });
});
