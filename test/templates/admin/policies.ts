import type { PolicyDocument, PolicyStatement } from '../../../generator/simulate/policy.ts';
import type { TemplateFile } from '../../../generator/emit/types.ts';
import { resolve } from './intrinsics.ts';
import type { Resolved } from './intrinsics.ts';

interface Attached {
  readonly Roles?: readonly unknown[];
  readonly PolicyDocument?: PolicyDocument;
  readonly Policies?: readonly { readonly PolicyDocument: PolicyDocument }[];
}

/** All that a role of the template may do: its own policies and those that name it. */
export function rolePolicy(
  file: TemplateFile,
  role: string,
  given: Resolved = {},
): { readonly Statement: readonly PolicyStatement[] } {
  const documents = Object.entries(file.json.Resources).flatMap(([id, resource]) => {
    if (resource.Condition !== undefined && !(given.conditions ?? []).includes(resource.Condition))
      return [];
    const { Roles, PolicyDocument, Policies } = (resource.Properties ?? {}) as Attached;
    if (id === role) return (Policies ?? []).map((one) => one.PolicyDocument);
    const names = Roles?.map((one) => (one as { readonly Ref: string }).Ref) ?? [];
    return PolicyDocument !== undefined && names.includes(role) ? [PolicyDocument] : [];
  });
  const statements = documents.flatMap(({ Statement }) =>
    Array.isArray(Statement) ? (Statement as readonly PolicyStatement[]) : [],
  );
  return { Statement: resolve(file, statements, given) as readonly PolicyStatement[] };
}

/** A resource's policy for requests of one principal, or of everybody: the statements that speak of it. */
export function resourcePolicy(
  file: TemplateFile,
  logicalId: string,
  service?: string,
): { readonly Statement: readonly PolicyStatement[] } {
  const properties = file.json.Resources[logicalId]?.Properties as Attached | undefined;
  const statements = (resolve(file, properties?.PolicyDocument?.Statement) ??
    []) as readonly (PolicyStatement & { readonly Principal: unknown })[];
  return {
    Statement: statements.flatMap(({ Principal, ...rest }) => {
      const named = (Principal as { readonly Service?: string }).Service;
      return Principal === '*' || (service !== undefined && named === service) ? [rest] : [];
    }),
  };
}
