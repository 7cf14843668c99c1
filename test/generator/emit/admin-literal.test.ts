import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../generator/emit/admin-literal.ts';

/** What a function would see under the name. */
function read(code: string): unknown {
  // oxlint-disable-next-line no-implied-eval, no-new-func -- the code under test is text
  const made: unknown = new Function(`"use strict";\n${code}return DATA;`)();
  return made;
}

describe('constant', () => {
  it('defines the same data again, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.stringify(sorted(read(constant('DATA', value))))).toBe(
          JSON.stringify(sorted(JSON.parse(JSON.stringify(value)))),
        );
      }),
    );
  });
  it('has one line for each entry of the two upper levels', () => {
    expect(constant('DATA', { standards: [{ id: 'SC', 'a-b': [1, true] }], controls: {} })).toBe(
      [
        'var DATA = {',
        'standards: [',
        '{id: "SC", "a-b": [1, true]}',
        '],',
        'controls: {',
        '',
        '}',
        '};\n',
      ].join('\n'),
    );
  });
  it('writes what occurs again once', () => {
    const kind = {
      name: 'days',
      describes: 'a number of days, or 0 for never',
      min: 0,
      max: 36_500,
    };
    const code = constant('DATA', { one: { kind }, two: { kind } });
    expect(code.split('or 0 for never')).toHaveLength(2);
    expect(read(code)).toEqual({ one: { kind }, two: { kind } });
  });
  it('writes names that map to themselves as a list', () => {
    const names = Array.from({ length: 30 }, (_, index) => `EC2.${index}`);
    const value = { map: { ...Object.fromEntries(names.map((name) => [name, name])), x: 'y' } };
    const code = constant('DATA', value);
    expect(code).toContain('"EC2.0 EC2.1 EC2.2');
    expect(read(code)).toEqual(value);
  });
});

/** Entries of objects in a fixed order: theirs is free. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => [key, sorted(one)]);
}
