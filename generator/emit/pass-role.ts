import type { Stack } from 'aws-cdk-lib';
import type { CompiledRunbook } from '../compile/compiled.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import { cdk, iam } from './cdk.ts';
import { LIMITS, measure, startOf } from './limits.ts';
import { roleName } from './remediation-role.ts';
import { substitute, worstCaseLength } from './substitute.ts';

/** Logical id of the orchestrator's role in the member-roles base template. */
const ORCHESTRATOR_MEMBER = 'OrchestratorMember';

/**
 * Lets the orchestrator's member role pass the remediation roles, each by name, to Systems Manager and nothing else.
 * All of them do not fit in one policy, so there are as many managed policies as it takes.
 */
export function addPassRolePolicies(
  stack: Stack,
  units: readonly CompiledRunbook[],
  baseFile: string,
): readonly Diagnostic[] {
  const arns = units.map((unit) => roleArn(unit.roleStem)).toSorted();
  const chunks = chunk(arns);
  for (const [index, chunked] of chunks.entries()) {
    const policy = new iam.CfnManagedPolicy(stack, `PassRemediationRoles${index + 1}`, {
      description: 'Lets the orchestrator hand remediation roles to Systems Manager.',
      policyDocument: passRoleDocument(chunked),
    });
    policy.roles = [cdk.Fn.ref(ORCHESTRATOR_MEMBER)];
  }
  return measure(
    'managedPoliciesPerRole',
    chunks.length,
    ORCHESTRATOR_MEMBER,
    startOf(baseFile),
    'Shorten the names of the units.',
  );
}

function roleArn(stem: string): string {
  return `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${roleName(stem)}`;
}

function passRoleDocument(arns: readonly string[]): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'PassRemediationRoles',
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: arns.map(substitute),
        Condition: { StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } },
      },
    ],
  };
}

/** As many ARNs to a policy as fit when partition, account and namespace are as long as they can be. */
function chunk(arns: readonly string[]): readonly (readonly string[])[] {
  const chunks: string[][] = [];
  for (const arn of arns) {
    const last = chunks.at(-1);
    if (
      last === undefined ||
      worstCaseLength(passRoleDocument([...last, arn])) > LIMITS.managedPolicy
    )
      chunks.push([arn]);
    else last.push(arn);
  }
  return chunks;
}
