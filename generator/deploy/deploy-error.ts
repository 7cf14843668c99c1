/** An expected failure of a deployment: the message says what is wrong and what to do. */
export class DeployError extends Error {
  override readonly name: string = 'DeployError';
  /** Whether the command line is wrong, not the build or what AWS answered. */
  readonly isUsage: boolean;

  constructor(message: string, { isUsage = false }: { readonly isUsage?: boolean } = {}) {
    super(message);
    this.isUsage = isUsage;
  }
}

/** The user pressed Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Throws `Interrupted` when the signal came. */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new Interrupted('Interrupted.');
}
