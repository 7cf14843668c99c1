import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;
export type Data = Readonly<Record<string, unknown>>;

/** Plain data as an item. Members without a value are left out. Throws on what JSON could not hold either. */
export function toItem(data: object): Item {
  const item: Item = {};
  for (const [name, value] of Object.entries(data))
    if (value !== undefined) item[name] = toAttribute(value);
  return item;
}

function toAttribute(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (typeof value === 'number' && Number.isFinite(value)) return { N: String(value) };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  if (value instanceof Set) return { SS: [...value].map(String) };
  if (typeof value === 'object') return { M: toItem(value) };
  throw new Error(`A ${typeof value} can't be stored.`);
}

/** An item as plain data: numbers are numbers, sets are lists. */
export function fromItem(item: Item): Data {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, fromAttribute(value)]),
  );
}

function fromAttribute(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.L !== undefined) return value.L.map(fromAttribute);
  if (value.M !== undefined) return fromItem(value.M);
  if (value.SS !== undefined) return value.SS;
  if (value.NS !== undefined) return value.NS.map(Number);
  if (value.NULL !== undefined) return null;
  // Binary values: nothing that we write or that a row may hold, so whoever parses it refuses it.
  return value.B ?? value.BS;
}
