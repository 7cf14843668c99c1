import picocolors from 'picocolors';
import { sortDiagnostics } from '../read/diagnostics.ts';
import type { Diagnostic } from '../read/diagnostics.ts';

/** The one place that prints. Results go to standard output, everything else to standard error. */
export interface Printer {
  readonly result: (text: string) => void;
  readonly note: (text: string) => void;
  /** Shown while something takes longer than a second, on a terminal only as one line that is replaced. */
  readonly progress: (text: string) => { readonly done: () => void };
}

const WAIT_MS = 1000;
const { createColors, isColorSupported } = picocolors;

/** What a printer needs of a stream. */
export interface Sink {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
}

export function createPrinter(out: Sink, err: Sink): Printer {
  const isTerminal = err.isTTY === true;
  return {
    result: (text) => void out.write(`${text}\n`),
    note: (text) => void err.write(`${text}\n`),
    progress: (text) => {
      const timer = setTimeout(
        () => void err.write(isTerminal ? `${text}\r` : `${text}\n`),
        WAIT_MS,
      );
      return {
        done: () => {
          clearTimeout(timer);
          if (isTerminal) err.write('\u001B[2K\r');
        },
      };
    },
  };
}

/** Diagnostics for people: where, what, why, what to do; coloured only for a terminal. */
export function prettyDiagnostics(
  all: readonly Diagnostic[],
  isTerminal: boolean = process.stderr.isTTY,
): string {
  const pc = createColors(isTerminal ? isColorSupported : false);
  const blocks = sortDiagnostics(all).map((one) => {
    const severity = one.severity === 'error' ? pc.red(one.severity) : pc.yellow(one.severity);
    return `${pc.bold(`${one.file}:${one.line}:${one.column}`)} ${severity} ${one.code}\n  ${one.what}\n  ${one.why}\n  ${one.fix}`;
  });
  return blocks.join('\n\n');
}

/** Rows with aligned columns. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
