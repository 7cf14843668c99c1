import { existsSync } from 'node:fs';
import type { Kinds } from '../model/kinds/kinds.ts';
import type { Runbook } from '../model/runbook.ts';
import type { Standards } from '../model/standard.ts';
import { diagnostic } from './diagnostics.ts';
import type { Diagnostic } from './diagnostics.ts';
import { readOwnStandards } from './own-standards.ts';
import { readKinds } from './read-kinds.ts';
import { readRunbooks } from './read-runbooks.ts';
import type { ReadRunbooks } from './read-runbooks.ts';
import type { YamlSource } from './source.ts';

/** A user's own folder, laid out like the project: standards/, runbooks/ and kinds/, each of which may be missing. */
export interface OwnSources {
  readonly folder: string;
  /** How diagnostics name the folder. */
  readonly shownAs: string;
  /** Begins the names of the units, and what they add to the stacks. */
  readonly prefix: string;
}

/** Everything after the own folder was added to what is known. */
export interface WithOwn extends ReadRunbooks {
  readonly kinds: Kinds;
  readonly standards: Standards;
}

const NOTHING: ReadRunbooks = { runbooks: [], shared: [], tests: new Map(), problems: [] };

/**
 * Reads a user's own folder on top of the project's sources. The problems are those of the own folder, and clashes
 * between the two, which are always reported at the own file: the project's can't be edited.
 */
export function addOwnSources(
  { folder, shownAs, prefix }: OwnSources,
  known: Omit<WithOwn, 'problems'>,
  withTests: boolean,
): WithOwn {
  const has = (name: string): boolean => existsSync(`${folder}/${name}`);
  const kinds = readKinds(`${folder}/kinds`, `${shownAs}/kinds`, known.kinds);
  const standards = has('standards')
    ? readOwnStandards(`${folder}/standards`, `${shownAs}/standards`, known.standards)
    : { standards: known.standards, sources: new Map<string, YamlSource>(), problems: [] };
  const own = has('runbooks')
    ? readRunbooks(`${folder}/runbooks`, `${shownAs}/runbooks`, kinds.kinds, withTests, prefix)
    : NOTHING;
  // Own ones last: of two that clash, the later one is reported.
  const runbooks = [...known.runbooks, ...own.runbooks];
  return {
    kinds: kinds.kinds,
    standards: standards.standards,
    runbooks,
    shared: [...known.shared, ...own.shared],
    tests: new Map([...known.tests, ...own.tests]),
    problems: [
      ...(has('standards') || has('runbooks') ? [] : [empty(shownAs)]),
      ...kinds.problems,
      ...standards.problems,
      ...own.problems,
      ...own.runbooks.flatMap((runbook) => takenNames(runbook, known.runbooks)),
      ...own.runbooks.flatMap((runbook) => missingPrefixes(runbook, prefix)),
      ...idleStandards(standards.standards, standards.sources, runbooks),
    ],
  };
}

function empty(shownAs: string): Diagnostic {
  const what = 'The folder holds neither standards/ nor runbooks/.';
  return diagnostic(
    { file: shownAs, line: 1, column: 1 },
    'unreadable-file',
    what,
    'Give the folder that holds them.',
  );
}

/** Our units never begin with a prefix, so only an alias or an unlucky prefix comes here. */
function takenNames(runbook: Runbook, known: readonly Runbook[]): readonly Diagnostic[] {
  return [runbook.name, ...runbook.aliases].flatMap((name) =>
    known
      .filter((one) => [one.name, ...one.aliases].some((taken) => isSame(taken, name)))
      .map(({ source }) =>
        diagnostic(
          { file: runbook.source.file, line: 1, column: 1 },
          'duplicate-unit',
          `${name} is also the name or an alias of ${source.file}.`,
          'Choose another prefix, or rename the unit.',
        ),
      ),
  );
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Roles and resources that a unit adds to the stacks must not take a name that the project may want later. */
function missingPrefixes(
  { roles, supportingResources, source }: Runbook,
  prefix: string,
): readonly Diagnostic[] {
  return [...roles, ...supportingResources]
    .filter(({ name }) => !name.startsWith(prefix))
    .map(({ name, path }) =>
      source.reportKey(
        path,
        'bad-name',
        `${name} doesn't begin with the prefix ${prefix} of your sources.`,
        `Rename it to ${prefix}${name}.`,
      ),
    );
}

/** A standard of the own folder that no unit serves would be a switch without an effect. */
function idleStandards(
  { all }: Standards,
  sources: ReadonlyMap<string, YamlSource>,
  runbooks: readonly Runbook[],
): readonly Diagnostic[] {
  const claimed = new Set(runbooks.flatMap(({ controls }) => controls.map(({ id }) => id)));
  return all
    .filter(({ isOwn, controls }) => isOwn && ![...controls.values()].some((id) => claimed.has(id)))
    .flatMap(({ id }) => sources.get(id) ?? [])
    .map((source) =>
      source.report(
        ['controls'],
        'wrong-value',
        'No unit remediates any of these controls, so loading the standard would bring nothing.',
        'Write a unit for one of them, or remove the standard.',
      ),
    );
}
