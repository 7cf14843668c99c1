import { DeployError, Interrupted } from '../deploy/deploy-error.ts';
import { createDisplay, createPrompter, sleep } from '../deploy/terminal.ts';
import type { Display, Output, Prompter, Sleep } from '../deploy/terminal.ts';
import { connect } from './connect.ts';
import type { Connection, ConnectOptions } from './connect.ts';
import { stateFolder } from './run-file.ts';

/** The outside world of the commands that work on an installation; tests bring their own. */
export interface OperateOutside {
  readonly connect: (options: ConnectOptions) => Promise<Connection>;
  readonly display: (printer: Output) => Display;
  readonly prompter: (interrupt: () => void) => Prompter;
  readonly now: () => Date;
  readonly sleep: Sleep;
  /** Folder of the files by which an interrupted run goes on. */
  readonly stateFolder: string;
}

export const REAL_OPERATE_OUTSIDE: OperateOutside = {
  connect: (options) => connect(options),
  display: createDisplay,
  prompter: createPrompter,
  now: () => new Date(),
  sleep,
  stateFolder: stateFolder(process.env),
};

/** What a command has while it runs. */
export interface OperatePorts {
  readonly connection: Connection;
  readonly display: Display;
  readonly prompter: Prompter;
  readonly now: () => Date;
  readonly sleep: Sleep;
  readonly stateFolder: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Connects and runs something that the first Ctrl-C interrupts politely, so that it can say how to go on; a second one
 * ends the process as always. Throws `DeployError` when it was interrupted and said nothing.
 */
export async function withConnection<T>(
  {
    outside,
    printer,
    options,
  }: {
    readonly outside: OperateOutside;
    readonly printer: Output;
    readonly options: ConnectOptions;
  },
  run: (ports: OperatePorts) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once('SIGINT', interrupt);
  try {
    return await run({
      connection: await outside.connect(options),
      display: outside.display(printer),
      prompter: outside.prompter(interrupt),
      now: outside.now,
      sleep: outside.sleep,
      stateFolder: outside.stateFolder,
      signal: controller.signal,
    });
  } catch (error) {
    throw error instanceof Interrupted ? new DeployError(error.message) : error;
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}
