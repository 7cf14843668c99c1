import type {
  Catalog,
  CatalogImpact,
  CatalogParameter,
  CatalogRemediation,
  CatalogStandard,
} from '../../templates/admin/functions/model/catalog.ts';
import type { CompiledRunbook } from '../compile/compiled.ts';
import { arnPattern } from '../model/kinds/kinds.ts';
import { IMPACTS } from '../model/runbook.ts';
import type { CheckLine, Impact, ImpactWord, Parameter, Runbook } from '../model/runbook.ts';
import type { Standard, Standards } from '../model/standard.ts';
import type { EmitInput } from './types.ts';

/** What the orchestrator's functions carry with them about standards and remediations. */
export function adminCatalog({ compiled, standards }: Omit<EmitInput, 'names'>): Catalog {
  const runbooks = compiled.toSorted((a, b) => order(a.runbook.name, b.runbook.name));
  return {
    standards: standards.all.map(catalogStandard),
    controls: sorted(
      runbooks.flatMap(({ runbook }) =>
        runbook.controls.map(({ id }) => [id, remediationName(runbook, id)] as const),
      ),
    ),
    remediations: sorted(
      runbooks.flatMap((one) => {
        const names = new Set(
          one.runbook.controls.map(({ id }) => remediationName(one.runbook, id)),
        );
        const remediation = catalogRemediation(one, standards);
        return [...names].map((name) => [name, remediation] as const);
      }),
    ),
  };
}

/**
 * What is remembered about a resource hangs on the remediation's name: leases, verified fixes, holds. A unit that looks
 * at something else for each of its controls is several remediations there, or a fix of `EC2.13`, which
 * closes one port, would pass for one of `EC2.14`, which closes another.
 */
function remediationName({ name, controls }: Runbook, control: string): string {
  const isSame = controls.length < 2 || controls.every(({ constants }) => isEmpty(constants));
  return isSame ? name : `${name}For${control.replaceAll('.', 'No')}`;
}

function isEmpty(constants: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(constants).length === 0;
}

/**
 * The part of it that the start function reads: by then ingest has found control, remediation and resource, and the
 * attempt names them. Every byte of a function counts twice in a template.
 */
export function startCatalog({ remediations }: Catalog): Catalog {
  const known = Object.entries(remediations);
  return {
    standards: [],
    controls: {},
    remediations: sorted(known.map(([name, one]) => [name, { ...one, resources: [] }])),
  };
}

function catalogStandard({ id, name, generatorId, controls }: Standard): CatalogStandard {
  return { id, name, generatorId: generatorPattern(generatorId), controls: sorted([...controls]) };
}

/** `security-control/{control}` becomes a regular expression; the control's id ends the finding's generator id. */
function generatorPattern(generatorId: string): string {
  const values: Readonly<Record<string, string>> = {
    partition: '(?:aws|aws-us-gov|aws-cn)',
    region: String.raw`[a-z]{2,}(?:-[a-z]+)+-\d{1,2}`,
    control: '(?<control>[A-Za-z0-9.]{1,40})',
  };
  const body = generatorId
    .split(/\{(partition|region|control)\}/u)
    .map((part, index) =>
      index % 2 === 1
        ? (values[part] ?? '')
        : part.replaceAll(/[.*+?^${}()|[\]\\/]/gu, String.raw`\$&`),
    );
  return `^${body.join('')}$`;
}

function catalogRemediation(
  { runbook, documentName, roleStem, document }: CompiledRunbook,
  standards: Standards,
): CatalogRemediation {
  const settable = runbook.controls.map(
    ({ id }) => [id, standards.controls.get(id)?.parameters ?? []] as const,
  );
  return {
    document: documentName,
    roleStem,
    impact: catalogImpact(runbook.impact),
    deprecated: runbook.deprecated !== undefined,
    resources: runbook.resources.map((kind) => arnPattern(kind, 'javascript')),
    parameters: runbook.parameters.map((one) =>
      catalogParameter(one, document.parameters[one.name]?.default !== undefined, settable),
    ),
  };
}

/** A check that needs more than the unit's parameters can't be decided before the start: the worse word counts. */
function catalogImpact(impact: Impact): CatalogImpact {
  if (impact.type === 'fixed') return { when: [], then: impact.word, else: impact.word };
  const lines = impact.when.map(catalogLine);
  const known = lines.filter((line) => line !== undefined);
  if (known.length === lines.length) return { when: known, then: impact.then, else: impact.else };
  const word = worse(impact.then, impact.else);
  return { when: [], then: word, else: word };
}

function catalogLine({
  reference,
  expected,
}: CheckLine): CatalogImpact['when'][number] | undefined {
  const [parameter, ...rest] = reference?.path ?? [];
  if (parameter === undefined || rest.length > 0) return undefined;
  if (expected.type !== 'is' && expected.type !== 'is-not') return undefined;
  const items = expected.value.type === 'list' ? expected.value.items : [expected.value];
  const values = items.flatMap((item) => (item.type === 'literal' ? [String(item.value)] : []));
  return values.length === items.length
    ? { parameter, values, isAmong: expected.type === 'is' }
    : undefined;
}

function worse(a: ImpactWord, b: ImpactWord): ImpactWord {
  return IMPACTS.indexOf(a) > IMPACTS.indexOf(b) ? a : b;
}

function catalogParameter(
  parameter: Parameter,
  hasDefault: boolean,
  settable: readonly (readonly [string, readonly string[]])[],
): CatalogParameter {
  const { name, kind, fromStack, optional, default: own, finding } = parameter;
  return {
    name,
    // Examples prove the kind; at run time they are only weight.
    kind: { ...kind, accepts: [], refuses: [] },
    ...(typeof own === 'string' ? { default: own } : {}),
    hasValue: hasDefault || own !== undefined || fromStack || optional,
    finding: sorted(
      settable.flatMap(([control, names]) => {
        const named = finding.get(control) ?? finding.get('*');
        return named !== undefined && names.includes(named) ? [[control, named] as const] : [];
      }),
    ),
  };
}

function sorted<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => order(a, b)));
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
