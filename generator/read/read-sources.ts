import type { Kinds } from '../model/kinds/kinds.ts';
import type { PythonSource, Runbook } from '../model/runbook.ts';
import type { Standards } from '../model/standard.ts';
import { sortDiagnostics } from './diagnostics.ts';
import type { Diagnostic } from './diagnostics.ts';
import { readKinds } from './read-kinds.ts';
import { readRunbooks } from './read-runbooks.ts';
import { readStandards } from './read-standards.ts';
import { readYaml } from './source.ts';
import type { YamlSource } from './source.ts';

/** Everything the build starts from. */
export interface Sources {
  readonly kinds: Kinds;
  readonly standards: Standards;
  readonly runbooks: readonly Runbook[];
  readonly shared: readonly PythonSource[];
  readonly tests: ReadonlyMap<string, YamlSource>;
  /** Parameters of the member stack, which units may read with `from: stack`. */
  readonly stackParameters: ReadonlySet<string>;
  readonly problems: readonly Diagnostic[];
}

export interface ReadOptions {
  /** Also read the units' tests, which only checks and proofs need. @default true */
  readonly tests?: boolean;
}

/** Reads standards, kinds and runbooks below the project's root. Problems are collected, never thrown. */
export function readSources(root: string, { tests = true }: ReadOptions = {}): Sources {
  const kinds = readKinds(`${root}/generator/model/kinds`, 'generator/model/kinds');
  const standards = readStandards(`${root}/standards`, 'standards');
  const runbooks = readRunbooks(`${root}/runbooks`, 'runbooks', kinds.kinds, tests);
  const member = readYaml(
    `${root}/templates/member/template.yaml`,
    'templates/member/template.yaml',
  );
  const template = (member.value ?? {}) as {
    readonly Parameters?: Readonly<Record<string, unknown>>;
  };
  return {
    kinds: kinds.kinds,
    standards: standards.standards,
    runbooks: runbooks.runbooks,
    shared: runbooks.shared,
    tests: runbooks.tests,
    stackParameters: new Set(Object.keys(template.Parameters ?? {})),
    problems: sortDiagnostics([
      ...kinds.problems,
      ...standards.problems,
      ...runbooks.problems,
      ...member.problems,
    ]),
  };
}
