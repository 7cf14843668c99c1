import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

const FILE = 'runbooks/iam/RevokeUnrotatedKeys.py';
const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(2024, 4, 1, 12);

interface Key {
  readonly AccessKeyId: string;
  readonly Status: string;
  readonly CreateDate: string;
}

/** Times as botocore gives them: whole seconds, with an offset. */
function iso(time: number): string {
  return new Date(Math.floor(time / 1000) * 1000).toISOString().replace('.000Z', '+00:00');
}

/** Keys of every age, most of them near the limit, where mistakes would show. */
const ageInSeconds = fc.oneof(
  fc.nat(400 * 86_400),
  fc.integer({ min: 90 * 86_400 - 5, max: 90 * 86_400 + 5 }),
);
const keys: fc.Arbitrary<readonly Key[]> = fc.uniqueArray(
  fc.record({
    AccessKeyId: fc.stringMatching(/^AKIA[A-Z0-9]{16}$/u),
    Status: fc.constantFrom('Active', 'Inactive', 'Expired'),
    CreateDate: ageInSeconds.map((age) => iso(NOW - age * 1000)),
  }),
  { selector: (key) => key.AccessKeyId, maxLength: 6 },
);

function unrotated(situations: readonly (readonly Key[])[]): readonly (readonly string[])[] {
  const results = callPure(
    FILE,
    'unrotated_keys',
    situations.map((situation) => ({ keys: situation, days: 90, now: iso(NOW) })),
  );
  return results.map((result) => valueOf(result) as readonly string[]);
}

describePure('RevokeUnrotatedKeys', () => {
  const situations = fc.sample(keys, { numRuns: 400, seed: 3 });
  const found = unrotated(situations);

  it('names exactly the active keys that are more than 90 days old', () => {
    for (const [index, situation] of situations.entries()) {
      const expected = situation
        .filter((key) => key.Status === 'Active' && NOW - Date.parse(key.CreateDate) > 90 * DAY)
        .map((key) => key.AccessKeyId);
      expect([...(found[index] ?? [])].toSorted()).toEqual(expected.toSorted());
    }
  });

  it('finds nothing again once these keys are inactive', () => {
    const fixed = situations.map((situation, index) =>
      situation.map((key) =>
        found[index]?.includes(key.AccessKeyId) === true ? { ...key, Status: 'Inactive' } : key,
      ),
    );
    expect(unrotated(fixed).flat()).toEqual([]);
  });

  it('does not depend on the order in which the keys are listed', () => {
    expect(unrotated(situations.map((situation) => situation.toReversed()))).toEqual(found);
  });

  it('says of every key when it was made and used', () => {
    const [first] = callPure(FILE, 'describe_keys', [
      {
        old: ['AKIA1', 'AKIA2'],
        keys: [
          { AccessKeyId: 'AKIA2', CreateDate: '2023-01-01T00:00:00+00:00' },
          { AccessKeyId: 'AKIA1', CreateDate: '2022-01-01T00:00:00+00:00' },
        ],
        used: [
          { ServiceName: 'N/A', Region: 'N/A' },
          { LastUsedDate: '2024-04-30T10:00:00+00:00', ServiceName: 's3', Region: 'eu-west-1' },
        ],
      },
    ]);
    expect(valueOf(first)).toEqual([
      'AKIA1 (created 2022-01-01, never used)',
      'AKIA2 (created 2023-01-01, last used 2024-04-30 for s3 in eu-west-1)',
    ]);
  });
});
