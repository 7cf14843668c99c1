/** How the proof waits. Tests give a sleep that takes no time. */
export interface Patience {
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Aborted by Ctrl-C: the proof stops and cleans up. */
  readonly signal: AbortSignal;
}

/** The person pressed Ctrl-C. */
export class Interrupted extends Error {
  constructor() {
    super('Interrupted.');
  }
}

interface Look<T> {
  readonly what: string;
  readonly every: number;
  readonly tries: number;
  /** Undefined: look again later. */
  readonly look: () => Promise<T | undefined>;
}

/**
 * Looks again and again until there is an answer. Times are in seconds. Throws `Interrupted` as soon as the signal is
 * aborted, and Error when there is no answer after so many tries.
 */
export async function until<T>({ sleep, signal }: Patience, wanted: Look<T>): Promise<T> {
  for (let index = 0; index < wanted.tries; index += 1) {
    if (signal.aborted) throw new Interrupted();
    const found = await wanted.look();
    if (found !== undefined) return found;
    await sleep(wanted.every * 1000);
  }
  throw new Error(`${wanted.what}: nothing after ${wanted.every * wanted.tries} seconds.`);
}

export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}

export function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
