/** A reference in a unit: `{before.rules}` or `{before.role | 'none'}`. */
export interface Reference {
  readonly path: readonly string[];
  readonly fallback?: string;
  /** The text as written, with braces. */
  readonly text: string;
  /** Where it starts in the string that holds it, in characters. */
  readonly offset: number;
}

/** A value of a unit, with its references found. */
export type Value =
  | { readonly type: 'literal'; readonly value: string | number | boolean | null }
  | { readonly type: 'reference'; readonly reference: Reference }
  | { readonly type: 'text'; readonly parts: readonly (string | Reference)[] }
  | { readonly type: 'list'; readonly items: readonly Value[] }
  | { readonly type: 'map'; readonly entries: readonly (readonly [string, Value])[] };

const REFERENCE =
  /\{([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)(?:\s*\|\s*'([^'{}]*)')?\}/gu;

/** Splits a string into literal text and references; braces that are no reference stay as they are. */
export function parseText(text: string): Value {
  const parts: (string | Reference)[] = [];
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push({
      path: (match[1] ?? '').split('.'),
      ...(match[2] === undefined ? {} : { fallback: match[2] }),
      text: match[0],
      offset: match.index,
    });
    end = match.index + match[0].length;
  }
  if (parts.length === 0) return { type: 'literal', value: text };
  const [only] = parts;
  if (end === text.length && parts.length === 1 && only !== undefined && typeof only !== 'string')
    return { type: 'reference', reference: only };
  if (end < text.length) parts.push(text.slice(end));
  return { type: 'text', parts };
}

/** Reads any YAML value of a unit. */
export function parseValue(raw: unknown): Value {
  if (typeof raw === 'string') return parseText(raw);
  if (typeof raw === 'number' || typeof raw === 'boolean') return { type: 'literal', value: raw };
  if (Array.isArray(raw)) return { type: 'list', items: raw.map(parseValue) };
  if (raw !== null && typeof raw === 'object')
    return {
      type: 'map',
      entries: Object.entries(raw).map(([key, value]) => [key, parseValue(value)] as const),
    };
  return { type: 'literal', value: null };
}

/** A reference without braces, as on the left of a check. */
export function parseReference(text: string): Reference | undefined {
  const value = parseText(`{${text}}`);
  return value.type === 'reference' ? { ...value.reference, text } : undefined;
}

/** All references in a value, with the path to the string that holds each. */
export function referencesIn(
  value: Value,
  path: readonly (string | number)[] = [],
): readonly { readonly reference: Reference; readonly path: readonly (string | number)[] }[] {
  switch (value.type) {
    case 'literal':
      return [];
    case 'reference':
      return [{ reference: value.reference, path }];
    case 'text':
      return value.parts.flatMap((part) =>
        typeof part === 'string' ? [] : [{ reference: part, path }],
      );
    case 'list':
      return value.items.flatMap((item, index) => referencesIn(item, [...path, index]));
    case 'map':
      return value.entries.flatMap(([key, item]) => referencesIn(item, [...path, key]));
  }
}
