import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { emitFiles } from '../emit/emit-all.ts';
import { OutputFolderError, writeDist } from '../emit/write-dist.ts';
import { LIMITS } from '../compile/limits.ts';
import type { TemplateFile } from '../emit/types.ts';
import { hasErrors } from '../read/diagnostics.ts';
import type { CommandContext } from './context.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { projectWith, withSources } from './own-sources.ts';
import type { SourcesOptions } from './own-sources.ts';
import { prettyDiagnostics, table } from './print.ts';
import { DEFAULT_SOLUTION_ID, compileProject } from './project.ts';
import { mattering, upgradeLines, upgradeSteps } from './upgrades.ts';

interface BuildOptions extends SourcesOptions {
  readonly out: string;
  readonly solutionId: string;
  readonly json?: true;
}

/** `asr build`: sources to dist/. */
export function addBuild(program: Command, { printer, project, exit }: CommandContext): void {
  withSources(program.command('build'))
    .description('compile standards and runbooks into dist/')
    .option(
      '--out <folder>',
      'where to write; replaced only when the whole build succeeded',
      `${project.root}/dist`,
    )
    .option(
      '--solution-id <id>',
      'prefix of role and other names, so that a second copy can live beside another',
      parseSolutionId,
      DEFAULT_SOLUTION_ID,
    )
    .option('--json', 'print problems and measurements as JSON')
    .action(async (options: BuildOptions) => {
      const given = projectWith(project, options);
      const progress = printer.progress('Compiling...');
      const { sources, compiled, problems } = await compileProject(
        given,
        'build',
        options.solutionId,
      );
      const names = { solutionId: options.solutionId, version: project.version };
      const input = { compiled, standards: sources.standards, names };
      const emitted = hasErrors(problems) ? undefined : await emitFiles(input);
      progress.done();
      const all = [...problems, ...(emitted?.problems ?? [])];
      const upgrades = mattering(
        upgradeSteps(project, emitted?.templates ?? [], options.solutionId),
      );
      const failed = hasErrors(all) || upgrades.some(({ isError }) => isError);
      if (!failed && emitted !== undefined) write(options.out, emitted.files);
      if (failed) exit(EXIT.problems);
      if (options.json === true) {
        const manifest: unknown = failed
          ? null
          : JSON.parse(emitted?.files.get('manifest.json') ?? 'null');
        printer.result(JSON.stringify({ problems: all, upgrades, manifest }, undefined, 2));
        return;
      }
      if (all.length > 0) printer.note(prettyDiagnostics(all));
      if (upgrades.length > 0)
        printer.note(`${upgradeLines(upgrades)}\nSee docs/releases/README.md.`);
      if (failed || emitted === undefined) {
        printer.note('\nNothing was written: the build has errors.');
        return;
      }
      printer.result(
        `${table(emitted.templates.map(sizeRow))}\n${compiled.length} remediations, written to ${options.out}`,
      );
    });
}

/** Writes the build; when the folder isn't ours or the disk refuses, the old `dist/` is still there. */
function write(folder: string, files: ReadonlyMap<string, string>): void {
  try {
    writeDist(resolve(folder), files);
  } catch (error) {
    if (error instanceof OutputFolderError) throw new CommandError(error.message);
    if (error instanceof Error && 'syscall' in error)
      throw new CommandError(`The files cannot be written: ${error.message}.`);
    throw error;
  }
}

function sizeRow(template: TemplateFile): readonly string[] {
  const bytes = Buffer.byteLength(template.text);
  const resources = Object.keys(template.json.Resources).length;
  return [
    template.fileName,
    `${bytes} bytes (${LIMITS.templateBytes - bytes} left)`,
    `${resources} resources (${LIMITS.templateResources - resources} left)`,
  ];
}

function parseSolutionId(text: string): string {
  if (!/^[A-Z][A-Z0-9]{1,5}$/u.test(text))
    throw new InvalidArgumentError(
      'Use 2 to 6 capital letters and digits, starting with a letter.',
    );
  return text;
}
