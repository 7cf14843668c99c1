import { CONSOLIDATED } from '../model/standard.ts';
import type { SecurityControl, Severity, Standard, Standards } from '../model/standard.ts';
import { suggest } from '../data/operations.ts';
import type { Diagnostic } from './diagnostics.ts';
import { diagnostic } from './diagnostics.ts';
import { validate } from './schema.ts';
import { listFolder, readYaml } from './source.ts';
import type { YamlSource } from './source.ts';

/** A control as the consolidated standard writes it. */
export interface RawControl {
  readonly title?: string;
  readonly severity: Severity;
  readonly parameters?: readonly string[];
  readonly retired?: true;
}

/** A file that follows the schema. */
export interface RawStandard {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly generatorId: string;
  readonly standardsArn?: string;
  readonly controls: Readonly<Record<string, string | RawControl>>;
}

/** Reads every standard in a folder. The consolidated one lists all security controls; the others map theirs to it. */
export function readStandards(
  folder: string,
  shownAs: string,
): { standards: Standards; problems: readonly Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const loaded = loadStandards(folder, shownAs, problems);
  const controls = new Map<string, SecurityControl>();
  const consolidated = loaded.find(({ raw }) => raw.id === CONSOLIDATED);
  if (consolidated !== undefined)
    for (const [id, raw] of rawControls(consolidated, problems))
      controls.set(id, toControl(id, raw));
  const all = loaded.map((one) => toStandard(one, controls, problems));
  return { standards: { all: all.toSorted(consolidatedFirst), controls }, problems };
}

export interface LoadedStandard {
  readonly source: YamlSource;
  readonly raw: RawStandard;
}

/** The files of a folder that follow the schema; what is wrong with the others is added to the problems. */
export function loadStandards(
  folder: string,
  shownAs: string,
  problems: Diagnostic[],
): readonly LoadedStandard[] {
  const loaded: LoadedStandard[] = [];
  for (const file of listFolder(folder, shownAs, problems)) {
    if (!file.endsWith('.yaml')) {
      problems.push(
        diagnostic(
          { file: `${shownAs}/${file}`, line: 1, column: 1 },
          'unexpected-file',
          'This is no standard.',
          'Move it elsewhere, or name it <standard>.yaml.',
        ),
      );
      continue;
    }
    const source = readYaml(`${folder}/${file}`, `${shownAs}/${file}`);
    const wrong = validate(source, 'standard');
    problems.push(...wrong);
    if (wrong.length === 0) loaded.push({ source, raw: source.value as RawStandard });
  }
  return loaded;
}

/** The controls that a consolidated standard lists. */
export function rawControls(
  { source, raw }: LoadedStandard,
  problems: Diagnostic[],
): readonly (readonly [string, RawControl])[] {
  return Object.entries(raw.controls).flatMap(([id, control]) => {
    if (typeof control !== 'string') return [[id, control] as const];
    const path = ['controls', id];
    const fix = 'Give the control a severity.';
    problems.push(source.report(path, 'wrong-type', `${id} is text.`, fix));
    return [];
  });
}

export function toControl(id: string, raw: RawControl): SecurityControl {
  return {
    id,
    severity: raw.severity,
    parameters: raw.parameters ?? [],
    retired: raw.retired === true,
    ...(raw.title === undefined ? {} : { title: raw.title }),
  };
}

/** A standard with its control ids mapped to those of the consolidated one. */
export function toStandard(
  { source, raw }: LoadedStandard,
  controls: ReadonlyMap<string, SecurityControl>,
  problems: Diagnostic[],
): Standard {
  const map = new Map<string, string>();
  for (const [own, to] of Object.entries(raw.controls)) {
    if (raw.id === CONSOLIDATED) {
      map.set(own, own);
    } else if (typeof to !== 'string') {
      problems.push(
        source.report(
          ['controls', own],
          'wrong-type',
          `${own} is a map.`,
          'Name the security control it stands for.',
        ),
      );
    } else if (!controls.has(to)) {
      const near = suggest(to, controls.keys());
      problems.push(
        source.report(
          ['controls', own],
          'unknown-control',
          `${to} is not a security control.`,
          near === undefined
            ? `Add it to the ${CONSOLIDATED} standard first.`
            : `Did you mean ${near}?`,
        ),
      );
    } else {
      map.set(own, to);
    }
  }
  const { id, name, version, generatorId, standardsArn } = raw;
  return {
    id,
    name,
    version,
    generatorId,
    ...(standardsArn === undefined ? {} : { standardsArn }),
    controls: map,
  };
}

/** The order of standards: the consolidated one, then by id. */
export function consolidatedFirst(a: Standard, b: Standard): number {
  if (a.id === CONSOLIDATED) return -1;
  if (b.id === CONSOLIDATED) return 1;
  return a.id < b.id ? -1 : 1;
}
