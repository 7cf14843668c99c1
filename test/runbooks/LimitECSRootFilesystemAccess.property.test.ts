import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

const FILE = 'runbooks/ecs/LimitECSRootFilesystemAccess.py';
const ARN = 'arn:aws:ecs:us-east-1:111122223333:task-definition/cart:7';

interface Container {
  readonly name: string;
  readonly image: string;
  readonly readonlyRootFilesystem?: boolean;
}
interface Plan {
  readonly writable: readonly string[];
  readonly new: {
    readonly containerDefinitions: readonly Container[];
    readonly tags: readonly unknown[] | null;
  };
}
interface Service {
  readonly service: string;
  readonly cluster: string;
  readonly name: string;
  readonly status: string;
  readonly revision: string;
  readonly controller: string | null;
}

const container: fc.Arbitrary<Container> = fc.record(
  {
    name: fc.stringMatching(/^[a-z]{1,8}$/u),
    image: fc.string(),
    readonlyRootFilesystem: fc.boolean(),
    mountPoints: fc.array(fc.record({ sourceVolume: fc.string(), readOnly: fc.boolean() })),
    linuxParameters: fc.record({ initProcessEnabled: fc.boolean() }),
  },
  { requiredKeys: ['name', 'image'] },
);
const containers = fc.uniqueArray(container, {
  minLength: 1,
  maxLength: 5,
  selector: ({ name }) => name,
});

function plans(
  list: readonly (readonly Container[])[],
  more: Readonly<Record<string, unknown>> = {},
): readonly Plan[] {
  const kwargs = list.map((containerDefinitions) => ({
    definition: { containerDefinitions },
    tags: null,
    ...more,
  }));
  return callPure(FILE, 'read_only_definition', kwargs).map((result) => valueOf(result) as Plan);
}

describePure('LimitECSRootFilesystemAccess', () => {
  it('changes nothing of a container but its root file system, and finds nothing to do the second time', () => {
    const list = fc.sample(containers, { numRuns: 300, seed: 5 });
    const made = plans(list);
    for (const [index, before] of list.entries()) {
      const writable = before.filter((one) => one.readonlyRootFilesystem !== true);
      expect(made[index]?.writable).toEqual(writable.map(({ name }) => name));
      expect(made[index]?.new.containerDefinitions).toEqual(
        before.map((one) => ({ ...one, readonlyRootFilesystem: true })),
      );
    }
    const again = plans(made.map((plan) => plan.new.containerDefinitions));
    expect(again.flatMap((plan) => plan.writable)).toEqual([]);
  });

  it('carries the tags over, without those that only AWS may write', () => {
    const tags = [
      { key: 'team', value: 'a' },
      { key: 'aws:cloudformation:stack-name', value: 's' },
      { key: 'AWS:x', value: '' },
    ];
    const [kept] = plans([[{ name: 'a', image: 'a' }]], { tags });
    expect(kept?.new.tags).toEqual([{ key: 'team', value: 'a' }]);
    const [none] = plans([[{ name: 'a', image: 'a' }]], { tags: [] });
    expect(none?.new.tags).toBeNull();
  });

  it('asks for every service once, at most ten of one cluster at a time', () => {
    const lists = fc.sample(fc.array(fc.array(fc.uuid(), { maxLength: 35 }), { maxLength: 4 }), {
      numRuns: 100,
      seed: 5,
    });
    const results = callPure(
      FILE,
      'batches_of_ten',
      lists.map((services) => ({ clusters: services.map((_, at) => `c${at}`), services })),
    );
    for (const [index, result] of results.entries()) {
      const batches = valueOf(result) as readonly {
        readonly cluster: string;
        readonly services: readonly string[];
      }[];
      const asked = batches.flatMap(({ cluster, services }) =>
        services.map((service) => [cluster, service]),
      );
      expect(asked).toEqual(
        (lists[index] ?? []).flatMap((services, at) =>
          services.map((service) => [`c${at}`, service]),
        ),
      );
      for (const { services } of batches) expect(services.length).toBeLessThanOrEqual(10);
    }
  });

  it('moves the active services of exactly this revision that ECS itself deploys, and names the others', () => {
    const service: fc.Arbitrary<Service> = fc.record({
      service: fc.uuid(),
      cluster: fc.constantFrom('a', 'b'),
      name: fc.uuid(),
      status: fc.constantFrom('ACTIVE', 'DRAINING', 'INACTIVE'),
      revision: fc.constantFrom(ARN, `${ARN}0`, ARN.replace('cart', 'pay')),
      controller: fc.constantFrom(null, 'ECS', 'CODE_DEPLOY', 'EXTERNAL'),
    });
    const lists = fc.sample(fc.array(fc.array(service)), { numRuns: 200, seed: 5 });
    const results = callPure(
      FILE,
      'users_of_revision',
      lists.map((described) => ({ described, arn: ARN })),
    );
    for (const [index, result] of results.entries()) {
      const running = (lists[index] ?? [])
        .flat()
        .filter((one) => one.revision === ARN && one.status !== 'INACTIVE');
      const own = running.filter((one) => one.controller === null || one.controller === 'ECS');
      const others = running.filter((one) => !own.includes(one)).map(({ name }) => name);
      expect(valueOf(result)).toEqual({
        users: own.map(({ cluster, service: arn }) => ({ cluster, service: arn })),
        names: own.length > 0 ? own.map(({ name }) => name) : ['none'],
        others: others.length > 0 ? others : ['none'],
      });
    }
  });
});
