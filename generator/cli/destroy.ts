import type { Command } from 'commander';
import { REAL_OUTSIDE, withPorts } from '../deploy/command.ts';
import type { Outside } from '../deploy/command.ts';
import { destroyStack } from '../deploy/destroy-stack.ts';
import { defaultStackName } from '../deploy/stack-kind.ts';
import type { StackKind } from '../deploy/stack-kind.ts';
import type { CommandContext } from './context.ts';
import { asCommand, exitCodeOf, withStackOptions } from './deploy.ts';
import type { StackOptions } from './deploy.ts';

interface DestroyOptions extends StackOptions {
  readonly yes?: true;
}

/** `asr destroy`: deletes one stack, after naming what stays in the account. */
export function addDestroy(
  program: Command,
  { printer, exit }: CommandContext,
  outside: Outside = REAL_OUTSIDE,
): void {
  const command = program
    .command('destroy')
    .description(
      'delete a stack, after naming what stays. Delete member stacks first, then member-roles, then admin',
    );
  withStackOptions(command)
    .option('-y, --yes', 'ask nothing')
    .action((kind: StackKind, options: DestroyOptions) =>
      asCommand(async () => {
        const name = options.stackName ?? defaultStackName(kind);
        const outcome = await withPorts({ outside, printer, awsOptions: options }, (ports) =>
          destroyStack({ kind, name, isYes: options.yes === true }, ports),
        );
        exit(exitCodeOf(outcome));
      }),
    );
}
