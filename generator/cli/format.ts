import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { formatPython } from '../compile/ruff.ts';
import { readSources } from '../read/read-sources.ts';
import type { CommandContext } from './context.ts';
import { CommandError } from './exit-codes.ts';
import { pathOf, projectWith, withSources } from './own-sources.ts';
import type { SourcesOptions } from './own-sources.ts';

/** `asr format`: formats the Python of the units. */
export function addFormat(program: Command, { printer, project }: CommandContext): void {
  withSources(program.command('format'))
    .description("format the units' Python files")
    .action((options: SourcesOptions) => {
      const given = projectWith(project, options);
      const sources = readSources(given.root, { own: given.own });
      const files = [
        ...sources.shared,
        ...sources.runbooks.flatMap(({ python }) => (python === undefined ? [] : [python])),
      ];
      for (const { file, text } of files) {
        const formatted = formatOne(file, text);
        if (formatted === text) continue;
        writeFileSync(pathOf(given, file), formatted);
        printer.result(file);
      }
    });
}

function formatOne(file: string, text: string): string {
  try {
    return formatPython(text);
  } catch (error) {
    throw new CommandError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
