import { describe, expect, it } from 'vitest';
import { backOff, retryAfter } from '../../../templates/ticketing/retry.ts';

const NOW = new Date('2026-02-03T04:05:06Z');

describe('retryAfter', () => {
  it.each([
    ['0', 0],
    ['7', 7000],
    [' 30 ', 30_000],
    ['Tue, 03 Feb 2026 04:05:16 GMT', 10_000],
    ['Tue, 03 Feb 2026 04:05:00 GMT', 0],
  ])('reads %j as %d milliseconds', (header, expected) => {
    expect(retryAfter(header, NOW)).toBe(expected);
  });
  it.each([
    null,
    '',
    'soon',
    '-1',
    '1.5',
    '1e9',
    '2026-02-03T04:05:16Z',
    'Tue, 99 Feb 2026 04:05:16 GMT',
  ])('reads nothing in %j', (header) => {
    expect(retryAfter(header, NOW)).toBeUndefined();
  });
});

describe('backOff', () => {
  it('doubles up to a limit, half of it by chance', () => {
    const shortest = [1, 2, 3, 4, 5].map((tried) => backOff(tried, 0, () => 0));
    const longest = [1, 2, 3, 4, 5].map((tried) => backOff(tried, 0, () => 1));
    expect(shortest).toEqual([1000, 2000, 4000, 8000, 8000]);
    expect(longest).toEqual([2000, 4000, 8000, 16_000, 16_000]);
  });
  it('is never less than what was asked for', () => {
    expect(backOff(1, 7000, () => 0)).toBe(8000);
  });
});
