import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { formatPython } from '../compile/ruff.ts';
import { readSources } from '../read/read-sources.ts';
import type { CommandContext } from './context.ts';
import { CommandError } from './exit-codes.ts';

/** `asr format`: formats the Python of the units. */
export function addFormat(program: Command, { printer, project }: CommandContext): void {
  program
    .command('format')
    .description("format the units' Python files")
    .action(() => {
      const sources = readSources(project.root);
      const files = [
        ...sources.shared,
        ...sources.runbooks.flatMap(({ python }) => (python === undefined ? [] : [python])),
      ];
      for (const { file, text } of files) {
        const formatted = formatOne(file, text);
        if (formatted === text) continue;
        writeFileSync(`${project.root}/${file}`, formatted);
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
