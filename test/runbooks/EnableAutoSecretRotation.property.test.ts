import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';
import type { PureResult } from '../support/pure-python.ts';

const FILE = 'runbooks/secretsmanager/EnableAutoSecretRotation.py';
const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:rotate';
const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(2024, 4, 1);

interface Rules {
  readonly AutomaticallyAfterDays?: number;
  readonly Duration?: string;
  readonly ScheduleExpression?: string;
}
interface Secret {
  readonly RotationEnabled?: boolean;
  readonly RotationLambdaARN?: string;
  readonly RotationRules?: Rules;
  readonly LastRotatedDate?: string;
}
interface Input {
  readonly secret: Secret;
  readonly check: 'rotation-on' | 'rotated-lately';
  readonly default_days: number;
  readonly max_days?: number;
}
interface Plan {
  readonly wrong: readonly string[];
  readonly wanted?: Rules;
  readonly function?: string;
  readonly was: 'on' | 'off';
  readonly formerRules: Rules;
}

const days = fc.integer({ min: 1, max: 400 });
const duration = fc.record({ Duration: fc.constantFrom('2h', '3h') }, { requiredKeys: [] });
/** Schedules as DescribeSecret shows them: the number of days may stand beside an expression. */
const rules: fc.Arbitrary<Rules> = fc.oneof(
  fc
    .tuple(days, duration)
    .map(([count, more]): Rules => ({ AutomaticallyAfterDays: count, ...more })),
  fc.tuple(days, duration).map(([count, more]): Rules => ({
    AutomaticallyAfterDays: count,
    ScheduleExpression: `rate(${count} days)`,
    ...more,
  })),
  duration.map((more): Rules => ({ ScheduleExpression: 'rate(12 hours)', ...more })),
  duration.map((more): Rules => ({ ScheduleExpression: 'cron(0 4 1 * ? *)', ...more })),
);
const secret: fc.Arbitrary<Secret> = fc.record(
  {
    RotationEnabled: fc.boolean(),
    RotationLambdaARN: fc.constantFrom(FUNCTION, ''),
    RotationRules: rules,
    LastRotatedDate: fc
      .nat(500)
      .map((age) => `${new Date(NOW - age * DAY).toISOString().slice(0, 19)}+00:00`),
  },
  { requiredKeys: [] },
);
const input: fc.Arbitrary<Input> = fc.record(
  {
    secret,
    check: fc.constantFrom('rotation-on' as const, 'rotated-lately' as const),
    default_days: days,
    max_days: days,
  },
  { requiredKeys: ['secret', 'check', 'default_days'] },
);

function plans(inputs: readonly Input[]): readonly PureResult[] {
  const now = '2024-05-01T00:00:00+00:00';
  return callPure(
    FILE,
    'rotation_plan',
    inputs.map((one) => ({ ...one, region: 'us-east-1', now })),
  );
}

function daysOf(schedule: Rules): number {
  const rate = /rate\((\d+) days\)/u.exec(schedule.ScheduleExpression ?? '');
  if (schedule.ScheduleExpression === 'rate(12 hours)') return 0.5;
  return schedule.AutomaticallyAfterDays ?? (rate === null ? Infinity : Number(rate[1]));
}

describePure('EnableAutoSecretRotation', () => {
  const inputs = fc.sample(input, { numRuns: 600, seed: 4 });
  const results = plans(inputs);
  const planned = inputs.flatMap((one, index) => {
    const result = results[index];
    return result?.ok === true ? [{ one, plan: result.value as Plan }] : [];
  });

  it('only refuses a secret without a function or with times that the owner chose', () => {
    for (const [index, one] of inputs.entries()) {
      const result = results[index];
      if (result?.ok !== false) continue;
      const chosen = one.secret.RotationRules?.ScheduleExpression?.startsWith('cron(') === true;
      expect(chosen || (one.secret.RotationLambdaARN ?? '') === '').toBe(true);
    }
    expect(planned.length).toBeGreaterThan(100);
  });

  it('ends in rotation that the check accepts', () => {
    const fixed = planned.map(({ one, plan }): Input => ({
      ...one,
      secret:
        plan.wanted === undefined
          ? one.secret
          : {
              RotationEnabled: true,
              RotationLambdaARN: FUNCTION,
              RotationRules: plan.wanted,
              LastRotatedDate: '2024-05-01T00:00:00+00:00',
            },
    }));
    for (const result of plans(fixed)) expect((valueOf(result) as Plan).wrong).toEqual([]);
  });

  it('never makes a secret rotate more seldom, and keeps the window', () => {
    for (const { one, plan } of planned) {
      const former = one.secret.RotationRules;
      if (plan.wanted === undefined || former === undefined) continue;
      expect(daysOf(plan.wanted)).toBeLessThanOrEqual(daysOf(former));
      expect(plan.wanted.Duration).toEqual(former.Duration);
    }
  });

  it('gives RotateSecret either a number of days or an expression', () => {
    for (const { plan } of planned) {
      for (const schedule of [plan.wanted ?? {}, plan.formerRules]) {
        expect('AutomaticallyAfterDays' in schedule && 'ScheduleExpression' in schedule).toBe(
          false,
        );
      }
    }
  });
});
