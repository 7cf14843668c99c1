import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Kinds } from '../model/kinds/kinds.ts';
import type { PythonSource, Runbook } from '../model/runbook.ts';
import { diagnostic } from './diagnostics.ts';
import type { Diagnostic } from './diagnostics.ts';
import { validate } from './schema.ts';
import { listFolder, readYaml, unreadable } from './source.ts';
import type { YamlSource } from './source.ts';
import { toRunbook } from './to-runbook.ts';

const SHARED = '_shared';
const UNIT_NAME = /^[A-Z][A-Za-z0-9]+$/u;

export interface ReadRunbooks {
  readonly runbooks: readonly Runbook[];
  readonly shared: readonly PythonSource[];
  /** Test sources by unit name. */
  readonly tests: ReadonlyMap<string, YamlSource>;
  readonly problems: readonly Diagnostic[];
}

/**
 * Reads every unit below a folder, and the shared Python. The folder is the registry: unexpected files are problems.
 * `prefix` begins the name of every unit; the names of the files don't have it.
 */
export function readRunbooks(
  folder: string,
  shownAs: string,
  kinds: Kinds,
  withTests = true,
  prefix = '',
): ReadRunbooks {
  const problems: Diagnostic[] = [];
  const runbooks: Runbook[] = [];
  const shared: PythonSource[] = [];
  const tests = new Map<string, YamlSource>();
  for (const service of listFolder(folder, shownAs, problems)) {
    const inside = `${folder}/${service}`;
    const shown = `${shownAs}/${service}`;
    const files = listFiles(inside);
    if (files === undefined) {
      problems.push(unexpected(shown));
    } else if (service === SHARED) {
      for (const file of files) {
        if (file.endsWith('.py'))
          shared.push(...readPython(`${inside}/${file}`, `${shown}/${file}`, problems));
        else problems.push(unexpected(`${shown}/${file}`));
      }
    } else {
      const stems = new Set(
        files
          .filter((file) => file.endsWith('.yaml') && !file.endsWith('.test.yaml'))
          .map((file) => file.slice(0, -'.yaml'.length)),
      );
      problems.push(
        ...files
          .filter((file) => !isUnitFile(file, stems))
          .map((file) => unexpected(`${shown}/${file}`)),
      );
      for (const stem of stems) {
        const unit = readUnit({ inside, shown, service, stem, prefix, kinds, withTests });
        problems.push(...unit.problems);
        if (unit.runbook !== undefined) runbooks.push(unit.runbook);
        if (unit.test !== undefined) tests.set(`${prefix}${stem}`, unit.test);
      }
    }
  }
  problems.push(...duplicateNames(runbooks));
  return {
    runbooks: runbooks.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    shared,
    tests,
    problems,
  };
}

interface UnitFiles {
  /** Folder of the files, and how it is shown. */
  readonly inside: string;
  readonly shown: string;
  readonly service: string;
  readonly stem: string;
  readonly prefix: string;
  readonly kinds: Kinds;
  readonly withTests: boolean;
}

function readUnit({ inside, shown, service, stem, prefix, kinds, withTests }: UnitFiles) {
  const problems: Diagnostic[] = [];
  const source = readYaml(`${inside}/${stem}.yaml`, `${shown}/${stem}.yaml`);
  const start = { file: source.file, line: 1, column: 1 };
  if (!UNIT_NAME.test(stem))
    problems.push(
      diagnostic(
        start,
        'bad-name',
        `${stem} is not a name for a unit.`,
        'Use letters and digits, starting with a capital: EnableKeyRotation.yaml.',
      ),
    );
  let test: YamlSource | undefined;
  if (existsSync(`${inside}/${stem}.test.yaml`)) {
    if (withTests) {
      test = readYaml(`${inside}/${stem}.test.yaml`, `${shown}/${stem}.test.yaml`);
      problems.push(...validate(test, 'unit-test'));
    }
  } else {
    problems.push(
      diagnostic(
        start,
        'missing-test',
        `${stem} has no test.`,
        `Write ${shown}/${stem}.test.yaml.`,
      ),
    );
  }
  const wrong = validate(source, 'runbook');
  problems.push(...wrong);
  if (wrong.length > 0) return { problems, test };
  const [python] = existsSync(`${inside}/${stem}.py`)
    ? readPython(`${inside}/${stem}.py`, `${shown}/${stem}.py`, problems)
    : [];
  const made = toRunbook({
    name: `${prefix}${stem}`,
    service,
    source,
    kinds,
    ...(python === undefined ? {} : { python }),
  });
  const runbook = made.runbook && {
    ...made.runbook,
    aliases: made.runbook.aliases.map((alias) => `${prefix}${alias}`),
  };
  return { problems: [...problems, ...made.problems], runbook, test };
}

function duplicateNames(runbooks: readonly Runbook[]): readonly Diagnostic[] {
  const taken = new Map<string, Runbook>();
  const problems: Diagnostic[] = [];
  for (const runbook of runbooks) {
    for (const name of [runbook.name, ...runbook.aliases]) {
      const other = taken.get(name.toLowerCase());
      if (other !== undefined)
        problems.push(
          diagnostic(
            { file: runbook.source.file, line: 1, column: 1 },
            'duplicate-unit',
            `${name} is also the name or an alias of ${other.source.file}.`,
            'Rename one of them.',
          ),
        );
      taken.set(name.toLowerCase(), runbook);
    }
  }
  return problems;
}

function isUnitFile(file: string, stems: ReadonlySet<string>): boolean {
  const stem = file.replace(/(?:\.test)?\.yaml$|\.py$/u, '');
  return stem !== file && stems.has(stem);
}

function listFiles(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder)
      .filter((file) => file !== '__pycache__')
      .toSorted();
  } catch {
    // A file, not a folder: the caller reports it.
    return undefined;
  }
}

function readPython(path: string, file: string, problems: Diagnostic[]): readonly PythonSource[] {
  try {
    return [{ file, text: readFileSync(path, 'utf8') }];
  } catch (error) {
    problems.push(unreadable(file, error));
    return [];
  }
}

function unexpected(file: string): Diagnostic {
  return diagnostic(
    { file, line: 1, column: 1 },
    'unexpected-file',
    'This file belongs to no unit.',
    'A unit is <Name>.yaml, <Name>.py and <Name>.test.yaml in a service folder.',
  );
}
