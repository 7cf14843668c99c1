import type { CompiledRunbook } from '../compile/compiled.ts';
import type { Value } from '../model/reference.ts';
import type { Check, CheckLine, ImpactWord, Parameter, Runbook } from '../model/runbook.ts';
import { ownIds } from '../model/standard.ts';
import type { SecurityControl, Severity, StandardId } from '../model/standard.ts';
import { compareNaturally } from './natural-order.ts';
import type { EmitInput } from './types.ts';

/** A parameter of a remediation, as the catalogue shows it. */
export interface CatalogParameter {
  readonly name: string;
  readonly kind: string;
  readonly default?: string | readonly string[];
  readonly optional: boolean;
  /** The member stack gives the value. */
  readonly from?: 'stack';
  /** The control's own parameter in Security Hub. */
  readonly finding?: string;
}

/** One security control and what is done about it; without a remediation it is only detected. */
export interface CatalogControl {
  readonly securityControlId: string;
  readonly title?: string;
  readonly severity: Severity;
  /** Security Hub no longer checks it. */
  readonly retired?: true;
  /** The control's ids in each standard that has it. */
  readonly standards: Readonly<Record<StandardId, readonly string[]>>;
  readonly remediation: string | null;
  readonly impact:
    | ImpactWord
    | { readonly when: string; readonly then: ImpactWord; readonly else: ImpactWord }
    | null;
  readonly undo: 'yes' | { readonly none: string } | null;
  readonly parameters: readonly CatalogParameter[];
  /** IAM actions of the remediation's role. */
  readonly permissions: readonly string[];
}

export interface Catalog {
  readonly controls: readonly CatalogControl[];
}

/** Every security control of every standard, in natural order. Deprecated remediations are not offered. */
export function buildCatalog({ compiled, standards }: EmitInput): Catalog {
  const units = new Map(
    compiled
      .filter((unit) => unit.runbook.deprecated === undefined)
      .flatMap((unit) => unit.runbook.controls.map((control) => [control.id, unit] as const)),
  );
  const controls = [...standards.controls.values()]
    .toSorted((a, b) => compareNaturally(a.id, b.id))
    .map((control) => {
      const own = standards.all
        .map((standard) => [standard.id, ownIds(standard, control.id)] as const)
        .filter(([, ids]) => ids.length > 0);
      return toRow(control, Object.fromEntries(own), units.get(control.id));
    });
  return { controls };
}

function toRow(
  control: SecurityControl,
  standards: CatalogControl['standards'],
  unit: CompiledRunbook | undefined,
): CatalogControl {
  return {
    securityControlId: control.id,
    ...(control.title === undefined ? {} : { title: control.title }),
    severity: control.severity,
    ...(control.retired ? { retired: true as const } : {}),
    standards,
    remediation: unit?.runbook.name ?? null,
    impact: unit === undefined ? null : toImpact(unit.runbook, control.id),
    undo: unit === undefined ? null : toUndo(unit.runbook),
    parameters:
      unit?.runbook.parameters.map((parameter) => toParameter(parameter, control.id)) ?? [],
    permissions: [...new Set(unit?.statements.flatMap((statement) => statement.Action))].toSorted(),
  };
}

function toImpact({ impact, controls }: Runbook, control: string): CatalogControl['impact'] {
  switch (impact.type) {
    case 'fixed':
      return impact.word;
    case 'depends': {
      const constants = controls.find((one) => one.id === control)?.constants ?? {};
      const known = constantOutcome(impact.when, constants);
      if (known !== undefined) return known ? impact.then : impact.else;
      return { when: checkText(impact.when), then: impact.then, else: impact.else };
    }
  }
}

/** Whether a check on the control's own constants holds; undefined when it also looks at something else. */
function constantOutcome(
  check: Check,
  constants: Readonly<Record<string, unknown>>,
): boolean | undefined {
  const outcomes = check.map(({ left, expected }) => {
    const name = /^control\.(\w+)$/u.exec(left)?.[1];
    if (name === undefined) return undefined;
    const value = constants[name];
    switch (expected.type) {
      case 'present':
        return value !== undefined;
      case 'absent':
        return value === undefined;
      case 'is':
      case 'is-not': {
        if (expected.value.type !== 'literal') return undefined;
        return (value === expected.value.value) === (expected.type === 'is');
      }
    }
  });
  return outcomes.includes(undefined) ? undefined : outcomes.every((outcome) => outcome === true);
}

function toUndo({ undo }: Runbook): CatalogControl['undo'] {
  switch (undo.type) {
    case 'steps':
      return 'yes';
    case 'none':
      return { none: undo.reason };
  }
}

function toParameter(parameter: Parameter, control: string): CatalogParameter {
  const finding = parameter.finding.get(control) ?? parameter.finding.get('*');
  return {
    name: parameter.name,
    kind: parameter.kind.name,
    ...(parameter.default === undefined ? {} : { default: parameter.default }),
    optional: parameter.optional,
    ...(parameter.fromStack ? { from: 'stack' as const } : {}),
    ...(finding === undefined ? {} : { finding }),
  };
}

/** A check as people read it: `Days is not 0 and KmsKeyId is present`. */
function checkText(check: Check): string {
  return check.map((line) => `${line.left} ${expectation(line.expected)}`).join(' and ');
}

function expectation(expected: CheckLine['expected']): string {
  switch (expected.type) {
    case 'present':
    case 'absent':
      return `is ${expected.type}`;
    case 'is':
      return `is ${valueText(expected.value)}`;
    case 'is-not':
      return `is not ${valueText(expected.value)}`;
  }
}

function valueText(value: Value): string {
  switch (value.type) {
    case 'literal':
      return value.value === '' ? 'empty' : String(value.value);
    case 'reference':
      return value.reference.text;
    case 'text':
      return value.parts.map((part) => (typeof part === 'string' ? part : part.text)).join('');
    case 'list':
      return value.items.length === 0 ? 'empty' : value.items.map(valueText).join(', ');
    case 'map':
      return value.entries.map(([key, item]) => `${key}: ${valueText(item)}`).join(', ') || 'empty';
  }
}
