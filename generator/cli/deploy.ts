import { Argument, InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { partitionOf } from '../../templates/launch/links.ts';
import type { AwsOptions } from '../deploy/aws.ts';
import { FLAG, readGiven, REAL_OUTSIDE, refuseProblems, withPorts } from '../deploy/command.ts';
import type { GivenInput, Outside } from '../deploy/command.ts';
import { DeployError } from '../deploy/deploy-error.ts';
import { deployStack } from '../deploy/deploy-stack.ts';
import type { GivenParameter } from '../deploy/parameters.ts';
import type { Outcome } from '../deploy/ports.ts';
import { readBuild } from '../deploy/read-build.ts';
import type { BuiltTemplate } from '../deploy/read-build.ts';
import { defaultStackName, STACK_KINDS } from '../deploy/stack-kind.ts';
import type { StackKind } from '../deploy/stack-kind.ts';
import { safe } from '../deploy/terminal.ts';
import type { CommandContext } from './context.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { prettyDiagnostics } from './print.ts';

/** Options of every command about a stack. */
export interface StackOptions extends AwsOptions {
  readonly stackName?: string;
}

/** Options of commands that take a build and parameters. */
export interface BuildOptions extends StackOptions {
  readonly dist: string;
  readonly parameter?: readonly GivenParameter[];
  readonly parameters?: string;
}

interface DeployOptions extends BuildOptions {
  readonly bucket?: string;
  readonly prefix: string;
  readonly yes?: true;
}

/** `asr deploy`: creates or updates one stack, after showing what would change. */
export function addDeploy(
  program: Command,
  { printer, project, exit }: CommandContext,
  outside: Outside = REAL_OUTSIDE,
): void {
  const command = program
    .command('deploy')
    .description(
      'create or update a stack of this build: shows what would change, asks, and follows it to its end',
    );
  withBuildOptions(withStackOptions(command), project.root)
    .option(
      '--bucket <name>',
      'bucket for a template that is too large for a request (see asr publish)',
    )
    .option('--prefix <folder>', 'folder in the bucket, as given to asr publish', 'asr')
    .option('-y, --yes', 'ask nothing')
    .action((kind: StackKind, options: DeployOptions) =>
      asCommand(async () => {
        const outcome = await withPorts(
          { outside, printer, awsOptions: options },
          (ports, region) => {
            const build = readBuild(options.dist, kind, partitionOf(region));
            const input = readInput(build, options, printer.note);
            return deployStack(
              {
                build,
                region,
                name: options.stackName ?? defaultStackName(kind),
                given: input.checked.values,
                bucket: options.bucket ?? input.bucket,
                prefix: options.prefix,
                isYes: options.yes === true,
              },
              ports,
            );
          },
        );
        exit(exitCodeOf(outcome));
      }),
    );
}

/** The argument and the options that say which stack, in which account and Region. */
export function withStackOptions(command: Command): Command {
  return command
    .addArgument(new Argument('<stack>', 'which stack').choices(STACK_KINDS))
    .addOption(
      new Option(
        '--stack-name <name>',
        'name in CloudFormation (default: automated-security-response-<stack>)',
      ).argParser(parseStackName),
    )
    .option('--region <region>', 'default: AWS_REGION, then the profile')
    .option('--profile <name>', 'profile of the AWS configuration files');
}

/** The options that say what is to be deployed. */
export function withBuildOptions(command: Command, root: string): Command {
  return command
    .option('--dist <folder>', 'the build', `${root}/dist`)
    .option(
      '-p, --parameter <Name=value>',
      'value of a parameter; repeat it for more. What is not given stays as it is deployed',
      collectParameter,
    )
    .option('--parameters <file>', 'YAML file with a section for each stack, and the bucket');
}

/** Parameters that were checked against the build; notes are printed. Throws with all problems at once. */
export function readInput(
  build: BuiltTemplate,
  options: BuildOptions,
  note: (text: string) => void,
): GivenInput {
  const input = readGiven(build, options);
  if (input.diagnostics.length > 0) throw new CommandError(prettyDiagnostics(input.diagnostics));
  refuseProblems(input.checked);
  for (const text of input.checked.notes) note(text);
  return input;
}

/** Runs the body of a command; what is expected to fail becomes a message and an exit code. */
export async function asCommand(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    throw new CommandError(safe(error.message), error.isUsage ? EXIT.usage : EXIT.problems);
  }
}

/** Nothing to do is no problem; a stack that is not as it was asked for is one, whoever stopped it. */
export function exitCodeOf(outcome: Outcome): ExitCode {
  switch (outcome) {
    case 'done':
    case 'nothing':
      return EXIT.ok;
    case 'declined':
    case 'failed':
    case 'interrupted':
      return EXIT.problems;
  }
}

function collectParameter(
  text: string,
  before: readonly GivenParameter[] = [],
): readonly GivenParameter[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write Name=value.');
  return [...before, { name: text.slice(0, at), value: text.slice(at + 1), where: FLAG }];
}

/** [API CreateStack, StackName] */
function parseStackName(text: string): string {
  if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/u.test(text))
    throw new InvalidArgumentError(
      'Use up to 128 letters, digits and hyphens, starting with a letter.',
    );
  return text;
}
