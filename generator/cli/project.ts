import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileAll } from '../compile/compile.ts';
import type { CompileResult } from '../compile/compile.ts';
import { hasErrors } from '../read/diagnostics.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import type { OwnSources } from '../read/own-sources.ts';
import { readSources } from '../read/read-sources.ts';
import type { Sources } from '../read/read-sources.ts';
import { CommandError } from './exit-codes.ts';
import { prettyDiagnostics } from './print.ts';

/** Prefix of roles and other names, the reference's solution id. */
export const DEFAULT_SOLUTION_ID = 'SO0111';

export interface Project {
  readonly root: string;
  readonly version: string;
  /** A user's own folder, compiled together with the project's sources. */
  readonly own?: OwnSources;
}

export interface CompiledProject extends CompileResult {
  readonly sources: Sources;
  /** Problems of the sources and of the compilation. */
  readonly problems: readonly Diagnostic[];
}

/** The project that this command line belongs to. */
export function loadProject(): Project {
  const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/u, '');
  const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
    readonly version: string;
  };
  return { root, version };
}

/** What only a check needs, and a build leaves out because it must be quick. */
export type Thoroughness = 'build' | 'check';

/** Reads and compiles everything; problems are returned, not thrown. */
export async function compileProject(
  project: Project,
  thoroughness: Thoroughness,
  solutionId: string = DEFAULT_SOLUTION_ID,
): Promise<CompiledProject> {
  const isCheck = thoroughness === 'check';
  const sources = readSources(project.root, { tests: isCheck, own: project.own });
  const { compiled, problems } = await compileAll(sources, solutionId, { lint: isCheck });
  return { sources, compiled, problems: distinct([...sources.problems, ...problems]) };
}

/** A clash between two shared files is found again with every unit. */
function distinct(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(problems.map((one) => [JSON.stringify(one), one])).values()];
}

/** Like compileProject, for commands that need sources without errors. */
export async function requireProject(
  project: Project,
  thoroughness: Thoroughness = 'build',
): Promise<CompiledProject> {
  const compiled = await compileProject(project, thoroughness);
  if (hasErrors(compiled.problems)) throw new CommandError(prettyDiagnostics(compiled.problems));
  return compiled;
}
