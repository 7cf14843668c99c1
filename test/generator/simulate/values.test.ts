import { describe, expect, it } from 'vitest';

import { createClock, secondsOf } from '../../../generator/simulate/clock.ts';
import { asJson, isPartOf, isSame } from '../../../generator/simulate/json.ts';
import { pickOutput, select } from '../../../generator/simulate/selector.ts';

describe('selectors', () => {
  const value = { Payload: { list: [{ id: 'x' }], 'odd key': 1, none: null, flag: false } };

  it.each([
    ['$', value],
    ['$.Payload.list[0].id', 'x'],
    ["$.Payload['odd key']", 1],
    ['$.Payload.flag', false],
    ['$.Payload.none', undefined],
    ['$.Payload.other', undefined],
    ['$.Payload.list[1].id', undefined],
    ['$.Payload.constructor', undefined],
  ])('%s gives %j', (selector, expected) => {
    expect(select(value, selector)).toEqual(expected);
  });

  it.each(['Payload', '$..id', '$.Payload.list[*]'])('%s is refused', (selector) => {
    expect(() => select(value, selector)).toThrow(selector);
  });

  it('fails on an output that matches nothing or has another type', () => {
    expect(() => pickOutput(value, { name: 'O', selector: '$.Nope', type: 'String' })).toThrow(
      'output O: $.Nope matches nothing',
    );
    expect(() =>
      pickOutput(value, { name: 'O', selector: '$.Payload.flag', type: 'String' }),
    ).toThrow('gives a boolean, not a String');
    expect(pickOutput(value, { name: 'O', selector: '$.Payload.list', type: 'MapList' })).toEqual([
      { id: 'x' },
    ]);
  });
});

describe('time', () => {
  it.each([
    ['PT30S', 30],
    ['PT1H2M', 3720],
    ['P1DT1S', 86_401],
    ['P6D', 518_400],
  ])('%s is %d seconds', (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });

  it.each(['P', 'PT', '30', '-PT5S', 'P7D', 'P1W'])('%s is refused', (text) => {
    expect(() => secondsOf(text)).toThrow(text);
  });

  it('moves on by skipped sleeps', async () => {
    const clock = createClock('skip', '2024-05-01T00:00:00Z');
    await clock.sleep(3600);
    expect(clock.now().toISOString()).toBe('2024-05-01T01:00:00.000Z');
  });

  it('really sleeps when told to', async () => {
    const start = performance.now();
    await createClock('real').sleep(0.05);
    expect(performance.now() - start).toBeGreaterThan(45);
  });
});

describe('comparison', () => {
  it('takes lists of objects in any order, other lists in theirs', () => {
    expect(isSame([{ a: 1, b: [2] }, { c: 3 }], [{ c: 3 }, { b: [2], a: 1 }])).toBe(true);
    expect(isSame({ x: [{ y: [{ a: 1 }, { b: 1 }] }] }, { x: [{ y: [{ b: 1 }, { a: 1 }] }] })).toBe(
      true,
    );
    expect(isSame([1, 2], [2, 1])).toBe(false);
    expect(isSame([{ a: 1 }, { a: 1 }], [{ a: 1 }])).toBe(false);
    expect(isSame('1', 1)).toBe(false);
  });

  it('finds a part in a whole', () => {
    expect(isPartOf({ a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 })).toBe(true);
    expect(isPartOf({ a: [1] }, { a: [1, 2] })).toBe(false);
    expect(isPartOf({ toString: null }, {})).toBe(false);
  });

  it('refuses what JSON cannot hold', () => {
    expect(asJson({ a: [1, false], b: undefined })).toEqual({ a: [1, false] });
    expect(() => asJson({ a: () => 1 })).toThrow('a function is not JSON');
    expect(() => asJson(NaN)).toThrow('a number is not JSON');
  });
});
