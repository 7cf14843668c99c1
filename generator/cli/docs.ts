import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { buildDocs } from '../emit/docs.ts';
import { diagnostic } from '../read/diagnostics.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import type { UnitTest } from '../simulate/unit-test-types.ts';
import type { CommandContext } from './context.ts';
import { DEFAULT_SOLUTION_ID, requireProject } from './project.ts';
import type { CompiledProject, Project } from './project.ts';

const PAGES = 'docs/remediations';

/** `asr docs`: writes the catalogue of controls and the pages of the remediations. */
export function addDocs(program: Command, { printer, project }: CommandContext): void {
  program
    .command('docs')
    .description('write docs/controls.md and a page for each remediation')
    .action(async () => {
      const pages = docsOf(await requireProject(project, 'check'), project);
      mkdirSync(`${project.root}/${PAGES}`, { recursive: true });
      for (const file of orphans(project, pages)) {
        rmSync(`${project.root}/${file}`);
        printer.result(`removed ${file}`);
      }
      for (const [file, text] of pages) {
        if (current(project, file) === text) continue;
        writeFileSync(`${project.root}/${file}`, text);
        printer.result(file);
      }
    });
}

/** Pages that differ from what the sources say, or that no unit has any more. */
export function staleDocs(compiled: CompiledProject, project: Project): readonly Diagnostic[] {
  const pages = docsOf(compiled, project);
  const stale = [...pages].filter(([file, text]) => current(project, file) !== text);
  return [...stale.map(([file]) => file), ...orphans(project, pages)].map((file) =>
    diagnostic(
      { file, line: 1, column: 1 },
      'stale-page',
      'The page does not say what the sources say.',
      'Run npm run docs.',
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

function current({ root }: Project, file: string): string | undefined {
  return existsSync(`${root}/${file}`) ? readFileSync(`${root}/${file}`, 'utf8') : undefined;
}

function orphans({ root }: Project, pages: ReadonlyMap<string, string>): readonly string[] {
  if (!existsSync(`${root}/${PAGES}`)) return [];
  return readdirSync(`${root}/${PAGES}`)
    .map((name) => `${PAGES}/${name}`)
    .filter((file) => !pages.has(file))
    .toSorted();
}
