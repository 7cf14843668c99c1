import type { Command } from 'commander';
import type { ConnectOptions } from '../operate/connect.ts';
import { readExceptionsFile } from '../operate/exceptions-file.ts';
import type { ExceptionsFile } from '../operate/exceptions-file.ts';
import { readStoredExceptions } from '../operate/exceptions-store.ts';
import { applyExceptions, exceptionTable } from '../operate/exceptions.ts';
import { REAL_OPERATE_OUTSIDE, withConnection } from '../operate/ports.ts';
import type { OperateOutside, OperatePorts } from '../operate/ports.ts';
import { count } from '../operate/summary.ts';
import { hasErrors } from '../read/diagnostics.ts';
import { readSources } from '../read/read-sources.ts';
import type { CommandContext } from './context.ts';
import { asCommand } from './deploy.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { connectOptions, withInstallation } from './installation-options.ts';
import { projectWith, withSources } from './own-sources.ts';
import type { SourcesOptions } from './own-sources.ts';
import { prettyDiagnostics, table } from './print.ts';

interface ExceptionsOptions extends ConnectOptions, SourcesOptions {
  readonly prune?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** `asr exceptions`: what is not to be remediated, until when and why, kept in a file of the user's own. */
export function addExceptions(
  program: Command,
  context: CommandContext,
  outside: OperateOutside = REAL_OPERATE_OUTSIDE,
): void {
  const { printer, exit } = context;
  const exceptions = program
    .command('exceptions')
    .description('what is not to be remediated, until when and why');
  withSources(exceptions.command('check'))
    .description('check a file of exceptions, without AWS: form, ends, and how much they stand for')
    .argument('<file>', 'such as exceptions.yaml')
    .option('--json', 'print JSON')
    .action((file: string, options: ExceptionsOptions) => {
      const { exceptions: found, diagnostics } = read(file, options, context, outside);
      if (options.json === true)
        printer.result(JSON.stringify({ exceptions: found, diagnostics }, undefined, 2));
      else if (diagnostics.length > 0) printer.note(prettyDiagnostics(diagnostics));
      if (hasErrors(diagnostics)) exit(EXIT.problems);
      else printer.note(`${count(found.length, 'exception applies', 'exceptions apply')}.`);
    });
  withSources(withInstallation(exceptions.command('apply')))
    .description(
      'make the installation have the exceptions of a file: shows what changes, and asks',
    )
    .argument('<file>', 'such as exceptions.yaml')
    .option('--prune', 'remove exceptions that the file does not have')
    .option('-y, --yes', 'ask nothing')
    .action((file: string, options: ExceptionsOptions) =>
      asCommand(async () => {
        const { exceptions: wanted, diagnostics } = read(file, options, context, outside);
        if (hasErrors(diagnostics)) throw new CommandError(prettyDiagnostics(diagnostics));
        if (diagnostics.length > 0) printer.note(prettyDiagnostics(diagnostics));
        const end = await withConnection(
          { outside, printer, options: connectOptions(options) },
          (ports) =>
            applyExceptions(ports, {
              wanted,
              isPruned: options.prune === true,
              isYes: options.yes === true,
            }),
        );
        if (end === 'problems') exit(EXIT.problems);
      }),
    );
  withInstallation(exceptions.command('list'))
    .description('list the exceptions of the installation')
    .option('--json', 'print JSON')
    .action((options: ExceptionsOptions) =>
      asCommand(async () => {
        const isSound = await withConnection(
          { outside, printer, options: connectOptions(options) },
          (ports) => list(ports, options.json === true),
        );
        if (!isSound) exit(EXIT.problems);
      }),
    );
}

function read(
  file: string,
  options: SourcesOptions,
  { project }: CommandContext,
  outside: OperateOutside,
): ExceptionsFile {
  const { root, own } = projectWith(project, options);
  const { standards } = readSources(root, { tests: false, ...(own === undefined ? {} : { own }) });
  return readExceptionsFile(file, {
    controls: [...standards.controls.keys()],
    now: outside.now(),
  });
}

async function list({ connection, display, now }: OperatePorts, isJson: boolean): Promise<boolean> {
  const stored = await readStoredExceptions(connection);
  const sound = stored.flatMap(({ read: one }) => (typeof one === 'string' ? [] : [one]));
  const broken = stored.flatMap(({ read: one }) => (typeof one === 'string' ? [one] : []));
  if (isJson) display.result(JSON.stringify({ exceptions: sound, problems: broken }, undefined, 2));
  else if (sound.length > 0) display.result(table(exceptionTable(stored, now())));
  else display.note('There are no exceptions.');
  for (const problem of broken)
    display.note(
      `${problem} While that is so, nothing is remediated; mend it in a file and apply that, with --prune to remove it.`,
    );
  return broken.length === 0;
}
