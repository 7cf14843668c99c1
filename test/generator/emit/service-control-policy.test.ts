import { describe, expect, it } from 'vitest';
import {
  LONGEST_SERVICE_CONTROL_POLICY,
  serviceControlPolicy,
} from '../../../generator/emit/service-control-policy.ts';
import { actionFacts } from '../../../generator/data/iam.ts';
import { evaluate } from '../../../generator/simulate/policy.ts';
import type { PolicyStatement } from '../../../generator/simulate/policy.ts';

const NAMES = { solutionId: 'SO0111', version: 'v1.0.0' };
const statements = serviceControlPolicy(NAMES).Statement as readonly PolicyStatement[];

/** A principal whose own policies allow everything. */
function may(
  principal: string,
  action: string,
  resource: string,
  context: Readonly<Record<string, string>> = {},
): boolean {
  const everything = { Sid: 'Own', Effect: 'Allow', Action: '*', Resource: '*' } as const;
  const { decision } = evaluate(
    { Statement: [everything, ...statements] },
    {
      action,
      resources: [resource],
      context: { 'aws:PrincipalArn': `arn:aws:iam::111122223333:role/${principal}`, ...context },
    },
  );
  return decision === 'allowed';
}

const ADMINISTRATOR = 'Administrator';
const STACK_SETS = ['stacksets-exec-0a1b2c3d', 'AWSCloudFormationStackSetExecutionRole'];
const BY_STACK = { 'aws:CalledViaLast': 'cloudformation.amazonaws.com' };
const iamArn = (rest: string): string => `arn:aws:iam::111122223333:${rest}`;
const ssmArn = (rest: string): string => `arn:aws:ssm:eu-west-1:111122223333:${rest}`;

/** What only stacks may touch: an action on it, and the resource. */
const OURS = [
  ['ssm:UpdateDocument', ssmArn('document/ASR-EnableKeyRotation')],
  ['ssm:CreateDocument', ssmArn('document/ASR-NotThereYet')],
  ['ssm:ModifyDocumentPermission', ssmArn('document/ASR-EnableKeyRotation')],
  ['ssm:PutParameter', ssmArn('parameter/Solutions/SO0111/member/namespace')],
  ['iam:PutRolePolicy', iamArn('role/SO0111-EnableKeyRotation-shtest')],
  ['iam:UpdateAssumeRolePolicy', iamArn('role/SO0111-ASR-Orchestrator-Member')],
  ['iam:CreateRole', iamArn('role/SO0111-Mine')],
  ['iam:CreatePolicyVersion', iamArn('policy/roles-PassRemediationRoles1-1A2B3C')],
  ['lambda:UpdateFunctionCode', 'arn:aws:lambda:us-east-1:111122223333:function:SO0111-ASR-Start'],
  ['lambda:InvokeFunction', 'arn:aws:lambda:us-east-1:111122223333:function:SO0111-ASR-Ingest'],
  ['sqs:SetQueueAttributes', 'arn:aws:sqs:us-east-1:111122223333:SO0111-ASR-Events'],
  ['events:PutTargets', 'arn:aws:events:us-east-1:111122223333:rule/SO0111-ASR-CustomActions'],
  [
    'states:UpdateStateMachine',
    'arn:aws:states:us-east-1:111122223333:stateMachine:SO0111-ASR-Orchestrator',
  ],
] as const;

describe('what belongs to the solution', () => {
  it.each(OURS)('%s on %s: not even an administrator', (action, resource) => {
    expect(may(ADMINISTRATOR, action, resource)).toBe(false);
  });
  it.each(OURS)('%s on %s: StackSets, and a person through CloudFormation', (action, resource) => {
    for (const role of STACK_SETS) expect(may(role, action, resource)).toBe(true);
    expect(may(ADMINISTRATOR, action, resource, BY_STACK)).toBe(true);
  });
  it('is closed through another service, too', () => {
    const byAutomation = { 'aws:CalledViaLast': 'ssm.amazonaws.com' };
    for (const [action, resource] of OURS)
      expect(may(ADMINISTRATOR, action, resource, byAutomation)).toBe(false);
  });
  it("is not opened by making a role with StackSets' name", () => {
    for (const role of STACK_SETS)
      for (const action of ['iam:CreateRole', 'iam:UpdateAssumeRolePolicy', 'iam:PutRolePolicy'])
        expect(may(ADMINISTRATOR, action, iamArn(`role/${role}`))).toBe(false);
    expect(may(ADMINISTRATOR, 'iam:CreateRole', iamArn('role/SO0111-ASR/stacksets-exec-1'))).toBe(
      false,
    );
  });
  it('is protected in each partition', () => {
    for (const [action, resource] of OURS)
      for (const partition of ['aws-us-gov', 'aws-cn'])
        expect(may(ADMINISTRATOR, action, resource.replace('arn:aws:', `arn:${partition}:`))).toBe(
          false,
        );
  });
});

describe('passing a remediation role', () => {
  const role = iamArn('role/SO0111-EnableKeyRotation-shtest');
  const toSystemsManager = { 'iam:PassedToService': 'ssm.amazonaws.com' };

  it('is left to the orchestrator', () => {
    expect(may('SO0111-ASR-Orchestrator-Member', 'iam:PassRole', role, toSystemsManager)).toBe(
      true,
    );
    expect(may(ADMINISTRATOR, 'iam:PassRole', role, toSystemsManager)).toBe(false);
  });
  it('leaves remediations the roles that services use', () => {
    const logs = iamArn('role/SO0111-FlowLogDelivery-shtest');
    expect(may('SO0111-EnableVPCFlowLogs-shtest', 'iam:PassRole', logs)).toBe(true);
  });
  it('leaves it to stacks to make functions that run under our roles', () => {
    const admin = iamArn('role/SO0111-ASR-Orchestrator-Admin');
    expect(may(ADMINISTRATOR, 'iam:PassRole', admin)).toBe(false);
    expect(may(ADMINISTRATOR, 'iam:PassRole', admin, BY_STACK)).toBe(true);
  });
});

describe('what belongs to others', () => {
  it.each([
    ['ssm:UpdateDocument', ssmArn('document/MyRunbook')],
    ['ssm:StartAutomationExecution', ssmArn('document/ASR-EnableKeyRotation')],
    ['ssm:PutParameter', ssmArn('parameter/ASR/Filters/AccountFilters')],
    ['iam:CreateRole', iamArn('role/MyRole')],
    ['iam:PassRole', iamArn('role/MyRole')],
    ['lambda:UpdateFunctionCode', 'arn:aws:lambda:us-east-1:111122223333:function:mine'],
    ['sqs:SendMessage', 'arn:aws:sqs:us-east-1:111122223333:SO0111-ASR-Commands'],
  ])('%s on %s stays as it is', (action, resource) => {
    expect(may(ADMINISTRATOR, action, resource)).toBe(true);
  });
});

describe('the policy', () => {
  it('fits, with its white space', () => {
    const text = JSON.stringify(serviceControlPolicy(NAMES), undefined, 2);
    expect(Buffer.byteLength(text)).toBeLessThan(LONGEST_SERVICE_CONTROL_POLICY);
  });
  it('denies only, and only actions that exist', async () => {
    for (const { Effect, Action } of statements) {
      expect(Effect).toBe('Deny');
      for (const action of [Action].flat())
        expect([action, (await actionFacts(action))?.action]).toEqual([action, action]);
    }
  });
  it('follows another solution id', () => {
    const other = JSON.stringify(serviceControlPolicy({ ...NAMES, solutionId: 'DEV01' }));
    expect(other).toContain('role/DEV01-*');
    expect(other.indexOf('SO0111')).toBe(-1);
  });
});
