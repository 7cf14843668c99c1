import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

interface Place {
  readonly resource: string;
  readonly dimension: string;
}
interface Limits extends Place {
  readonly min: number;
  readonly max: number;
}
interface Goal extends Place {
  readonly name: string;
  readonly config: Config;
}
interface Config {
  readonly TargetValue: number;
  readonly ScaleInCooldown?: number;
  readonly PredefinedMetricSpecification?: { readonly PredefinedMetricType: string };
  readonly CustomizedMetricSpecification?: { readonly MetricName: string };
}
interface Target {
  readonly ResourceId: string;
  readonly ScalableDimension: string;
  readonly MinCapacity: number;
  readonly MaxCapacity: number;
}
interface Policy {
  readonly ResourceId: string;
  readonly ScalableDimension: string;
  readonly PolicyName: string;
  readonly PolicyType: string;
  readonly TargetTrackingScalingPolicyConfiguration?: Config;
}
interface Plan {
  readonly gaps: readonly string[];
  readonly register: readonly Limits[];
  readonly registered: readonly Place[];
  readonly old: readonly Limits[];
  readonly put: readonly Goal[];
  readonly putBefore: readonly Goal[];
  readonly added: readonly Goal[];
}
/** What Application Auto Scaling knows of a table. */
interface Scaling {
  readonly targets: readonly Target[];
  readonly policies: readonly Policy[];
}

const FILE = 'runbooks/dynamodb/ConfigureDynamoDBAutoScaling.py';
const RESOURCES = ['table/Orders', 'table/Orders/index/by-day'];
const PLACES = RESOURCES.flatMap((resource) =>
  ['Read', 'Write'].map((kind) => ({
    ResourceId: resource,
    ScalableDimension: `dynamodb:${resource.includes('/index/') ? 'index' : 'table'}:${kind}CapacityUnits`,
    kind,
  })),
);

const units = fc.record({
  read: fc.integer({ min: 1, max: 50 }),
  write: fc.integer({ min: 1, max: 50 }),
});
const least = fc.option(fc.integer({ min: 1, max: 60 }));
const goal = fc.option(fc.integer({ min: 20, max: 90 }));
const wanted = fc.record({ MinRead: least, TargetRead: goal, MinWrite: least, TargetWrite: goal });
const config = (kind: string): fc.Arbitrary<Config> =>
  fc.record(
    {
      TargetValue: fc.integer({ min: 20, max: 90 }),
      ScaleInCooldown: fc.constant(60),
      PredefinedMetricSpecification: fc.constant({
        PredefinedMetricType: `DynamoDB${kind}CapacityUtilization`,
      }),
    },
    { requiredKeys: ['TargetValue', 'PredefinedMetricSpecification'] },
  );
const scaling: fc.Arbitrary<Scaling> = fc
  .tuple(
    ...PLACES.map(({ kind, ...place }) =>
      fc
        .record({
          limits: fc.option(
            fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 40, max: 90 })),
          ),
          tracking: fc.option(config(kind)),
          custom: fc.boolean(),
        })
        .map(({ limits, tracking, custom }): Scaling => {
          // Without a target there can't be a policy.
          if (limits === null) return { targets: [], policies: [] };
          const [MinCapacity, MaxCapacity] = limits;
          const policy = { ...place, PolicyType: 'TargetTrackingScaling' };
          return {
            targets: [{ ...place, MinCapacity, MaxCapacity }],
            policies: [
              ...(custom
                ? [
                    {
                      ...policy,
                      PolicyName: 'custom',
                      TargetTrackingScalingPolicyConfiguration: {
                        TargetValue: 5,
                        CustomizedMetricSpecification: { MetricName: 'queue' },
                      },
                    },
                  ]
                : []),
              ...(tracking === null
                ? []
                : [
                    {
                      ...policy,
                      PolicyName: 'ours',
                      TargetTrackingScalingPolicyConfiguration: tracking,
                    },
                  ]),
            ],
          };
        }),
    ),
  )
  .map((parts) => ({
    targets: parts.flatMap(({ targets }) => targets),
    policies: parts.flatMap(({ policies }) => policies),
  }));
const situation = fc.record({ table: units, index: units, wanted, scaling });
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

function plansFor(situations: readonly Situation[]): readonly Plan[] {
  return callPure(
    FILE,
    'scaling_plan',
    situations.map(({ table, index, wanted: asked, scaling: found }) => ({
      table: { name: 'Orders', ...table, indexes: [{ name: 'by-day', ...index }] },
      resources: RESOURCES,
      factor: 4,
      wanted: asked,
      targets: found.targets,
      policies: RESOURCES.map((resource) =>
        found.policies.filter(({ ResourceId }) => ResourceId === resource),
      ),
    })),
  ).map((result) => valueOf(result) as Plan);
}

const sameAs =
  (place: Place) =>
  (one: Target | Policy): boolean =>
    one.ResourceId === place.resource && one.ScalableDimension === place.dimension;

function register({ targets, policies }: Scaling, { min, max, ...place }: Limits): Scaling {
  const target = {
    ResourceId: place.resource,
    ScalableDimension: place.dimension,
    MinCapacity: min,
    MaxCapacity: max,
  };
  return { policies, targets: [...targets.filter((one) => !sameAs(place)(one)), target] };
}

function put({ targets, policies }: Scaling, { name, config: set, ...place }: Goal): Scaling {
  const policy = {
    ResourceId: place.resource,
    ScalableDimension: place.dimension,
    PolicyName: name,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: set,
  };
  const others = policies.filter((one) => !(sameAs(place)(one) && one.PolicyName === name));
  return { targets, policies: [...others, policy] };
}

const change = (found: Scaling, plan: Plan): Scaling =>
  plan.put.reduce(put, plan.register.reduce(register, found));

function undo(found: Scaling, plan: Plan): Scaling {
  const policies = found.policies.filter(
    (one) => !plan.added.some((added) => sameAs(added)(one) && added.name === one.PolicyName),
  );
  const restored = plan.putBefore.reduce(put, { ...found, policies });
  const targets = restored.targets.filter(
    (one) => !plan.registered.some((place) => sameAs(place)(one)),
  );
  return plan.old.reduce(register, { ...restored, targets });
}

const key = (one: Target | Policy): string => JSON.stringify(one, Object.keys(one).toSorted());
const sorted = ({ targets, policies }: Scaling): object => ({
  targets: targets.toSorted((a, b) => key(a).localeCompare(key(b))),
  policies: policies.toSorted((a, b) => key(a).localeCompare(key(b))),
});

describePure('scaling of a provisioned table and its index', () => {
  const samples = fc.sample(situation, { numRuns: 300, seed: 1 });
  let plans: readonly Plan[] = [];
  let after: readonly Situation[] = [];
  const planOf = (index: number): Plan => {
    const plan = plans[index];
    if (plan === undefined) throw new Error(`there is no plan ${index}`);
    return plan;
  };
  beforeAll(() => {
    plans = plansFor(samples);
    after = samples.map((one, index) => ({ ...one, scaling: change(one.scaling, planOf(index)) }));
  });

  it('is complete after the change: every capacity has limits and a goal as asked for', () => {
    for (const { scaling: found, wanted: asked } of after)
      for (const { kind, ...at } of PLACES) {
        const place = { resource: at.ResourceId, dimension: at.ScalableDimension };
        const target = found.targets.find(sameAs(place));
        const goals = found.policies.filter(sameAs(place));
        const min = kind === 'Read' ? asked.MinRead : asked.MinWrite;
        const aim = kind === 'Read' ? asked.TargetRead : asked.TargetWrite;
        expect(target?.MinCapacity ?? 0).toBeGreaterThanOrEqual(min ?? 1);
        expect(target?.MaxCapacity ?? 0).toBeGreaterThanOrEqual(target?.MinCapacity ?? 1);
        const values = goals.map(
          (one) => one.TargetTrackingScalingPolicyConfiguration?.TargetValue,
        );
        if (aim === null) expect(values).not.toEqual([]);
        else expect(values).toContain(aim);
      }
  });

  it('needs nothing more the second time', () => {
    expect(
      plansFor(after).map(({ gaps, register: more, put: again }) => [gaps, more, again]),
    ).toEqual(after.map(() => [[], [], []]));
  });

  it('never lowers what the owner provisioned or allowed', () => {
    for (const [index, { table, index: second }] of samples.entries()) {
      const plan = planOf(index);
      for (const limits of plan.register) {
        const own = limits.resource === 'table/Orders' ? table : second;
        const provisioned = limits.dimension.includes('Read') ? own.read : own.write;
        const old = plan.old.find(
          (one) => one.resource === limits.resource && one.dimension === limits.dimension,
        );
        expect(limits.min).toBeGreaterThanOrEqual(old?.min ?? provisioned);
        expect(limits.max).toBeGreaterThanOrEqual(old?.max ?? provisioned);
      }
    }
  });

  it('keeps what an existing policy says besides its goal', () => {
    for (const plan of plans)
      for (const old of plan.putBefore) {
        const set = plan.put.find(
          ({ resource, dimension }) => resource === old.resource && dimension === old.dimension,
        );
        expect({ ...set?.config, TargetValue: old.config.TargetValue }).toEqual(old.config);
        expect(set?.name).toBe(old.name);
      }
  });

  it('is as before after undo', () => {
    for (const [index, one] of after.entries())
      expect(sorted(undo(one.scaling, planOf(index)))).toEqual(
        sorted(samples[index]?.scaling ?? one.scaling),
      );
  });
});
