import type { Template } from '../../../emit/types.ts';
import { isFields } from '../../intrinsics.ts';

/** One permission that a role of ours uses. */
export interface Need {
  /** Name of the role, with `${Namespace}` where it has one. */
  readonly role: string;
  readonly action: string;
  /** ARN, with `${AWS::Partition}`, `${AWS::AccountId}` and `${Namespace}` still in it; `*` where IAM knows no resource. */
  readonly scope: string;
  /** Whether only Undo uses it. */
  readonly onlyUndo: boolean;
}

/**
 * What remediation roles call, by `iam-proof.json`: role, action, scope, and the steps that need it. Roles that services
 * use are left out: policies bind them too, but nothing of ours fails by it.
 */
export function roleNeeds(roles: Readonly<Record<string, unknown>>): readonly Need[] {
  return Object.entries(roles).flatMap(([name, actions]) =>
    fieldsOf(actions).flatMap(([action, scopes]) =>
      fieldsOf(scopes).flatMap(([scope, steps]): readonly Need[] => {
        const neededBy = listOf(steps).map(String);
        if (neededBy.every((step) => step.includes(' for resources that '))) return [];
        return [
          {
            role: name.replace('<Namespace>', `\${Namespace}`),
            action,
            scope,
            onlyUndo: neededBy.length > 0 && neededBy.every((step) => step.startsWith('undo')),
          },
        ];
      }),
    ),
  );
}

const MEMBER = 'OrchestratorMember';

/** What the orchestrator's member role may do, by the template: without it nothing is started. */
export function orchestratorNeeds({ Resources: resources }: Template): readonly Need[] {
  const properties = resources[MEMBER]?.Properties ?? {};
  const name = properties['RoleName'];
  if (typeof name !== 'string') return [];
  const managed = Object.values(resources)
    .filter(({ Type: type }) => type === 'AWS::IAM::ManagedPolicy')
    .filter(({ Properties }) => refersToMember(Properties?.['Roles']))
    .map(({ Properties }) => Properties);
  return [...listOf(properties['Policies']), ...managed]
    .flatMap((policy) => {
      const document = isFields(policy) ? policy['PolicyDocument'] : undefined;
      return isFields(document) ? listOf(document['Statement']) : [];
    })
    .flatMap((statement) => {
      if (!isFields(statement)) return [];
      return texts(statement['Action']).flatMap((action) =>
        texts(statement['Resource']).map((scope) => toNeed(name, action, scope)),
      );
    });
}

function toNeed(role: string, action: string, scope: string): Need {
  return { role, action, scope, onlyUndo: false };
}

function refersToMember(roles: unknown): boolean {
  return listOf(roles).some((role) => isFields(role) && role['Ref'] === MEMBER);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function fieldsOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isFields(value) ? Object.entries(value) : [];
}

/** A text, a `Fn::Sub` of one, or a list of these. */
function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  const sub = isFields(value) ? value['Fn::Sub'] : undefined;
  return typeof sub === 'string' ? [sub] : [];
}
