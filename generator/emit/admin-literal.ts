/** A repeated part is worth a name of its own from this length on. */
const WORTH_SHARING = 60;
/** So many entries that map a name to itself are written as one list. */
const WORTH_LISTING = 20;

/**
 * Data as a statement of JavaScript that defines `name`, for functions whose code people read: one line for each entry of
 * the two upper levels, parts that occur again are written once, and names that map to themselves as a list.
 * The value must be plain data: objects, lists, texts, numbers, booleans.
 */
export function constant(name: string, value: unknown): string {
  const shared = new Map<string, string>();
  for (const part of repeated(value)) shared.set(part, `${name}_${shared.size + 1}`);
  const parts = [...shared].map(
    ([part, alias]) => `var ${alias} = ${literal(JSON.parse(part), new Map())};\n`,
  );
  return `${parts.join('')}var ${name} = ${literal(value, shared, 2)};\n`;
}

/** Texts and objects that are long and occur more than once, as JSON, in the order of their first use. */
function repeated(value: unknown): readonly string[] {
  const counts = new Map<string, number>();
  const visit = (part: unknown): void => {
    if (typeof part !== 'string' && (typeof part !== 'object' || part === null)) return;
    const json = JSON.stringify(part);
    const count = (counts.get(json) ?? 0) + 1;
    if (json.length >= WORTH_SHARING) counts.set(json, count);
    // What lies inside a repeated part is written with it.
    if (count === 1 && typeof part === 'object') for (const one of Object.values(part)) visit(one);
  };
  visit(value);
  return [...counts].flatMap(([json, count]) => (count > 1 ? [json] : []));
}

function literal(value: unknown, shared: ReadonlyMap<string, string>, levels = 0): string {
  const json = JSON.stringify(value);
  const alias = shared.get(json);
  if (alias !== undefined) return alias;
  if (typeof value !== 'object' || value === null) return json;
  if (Array.isArray(value))
    return `[${entries(
      value.map((one) => literal(one, shared, levels - 1)),
      levels,
    )}]`;
  const all = Object.entries(value);
  const own = all.filter(([key, one]) => key === one && !key.includes(' '));
  const listed = own.length >= WORTH_LISTING ? own : [];
  const list = listed.map(([key]) => key).join(' ');
  const others = all.filter((entry) => !listed.includes(entry));
  return `{${entries(
    [
      ...(list === ''
        ? []
        : [`...Object.fromEntries(${JSON.stringify(list)}.split(" ").map((one) => [one, one]))`]),
      ...others.map(([key, one]) => `${property(key)}: ${literal(one, shared, levels - 1)}`),
    ],
    levels,
  )}}`;
}

/** Only this key would mean something else. */
function property(key: string): string {
  if (key === '__proto__') return '["__proto__"]';
  return /^[A-Za-z_]\w*$/u.test(key) ? key : JSON.stringify(key);
}

function entries(texts: readonly string[], levels: number): string {
  return levels > 0 ? `\n${texts.join(',\n')}\n` : texts.join(', ');
}
