import { DeployError } from '../deploy-error.ts';
import { describesKind } from '../stack-kind.ts';
import { isFields } from '../intrinsics.ts';
import type { Permissions } from './definition.ts';
import { perKind } from './model.ts';
import type { Instance, PerKind, RolloutKind } from './model.ts';
import type { StackSetClient } from './stack-set-client.ts';
import type { DeployedSet } from './stack-set-records.ts';

/** A stack set and its stacks, as they are. */
export interface KnownSet {
  readonly set: DeployedSet;
  readonly instances: readonly Instance[];
}

export type KnownSets = PerKind<KnownSet | undefined>;

/** Names of the stack sets. */
export function setNames(prefix: string): PerKind<string> {
  return perKind((kind) => `${prefix}-${kind}`);
}

/** Reads one stack set. Throws `DeployError` when it is somebody else's, or works with other permissions. */
export async function readSet(
  stackSets: StackSetClient,
  {
    kind,
    name,
    permissions,
  }: {
    readonly kind: RolloutKind;
    readonly name: string;
    readonly permissions: Permissions;
  },
): Promise<KnownSet | undefined> {
  const set = await stackSets.describe(name);
  if (set === undefined) return undefined;
  if (!describesKind(kind, descriptionIn(set)))
    throw new DeployError(
      `The stack set ${name} exists and is none of ours. Choose another beginning of the names with --name.`,
    );
  if (set.isServiceManaged !== (permissions.type === 'organization'))
    throw new DeployError(
      set.isServiceManaged
        ? `The stack set ${name} belongs to the organization. Leave out --self-managed, or choose another beginning of the names with --name.`
        : `The stack set ${name} has self-managed permissions, which can not be changed while it has stacks. Add --self-managed, or choose another beginning of the names with --name.`,
    );
  return { set, instances: await stackSets.instances(name) };
}

/** Reads both stack sets. */
export async function readSets(
  stackSets: StackSetClient,
  names: PerKind<string>,
  permissions: Permissions,
): Promise<KnownSets> {
  const read = perKind((kind) => readSet(stackSets, { kind, name: names[kind], permissions }));
  const [roles, member] = await Promise.all([read['member-roles'], read.member]);
  return { 'member-roles': roles, member };
}

/** The template's own description: that of the stack set can be changed by anybody. */
function descriptionIn({ templateText }: DeployedSet): string {
  try {
    const template: unknown = JSON.parse(templateText);
    return isFields(template) ? String(template['Description']) : '';
  } catch {
    return '';
  }
}

/**
 * The Region of the roles: the one that they are in, else the one that is asked for, else the first of the member stack.
 * Throws `DeployError` when they are in another than is asked for: a second stack could not make the same roles.
 */
export function rolesRegionOf(
  { 'member-roles': known }: KnownSets,
  asked: string | undefined,
  regions: readonly string[],
): string {
  const present = [...new Set(known?.instances.map(({ region }) => region))].toSorted();
  const [first] = present;
  if (first === undefined) return asked ?? regions[0] ?? '';
  if (asked !== undefined && !present.includes(asked))
    throw new DeployError(
      `The roles of the accounts are deployed in ${present.join(', ')}, and an account takes them once. Use --roles-region ${first}.`,
      { isUsage: true },
    );
  return asked ?? first;
}
