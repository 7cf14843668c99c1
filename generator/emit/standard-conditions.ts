import type { CompiledRunbook } from '../compile/compiled.ts';
import type { StandardId, Standards } from '../model/standard.ts';

/** Ids of the standards that have a control of the unit, in the order of the standards. */
export function standardsOf(unit: CompiledRunbook, standards: Standards): readonly StandardId[] {
  const claimed = new Set(unit.runbook.controls.map((control) => control.id));
  return standards.all
    .filter((standard) => [...standard.controls.values()].some((id) => claimed.has(id)))
    .map((standard) => standard.id);
}

/** The member stack's parameter that turns a standard on. */
export function loadParameter(standard: StandardId): string {
  return `Load${standard}MemberStack`;
}

/** Name of the condition that holds when any of the standards is on: `LoadSC`, `LoadSCOrAFSBP`. */
export function conditionName(ids: readonly StandardId[]): string {
  return `Load${ids.join('Or')}`;
}

/** The conditions behind the given sets of standards, each defined once, in the order of their names. */
export function standardConditions(
  sets: readonly (readonly StandardId[])[],
): Readonly<Record<string, unknown>> {
  const conditions = new Map<string, unknown>();
  for (const ids of sets) {
    for (const id of ids)
      conditions.set(conditionName([id]), { 'Fn::Equals': [{ Ref: loadParameter(id) }, 'yes'] });
    if (ids.length > 1) conditions.set(conditionName(ids), anyOf(ids));
  }
  return Object.fromEntries([...conditions].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** `Fn::Or` takes 2 to 10 conditions (CloudFormation template reference, "Condition functions"). */
const MOST_OF_OR = 10;

function anyOf(ids: readonly StandardId[]): unknown {
  if (ids.length <= MOST_OF_OR)
    return { 'Fn::Or': ids.map((id) => ({ Condition: conditionName([id]) })) };
  const first = ids.slice(0, MOST_OF_OR - 1).map((id) => ({ Condition: conditionName([id]) }));
  const rest = ids.slice(MOST_OF_OR - 1);
  return {
    'Fn::Or': [...first, rest.length === 1 ? { Condition: conditionName(rest) } : anyOf(rest)],
  };
}
