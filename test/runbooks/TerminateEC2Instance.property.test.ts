import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

const FILE = 'runbooks/ec2/TerminateEC2Instance.py';
const DAY = 86_400_000;
/** Each case of a batch is its own random case; a whole batch goes through one Python process. */
const BATCHES = { numRuns: 1, endOnFailure: true };

const volume = fc.record({ VolumeId: fc.uuid(), DeleteOnTermination: fc.boolean() });
const situation = fc.record({
  state: fc.constantFrom(
    'pending',
    'running',
    'stopping',
    'stopped',
    'shutting-down',
    'terminated',
  ),
  since: fc.date({ min: new Date('2015-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
  seconds: fc.oneof(
    fc.integer({ min: 0, max: 400 * 86_400 }),
    fc.integer({ min: 1, max: 365 }).map((days) => days * 86_400),
  ),
  days: fc.integer({ min: 1, max: 365 }),
  zone: fc.constantFrom('GMT', 'UTC'),
  volumes: fc.array(volume, { maxLength: 4 }),
});

function iso(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

describePure('TerminateEC2Instance', () => {
  it('takes only what is stopped for longer than the days, and tells every volume', () => {
    fc.assert(
      fc.property(fc.array(situation, { minLength: 200, maxLength: 200 }), (cases) => {
        const results = callPure(
          FILE,
          'stopped_too_long',
          cases.map(({ state, since, seconds, days, zone, volumes }) => {
            const start = Math.floor(since.getTime() / 1000) * 1000;
            return {
              instance: {
                InstanceId: 'i-0123456789abcdef0',
                State: { Name: state },
                StateTransitionReason: `User initiated (${iso(start).slice(0, 19).replace('T', ' ')} ${zone})`,
                BlockDeviceMappings: volumes.map((Ebs) => ({ DeviceName: '/dev/xvda', Ebs })),
              },
              now: iso(start + seconds * 1000),
              days,
            };
          }),
        );
        for (const [index, { state, seconds, days, volumes }] of cases.entries()) {
          const found = valueOf(results[index]) as Readonly<Record<string, unknown>>;
          const stopped = state === 'stopped';
          expect(found['overdue']).toBe(stopped && seconds * 1000 > days * DAY);
          if (!stopped) continue;
          const ids = (deleted: boolean): readonly string[] =>
            volumes.flatMap((one) => (one.DeleteOnTermination === deleted ? [one.VolumeId] : []));
          expect(found['deleted']).toEqual(ids(true));
          expect(found['kept']).toEqual(ids(false));
          expect(found['image']).toMatch(/^[a-zA-Z0-9()[\] ./'@_-]{3,128}$/u);
        }
      }),
      BATCHES,
    );
  });

  it('refuses when it is not known since when the instance is stopped', () => {
    const reasons = [
      '',
      'Server.SpotInstanceShutdown: interrupted',
      'User initiated (yesterday)',
      undefined,
    ];
    const results = callPure(
      FILE,
      'stopped_too_long',
      reasons.map((StateTransitionReason) => ({
        instance: {
          InstanceId: 'i-0123456789abcdef0',
          State: { Name: 'stopped' },
          StateTransitionReason,
        },
        now: '2025-01-01T00:00:00Z',
        days: 30,
      })),
    );
    for (const result of results)
      expect(result).toEqual({ ok: false, error: expect.stringContaining('since when') });
  });
});
