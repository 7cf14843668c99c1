import { readFileSync } from 'node:fs';
import { NotAFinding, unwrapFindings } from '../model/finding.ts';
import { CommandError } from './exit-codes.ts';

/** Reads findings from a JSON file, or from standard input when the name is `-`. Throws CommandError with what is wrong. */
export function readFindings(file: string): readonly unknown[] {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CommandError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CommandError(
      `${file} is not JSON: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  try {
    return unwrapFindings(value);
  } catch (error) {
    if (error instanceof NotAFinding) throw new CommandError(`${file}: ${error.message}`);
    throw error;
  }
}
