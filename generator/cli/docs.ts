import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { buildDocs } from '../emit/docs.ts';
import { diagnostic } from '../read/diagnostics.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import type { UnitTest } from '../simulate/unit-test-types.ts';
import type { CommandContext } from './context.ts';
import { projectWith, withSources } from './own-sources.ts';
import type { SourcesOptions } from './own-sources.ts';
import { DEFAULT_SOLUTION_ID, requireProject } from './project.ts';
import type { CompiledProject, Project } from './project.ts';

const PAGES = 'docs/remediations';

/** `asr docs`: writes the catalogue of controls and the pages of the remediations. */
export function addDocs(program: Command, { printer, project }: CommandContext): void {
  withSources(program.command('docs'))
    .description(
      'write docs/controls.md and a page for each remediation; with --sources into that folder',
    )
    .action(async (options: SourcesOptions) => {
      const given = projectWith(project, options);
      const pages = docsOf(await requireProject(given, 'check'), given);
      const folder = folderOf(given);
      mkdirSync(`${folder}/${PAGES}`, { recursive: true });
      for (const file of orphans(given, pages)) {
        rmSync(`${folder}/${file}`);
        printer.result(`removed ${shownAs(given, file)}`);
      }
      for (const [file, text] of pages) {
        if (current(given, file) === text) continue;
        writeFileSync(`${folder}/${file}`, text);
        printer.result(shownAs(given, file));
      }
    });
}

/** Own sources have pages of their own, of everything that is built with them; the project's say what is built without. */
function folderOf({ root, own }: Project): string {
  return own?.folder ?? root;
}

function shownAs({ own }: Project, file: string): string {
  return own === undefined ? file : `${own.shownAs}/${file}`;
}

/** Pages that differ from what the sources say, or that no unit has any more; own sources may do without pages. */
export function staleDocs(compiled: CompiledProject, project: Project): readonly Diagnostic[] {
  if (project.own !== undefined && !existsSync(`${project.own.folder}/docs`)) return [];
  const pages = docsOf(compiled, project);
  const stale = [...pages].filter(([file, text]) => current(project, file) !== text);
  return [...stale.map(([file]) => file), ...orphans(project, pages)].map((file) =>
    diagnostic(
      { file: shownAs(project, file), line: 1, column: 1 },
      'stale-page',
      'The page does not say what the sources say.',
      project.own === undefined ? 'Run npm run docs.' : 'Run asr docs with the same --sources.',
    ),
  );
}

function docsOf({ compiled, sources }: CompiledProject, { version }: Project) {
  const tests = new Map(
    [...sources.tests].map(([name, source]) => [name, source.value as UnitTest] as const),
  );
  const names = { solutionId: DEFAULT_SOLUTION_ID, version };
  return buildDocs({ compiled, standards: sources.standards, names, tests });
}

function current(project: Project, file: string): string | undefined {
  const path = `${folderOf(project)}/${file}`;
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function orphans(project: Project, pages: ReadonlyMap<string, string>): readonly string[] {
  const folder = `${folderOf(project)}/${PAGES}`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => `${PAGES}/${name}`)
    .filter((file) => !pages.has(file))
    .toSorted();
}
