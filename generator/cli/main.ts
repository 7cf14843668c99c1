import { Command, CommanderError } from 'commander';
import { addBuild } from './build.ts';
import { addCheck } from './check.ts';
import { addCost } from './cost.ts';
import { EXIT, CommandError } from './exit-codes.ts';
import { addDocs } from './docs.ts';
import { addExplain } from './explain.ts';
import { addFormat } from './format.ts';
import { addLedger } from './ledger.ts';
import { addList } from './list.ts';
import { addNew } from './new.ts';
import { createPrinter } from './print.ts';
import type { Sink } from './print.ts';
import { loadProject } from './project.ts';
import type { Project } from './project.ts';
import { addProve } from './prove.ts';
import { addShow } from './show.ts';
import { addSimulate } from './simulate.ts';
import type { CommandContext } from './context.ts';

/** Where a command line writes and which project it is about. */
export interface Surroundings {
  /** @default process.stdout */
  readonly out?: Sink;
  /** @default process.stderr */
  readonly err?: Sink;
  /** @default the project that this file belongs to */
  readonly project?: Project;
}

/** Runs a command line and returns the exit code; nothing here throws. */
export async function main(
  args: readonly string[],
  { out = process.stdout, err = process.stderr, project = loadProject() }: Surroundings = {},
): Promise<number> {
  const printer = createPrinter(out, err);
  let exitCode: number = EXIT.ok;
  const context: CommandContext = {
    printer,
    project,
    exit: (code) => void (exitCode = code),
  };
  const program = new Command('asr')
    .description(
      'Compiles standards and runbooks into CloudFormation templates that fix failed Security Hub controls.',
    )
    .version(context.project.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void out.write(text),
      writeErr: (text) => void err.write(text),
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 problems were found and printed, 2 the command line is wrong.',
    );
  for (const add of [
    addBuild,
    addCheck,
    addList,
    addShow,
    addExplain,
    addSimulate,
    addNew,
    addFormat,
    addDocs,
    addProve,
    addCost,
    addLedger,
  ])
    add(program, context);
  // The AWS SDK takes longer to load than most commands of the compiler run.
  if (!program.commands.some((command) => command.name() === args[0]))
    for (const add of (await import('./cloud.ts')).CLOUD_COMMANDS) add(program, context);
  for (const command of [
    ...program.commands,
    ...program.commands.flatMap((command) => command.commands),
  ])
    command.exitOverride();
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    return failure(error, printer.note);
  }
  return exitCode;
}

function failure(error: unknown, note: (text: string) => void): number {
  // Commander has printed its own message already; help and version end with code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CommandError) {
    note(error.message);
    return error.exitCode;
  }
  note(
    `Something went wrong that should not: ${error instanceof Error ? error.message : String(error)}`,
  );
  if (process.env['ASR_DEBUG'] !== undefined && error instanceof Error) note(error.stack ?? '');
  else note('Set ASR_DEBUG=1 to see where.');
  return EXIT.problems;
}
