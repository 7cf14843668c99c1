import type { Command } from 'commander';
import { partitionOf } from '../../templates/launch/links.ts';
import { REAL_OUTSIDE } from '../deploy/command.ts';
import type { Outside } from '../deploy/command.ts';
import { diffStack } from '../deploy/diff-stack.ts';
import type { ComparedStack } from '../deploy/diff-stack.ts';
import { readBuild } from '../deploy/read-build.ts';
import { renderDiff } from '../deploy/render-diff.ts';
import { defaultStackName } from '../deploy/stack-kind.ts';
import type { StackKind } from '../deploy/stack-kind.ts';
import type { CommandContext } from './context.ts';
import { asCommand, readInput, withBuildOptions, withStackOptions } from './deploy.ts';
import type { BuildOptions } from './deploy.ts';
import { EXIT } from './exit-codes.ts';

interface DiffOptions extends BuildOptions {
  readonly exitCode?: true;
  readonly json?: true;
}

/** `asr diff`: what a deployment would change, read only. */
export function addDiff(
  program: Command,
  { printer, project, exit }: CommandContext,
  outside: Outside = REAL_OUTSIDE,
): void {
  const command = program
    .command('diff')
    .description('compare this build with what is deployed; only reads, and needs no bucket');
  withBuildOptions(withStackOptions(command), project.root)
    .option('--exit-code', 'end with 1 when there are differences, for scripts')
    .option('--json', 'print JSON')
    .action((kind: StackKind, options: DiffOptions) =>
      asCommand(async () => {
        const { region, stacks } = await outside.aws(options);
        const build = readBuild(options.dist, kind, partitionOf(region));
        const { checked } = readInput(build, options, printer.note);
        const name = options.stackName ?? defaultStackName(kind);
        const compared = await diffStack({ build, name, region, given: checked.values }, stacks);
        for (const problem of compared.problems)
          printer.note(`A deployment would stop at: ${problem}`);
        printer.result(
          options.json === true ? toJson(name, compared) : toText(name, region, compared),
        );
        const { resources, parameters } = compared.diff;
        if (options.exitCode === true && resources.length + parameters.length > 0)
          exit(EXIT.problems);
      }),
    );
}

function toJson(name: string, { stack, diff, problems }: ComparedStack): string {
  return JSON.stringify(
    { stack: name, status: stack?.status ?? null, ...diff, problems },
    undefined,
    2,
  );
}

function toText(name: string, region: string, { stack, diff }: ComparedStack): string {
  const title =
    stack === undefined
      ? `${name} is not deployed in Region ${region}. A deployment would make`
      : `${name} in account ${stack.account}, Region ${stack.region} (${stack.status}). A deployment would make these changes; which of them replace a resource, asr deploy shows before it asks`;
  const isSame = diff.resources.length + diff.parameters.length === 0;
  return isSame && stack !== undefined
    ? `${name} in account ${stack.account}, Region ${stack.region} (${stack.status}): no differences.`
    : `${title}:\n\n${renderDiff(diff)}`;
}
