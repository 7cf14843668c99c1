import type { Kinds } from '../model/kinds/kinds.ts';
import type { PythonSource, Runbook } from '../model/runbook.ts';
import type { Standards } from '../model/standard.ts';
import { sortDiagnostics } from './diagnostics.ts';
import type { Diagnostic } from './diagnostics.ts';
import { addOwnSources } from './own-sources.ts';
import type { OwnSources } from './own-sources.ts';
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
  /** A user's own folder, read together with the project's sources. @default none */
  readonly own?: OwnSources | undefined;
}

/**
 * Reads standards, kinds and runbooks below the project's root, and a user's own on top of them. Problems are
 * collected, never thrown.
 */
export function readSources(root: string, { tests = true, own }: ReadOptions = {}): Sources {
  const { kinds, problems: ofKinds } = readKinds(
    `${root}/generator/model/kinds`,
    'generator/model/kinds',
  );
  const { standards, problems: ofStandards } = readStandards(`${root}/standards`, 'standards');
  const runbooks = readRunbooks(`${root}/runbooks`, 'runbooks', kinds, tests);
  const known = { ...runbooks, kinds, standards };
  const all = own === undefined ? { ...known, problems: [] } : addOwnSources(own, known, tests);
  const member = readYaml(
    `${root}/templates/member/template.yaml`,
    'templates/member/template.yaml',
  );
  const template = (member.value ?? {}) as {
    readonly Parameters?: Readonly<Record<string, unknown>>;
  };
  return {
    kinds: all.kinds,
    standards: all.standards,
    runbooks: all.runbooks,
    shared: all.shared,
    tests: all.tests,
    stackParameters: new Set(Object.keys(template.Parameters ?? {})),
    problems: sortDiagnostics([
      ...ofKinds,
      ...ofStandards,
      ...runbooks.problems,
      ...all.problems,
      ...member.problems,
    ]),
  };
}
