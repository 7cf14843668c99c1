import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Readonly<Record<string, AttributeValue>>;

/** A global secondary index, as far as writes to it cost. */
export interface Index {
  readonly name: string;
  /** Attributes of its key. */
  readonly keys: readonly string[];
  /** Attributes of the table's key, which each entry has too. */
  readonly tableKeys: readonly string[];
  readonly holds: 'keys' | 'all';
}

const KILOBYTE = 1024;

/** Bytes of an item by the rules of the DynamoDB Developer Guide, "DynamoDB item sizes and formats". */
export function sizeOf(item: Item): number {
  return sum(Object.entries(item).map(([name, value]) => bytes(name) + valueSize(value)));
}

function valueSize({ S, N, BOOL, NULL, L, M, SS }: AttributeValue): number {
  if (S !== undefined) return bytes(S);
  if (N !== undefined) return numberSize(N);
  if (BOOL !== undefined || NULL !== undefined) return 1;
  if (L !== undefined) return 3 + sum(L.map((one) => 1 + valueSize(one)));
  if (M !== undefined) return 3 + sum(Object.values(M).map(() => 1)) + sizeOf(M);
  if (SS !== undefined) return sum(SS.map(bytes));
  throw new Error('Only types that the functions write have a size here.');
}

/** One byte for two significant digits, and one more. */
function numberSize(text: string): number {
  const digits = text.replace(/[-.]/gu, '').replace(/^0+/u, '').replace(/0+$/u, '');
  return Math.ceil(digits.length / 2) + 1;
}

/**
 * Write request units of one write that takes an item from `before` to `after`: one for each kilobyte of the larger one,
 * in a transaction twice as many; then those of the indexes (Developer Guide, "DynamoDB read and write operations" and
 * "Using Global Secondary Indexes in DynamoDB", write capacity), which a transaction doesn't double.
 */
export function writeUnits(
  before: Item | undefined,
  after: Item | undefined,
  {
    indexes,
    isTransaction,
  }: { readonly indexes: readonly Index[]; readonly isTransaction: boolean },
): number {
  const own = kilobytes(Math.max(sizeOf(before ?? {}), sizeOf(after ?? {})));
  return own * (isTransaction ? 2 : 1) + sum(indexes.map((one) => indexUnits(one, before, after)));
}

function indexUnits(index: Index, before: Item | undefined, after: Item | undefined): number {
  const [from, to] = [entryOf(index, before), entryOf(index, after)];
  if (from === undefined) return to === undefined ? 0 : kilobytes(sizeOf(to));
  if (to === undefined) return kilobytes(sizeOf(from));
  if (index.keys.some((key) => text(from[key]) !== text(to[key])))
    return kilobytes(sizeOf(from)) + kilobytes(sizeOf(to));
  return text(from) === text(to) ? 0 : kilobytes(Math.max(sizeOf(from), sizeOf(to)));
}

/** What an index holds of an item; undefined when the item lacks a key of the index. */
export function entryOf(
  { keys, tableKeys, holds }: Index,
  item: Item | undefined,
): Item | undefined {
  if (item === undefined || keys.some((key) => item[key] === undefined)) return undefined;
  if (holds === 'all') return item;
  const held = new Set([...keys, ...tableKeys]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => held.has(name)));
}

/**
 * Read request units for so many bytes that are read together: one for each four kilobytes, and for nothing too; half of
 * it when the read need not be consistent.
 */
export function readUnits(size: number, isConsistent: boolean): number {
  return Math.max(1, Math.ceil(size / (4 * KILOBYTE))) * (isConsistent ? 1 : 0.5);
}

function kilobytes(size: number): number {
  return Math.max(1, Math.ceil(size / KILOBYTE));
}

function bytes(value: string): number {
  return Buffer.byteLength(value);
}

/** The same for equal values, in whatever order their members come. */
function text(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
