import type { ExitCode } from './exit-codes.ts';
import type { Printer } from './print.ts';
import type { Project } from './project.ts';

/** What every command is given. */
export interface CommandContext {
  readonly printer: Printer;
  readonly project: Project;
  /** Sets the exit code; the command goes on. */
  readonly exit: (code: ExitCode) => void;
}
