import type { Kinds, ResourceKind } from '../model/kinds/kinds.ts';
import { parseReference, parseText, parseValue } from '../model/reference.ts';
import type { Value } from '../model/reference.ts';
import type {
  Check,
  CheckLine,
  ClaimedControl,
  Impact,
  ImpactWord,
  Keep,
  Parameter,
  PythonSource,
  Runbook,
  Step,
  SupportingResource,
  SupportingRole,
  Unchanged,
  Undo,
  Verify,
} from '../model/runbook.ts';
import { suggest } from '../data/operations.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { Path, YamlSource } from './source.ts';
import type { RawParameter, RawRunbook, RawStep } from './raw-runbook.ts';

interface Context {
  readonly name: string;
  readonly service: string;
  readonly source: YamlSource;
  readonly kinds: Kinds;
  readonly python?: PythonSource;
}

/** Turns a validated source into the model; kinds that don't exist are problems and leave no runbook. */
export function toRunbook(context: Context): {
  runbook: Runbook | undefined;
  problems: readonly Diagnostic[];
} {
  const { source, kinds } = context;
  const raw = source.value as RawRunbook;
  const problems: Diagnostic[] = [];
  const resources = toResourceKinds(raw, source, kinds, problems);
  const parameters = Object.entries(raw.parameters ?? {}).flatMap(([name, parameter]) =>
    toParameter(name, parameter, source, kinds, problems),
  );
  if (problems.length > 0) return { runbook: undefined, problems };
  const runbook: Runbook = {
    name: context.name,
    service: context.service,
    source,
    title: raw.title,
    why: raw.why,
    checks: raw.checks,
    controls: toControls(raw),
    resources,
    scope: raw.scope,
    impact: toImpact(raw.impact),
    ...optional('warning', raw.warning),
    parameters,
    roles: Object.entries(raw.roles ?? {}).map(([name, role]): SupportingRole => ({
      name,
      service: role.service,
      allow: role.allow,
      on: asList(role.on),
      path: ['roles', name],
    })),
    supportingResources: Object.entries(raw.resources ?? {}).map(
      ([name, { when, ...resource }]): SupportingResource => ({
        name,
        when,
        resource,
        path: ['resources', name],
      }),
    ),
    before: raw.before.map((step, index) => toStep(step, ['before', index])),
    compliant: toCheck(raw.compliant, ['compliant'], true),
    change: raw.change.map((step, index) => toStep(step, ['change', index])),
    verify: toVerify(raw),
    undo: toUndo(raw),
    ...(raw.unchanged === undefined ? {} : { unchanged: toUnchanged(raw.unchanged) }),
    ...optional('leaves', raw.leaves),
    ...(raw.preview === undefined ? {} : { preview: parseText(raw.preview) }),
    note: parseText(raw.note),
    permissions: (raw.permissions ?? []).map((added, index) => ({
      action: added.action,
      on: asList(added.on),
      why: added.why,
      ...optional('to', added.to),
      path: ['permissions', index],
    })),
    aliases: raw.aliases ?? [],
    ...optional('deprecated', raw.deprecated),
    ...(context.python === undefined ? {} : { python: context.python }),
  };
  return { runbook, problems };
}

function toResourceKinds(
  raw: RawRunbook,
  source: YamlSource,
  kinds: Kinds,
  problems: Diagnostic[],
): readonly ResourceKind[] {
  return asList(raw.resource).flatMap((name, index) => {
    const kind = kinds.resources.get(name);
    if (kind !== undefined) return [kind];
    const path: Path = typeof raw.resource === 'string' ? ['resource'] : ['resource', index];
    problems.push(
      source.report(
        path,
        'unknown-kind',
        `${name} is not a resource kind.`,
        didYouMean(name, kinds.resources.keys(), 'See generator/model/kinds/resource-kinds.yaml.'),
      ),
    );
    return [];
  });
}

function toParameter(
  name: string,
  raw: RawParameter,
  source: YamlSource,
  kinds: Kinds,
  problems: Diagnostic[],
): readonly Parameter[] {
  const path: Path = ['parameters', name];
  const kind = kinds.parameters.get(raw.kind);
  if (kind === undefined) {
    problems.push(
      source.report(
        [...path, 'kind'],
        'unknown-kind',
        `${raw.kind} is not a parameter kind.`,
        didYouMean(
          raw.kind,
          kinds.parameters.keys(),
          'See generator/model/kinds/parameter-kinds.yaml.',
        ),
      ),
    );
    return [];
  }
  const finding = typeof raw.finding === 'string' ? { '*': raw.finding } : (raw.finding ?? {});
  return [
    {
      name,
      kind,
      ...(raw.default === undefined ? {} : { default: asText(raw.default) }),
      optional: raw.optional === true,
      finding: new Map(Object.entries(finding)),
      fromStack: raw.from === 'stack',
      ...optional('missing', raw.missing),
      ...optional('describes', raw.describes),
      path,
    },
  ];
}

/** Automation passes every value as text, or as a list of texts. */
function asText(value: unknown): string | readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function toControls(raw: RawRunbook): readonly ClaimedControl[] {
  if (Array.isArray(raw.controls))
    return (raw.controls as readonly string[]).map((id, index) => ({
      id,
      constants: {},
      path: ['controls', index],
    }));
  return Object.entries(
    raw.controls as Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ).map(([id, constants]) => ({ id, constants, path: ['controls', id] }));
}

function toImpact(raw: RawRunbook['impact']): Impact {
  if (typeof raw === 'string') return { type: 'fixed', word: raw };
  return {
    type: 'depends',
    when: toCheck(raw.when, ['impact', 'when'], true),
    then: raw.then as ImpactWord,
    else: raw.else as ImpactWord,
  };
}

function toVerify(raw: RawRunbook): Verify {
  if (raw.verify === undefined) return { type: 'again', withinSeconds: 30 };
  return 'none' in raw.verify
    ? { type: 'none', reason: raw.verify.none }
    : { type: 'again', withinSeconds: seconds(raw.verify.within) };
}

function toUndo(raw: RawRunbook): Undo {
  if ('none' in raw.undo) return { type: 'none', reason: raw.undo.none };
  return { type: 'steps', steps: raw.undo.map((step, index) => toStep(step, ['undo', index])) };
}

function toUnchanged(raw: NonNullable<RawRunbook['unchanged']>): Unchanged {
  return 'none' in raw ? { type: 'none', reason: raw.none } : { type: 'names', names: raw };
}

function toStep(raw: RawStep, path: Path): Step {
  const given = parseValue(raw.with ?? {});
  const common = {
    path,
    with: given.type === 'map' ? given : { type: 'map' as const, entries: [] },
    ...(raw.when === undefined ? {} : { when: toCheck(raw.when, [...path, 'when'], true) }),
    ...(raw.each === undefined ? {} : { each: parseText(raw.each) }),
    ...optional('as', raw.as),
  };
  if (raw.compute !== undefined)
    return { ...common, type: 'compute', function: raw.compute, keep: toKeep(raw.keep) };
  const [service = '', operation = ''] = (raw.read ?? raw.call ?? raw.wait ?? '').split(':');
  const api = { ...common, service, operation, on: asList(raw.on ?? []) };
  if (raw.read !== undefined)
    return { ...api, type: 'read', keep: toKeep(raw.keep), absent: raw.absent ?? [] };
  if (raw.call !== undefined)
    return { ...api, type: 'call', ok: raw.ok ?? [], retry: raw.retry ?? [], hide: raw.hide ?? [] };
  return {
    ...api,
    type: 'wait',
    until: toCheck(raw.until ?? {}, [...path, 'until'], false),
    fail: toCheck(raw.fail ?? {}, [...path, 'fail'], false),
    withinSeconds: seconds(raw.within ?? '9m'),
    everySeconds: seconds(raw.every ?? '10s'),
  };
}

function toCheck(
  raw: Readonly<Record<string, unknown>>,
  path: Path,
  leftIsReference: boolean,
): Check {
  return Object.entries(raw).map(([left, right]): CheckLine => ({
    left,
    reference: leftIsReference ? parseReference(left) : undefined,
    expected: toExpectation(right),
    path: [...path, left],
  }));
}

function toExpectation(right: unknown): CheckLine['expected'] {
  if (right === 'present' || right === 'absent') return { type: right };
  if (
    right !== null &&
    typeof right === 'object' &&
    !Array.isArray(right) &&
    'not' in right &&
    Object.keys(right).length === 1
  )
    return { type: 'is-not', value: parseValue(right.not) };
  return { type: 'is', value: parseValue(right) };
}

function toKeep(raw: Readonly<Record<string, string>> | undefined): readonly Keep[] {
  return Object.entries(raw ?? {}).map(([name, jmespath]) => ({ name, jmespath }));
}

function seconds(duration: string): number {
  const unit = { s: 1, m: 60, h: 3600 }[duration.slice(-1)] ?? 1;
  return Number(duration.slice(0, -1)) * unit;
}

function asList(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

function optional<Key extends string>(
  key: Key,
  value: string | undefined,
): Partial<Record<Key, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, string>);
}

function didYouMean(wrong: string, known: Iterable<string>, otherwise: string): string {
  const near = suggest(wrong, known);
  return near === undefined ? otherwise : `Did you mean ${near}?`;
}

export type { Value };
