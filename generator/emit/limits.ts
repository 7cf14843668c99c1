import { LIMITS as COMPILED } from '../compile/limits.ts';
import { diagnostic } from '../read/diagnostics.ts';
import type { Diagnostic, Position } from '../read/diagnostics.ts';

/** What AWS accepts, besides what the compiler measures. Sources: the page titles in brackets. */
export const LIMITS = {
  documentBytes: COMPILED.documentBytes,
  documentSteps: COMPILED.documentSteps,
  roleName: COMPILED.roleName,
  inlinePolicies: COMPILED.inlinePolicies,
  trustPolicy: COMPILED.trustPolicy,
  templateBytes: COMPILED.templateBytes,
  templateResources: COMPILED.templateResources,
  templateParameters: COMPILED.templateParameters,
  templateOutputs: COMPILED.templateOutputs,
  /** Automation documents in an account and Region ["AWS Systems Manager endpoints and quotas"]. */
  documents: 500,
  /** Characters of a role's description (API CreateRole). */
  roleDescription: 1000,
  /** Characters of a managed policy, white space not counted ["IAM and AWS STS quotas"]. */
  managedPolicy: 6144,
  /** Managed policies on a role by default [same]. */
  managedPoliciesPerRole: 10,
} as const;

export type LimitName = keyof typeof LIMITS;

const COUNTED: Readonly<Record<LimitName, string>> = {
  documentBytes: 'bytes in the document',
  documentSteps: 'steps in the document',
  roleName: "characters in the role's name with the longest Namespace",
  inlinePolicies: "characters in the role's policy",
  trustPolicy: "characters in the role's trust policy",
  templateBytes: 'bytes in the template',
  templateResources: 'resources in the template',
  templateParameters: 'parameters in the template',
  templateOutputs: 'outputs in the template',
  documents: 'documents in one Region',
  roleDescription: "characters in the role's description",
  managedPolicy: 'characters in the managed policy',
  managedPoliciesPerRole: 'managed policies on the role',
};

/** A diagnostic when `value` is more than AWS accepts, else nothing. */
export function measure(
  limit: LimitName,
  value: number,
  what: string,
  position: Position,
  fix: string,
): readonly Diagnostic[] {
  if (value <= LIMITS[limit]) return [];
  const text = `${what}: ${value} ${COUNTED[limit]}, ${value - LIMITS[limit]} more than the ${LIMITS[limit]} that AWS accepts.`;
  return [diagnostic(position, 'over-limit', text, fix)];
}

/** The first position of a file, for problems that concern all of it. */
export function startOf(file: string): Position {
  return { file, line: 1, column: 1 };
}
