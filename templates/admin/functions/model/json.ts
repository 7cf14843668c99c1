type JsonObject = Readonly<Record<string, unknown>>;

/** Members of a JSON object, or nothing when it is none. */
export function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Text of bounded length, or undefined. */
export function textOf(value: unknown, longest = 2048): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= longest ? value : undefined;
}

/** One line of plain text for notes and messages: no control characters, at most `longest` characters. */
export function plainText(value: string, longest: number): string {
  const line = value.replaceAll(/[\p{C}\p{Z}\s]+/gu, ' ').trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 3).trimEnd()}...`;
}
