import type { CompiledRunbook } from '../compile/compiled.ts';
import type { EmitInput } from './types.ts';

type Scopes = Readonly<Record<string, readonly string[]>>;

/** Role -> action -> resource scope -> the steps (or reasons) that need it. */
export type IamProof = Readonly<Record<string, Readonly<Record<string, Scopes>>>>;

/** Why every role of member-roles has each of its permissions. Role names end in the stack's Namespace. */
export function buildIamProof({ compiled, names }: EmitInput): { readonly roles: IamProof } {
  const roles = compiled.flatMap((unit) => [
    [`${unit.roleStem}-<Namespace>`, remediationProof(unit)] as const,
    ...unit.supportingRoles.map((role) => {
      const actions = role.statements.flatMap((statement) =>
        statement.Action.map((action) => ({
          action,
          resources: statement.Resource,
          neededBy: [`${role.service} for resources that ${unit.documentName} remediated`],
        })),
      );
      return [`${names.solutionId}-${role.name}-<Namespace>`, byAction(actions)] as const;
    }),
  ]);
  return { roles: sorted(roles) };
}

interface Proof {
  readonly action: string;
  readonly resources: readonly string[];
  readonly neededBy: readonly string[];
}

function remediationProof(unit: CompiledRunbook): Readonly<Record<string, Scopes>> {
  return byAction(unit.proof);
}

function byAction(proofs: readonly Proof[]): Readonly<Record<string, Scopes>> {
  const actions = new Map<string, Map<string, Set<string>>>();
  for (const { action, resources, neededBy } of proofs) {
    const scopes = actions.get(action) ?? new Map<string, Set<string>>();
    actions.set(action, scopes);
    for (const resource of resources)
      scopes.set(resource, new Set([...(scopes.get(resource) ?? []), ...neededBy]));
  }
  return sorted(
    [...actions].map(([action, scopes]) => [
      action,
      sorted([...scopes].map(([scope, steps]) => [scope, [...steps]] as const)),
    ]),
  );
}

function sorted<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
