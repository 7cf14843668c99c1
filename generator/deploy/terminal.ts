import { createInterface } from 'node:readline/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { printable } from '../model/finding.ts';
import { throwIfInterrupted } from './deploy-error.ts';

/** Shows what goes on. Results are what people redirect; everything else is beside it. */
export interface Display {
  readonly note: (text: string) => void;
  readonly result: (text: string) => void;
  /** Replaces the last line on a terminal; elsewhere nothing. */
  readonly live: (line: string) => void;
  readonly isTerminal: boolean;
  /** Width of the terminal in characters. */
  readonly columns: number;
}

/** Asks people. */
export interface Prompter {
  /** There is somebody to ask. */
  readonly isInteractive: boolean;
  /** The answer without space around it; empty when the input ended. Throws `Interrupted` on Ctrl-C. */
  readonly ask: (question: string, signal: AbortSignal) => Promise<string>;
}

/** Waits for so many milliseconds. Throws `Interrupted` on Ctrl-C. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** Where a display prints what stays. */
export interface Output {
  readonly note: (text: string) => void;
  readonly result: (text: string) => void;
}

interface Out {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const CLEAR = '\u001B[2K\r';

/** A display on the printer of the command line, with one line at its end that is rewritten. */
export function createDisplay(printer: Output, err: Out = process.stderr): Display {
  const isTerminal = err.isTTY === true;
  let isShowing = false;
  const clear = (): void => {
    if (isShowing) err.write(CLEAR);
    isShowing = false;
  };
  return {
    note: (text) => {
      clear();
      printer.note(safe(text));
    },
    result: (text) => {
      clear();
      printer.result(safe(text));
    },
    live: (line) => {
      if (!isTerminal) return;
      clear();
      err.write(line);
      isShowing = line !== '';
    },
    isTerminal,
    columns: err.columns ?? 80,
  };
}

/** Much of what is shown was written by others and could steer a terminal. */
export function safe(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** Asks on the terminal that this process belongs to. */
export function createPrompter(interrupt: () => void): Prompter {
  return {
    isInteractive: process.stdin.isTTY && process.stderr.isTTY,
    ask: async (question, signal) => {
      throwIfInterrupted(signal);
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      // While a question is open, the terminal gives Ctrl-C to it and not to the process.
      lines.on('SIGINT', interrupt);
      const ended = new Promise<undefined>((resolve) =>
        lines.once('close', () => resolve(undefined)),
      );
      try {
        const answer = await Promise.race([lines.question(question, { signal }), ended]);
        // Ctrl-D ends the input without ending the line.
        if (answer === undefined) process.stderr.write('\n');
        return (answer ?? '').trim();
      } catch (error) {
        throwIfInterrupted(signal);
        throw error;
      } finally {
        lines.close();
      }
    },
  };
}

export const sleep: Sleep = async (milliseconds, signal) => {
  try {
    await wait(milliseconds, undefined, { signal });
  } catch {
    // Only the signal ends it early.
  }
  throwIfInterrupted(signal);
};

/** Asks a question to be answered with yes or no; anything but yes is no. `--yes` answers it, and says so. */
export async function confirm(
  question: string,
  {
    prompter,
    isYes,
    signal,
  }: { readonly prompter: Prompter; readonly isYes: boolean; readonly signal: AbortSignal },
): Promise<boolean> {
  throwIfInterrupted(signal);
  if (isYes) return true;
  return /^y(?:es)?$/iu.test(await prompter.ask(`${question} [y/N] `, signal));
}
