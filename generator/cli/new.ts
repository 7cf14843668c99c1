import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { suggest } from '../data/operations.ts';
import { readSources } from '../read/read-sources.ts';
import type { CommandContext } from './context.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { pathOf, projectWith, withSources } from './own-sources.ts';
import type { SourcesOptions } from './own-sources.ts';
import { scaffoldTest, scaffoldUnit } from './scaffold.ts';

interface NewOptions extends SourcesOptions {
  readonly control: string;
  readonly resource: string;
  readonly service?: string;
  readonly python?: true;
}

/** `asr new runbook`: writes the files of a new unit. */
export function addNew(program: Command, { printer, project }: CommandContext): void {
  const command = program.command('new').description('write the files of something new');
  withSources(command.command('runbook'))
    .description(
      'write the files of a new remediation; what must be decided is left for you and reported by asr check',
    )
    .argument('<Name>', 'name of the unit, for example EnableKeyRotation')
    .requiredOption('--control <id>', 'security control that it remediates, for example KMS.4')
    .requiredOption('--resource <kind>', 'resource kind, for example kms-key')
    .option('--service <folder>', 'folder below runbooks/; by default from the control')
    .option('--python', 'with a file for pure functions')
    .action((name: string, options: NewOptions) => {
      const given = projectWith(project, options);
      const sources = readSources(given.root, { own: given.own });
      if (!/^[A-Z][A-Za-z0-9]{2,46}$/u.test(name))
        throw new CommandError(
          `${name} is no name for a unit: use 3 to 47 letters and digits, starting with a capital.`,
          EXIT.usage,
        );
      if (!sources.standards.controls.has(options.control))
        throw new CommandError(
          `There is no security control ${options.control}.${near(options.control, sources.standards.controls.keys())}`,
          EXIT.usage,
        );
      const kind = sources.kinds.resources.get(options.resource);
      if (kind === undefined)
        throw new CommandError(
          `There is no resource kind ${options.resource}.${near(options.resource, sources.kinds.resources.keys())}`,
          EXIT.usage,
        );
      if (options.service !== undefined && !/^[a-z][a-z0-9-]*$/u.test(options.service))
        throw new CommandError(
          `${options.service} is no name for a folder: use small letters, digits and -.`,
          EXIT.usage,
        );
      const claimed = sources.runbooks.find(({ controls }) =>
        controls.some(({ id }) => id === options.control),
      );
      if (claimed !== undefined)
        throw new CommandError(
          `${options.control} is already remediated by ${claimed.source.file}.`,
        );
      const shown = given.own === undefined ? '' : `${given.own.shownAs}/`;
      const folder = `${shown}runbooks/${options.service ?? (options.control.split('.')[0] ?? '').toLowerCase()}`;
      const files = new Map([
        [
          `${folder}/${name}.yaml`,
          scaffoldUnit(options.control, kind, sources.standards.controls.get(options.control)),
        ],
        [`${folder}/${name}.test.yaml`, scaffoldTest(options.control, kind)],
        ...(options.python === true ? ([[`${folder}/${name}.py`, '']] as const) : []),
      ]);
      const taken = [...files.keys()].find((file) => existsSync(pathOf(given, file)));
      if (taken !== undefined) throw new CommandError(`${taken} is already there.`);
      mkdirSync(pathOf(given, folder), { recursive: true });
      for (const [file, text] of files) {
        writeFileSync(pathOf(given, file), text, { flag: 'wx' });
        printer.result(file);
      }
      printer.note(
        'Fill in the reads, the check, the change and the undo (docs/runbook-format.md), then run asr check.',
      );
    });
}

function near(wrong: string, known: Iterable<string>): string {
  const found = suggest(wrong, known);
  return found === undefined ? '' : ` Did you mean ${found}?`;
}
