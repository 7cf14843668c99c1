import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

/** An expression with what its placeholders stand for. */
export interface Expressed {
  readonly names?: Readonly<Record<string, string>> | undefined;
  readonly values?: Item | undefined;
}

/*
 * The part of DynamoDB's expressions that the store uses (DynamoDB Developer Guide, "Condition and filter expressions",
 * "Update expressions"). Whatever isn't known here throws.
 */

const TOKEN = /\s*(<=|>=|<>|[=<>(),]|[#:]?[\w.#]+)/uy;

const known = new Map<string, readonly string[]>();

function tokensOf(text: string): readonly string[] {
  const before = known.get(text);
  if (before !== undefined) return before;
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const [, token] = TOKEN.exec(text) ?? [];
    if (token === undefined) throw new Error(`This expression isn't understood: ${text}`);
    tokens.push(token);
  }
  known.set(text, tokens);
  return tokens;
}

/** Reads tokens one by one. */
class Reader {
  private at = 0;
  private readonly tokens: readonly string[];
  private readonly item: Item;
  readonly expressed: Expressed;
  constructor(text: string, item: Item, expressed: Expressed) {
    this.tokens = tokensOf(text);
    this.item = item;
    this.expressed = expressed;
  }
  peek(): string | undefined {
    return this.tokens[this.at];
  }
  take(wanted?: string): string {
    const token = this.tokens[this.at];
    this.at += 1;
    if (token === undefined || (wanted !== undefined && token !== wanted))
      throw new Error(`${wanted ?? 'more'} expected, not ${token ?? 'the end'}.`);
    return token;
  }
  takes(wanted: string): boolean {
    const isThere = this.peek() === wanted;
    if (isThere) this.at += 1;
    return isThere;
  }
  name(token: string): string {
    return token.startsWith('#') ? (this.expressed.names?.[token] ?? unknown(token)) : token;
  }
  pathValue(token: string): AttributeValue | undefined {
    const [first = '', ...rest] = token.split('.').map((step) => this.name(step));
    return rest.reduce<AttributeValue | undefined>(
      (value, step) => value?.M?.[step],
      this.item[first],
    );
  }
}

function unknown(token: string): never {
  throw new Error(`${token} stands for nothing.`);
}

/** Whether a condition holds for an item; one that isn't there is empty. */
export function holds(condition: string, item: Item | undefined, expressed: Expressed): boolean {
  const reader = new Reader(condition, item ?? {}, expressed);
  const result = either(reader);
  if (reader.peek() !== undefined) throw new Error(`This condition goes on: ${condition}`);
  return result;
}

function either(reader: Reader): boolean {
  let result = both(reader);
  while (reader.takes('OR')) result = both(reader) || result;
  return result;
}

function both(reader: Reader): boolean {
  let result = negated(reader);
  while (reader.takes('AND')) result = negated(reader) && result;
  return result;
}

function negated(reader: Reader): boolean {
  if (reader.takes('NOT')) return !negated(reader);
  if (reader.takes('(')) {
    const result = either(reader);
    reader.take(')');
    return result;
  }
  const first = reader.take();
  if (reader.peek() === '(' && first !== 'size') return called(first, reader);
  const left = operand(first, reader);
  const operator = reader.take();
  return compares(operator, left, operand(reader.take(), reader));
}

function called(name: string, reader: Reader): boolean {
  reader.take('(');
  const value = operand(reader.take(), reader);
  const other = reader.takes(',') ? operand(reader.take(), reader) : undefined;
  reader.take(')');
  switch (name) {
    case 'attribute_exists':
      return value !== undefined;
    case 'attribute_not_exists':
      return value === undefined;
    case 'begins_with':
      return value?.S?.startsWith(other?.S ?? unknown('the beginning')) ?? false;
    case 'contains':
      return value?.SS?.includes(other?.S ?? unknown('the member')) ?? false;
    default:
      throw new Error(`The function ${name} isn't known here.`);
  }
}

function operand(token: string, reader: Reader): AttributeValue | undefined {
  if (token === 'size') {
    reader.take('(');
    const value = reader.pathValue(reader.take());
    reader.take(')');
    const size = value?.L?.length ?? value?.SS?.length;
    return size === undefined ? undefined : { N: String(size) };
  }
  if (token === 'list_append') {
    reader.take('(');
    const [first, second] = [operand(reader.take(), reader), (reader.take(','), reader.take())];
    const last = operand(second, reader);
    reader.take(')');
    return { L: [...(first?.L ?? unknown('the list')), ...(last?.L ?? unknown('the end'))] };
  }
  return token.startsWith(':')
    ? (reader.expressed.values?.[token] ?? unknown(token))
    : reader.pathValue(token);
}

function compares(
  operator: string,
  left: AttributeValue | undefined,
  right: AttributeValue | undefined,
): boolean {
  const isEqual =
    left?.S === undefined || right?.S === undefined
      ? JSON.stringify(left) === JSON.stringify(right)
      : left.S === right.S;
  if (operator === '=') return left !== undefined && isEqual;
  if (operator === '<>') return !isEqual;
  const order = orderOf(left, right);
  if (order === undefined) return false;
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    default:
      throw new Error(`The comparison ${operator} isn't known here.`);
  }
}

/** Values of different types, or of types without an order, don't compare. */
function orderOf(
  left: AttributeValue | undefined,
  right: AttributeValue | undefined,
): number | undefined {
  if (left?.N !== undefined && right?.N !== undefined) return Number(left.N) - Number(right.N);
  if (left?.S === undefined || right?.S === undefined) return undefined;
  return left.S < right.S ? -1 : Number(left.S > right.S);
}

/** The item after an update. */
export function updated(expression: string, item: Item, expressed: Expressed): Item {
  const reader = new Reader(expression, item, expressed);
  const result = { ...item };
  while (reader.peek() !== undefined) {
    const clause = reader.take();
    do {
      const name = reader.name(reader.take());
      if (clause === 'SET') {
        reader.take('=');
        result[name] = operand(reader.take(), reader) ?? unknown(name);
      } else if (clause === 'ADD') {
        result[name] = sum(item[name], operand(reader.take(), reader) ?? unknown(name));
      } else throw new Error(`The clause ${clause} isn't known here.`);
    } while (reader.takes(','));
  }
  return result;
}

function sum(before: AttributeValue | undefined, more: AttributeValue): AttributeValue {
  if (more.N !== undefined) return { N: String(Number(before?.N ?? 0) + Number(more.N)) };
  return { SS: [...new Set([...(before?.SS ?? []), ...(more.SS ?? unknown('the set'))])] };
}
