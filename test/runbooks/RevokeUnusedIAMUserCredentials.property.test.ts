import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

const FILE = 'runbooks/iam/RevokeUnusedIAMUserCredentials.py';
const DAY = 24 * 60 * 60;
const NOW = Date.UTC(2024, 4, 1, 12) / 1000;

interface Key {
  readonly id: string;
  readonly made: string;
}
interface Situation {
  readonly keys: readonly Key[];
  readonly used: readonly { readonly LastUsedDate?: string }[];
  readonly password_made?: string;
  readonly password_used?: string;
  readonly days: number;
}
interface Unused {
  readonly keys: readonly string[];
  readonly password: boolean;
  readonly described: readonly string[];
}

/** Seconds since the epoch as botocore's dates reach pure functions. */
function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', '+00:00');
}

/** Moments of every age, most of them near one of the limits, where mistakes would show. */
const moment = fc
  .oneof(
    fc.nat(400 * DAY),
    fc.integer({ min: 45 * DAY - 5, max: 45 * DAY + 5 }),
    fc.integer({ min: 90 * DAY - 5, max: 90 * DAY + 5 }),
  )
  .map((age) => iso(NOW - age));
const situation: fc.Arbitrary<Situation> = fc
  .record({
    keys: fc.uniqueArray(
      fc.record({ id: fc.stringMatching(/^AKIA[A-Z0-9]{16}$/u), made: moment }),
      { selector: (key) => key.id, maxLength: 2 },
    ),
    uses: fc.tuple(fc.option(moment), fc.option(moment)),
    passwordMade: fc.option(moment),
    passwordUsed: fc.option(moment),
    days: fc.constantFrom(45, 90),
  })
  .map(({ keys, uses, passwordMade, passwordUsed, days }) => ({
    keys,
    used: keys.map((_, index) => {
      const use = uses[index] ?? null;
      return use === null ? {} : { LastUsedDate: use };
    }),
    ...(passwordMade === null ? {} : { password_made: passwordMade }),
    ...(passwordUsed === null ? {} : { password_used: passwordUsed }),
    days,
  }));

function unused(situations: readonly Situation[]): readonly Unused[] {
  const inputs = situations.map((one) => ({ ...one, now: iso(NOW) }));
  return callPure(FILE, 'unused_credentials', inputs).map((result) => valueOf(result) as Unused);
}

/** Whether something that was made and perhaps used then was idle for longer than the limit. */
function isIdle(days: number, made: string, used?: string): boolean {
  const last = Math.max(Date.parse(made), used === undefined ? 0 : Date.parse(used)) / 1000;
  return NOW - last > days * DAY;
}

describePure('RevokeUnusedIAMUserCredentials', () => {
  const situations = fc.sample(situation, { numRuns: 500, seed: 8 });
  const found = unused(situations);

  it('names exactly the keys and the password that were idle for too long', () => {
    for (const [index, one] of situations.entries()) {
      const keys = one.keys.filter((key, at) =>
        isIdle(one.days, key.made, one.used[at]?.LastUsedDate),
      );
      const password =
        one.password_made !== undefined && isIdle(one.days, one.password_made, one.password_used);
      expect(found[index]).toMatchObject({ keys: keys.map((key) => key.id), password });
    }
  });

  it('describes one thing for each that it takes away, and nothing else', () => {
    for (const one of found) {
      expect(one.described).toHaveLength(one.keys.length + (one.password ? 1 : 0));
    }
  });

  it('finds nothing again once the keys are inactive and the password is gone', () => {
    const fixed = situations.map((one, index): Situation => {
      const stays = one.keys.map((key) => found[index]?.keys.includes(key.id) === false);
      const { password_made: made, ...rest } = one;
      return {
        ...rest,
        ...(made === undefined || found[index]?.password === true ? {} : { password_made: made }),
        keys: one.keys.filter((_, at) => stays[at]),
        used: one.used.filter((_, at) => stays[at]),
      };
    });
    expect(unused(fixed).flatMap((one) => one.described)).toEqual([]);
  });
});
