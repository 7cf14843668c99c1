import { parseText, referencesIn } from '../model/reference.ts';
import type { Reference, Value } from '../model/reference.ts';
import { allSteps } from '../model/runbook.ts';
import type { Check, Keep, Runbook, Step } from '../model/runbook.ts';
import type { Path } from '../read/source.ts';
import { literal } from './python-text.ts';
import type { Scope } from './python-text.ts';

export type PhaseName = 'before' | 'change' | 'undo';

/** How references read in the Python function of a phase. */
export function scopeOf(runbook: Runbook, at: PhaseName): Scope {
  const answers = new Set(
    allSteps(runbook).flatMap((step) => (step.as === undefined ? [] : [step.as])),
  );
  const certain = certainNames(runbook);
  const texts = certainTexts(runbook);
  return {
    isText: ({ path }) => path.length === 1 && texts.has(path[0] ?? ''),
    isCertain: ({ path }) =>
      certain.has(path[0] ?? '') && (path[0] !== 'item' || path.length === 1),
    expression: ({ path: [root = '', ...rest] }) => {
      if (root === 'before') return member(`before[${literal(rest[0] ?? '')}]`, rest.slice(1));
      if (root === 'item') return member('item', rest);
      if (root === 'roles') return `values["roles"][${literal(rest[0] ?? '')}]`;
      if (root === 'control' && rest[0] !== undefined)
        return `values["constants"][${literal(rest[0])}]`;
      if (answers.has(root)) return member(`${answersName(at)}.get(${literal(root)})`, rest);
      return member(`values[${literal(root)}]`, rest);
    },
  };
}

/** Names that every unit can refer to: where the document runs, on what, for which control, and when. */
export const BUILT_IN: readonly string[] = [
  'account',
  'region',
  'partition',
  'kind',
  'control',
  'now',
];

/** Names that always are text: where the document runs, and the fields of a single resource kind. */
function certainTexts({ resources }: Runbook): ReadonlySet<string> {
  const [kind] = resources.length === 1 ? resources : [];
  return new Set([
    ...BUILT_IN,
    ...(kind === undefined ? [] : [...kind.fields.keys(), kind.whole ?? '']),
  ]);
}

/** Names that always have a value: not what AWS answered, not optional parameters. */
function certainNames(runbook: Runbook): ReadonlySet<string> {
  return new Set([
    ...certainTexts(runbook),
    'roles',
    'item',
    ...runbook.parameters.filter(({ optional }) => !optional).map(({ name }) => name),
  ]);
}

/** Where a phase keeps the results of steps with `as`. */
export function answersName(at: PhaseName): string {
  return at === 'before' ? 'got' : 'run["done"]';
}

function member(base: string, path: readonly string[]): string {
  if (path.length === 0) return base;
  if (path.at(-1) === 'count') return `count(${member(base, path.slice(0, -1))})`;
  return `dig(${[base, ...path.map(literal)].join(', ')})`;
}

/** A reference with the path to the text that holds it, for positions. */
export interface PlacedReference {
  readonly reference: Reference;
  readonly path: Path;
  /** Whether the text at `path` is the reference's own: false where it stands in a map key. */
  readonly inKey: boolean;
}

/** References of one step, wherever in it they stand. */
export function stepReferences(step: Step): readonly PlacedReference[] {
  return [
    ...valueReferences(step.with, [...step.path, 'with']),
    ...(step.each === undefined ? [] : valueReferences(step.each, [...step.path, 'each'])),
    ...(step.when === undefined ? [] : checkReferences(step.when)),
    ...(step.type === 'wait'
      ? [...checkReferences(step.until), ...checkReferences(step.fail)]
      : []),
    ...('keep' in step
      ? step.keep.flatMap((keep) =>
          valueReferences(keepValue(keep), [...step.path, 'keep', keep.name]),
        )
      : []),
  ];
}

export function checkReferences(check: Check): readonly PlacedReference[] {
  return check.flatMap((line) => [
    ...(line.reference === undefined
      ? []
      : [{ reference: line.reference, path: line.path, inKey: true }]),
    ...('value' in line.expected ? valueReferences(line.expected.value, line.path) : []),
  ]);
}

export function valueReferences(value: Value, path: Path): readonly PlacedReference[] {
  return referencesIn(value, path).map((found) => ({ ...found, inKey: false }));
}

/** Every reference of a unit. */
export function allReferences(runbook: Runbook): readonly PlacedReference[] {
  return [
    ...allSteps(runbook).flatMap(stepReferences),
    ...checkReferences(runbook.compliant),
    ...valueReferences(runbook.note, ['note']),
    ...(runbook.preview === undefined ? [] : valueReferences(runbook.preview, ['preview'])),
    ...(runbook.impact.type === 'depends' ? checkReferences(runbook.impact.when) : []),
  ];
}

/** The JMESPath of a `keep`, in which references may stand. */
export function keepValue(keep: Keep): Value {
  return parseText(keep.jmespath);
}
