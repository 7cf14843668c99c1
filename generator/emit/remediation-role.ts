import type { CfnCondition, Stack } from 'aws-cdk-lib';
import type {
  CompiledRunbook,
  CompiledSupportingRole,
  PolicyStatement,
} from '../compile/compiled.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import { permissionsBoundary } from './boundary.ts';
import { cdk, iam } from './cdk.ts';
import { LIMITS, measure, startOf } from './limits.ts';
import { longestText, substituteAll, worstCaseLength } from './substitute.ts';
import { remediationTrust, serviceTrust } from './trust.ts';
import type { PolicyDocument } from './trust.ts';

interface Role {
  readonly logicalId: string;
  /** With `${Namespace}`. */
  readonly name: string;
  readonly description: string;
  readonly trust: PolicyDocument;
  readonly policyName: string;
  readonly statements: readonly PolicyStatement[];
}

/** Name of a remediation role, with `${Namespace}` as CloudFormation reads it. */
export function roleName(stem: string): string {
  return `${stem}-\${Namespace}`;
}

/** Adds the role that a unit's document runs under; it is trusted by Systems Manager alone. */
export function addRemediationRole(stack: Stack, unit: CompiledRunbook): readonly Diagnostic[] {
  const role: Role = {
    logicalId: `Role${unit.runbook.name}`,
    name: roleName(unit.roleStem),
    description: shorten(`${unit.documentName} runs under this role. ${unit.runbook.title}.`),
    trust: remediationTrust(),
    policyName: 'Remediate',
    statements: unit.statements,
  };
  addRole(stack, role);
  return measureRole(role, unit.runbook.source.file);
}

/**
 * Adds a role that an AWS service assumes on behalf of remediated resources. It outlives the stack, because the
 * resources go on using it; so a later launch finds its name taken, and makes it only under `condition`. Whoever needs
 * its ARN makes it of the name, since there may be no such resource in the stack.
 */
export function addSupportingRole(
  stack: Stack,
  unit: CompiledRunbook,
  supporting: CompiledSupportingRole,
  { solutionId, condition }: { readonly solutionId: string; readonly condition: CfnCondition },
): readonly Diagnostic[] {
  const role: Role = {
    logicalId: `ServiceRole${supporting.name}`,
    name: roleName(`${solutionId}-${supporting.name}`),
    description: shorten(
      `Used by ${supporting.service} for resources that ${unit.documentName} remediated. Kept when the stack is deleted.`,
    ),
    trust: serviceTrust(supporting.service),
    policyName: 'Serve',
    statements: supporting.statements,
  };
  const added = addRole(stack, role);
  added.cfnOptions.condition = condition;
  added.cfnOptions.deletionPolicy = cdk.CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
  added.cfnOptions.updateReplacePolicy = cdk.CfnDeletionPolicy.RETAIN;
  return measureRole(role, unit.runbook.source.file);
}

function addRole(stack: Stack, role: Role): InstanceType<typeof iam.CfnRole> {
  return new iam.CfnRole(stack, role.logicalId, {
    roleName: cdk.Fn.sub(role.name),
    description: role.description,
    assumeRolePolicyDocument: role.trust,
    permissionsBoundary: permissionsBoundary(),
    policies: [{ policyName: role.policyName, policyDocument: policyDocument(role.statements) }],
  });
}

function policyDocument(statements: readonly PolicyStatement[]): unknown {
  return { Version: '2012-10-17', Statement: statements.map(substituteAll) };
}

function measureRole(role: Role, file: string): readonly Diagnostic[] {
  const at = startOf(file);
  const policy = worstCaseLength(policyDocument(role.statements));
  const name = longestText(role.name);
  return [
    ...measure(
      'roleName',
      name.length,
      role.name,
      at,
      'Shorten the name of the unit or of its role.',
    ),
    ...measure(
      'inlinePolicies',
      policy,
      role.name,
      at,
      'Split the unit, or widen the scope of its steps.',
    ),
    ...measure(
      'trustPolicy',
      worstCaseLength(role.trust),
      role.name,
      at,
      'Shorten the trust policy.',
    ),
  ];
}

/** IAM takes 1,000 characters of Latin-1 in a role's description (CreateRole API). */
function shorten(text: string): string {
  const plain = text.replaceAll(/[^\u0020-\u007E\u00A1-\u00FF]/gu, '?');
  const most = LIMITS.roleDescription;
  return plain.length <= most ? plain : `${plain.slice(0, most - 3)}...`;
}
