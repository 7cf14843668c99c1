import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

type Rule = Readonly<Record<string, unknown>>;
interface Wanted {
  readonly transition_days: number;
  readonly expiration_days: number;
  readonly storage_class?: string;
}
interface Situation {
  readonly wanted: Wanted;
  readonly rules: readonly Rule[] | undefined;
}

const FILE = 'runbooks/s3/SetS3LifecyclePolicy.py';
const OURS = 'asr-lifecycle';
const storageClass = fc.constantFrom(
  'GLACIER',
  'DEEP_ARCHIVE',
  'INTELLIGENT_TIERING',
  'STANDARD_IA',
);
const days = fc.constantFrom(30, 60, 365);

const actions: fc.Arbitrary<Rule> = fc.record(
  {
    Transitions: fc.array(fc.record({ Days: days, StorageClass: storageClass }), {
      minLength: 1,
      maxLength: 2,
    }),
    Expiration: fc.oneof(
      fc.record({ Days: days }),
      fc.constant({ ExpiredObjectDeleteMarker: true }),
      fc.constant({ Date: '2030-01-01T00:00:00+00:00' }),
    ),
    NoncurrentVersionExpiration: fc.record({
      NoncurrentDays: days,
      NewerNoncurrentVersions: fc.nat(5),
    }),
    AbortIncompleteMultipartUpload: fc.record({ DaysAfterInitiation: days }),
  },
  { requiredKeys: [] },
);
const filter = fc.constantFrom<Rule>(
  {},
  { Prefix: '' },
  { Prefix: 'logs/' },
  { Tag: { Key: 'class', Value: '' } },
  { And: { Prefix: 'a', Tags: [{ Key: 'k', Value: 'v' }], ObjectSizeGreaterThan: 1 } },
);

/** Rules as S3 answers them: all of the older form with a Prefix, or all with a Filter. */
const rules: fc.Arbitrary<readonly Rule[]> = fc
  .tuple(
    fc.boolean(),
    fc.uniqueArray(fc.constantFrom('logs', 'tmp', 'all', OURS), { minLength: 1 }),
    fc.infiniteStream(fc.tuple(actions, filter, fc.constantFrom('Enabled', 'Disabled'))),
  )
  .map(([older, ids, stream]) =>
    ids.map((ID) => {
      const [action, Filter, Status] = stream.next().value;
      return { ID, Status, ...action, ...(older ? { Prefix: `${ID}/` } : { Filter }) };
    }),
  );

const wanted: fc.Arbitrary<Wanted> = fc.record(
  {
    transition_days: fc.constantFrom(0, 0, 30, 60),
    expiration_days: fc.constantFrom(0, 0, 61, 365),
    storage_class: storageClass,
  },
  { requiredKeys: ['transition_days', 'expiration_days'] },
);

const situations: readonly Situation[] = fc.sample(
  fc.record({ wanted, rules: fc.option(rules, { nil: undefined, freq: 8 }) }),
  { numRuns: 400, seed: 13 },
);

const run = (name: string, list: readonly Situation[], more: Rule = {}): readonly unknown[] =>
  callPure(
    FILE,
    name,
    list.map((situation) => ({
      ...situation.wanted,
      ...more,
      ...(situation.rules && { rules: situation.rules }),
    })),
  ).map(valueOf);
const withOurs = (list: readonly Situation[]) =>
  run('with_our_rule', list, { abort_days: 7 }) as readonly (readonly Rule[])[];
const others = (list: readonly Rule[] | undefined) => (list ?? []).filter((r) => r['ID'] !== OURS);

describePure('a lifecycle rule of our own', () => {
  let merged: readonly (readonly Rule[])[] = [];
  beforeAll(() => {
    merged = withOurs(situations);
  }, 60_000);

  it('makes the bucket pass the check and is the same when added again', () => {
    const after = situations.map(({ wanted: asked }, i) => ({ wanted: asked, rules: merged[i] }));
    expect(new Set(run('has_wanted_rule', situations))).toEqual(new Set([true, false]));
    expect(run('has_wanted_rule', after)).toEqual(after.map(() => true));
    expect(withOurs(after)).toEqual(merged);
  });

  it('leaves all other rules as they are and in their order', () => {
    for (const [i, { rules: was }] of situations.entries()) {
      expect(others(merged[i])).toEqual(others(was));
      expect(merged[i]?.filter((rule) => rule['ID'] === OURS)).toHaveLength(1);
    }
  });

  it('has the form of the others and expires nothing that nobody asked for', () => {
    for (const [i, { wanted: asked, rules: was }] of situations.entries()) {
      const ours = merged[i]?.find((rule) => rule['ID'] === OURS);
      const older = others(was).length > 0 ? 'Prefix' in (others(was)[0] ?? {}) : undefined;
      if (older !== undefined) expect('Prefix' in (ours ?? {})).toBe(older);
      expect(ours?.['Expiration']).toEqual(
        asked.expiration_days > 0 ? { Days: asked.expiration_days } : undefined,
      );
      expect(ours?.['Transitions'] === undefined).toBe(
        asked.transition_days === 0 && asked.storage_class === undefined,
      );
      expect(ours?.['AbortIncompleteMultipartUpload']).toEqual({ DaysAfterInitiation: 7 });
    }
  });

  it('passes only with exactly the transition and the expiration that the control asks for', () => {
    const rule = {
      Status: 'Enabled',
      Filter: {},
      Transitions: [{ Days: 60, StorageClass: 'GLACIER' }],
      Expiration: { Days: 365 },
    };
    const none = { transition_days: 0, expiration_days: 0 };
    const cases: readonly (readonly [boolean, Wanted, ...Rule[]])[] = [
      [true, none, rule],
      [false, none, { ...rule, Status: 'Disabled' }],
      [false, none],
      [true, { ...none, transition_days: 60 }, rule],
      [false, { ...none, transition_days: 30 }, rule],
      [true, { ...none, transition_days: 60, storage_class: 'GLACIER' }, rule],
      [false, { ...none, transition_days: 60, storage_class: 'STANDARD_IA' }, rule],
      [true, { ...none, storage_class: 'GLACIER' }, rule],
      [true, { transition_days: 60, expiration_days: 365 }, rule],
      [false, { transition_days: 60, expiration_days: 364 }, rule],
    ];
    const found = run(
      'has_wanted_rule',
      cases.map(([, asked, ...list]) => ({ wanted: asked, rules: list })),
    );
    expect(found).toEqual(cases.map(([passes]) => passes));
  });

  it('is refused where S3 would refuse it', () => {
    const cases: readonly (readonly [Wanted, string])[] = [
      [
        { transition_days: 29, expiration_days: 0, storage_class: 'STANDARD_IA' },
        'after 30 days at the earliest, not after 29',
      ],
      [
        { transition_days: 60, expiration_days: 60 },
        'deleted after 60 days, before they change storage class',
      ],
      [
        { transition_days: 0, expiration_days: 10, storage_class: 'GLACIER' },
        'deleted after 10 days',
      ],
    ];
    const results = callPure(
      FILE,
      'with_our_rule',
      cases.map(([asked]) => ({ ...asked, abort_days: 7 })),
    );
    for (const [index, [, message]] of cases.entries())
      expect(results[index]).toEqual({ ok: false, error: expect.stringContaining(message) });
  });

  it('is refused where a bucket has as many rules as S3 takes', () => {
    const full = Array.from({ length: 1000 }, (_, i) => ({
      ID: `r${i}`,
      Status: 'Disabled',
      Filter: {},
    }));
    const none = { transition_days: 0, expiration_days: 0, abort_days: 7 };
    const [result] = callPure(FILE, 'with_our_rule', [{ ...none, rules: full }]);
    expect(result).toEqual({
      ok: false,
      error: expect.stringMatching(/already has 1000 lifecycle rules/u),
    });
  });
});
