import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isOpen,
  nextOpening,
  parseWindows,
} from '../../../templates/admin/functions/decide/windows.ts';
import type { Window } from '../../../templates/admin/functions/decide/windows.ts';

function windows(text: string): readonly Window[] {
  const parsed = parseWindows(text);
  if (parsed === undefined) throw new Error(`${text} is not understood.`);
  return parsed;
}

const OFFICE = 'Mon-Fri 09:00-17:00 Europe/Berlin; Sat 10:00-12:00 UTC';
const NIGHT = 'Fri 22:00-04:00 UTC';

describe('change windows', () => {
  it.each([
    ['in office hours', OFFICE, '2024-05-01T12:00:00Z', true],
    ['as the clock there says', OFFICE, '2024-05-01T07:00:00Z', true],
    ['before them', OFFICE, '2024-05-01T06:59:00Z', false],
    ['at their end', OFFICE, '2024-05-01T15:00:00Z', false],
    ['on the other day', OFFICE, '2024-05-04T11:00:00Z', true],
    ['on a Sunday', OFFICE, '2024-05-05T11:00:00Z', false],
    ['in the night', NIGHT, '2024-05-03T23:00:00Z', true],
    ['after midnight', NIGHT, '2024-05-04T03:59:00Z', true],
    ['when the night is over', NIGHT, '2024-05-04T04:00:00Z', false],
    ['before the night of the first day', NIGHT, '2024-05-03T03:00:00Z', false],
    ['in the next night', NIGHT, '2024-05-04T23:00:00Z', false],
    ['every day', '00:00-24:00 UTC', '2024-05-05T00:00:00Z', true],
    ['in days that wrap', 'Sat-Mon 00:00-24:00 UTC', '2024-05-05T00:00:00Z', true],
    ['in a list of days', 'Mon,Wed-Thu 00:00-24:00 UTC', '2024-05-01T00:00:00Z', true],
    ['between the days of a list', 'Mon,Wed-Thu 00:00-24:00 UTC', '2024-04-30T00:00:00Z', false],
  ])('are looked at %s', (_, text, at, expected) => {
    expect(isOpen(windows(text), new Date(at))).toBe(expected);
  });

  it.each([
    ['later today', OFFICE, '2024-05-01T06:30:30Z', '2024-05-01T07:00:00.000Z'],
    ['tomorrow', OFFICE, '2024-05-01T15:00:00Z', '2024-05-02T07:00:00.000Z'],
    ['the other one first', OFFICE, '2024-05-03T18:00:00Z', '2024-05-04T10:00:00.000Z'],
    ['after the weekend', OFFICE, '2024-05-04T12:00:00Z', '2024-05-06T07:00:00.000Z'],
    ['next week', NIGHT, '2024-05-04T04:00:00Z', '2024-05-10T22:00:00.000Z'],
    [
      'an hour earlier, because clocks go forward',
      'Mon 09:00-10:00 Europe/Berlin',
      '2024-03-26T12:00:00Z',
      '2024-04-01T07:00:00.000Z',
    ],
    [
      'an hour later, because clocks go back',
      'Mon 09:00-10:00 Europe/Berlin',
      '2024-10-22T12:00:00Z',
      '2024-10-28T08:00:00.000Z',
    ],
    [
      'at the jump, when its start is skipped',
      'Sun 02:30-04:00 Europe/Berlin',
      '2024-03-30T12:00:00Z',
      '2024-03-31T01:00:00.000Z',
    ],
    [
      'a week later, when all of it is skipped',
      'Sun 02:15-02:45 Europe/Berlin',
      '2024-03-30T12:00:00Z',
      '2024-04-07T00:15:00.000Z',
    ],
  ])('open %s', (_, text, at, expected) => {
    expect(nextOpening(windows(text), new Date(at)).toISOString()).toBe(expected);
  });

  it.each([
    'Mon-Fri',
    '09:00-17:00',
    'Mon-Fri 9-17 UTC',
    'Mon-Fri 09:00-25:00 UTC',
    'Mon-Fri 09:60-17:00 UTC',
    'Mon-Fri 09:00-09:00 UTC',
    'Mon-Fri 24:00-09:00 UTC',
    'Mo-Fr 09:00-17:00 UTC',
    'Mon-Wed-Fri 09:00-17:00 UTC',
    'Mon-Fri 09:00-17:00 Europe/Atlantis',
    'Mon-Fri 09:00-17:00 UTC;',
    'Mon-Fri 09:00-17:00 UTC, Sat 10:00-12:00 UTC',
  ])('are not understood: %s', (text) => {
    expect(parseWindows(text)).toBeUndefined();
  });

  it('are none when there is no text, and nothing opens then', () => {
    expect(parseWindows(' ')).toEqual([]);
    expect(() => nextOpening([], new Date(0))).toThrow('There is no change window.');
    expect(() => nextOpening(windows(NIGHT), new Date(Number.NaN))).toThrow('This is no time.');
  });

  const two = (number: number): string => String(number).padStart(2, '0');
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([hour, minute]) => `${two(hour)}:${two(minute)}`);
  const window = fc
    .tuple(
      fc.constantFrom('', 'Mon-Fri ', 'Sun ', 'Sat-Mon ', 'Wed,Fri '),
      time,
      time,
      fc.constantFrom(
        'UTC',
        'Europe/Berlin',
        'America/New_York',
        'Asia/Kathmandu',
        'Australia/Lord_Howe',
        'Africa/Casablanca',
        'Pacific/Apia',
      ),
    )
    .filter(([, start, end]) => start !== end)
    .map(([days, start, end, zone]) => `${days}${start}-${end} ${zone}`);
  const moment = fc.date({
    min: new Date('2020-01-01T00:00:00Z'),
    max: new Date('2030-01-01T00:00:00Z'),
    noInvalidDate: true,
  });

  it('open at the first minute that lies in one, and not a minute before', () => {
    fc.assert(
      fc.property(fc.array(window, { minLength: 1, maxLength: 3 }), moment, (texts, now) => {
        const all = windows(texts.join('; '));
        fc.pre(!isOpen(all, now));
        const opens = nextOpening(all, now);
        expect(opens.getTime()).toBeGreaterThan(now.getTime());
        expect(isOpen(all, opens)).toBe(true);
        expect(isOpen(all, new Date(opens.getTime() - 60_000))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('open no minute earlier than that', () => {
    fc.assert(
      fc.property(window, moment, (text, now) => {
        const all = windows(text);
        fc.pre(!isOpen(all, now));
        const opens = nextOpening(all, now).getTime();
        for (let at = now.getTime(); at < opens; at += 7 * 60_000)
          expect(isOpen(all, new Date(at))).toBe(false);
      }),
      { numRuns: 30 },
    );
  });
});
