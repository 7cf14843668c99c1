import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure } from '../support/pure-python.ts';

const FILE = 'runbooks/secretsmanager/RemoveUnusedSecret.py';
const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(2024, 4, 1, 12);

interface Secret {
  readonly CreatedDate: string;
  readonly LastAccessedDate?: string;
  readonly LastChangedDate?: string;
  readonly DeletedDate?: string;
  readonly OwningService?: string;
  readonly PrimaryRegion?: string;
  readonly Replicas?: readonly string[];
}

const daysAgo = fc.oneof(fc.nat(800), fc.integer({ min: 85, max: 95 }));
const moment = daysAgo.map(
  (age) => `${new Date(NOW - age * DAY).toISOString().slice(0, 19)}+00:00`,
);
/** Secrets Manager keeps the day of the last use only. */
const day = daysAgo.map(
  (age) => `${new Date(NOW - age * DAY).toISOString().slice(0, 10)}T00:00:00+00:00`,
);
const secret: fc.Arbitrary<Secret> = fc.record(
  {
    CreatedDate: moment,
    LastAccessedDate: day,
    LastChangedDate: moment,
    DeletedDate: moment,
    OwningService: fc.constant('rds'),
    PrimaryRegion: fc.constantFrom('us-east-1', 'eu-west-1'),
    Replicas: fc.constantFrom([], ['eu-west-1']),
  },
  { requiredKeys: ['CreatedDate'] },
);

describePure('RemoveUnusedSecret', () => {
  const secrets = fc.sample(secret, { numRuns: 4000, seed: 3 });
  const results = callPure(
    FILE,
    'secret_use',
    secrets.map((one) => ({
      secret: one,
      days: 90,
      region: 'us-east-1',
      now: '2024-05-01T12:00:00+00:00',
    })),
  );
  const unused = secrets.filter((_, index) => {
    const result = results[index];
    return result?.ok === true && (result.value as { readonly unused: boolean }).unused;
  });

  it('only lets go what was neither read nor changed nor made for 90 days', () => {
    expect(unused.length).toBeGreaterThan(10);
    for (const one of unused) {
      const changed = one.LastChangedDate ?? one.CreatedDate;
      expect(NOW - Date.parse(changed)).toBeGreaterThan(90 * DAY);
      if (one.LastAccessedDate !== undefined) {
        expect(NOW - Date.parse(one.LastAccessedDate)).toBeGreaterThanOrEqual(91 * DAY);
      }
    }
  });

  it('never lets go a replica, a replicated secret, a managed one or one that is going anyway', () => {
    for (const one of unused) {
      expect(one.PrimaryRegion ?? 'us-east-1').toBe('us-east-1');
      expect(one.Replicas ?? []).toEqual([]);
      expect(one.OwningService).toBeUndefined();
      expect(one.DeletedDate).toBeUndefined();
    }
  });

  it('is content once deletion is scheduled', () => {
    const scheduled = secrets.map((one) => ({ ...one, DeletedDate: '2024-05-31T12:00:00+00:00' }));
    const inputs = scheduled.map((one) => ({
      secret: one,
      days: 90,
      region: 'us-east-1',
      now: '2024-05-01T12:00:00+00:00',
    }));
    for (const result of callPure(FILE, 'secret_use', inputs)) {
      expect(result).toMatchObject({ ok: true, value: { unused: false } });
    }
  });
});
