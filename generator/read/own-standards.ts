import { CONSOLIDATED } from '../model/standard.ts';
import type { SecurityControl, Standard, Standards } from '../model/standard.ts';
import type { Diagnostic } from './diagnostics.ts';
import {
  consolidatedFirst,
  loadStandards,
  rawControls,
  toControl,
  toStandard,
} from './read-standards.ts';
import type { LoadedStandard, RawControl } from './read-standards.ts';
import type { YamlSource } from './source.ts';

interface OwnStandards {
  readonly standards: Standards;
  /** The own files, by the id of their standard. */
  readonly sources: ReadonlyMap<string, YamlSource>;
  readonly problems: readonly Diagnostic[];
}

/**
 * Reads standards from a user's own folder and adds them to the known ones. A file with the id of the consolidated
 * standard adds security controls, and says more about known ones; every other file is a further standard.
 */
export function readOwnStandards(folder: string, shownAs: string, known: Standards): OwnStandards {
  const problems: Diagnostic[] = [];
  const loaded = loadStandards(folder, shownAs, problems);
  const extensions = loaded.filter(({ raw }) => raw.id === CONSOLIDATED);
  const controls = new Map(known.controls);
  const consolidated = known.all.find(({ id }) => id === CONSOLIDATED);
  for (const extension of extensions) {
    problems.push(...foreignFindings(extension, consolidated));
    for (const [id, raw] of rawControls(extension, problems))
      problems.push(...addControl(extension, id, raw, controls));
  }
  const all = known.all.map((standard) =>
    standard === consolidated ? { ...standard, controls: withAdded(standard, controls) } : standard,
  );
  for (const one of loaded) {
    if (extensions.includes(one)) continue;
    const taken = takenBy(one, all);
    problems.push(...taken);
    const standard = toStandard(one, controls, problems);
    if (taken.length === 0) all.push({ ...standard, isOwn: true });
  }
  return {
    standards: { all: all.toSorted(consolidatedFirst), controls },
    sources: new Map(loaded.map(({ source, raw }) => [raw.id, source])),
    problems,
  };
}

/** Findings of consolidated controls look the same everywhere, whatever a file says. */
function foreignFindings(
  { source, raw }: LoadedStandard,
  consolidated: Standard | undefined,
): readonly Diagnostic[] {
  const { generatorId } = consolidated ?? {};
  if (generatorId === undefined || raw.generatorId === generatorId) return [];
  const what = `Findings of consolidated controls have the generator id ${generatorId}.`;
  return [
    source.report(
      ['generatorId'],
      'wrong-value',
      what,
      'Write that, or give the standard an id of its own.',
    ),
  ];
}

/** A known control may get parameters, and a title if it has none; its severity is Security Hub's. */
function addControl(
  { source }: LoadedStandard,
  id: string,
  raw: RawControl,
  controls: Map<string, SecurityControl>,
): readonly Diagnostic[] {
  const added = toControl(id, raw);
  const known = controls.get(id);
  if (known !== undefined && known.severity !== added.severity) {
    const what = `${id} is a known control with severity ${known.severity}.`;
    const path = ['controls', id, 'severity'];
    return [source.report(path, 'wrong-value', what, `Write ${known.severity}.`)];
  }
  const title = known?.title ?? added.title;
  controls.set(id, {
    ...(known ?? added),
    ...(title === undefined ? {} : { title }),
    parameters: [...new Set([...(known?.parameters ?? []), ...added.parameters])],
  });
  return [];
}

function withAdded(
  consolidated: Standard,
  controls: ReadonlyMap<string, SecurityControl>,
): ReadonlyMap<string, string> {
  const added = [...controls.keys()].filter((id) => !consolidated.controls.has(id));
  return new Map([...consolidated.controls, ...added.map((id) => [id, id] as const)]);
}

/** Each standard has its own parameter in the stacks, and findings that belong to no other. */
function takenBy({ source, raw }: LoadedStandard, all: readonly Standard[]): readonly Diagnostic[] {
  return [
    ...all
      .filter(({ id }) => id === raw.id)
      .map(({ id, name }) =>
        source.report(
          ['id'],
          'taken-name',
          `${id} is already the id of ${name}.`,
          'Choose another id.',
        ),
      ),
    ...all
      .filter(({ generatorId }) => generatorId === raw.generatorId)
      .map(({ id }) =>
        source.report(
          ['generatorId'],
          'taken-name',
          `Findings with this generator id belong to the standard ${id}.`,
          'Map the controls there, or correct the generator id.',
        ),
      ),
  ];
}
