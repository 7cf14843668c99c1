import type { PermissionChange } from './permission-changes.ts';

/**
 * What happens to a resource: `leave` is taken out of the stack and stays in the account, `maybe-replace` depends on a
 * value known only while it happens, `unknown` is an action that CloudFormation can't name in advance.
 */
export type ResourceAction =
  | 'add'
  | 'import'
  | 'change'
  | 'replace'
  | 'maybe-replace'
  | 'remove'
  | 'leave'
  | 'unknown';

export interface ResourceDiff {
  /** Logical id. */
  readonly id: string;
  readonly type: string;
  readonly action: ResourceAction;
  /** Name in the account, when it has one. */
  readonly physicalId?: string;
  /** What of it changes: property names, or attributes such as DeletionPolicy; sorted. */
  readonly properties: readonly string[];
  /** Parameters that cause the change; sorted. */
  readonly causes: readonly string[];
  /** The old resource stays in the account after a replacement. */
  readonly keepsOld: boolean;
  /** Who may do what, before and after; only for resources that grant permissions. */
  readonly permissions?: PermissionChange;
}

/** A parameter whose value changes; `before` or `after` is missing when the parameter is. */
export interface ParameterDiff {
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

/** What would be different in a stack. */
export interface StackDiff {
  readonly resources: readonly ResourceDiff[];
  readonly parameters: readonly ParameterDiff[];
}

/** Parameters whose values differ, by name. */
export function diffParameters(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly ParameterDiff[] {
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap((name) => {
    const [old, fresh] = [before.get(name), after.get(name)];
    if (old === fresh) return [];
    return [
      {
        name,
        ...(old === undefined ? {} : { before: old }),
        ...(fresh === undefined ? {} : { after: fresh }),
      },
    ];
  });
}
