/** Text of a finding for a sentence: what others wrote may be endless or hold control characters. */
export function excerpt(text: string): string {
  const start = text.slice(0, 200);
  return `${printable(start)}${start.length < text.length ? '...' : ''}`;
}

/** The same text with a ? for each control character, which could steer a terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}

/** Why something is not a finding that can be handled, as a sentence. */
export class NotAFinding extends Error {}

/** The findings in a bare finding, in a list, or in an EventBridge event. Throws NotAFinding for anything else. */
export function unwrapFindings(input: unknown): readonly unknown[] {
  if (isRecord(input) && isRecord(input['detail']) && Array.isArray(input['detail']['findings']))
    return nonEmpty(input['detail']['findings']);
  if (isRecord(input) && Array.isArray(input['Findings'])) return nonEmpty(input['Findings']);
  if (Array.isArray(input)) return nonEmpty(input);
  if (isRecord(input)) return [input];
  throw new NotAFinding('The input is neither a finding nor an event that holds one.');
}

function nonEmpty(findings: readonly unknown[]): readonly unknown[] {
  if (findings.length === 0) throw new NotAFinding('The event holds no finding.');
  return findings;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
