import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

const FILE = 'runbooks/autoscaling/EnableAutoScalingGroupELBHealthCheck.py';
/** Each case of a batch is its own random case; a whole batch goes through one Python process. */
const BATCHES = { numRuns: 1, endOnFailure: true };

interface Plan {
  readonly wrong: boolean;
  readonly types: string;
  readonly grace: number;
}

const group = fc.record({
  HealthCheckType: fc
    .subarray(['EC2', 'EBS', 'ELB', 'VPC_LATTICE'], { minLength: 1 })
    .map((types) => types.join(',')),
  HealthCheckGracePeriod: fc.constantFrom(0, 60, 300, 7200),
  LoadBalancerNames: fc.subarray(['shop', 'web']),
  TargetGroupARNs: fc.subarray(['arn:a', 'arn:b']),
  TrafficSources: fc.subarray([
    { Identifier: 'arn:a', Type: 'elbv2' },
    { Identifier: 'shop', Type: 'elb' },
    { Identifier: 'arn:lattice', Type: 'vpc-lattice' },
  ]),
});

function plans(groups: readonly unknown[]): readonly Plan[] {
  return callPure(
    FILE,
    'health_plan',
    groups.map((one) => ({ group: one, grace: 300 })),
  ).map((result) => valueOf(result) as Plan);
}

describePure('EnableAutoScalingGroupELBHealthCheck', () => {
  it('adds the one check that is missing, keeps the others and an own grace period, and is done then', () => {
    fc.assert(
      fc.property(fc.array(group, { minLength: 200, maxLength: 200 }), (groups) => {
        const found = plans(groups);
        for (const [index, given] of groups.entries()) {
          const plan = found[index];
          const before = given.HealthCheckType.split(',');
          const isBalanced =
            given.LoadBalancerNames.length > 0 ||
            given.TargetGroupARNs.length > 0 ||
            given.TrafficSources.some(({ Type }) => Type !== 'vpc-lattice');
          expect(plan?.wrong).toBe(isBalanced && !before.includes('ELB'));
          if (plan?.wrong !== true) continue;
          expect(plan.types.split(',')).toEqual([...before.filter((one) => one !== 'EC2'), 'ELB']);
          expect(plan.grace).toBe(given.HealthCheckGracePeriod || 300);
        }
        const mended = groups.map((given, index) => ({
          ...given,
          HealthCheckType:
            found[index]?.wrong === true ? found[index].types : given.HealthCheckType,
        }));
        expect(plans(mended).filter(({ wrong }) => wrong)).toEqual([]);
      }),
      BATCHES,
    );
  });

  it('refuses only when every instance in service is unhealthy', () => {
    const instances = ['i-1', 'i-2'].map((InstanceId) => ({
      InstanceId,
      LifecycleState: 'InService',
    }));
    const health = (ids: readonly string[]): unknown => [
      ids.map((Id) => ({ Target: { Id }, TargetHealth: { State: 'unhealthy' } })),
    ];
    const results = callPure(FILE, 'failing', [
      { instances, targets: health([]), classic: null },
      { instances, targets: health(['i-2', 'i-3']), classic: null },
      { instances, targets: health(['i-1', 'i-2']), classic: null },
      { instances: [], targets: health(['i-1']), classic: null },
    ]);
    expect(results).toEqual([
      { ok: true, value: [] },
      { ok: true, value: ['i-2'] },
      { ok: false, error: expect.stringContaining('all 2 instances') },
      { ok: true, value: [] },
    ]);
  });
});
