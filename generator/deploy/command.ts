import { createAws } from './aws.ts';
import type { Aws, AwsOptions } from './aws.ts';
import { DeployError } from './deploy-error.ts';
import { readParameterFile } from './parameter-file.ts';
import { checkGiven } from './parameters.ts';
import type { CheckedParameters, GivenParameter } from './parameters.ts';
import type { Ports } from './ports.ts';
import type { BuiltTemplate } from './read-build.ts';
import { createDisplay, createPrompter, sleep } from './terminal.ts';
import type { Display, Output, Prompter, Sleep } from './terminal.ts';
import type { Diagnostic } from '../read/diagnostics.ts';

/** The outside world of a command; tests bring their own. */
export interface Outside {
  readonly aws: (options: AwsOptions) => Promise<Aws>;
  readonly display: (printer: Output) => Display;
  readonly prompter: (interrupt: () => void) => Prompter;
  readonly now: () => Date;
  readonly sleep: Sleep;
}

export const REAL_OUTSIDE: Outside = {
  aws: createAws,
  display: createDisplay,
  prompter: createPrompter,
  now: () => new Date(),
  sleep,
};

/**
 * Runs something that Ctrl-C interrupts politely: the first one aborts the signal, so that it can say what goes on in
 * AWS and tidy up; a second one ends the process as always.
 */
export async function interruptible<T>(
  run: (signal: AbortSignal, interrupt: () => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once('SIGINT', interrupt);
  try {
    return await run(controller.signal, interrupt);
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

/** Runs a command about a stack, which Ctrl-C interrupts politely. */
export async function withPorts<T>(
  {
    outside,
    printer,
    awsOptions,
  }: {
    readonly outside: Outside;
    readonly printer: Output;
    readonly awsOptions: AwsOptions;
  },
  run: (ports: Ports, region: string) => Promise<T>,
): Promise<T> {
  return interruptible(async (signal, interrupt) => {
    const { region, stacks, templates } = await outside.aws(awsOptions);
    const ports = {
      stacks,
      templates,
      display: outside.display(printer),
      prompter: outside.prompter(interrupt),
      now: outside.now,
      sleep: outside.sleep,
      signal,
    };
    return run(ports, region);
  });
}

/** What people gave on the command line and in a file. */
export interface GivenInput {
  readonly checked: CheckedParameters;
  readonly bucket: string | undefined;
  /** What is wrong with the file; with any, nothing else was read of it. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads and checks parameters against the template, without any call to AWS. */
export function readGiven(
  { kind, template }: BuiltTemplate,
  {
    parameter: flags = [],
    parameters: path,
  }: {
    readonly parameter?: readonly GivenParameter[];
    readonly parameters?: string;
  },
): GivenInput {
  const file =
    path === undefined ? { parameters: [], diagnostics: [] } : readParameterFile(path, kind);
  return {
    checked: checkGiven(kind, template, { flags, file: file.parameters }),
    bucket: 'bucket' in file ? file.bucket : undefined,
    diagnostics: file.diagnostics,
  };
}

/** How parameters of the command line are named in problems. */
export const FLAG = '--parameter';

/** Throws the problems of parameters, all at once. */
export function refuseProblems({ problems }: CheckedParameters): void {
  if (problems.length === 0) return;
  const isUsage = problems.every((one) => one.startsWith(FLAG));
  throw new DeployError(problems.join('\n'), { isUsage });
}
