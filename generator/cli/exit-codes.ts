/** Exit codes of every command; scripts rely on them. */
export const EXIT = {
  ok: 0,
  /** The sources, the input or the run have problems, which were printed. */
  problems: 1,
  /** The command line itself is wrong. */
  usage: 2,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An expected failure: its message is all that people need. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.problems) {
    super(message);
    this.exitCode = exitCode;
  }
}
