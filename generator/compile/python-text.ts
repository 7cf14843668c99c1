import type { Reference, Value } from '../model/reference.ts';
import type { Check, CheckLine } from '../model/runbook.ts';

/** How the references of one phase read in Python. */
export interface Scope {
  /** Python expression for a reference, without its fallback. */
  readonly expression: (reference: Reference) => string;
  /** Whether it always is a text. */
  readonly isText: (reference: Reference) => boolean;
  /** Whether what it refers to always has a value. */
  readonly isCertain: (reference: Reference) => boolean;
}

/** A Python literal for JSON data. */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string')
    return JSON.stringify(value).replaceAll('\u007F', String.raw`\x7f`);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${literal(key)}: ${literal(item)}`)
    .join(', ')}}`;
}

/** A Python tuple of strings. */
export function tuple(values: readonly string[]): string {
  return `(${values.map(literal).join(', ')}${values.length === 1 ? ',' : ''})`;
}

/** A Python expression for a value of the unit. */
export function valueExpression(value: Value, scope: Scope): string {
  switch (value.type) {
    case 'literal':
      return literal(value.value);
    case 'reference':
      return referenceExpression(value.reference, scope);
    case 'text':
      return textExpression(value.parts, scope);
    case 'list':
      return `[${value.items.map((item) => valueExpression(item, scope)).join(', ')}]`;
    case 'map':
      return `{${value.entries.map(([key, item]) => `${literal(key)}: ${valueExpression(item, scope)}`).join(', ')}}`;
  }
}

/** Like valueExpression, but absent members are left out when there can be any. */
export function membersExpression(members: Value, scope: Scope): string {
  const text = valueExpression(members, scope);
  return canBeAbsent(members, scope) ? `given(${text})` : text;
}

/** A Python condition for a check; `answer` is the name that JMESPath lines search. */
export function checkExpression(check: Check, scope: Scope, answer = 'answer'): string {
  if (check.length === 0) return 'False';
  const lines = check.map((line) => lineExpression(line, scope, answer));
  return lines.length === 1
    ? (lines[0] ?? 'False')
    : lines.map((line) => `(${line})`).join(' and ');
}

function lineExpression(line: CheckLine, scope: Scope, answer: string): string {
  const left =
    line.reference === undefined
      ? `search(${literal(line.left)}, ${answer})`
      : referenceExpression(line.reference, scope);
  switch (line.expected.type) {
    case 'present':
      return `${left} is not None`;
    case 'absent':
      return `${left} is None`;
    case 'is':
      return comparison(left, line.expected.value, scope, true);
    case 'is-not':
      return comparison(left, line.expected.value, scope, false);
  }
}

function comparison(left: string, value: Value, scope: Scope, equal: boolean): string {
  if (value.type === 'literal' && (typeof value.value === 'boolean' || value.value === null))
    return `${left} is ${equal ? '' : 'not '}${literal(value.value)}`;
  return `${left} ${equal ? '==' : '!='} ${valueExpression(value, scope)}`;
}

function referenceExpression(reference: Reference, scope: Scope): string {
  const plain = scope.expression(reference);
  return reference.fallback === undefined
    ? plain
    : `either(${plain}, ${literal(reference.fallback)})`;
}

function textExpression(parts: readonly (string | Reference)[], scope: Scope): string {
  const pieces = parts.map((part) =>
    typeof part === 'string' ? literal(part) : partExpression(part, scope),
  );
  return pieces.join(' + ');
}

function partExpression(reference: Reference, scope: Scope): string {
  const expression = referenceExpression(reference, scope);
  return scope.isText(reference) ? expression : `text(${expression})`;
}

function canBeAbsent(value: Value, scope: Scope): boolean {
  switch (value.type) {
    case 'literal':
    case 'text':
      return false;
    case 'reference':
      return value.reference.fallback === undefined && !scope.isCertain(value.reference);
    case 'list':
      return value.items.some((item) => canBeAbsent(item, scope));
    case 'map':
      return value.entries.some(([, item]) => canBeAbsent(item, scope));
  }
}
