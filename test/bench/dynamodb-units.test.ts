import { describe, expect, it } from 'vitest';
import { readUnits, sizeOf, writeUnits } from './dynamodb-units.ts';
import type { Index, Item } from './dynamodb-units.ts';

const NO_INDEX = { indexes: [], isTransaction: false } as const;
/** An item of so many bytes, in the state table's shape. */
const ofSize = (size: number) => ({ pk: { S: 'x'.repeat(size - 2) } });

describe('units of DynamoDB', () => {
  it('count names and values, with the overhead of lists and maps', () => {
    expect(sizeOf({ name: { S: 'é' } })).toBe(4 + 2);
    expect(sizeOf({ n: { N: '1200' } })).toBe(1 + 2);
    expect(sizeOf({ n: { N: '1761955200' } })).toBe(1 + 5);
    expect(sizeOf({ b: { BOOL: true }, z: { NULL: true } })).toBe(2 + 2);
    expect(sizeOf({ l: { L: [{ S: 'ab' }, { S: 'c' }] } })).toBe(1 + 3 + (1 + 2) + (1 + 1));
    expect(sizeOf({ m: { M: { key: { S: 'v' } } } })).toBe(1 + 3 + (1 + 3 + 1));
  });

  // The examples of the price page: an item of 3 KB takes three units, in a transaction six; 8 KB are read for two, or one.
  it('agree with the examples on the price page', () => {
    const [one, three] = [ofSize(1024), ofSize(3 * 1024)];
    expect(writeUnits(undefined, one, NO_INDEX)).toBe(1);
    expect(writeUnits(undefined, three, NO_INDEX)).toBe(3);
    expect(writeUnits(undefined, three, { indexes: [], isTransaction: true })).toBe(6);
    expect(readUnits(8 * 1024, true)).toBe(2);
    expect(readUnits(8 * 1024, false)).toBe(1);
    expect(readUnits(0, false)).toBe(0.5);
  });

  it('count the larger of the two versions of an item', () => {
    expect(writeUnits(ofSize(5 * 1024), ofSize(10), NO_INDEX)).toBe(5);
    expect(writeUnits(ofSize(5 * 1024), undefined, NO_INDEX)).toBe(5);
  });

  it('count an index when an entry comes, goes, changes or moves, once and never doubled', () => {
    const index: Index = { name: 'byDay', keys: ['day'], tableKeys: ['pk'], holds: 'all' };
    const keys: Index = { ...index, holds: 'keys' };
    const plain = { pk: { S: 'p' } };
    const [monday, tuesday] = [
      { ...plain, day: { S: '1' } },
      { ...plain, day: { S: '2' } },
    ];
    const units = (before: Item | undefined, after: Item | undefined, one = index) =>
      writeUnits(before, after, { indexes: [one], isTransaction: true }) - 2;
    expect(units(plain, { ...plain, note: { S: 'n' } })).toBe(0);
    expect(units(undefined, monday)).toBe(1);
    expect(units(monday, undefined)).toBe(1);
    expect(units(monday, monday)).toBe(0);
    expect(units(monday, { ...monday, note: { S: 'n' } })).toBe(1);
    expect(units(monday, { ...monday, note: { S: 'n' } }, keys)).toBe(0);
    expect(units(monday, tuesday)).toBe(2);
  });
});
