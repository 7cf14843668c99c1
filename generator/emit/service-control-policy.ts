import type { SolutionNames } from '../compile/compiled.ts';
import type { PolicyDocument } from './trust.ts';

/** Bytes of a service control policy, white space counted (AWS Organizations User Guide, "Quotas for AWS Organizations"). */
export const LONGEST_SERVICE_CONTROL_POLICY = 5120;

/**
 * Who deploys our stacks: StackSets under their execution roles (CloudFormation User Guide, "Prerequisites for using
 * StackSets": `stacksets-exec-*` with service-managed permissions), or CloudFormation with a person's own rights, which
 * `aws:CalledViaLast` tells (IAM User Guide, "AWS global condition context keys").
 */
const STACK_SET_ROLES = [
  'arn:*:iam::*:role/AWSCloudFormationStackSetExecutionRole',
  'arn:*:iam::*:role/stacksets-exec-*',
];

/**
 * A policy for AWS Organizations that closes what roles alone can't: whoever may pass a remediation role, or edit a
 * document, a role or a function of ours, could use our permissions with code of their own. It denies that to everybody
 * but stacks and the orchestrator. It grants nothing, and does not bind the management account or service-linked roles.
 */
export function serviceControlPolicy({ solutionId }: SolutionNames): PolicyDocument {
  const role = (name: string): string => `arn:*:iam::*:role/${name}`;
  return {
    Version: '2012-10-17',
    Statement: [
      deny('Documents', {
        actions: [
          'ssm:CreateDocument',
          'ssm:DeleteDocument',
          'ssm:DeleteParameter',
          'ssm:DeleteParameters',
          'ssm:ModifyDocumentPermission',
          'ssm:PutParameter',
          'ssm:UpdateDocument',
          'ssm:UpdateDocumentDefaultVersion',
        ],
        resources: [
          'arn:*:ssm:*:*:document/ASR-*',
          `arn:*:ssm:*:*:parameter/Solutions/${solutionId}/*`,
        ],
      }),
      // The roles of StackSets are among them: who could make one of these names would be exempt here.
      deny('Roles', {
        actions: [
          'iam:AttachRolePolicy',
          'iam:CreatePolicyVersion',
          'iam:CreateRole',
          'iam:DeletePolicy',
          'iam:DeletePolicyVersion',
          'iam:DeleteRole',
          'iam:DeleteRolePermissionsBoundary',
          'iam:DeleteRolePolicy',
          'iam:DetachRolePolicy',
          'iam:PutRolePermissionsBoundary',
          'iam:PutRolePolicy',
          'iam:SetDefaultPolicyVersion',
          'iam:UpdateAssumeRolePolicy',
          'iam:UpdateRole',
          'iam:UpdateRoleDescription',
        ],
        resources: [
          'arn:*:iam::*:policy/*-PassRemediationRoles*',
          role(`${solutionId}-*`),
          ...STACK_SET_ROLES,
        ],
      }),
      // The orchestrator hands remediation roles to Systems Manager; those hand on roles that services use. Nobody else
      // can become one of them: they are trusted by the orchestrator, or by executions that it starts.
      deny('PassRoles', {
        actions: ['iam:PassRole'],
        resources: [role(`${solutionId}-*`)],
        except: [role(`${solutionId}-*`)],
      }),
      deny('Orchestrator', {
        actions: [
          'events:DeleteRule',
          'events:DisableRule',
          'events:PutRule',
          'events:PutTargets',
          'events:RemoveTargets',
          'lambda:AddPermission',
          'lambda:DeleteFunction',
          'lambda:UpdateFunctionCode',
          'lambda:UpdateFunctionConfiguration',
          'sqs:AddPermission',
          'sqs:DeleteQueue',
          'sqs:SetQueueAttributes',
          'states:DeleteStateMachine',
          'states:UpdateStateMachine',
        ],
        resources: [
          `arn:*:events:*:*:rule/${solutionId}-ASR-*`,
          `arn:*:lambda:*:*:function:${solutionId}-*`,
          `arn:*:sqs:*:*:${solutionId}-ASR-*`,
          `arn:*:states:*:*:stateMachine:${solutionId}-ASR-*`,
        ],
      }),
      // Amazon SQS alone hands messages to this function. Who calls it by hand could say anything about their sender.
      deny('Ingest', {
        actions: ['lambda:InvokeFunction'],
        resources: [`arn:*:lambda:*:*:function:${solutionId}-ASR-Ingest*`],
      }),
    ],
  };
}

interface Denied {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Roles, besides those of StackSets, that may all the same. */
  readonly except?: readonly string[];
}

function deny(sid: string, { actions, resources, except = [] }: Denied): object {
  return {
    Sid: sid,
    Effect: 'Deny',
    Action: actions,
    Resource: resources,
    Condition: {
      ArnNotLike: { 'aws:PrincipalArn': [...except, ...STACK_SET_ROLES] },
      StringNotEquals: { 'aws:CalledViaLast': 'cloudformation.amazonaws.com' },
    },
  };
}
