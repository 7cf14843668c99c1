/**
 * Whether EventBridge would hand an event to a rule with this pattern (EventBridge User Guide, "Creating event patterns"):
 * each member of the pattern must be met, one of its values is enough, and of a list one element must meet all of the
 * pattern below. Knows exact values and `wildcard`; throws on any other operator.
 */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((one) => matchesValue(one, event));
  if (typeof pattern !== 'object' || pattern === null)
    throw new Error(`${JSON.stringify(pattern)} must stand in a list.`);
  if (Array.isArray(event)) return event.some((element) => matchesPattern(pattern, element));
  if (typeof event !== 'object' || event === null) return false;
  const members = event as Readonly<Record<string, unknown>>;
  return Object.entries(pattern).every(([name, below]) => matchesPattern(below, members[name]));
}

function matchesValue(expected: unknown, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((one) => matchesValue(expected, one));
  if (typeof expected !== 'object' || expected === null) return expected === value;
  const [[operator, argument] = ['', undefined], ...others] = Object.entries(expected);
  if (operator !== 'wildcard' || typeof argument !== 'string' || others.length > 0)
    throw new Error(`The operator ${JSON.stringify(expected)} is not known here.`);
  const literal = argument
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/gu, String.raw`\$&`));
  return typeof value === 'string' && new RegExp(`^${literal.join('.*')}$`, 'su').test(value);
}
