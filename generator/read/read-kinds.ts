import { existsSync } from 'node:fs';
import { acceptsValue, arnPattern, matchArn, valuePattern } from '../model/kinds/kinds.ts';
import type { Kinds, ParameterKind, ResourceKind } from '../model/kinds/kinds.ts';
import type { Diagnostic } from './diagnostics.ts';
import { validate } from './schema.ts';
import { readYaml } from './source.ts';
import type { YamlSource } from './source.ts';

interface RawResourceKind {
  readonly finding: string | readonly string[];
  readonly arn: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly whole?: string;
  readonly iam: readonly string[];
  readonly accepts: readonly string[];
  readonly refuses: readonly string[];
}

type RawParameterKind = Omit<ParameterKind, 'name'>;

/**
 * Reads the resource and parameter kinds; a kind whose pattern fails its own examples is reported and left out.
 * With `known` kinds the folder adds to these: its files may be missing, and it may not define one again.
 */
export function readKinds(
  folder: string,
  shownAs: string,
  known?: Kinds,
): { kinds: Kinds; problems: readonly Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const entriesOf = (schema: 'resource-kinds' | 'parameter-kinds', taken?: Taken): KindEntries => {
    const path = `${folder}/${schema}.yaml`;
    if (known !== undefined && !existsSync(path)) return [];
    const source = readYaml(path, `${shownAs}/${schema}.yaml`);
    return validEntries(source, schema, problems).flatMap(([name, raw]) => {
      if (taken?.has(name) !== true) return [[name, raw, source] as const];
      problems.push(takenKind(source, name));
      return [];
    });
  };
  const resources = new Map(known?.resources);
  for (const [name, raw, source] of entriesOf('resource-kinds', known?.resources)) {
    const kind = toResourceKind(name, raw as RawResourceKind);
    const wrong = checkResourceKind(source, kind);
    problems.push(...wrong);
    if (wrong.length === 0) resources.set(name, kind);
  }
  const parameters = new Map(known?.parameters);
  for (const [name, raw, source] of entriesOf('parameter-kinds', known?.parameters)) {
    const kind: ParameterKind = { name, ...(raw as RawParameterKind) };
    const wrong = checkParameterKind(source, kind);
    problems.push(...wrong);
    if (wrong.length === 0) parameters.set(name, kind);
  }
  return { kinds: { resources, parameters }, problems };
}

type Taken = ReadonlyMap<string, unknown>;
type KindEntries = readonly (readonly [name: string, raw: unknown, source: YamlSource])[];

function takenKind(source: YamlSource, name: string): Diagnostic {
  const what = `There is a kind ${name} already.`;
  return source.reportKey([name], 'taken-name', what, 'Use that one, or choose another name.');
}

function validEntries(
  source: YamlSource,
  schema: 'resource-kinds' | 'parameter-kinds',
  problems: Diagnostic[],
): readonly (readonly [string, unknown])[] {
  const wrong = validate(source, schema);
  problems.push(...wrong);
  return wrong.length > 0 ? [] : Object.entries(source.value as object);
}

function toResourceKind(name: string, raw: RawResourceKind): ResourceKind {
  return {
    name,
    finding: typeof raw.finding === 'string' ? [raw.finding] : raw.finding,
    arn: raw.arn,
    fields: new Map(Object.entries(raw.fields ?? {})),
    ...(raw.whole === undefined ? {} : { whole: raw.whole }),
    iam: raw.iam,
    accepts: raw.accepts,
    refuses: raw.refuses,
  };
}

function checkResourceKind(source: YamlSource, kind: ResourceKind): readonly Diagnostic[] {
  const used = new Set([...kind.arn.matchAll(/\{([A-Za-z]+)\}/gu)].map((match) => match[1] ?? ''));
  for (const name of ['partition', 'region', 'account']) used.delete(name);
  const undeclared = [...used].filter((name) => !kind.fields.has(name));
  if (undeclared.length > 0)
    return [
      source.report(
        [kind.name, 'arn'],
        'bad-kind',
        `${undeclared.join(', ')} has no pattern in fields.`,
        'Add it to fields.',
      ),
    ];
  const syntax = regExpProblem(arnPattern(kind, 'javascript'));
  if (syntax !== undefined)
    return [
      source.report(
        [kind.name, 'fields'],
        'bad-kind',
        `The pattern can't be compiled: ${syntax}.`,
        'Mend the pattern.',
      ),
    ];
  return examples(
    source,
    kind.name,
    kind.accepts,
    kind.refuses,
    (example) => matchArn(kind, example) !== undefined,
  );
}

function checkParameterKind(source: YamlSource, kind: ParameterKind): readonly Diagnostic[] {
  const needsPattern = kind.type === 'string' || kind.type === 'list';
  if (needsPattern && kind.pattern === undefined && kind.values === undefined)
    return [
      source.report(
        [kind.name, 'type'],
        'bad-kind',
        'The kind has neither pattern nor values, so it would accept anything.',
        'Add one of them.',
      ),
    ];
  const syntax = regExpProblem(valuePattern(kind));
  if (syntax !== undefined)
    return [
      source.report(
        [kind.name, 'pattern'],
        'bad-kind',
        `The pattern can't be compiled: ${syntax}.`,
        'Mend the pattern.',
      ),
    ];
  return examples(source, kind.name, kind.accepts, kind.refuses, (example) =>
    acceptsValue(kind, example),
  );
}

function examples<Example>(
  source: YamlSource,
  name: string,
  accepts: readonly Example[],
  refuses: readonly Example[],
  isAccepted: (example: Example) => boolean,
): readonly Diagnostic[] {
  const show = (example: Example): string =>
    typeof example === 'string' ? example : JSON.stringify(example);
  return [
    ...accepts.flatMap((example, index) =>
      isAccepted(example)
        ? []
        : [
            source.report(
              [name, 'accepts', index],
              'bad-kind',
              `The kind refuses its own example ${show(example)}.`,
              'Mend the pattern or the example.',
            ),
          ],
    ),
    ...refuses.flatMap((example, index) =>
      isAccepted(example)
        ? [
            source.report(
              [name, 'refuses', index],
              'bad-kind',
              `The kind accepts ${show(example)}, which it should refuse.`,
              'Mend the pattern or the example.',
            ),
          ]
        : [],
    ),
  ];
}

function regExpProblem(pattern: string): string | undefined {
  try {
    RegExp(pattern, 'u');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
