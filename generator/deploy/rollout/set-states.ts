import { differences } from './definition.ts';
import type { Definition, Differences } from './definition.ts';
import { perKind } from './model.ts';
import type { PerKind, SetState } from './model.ts';
import type { PlanInput } from './plan.ts';
import type { KnownSets } from './read-sets.ts';

/** What each stack set has otherwise than wanted; undefined when it doesn't exist. */
export function changesOf(
  known: KnownSets,
  definitions: PerKind<Definition>,
): PerKind<Differences | undefined> {
  const rolesArn = known['member-roles']?.set.arn;
  return perKind((kind) => {
    const set = known[kind]?.set;
    return set === undefined ? undefined : differences(set, definitions[kind], rolesArn);
  });
}

/** What the plan needs to know of the stack sets. */
export function statesOf(
  known: KnownSets,
  changes: PerKind<Differences | undefined>,
): PlanInput['sets'] {
  return perKind((kind): SetState | undefined => {
    const instances = known[kind]?.instances;
    if (instances === undefined) return undefined;
    const { content = [], settings = [] } = changes[kind] ?? {};
    return { contentDiffers: content.length > 0, settingsDiffer: settings.length > 0, instances };
  });
}
