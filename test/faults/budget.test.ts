import { afterEach, describe, expect, it } from 'vitest';
import { since } from './world/meter.ts';
import type { Counts } from './world/meter.ts';
import { createScene, checkedAgain, hours, OPEN_GROUP } from './world/scenes.ts';
import type { World } from './world/world.ts';

let world: World;
afterEach(() => world.stop());

/** What happens until nothing moves any more costs so much. */
async function cost(act: () => void): Promise<Counts> {
  const before = world.counts();
  act();
  await world.clock.run(new Date(world.clock.now().getTime() + 600_000));
  return since(before, world.counts());
}

describe('what a finding costs', () => {
  it('at most 10 transitions, 5 calls of functions, 30 API calls and 8 items in 2 requests when it is fixed within two looks', async () => {
    world = createScene({}, { echoAfter: undefined });
    const counts = await cost(() => world.fail(OPEN_GROUP));

    expect(world.hub.workflow(OPEN_GROUP)).toBe('RESOLVED');
    expect(world.sites.filter((site) => site.endsWith(':GetAutomationExecution'))).toHaveLength(2);
    expect(counts.transitions).toBeLessThanOrEqual(10);
    expect(counts.functionCalls).toBeLessThanOrEqual(5);
    expect(counts.apiCalls).toBeLessThanOrEqual(30);
    expect(counts.itemWrites).toBeLessThanOrEqual(8);
    expect(counts.writeRequests).toBeLessThanOrEqual(2);
  });

  it('one call of a function and no write more when Security Hub tells of our own update', async () => {
    world = createScene();
    const counts = await cost(() => world.fail(OPEN_GROUP));

    expect(counts.functionCalls).toBeLessThanOrEqual(6);
    expect(counts.writeRequests).toBeLessThanOrEqual(2);
  });

  const passed = { Compliance: { Status: 'PASSED', SecurityControlId: 'EC2.2' } };
  const suppressed = { Workflow: { Status: 'SUPPRESSED' } };
  const unsupported = {
    Id: String(OPEN_GROUP.raw['Id']).replace('EC2.2', 'EC2.999'),
    GeneratorId: 'security-control/EC2.999',
    Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.999' },
  };

  const notOurs = {
    Id: String(OPEN_GROUP.raw['Id']).replace('EC2.2', 'S3.99'),
    GeneratorId: 'security-control/S3.99',
    Compliance: { Status: 'FAILED', SecurityControlId: 'S3.99' },
  };
  it.each([
    ['passed', passed],
    ['is suppressed', suppressed],
    ['belongs to a control without a remediation', unsupported],
    ['belongs to a control that is not automatic', notOurs],
  ])('neither a write nor a transition when it %s', async (_, changes) => {
    world = createScene();
    const counts = await cost(() =>
      world.fail({ format: 'asff', raw: { ...OPEN_GROUP.raw, ...changes } }),
    );

    expect(world.logs.join('\n')).toContain('"Ignored":1');
    expect(counts).toMatchObject({ transitions: 0, itemWrites: 0, writeRequests: 0 });
    expect(counts).toMatchObject({ functionCalls: 1 });
    expect(counts.apiCalls).toBeLessThanOrEqual(2);
  });

  it('neither a write nor a transition when a filter leaves its account out, or it is fixed already', async () => {
    world = createScene();
    world.settings.set('/ASR/Filters/AccountFilterMode', 'Include');
    world.settings.set('/ASR/Filters/AccountFilters', '999999999999');
    const filtered = await cost(() => world.fail(OPEN_GROUP));
    expect(filtered).toMatchObject({ transitions: 0, itemWrites: 0, writeRequests: 0 });

    world.settings.set('/ASR/Filters/AccountFilterMode', 'Disabled');
    await cost(() => world.tell(OPEN_GROUP));
    expect(world.hub.workflow(OPEN_GROUP)).toBe('RESOLVED');
    const passes = await cost(() => world.fail(checkedAgain(world, 'PASSED')));
    const again = await cost(() => world.tell(OPEN_GROUP));
    for (const counts of [passes, again])
      expect(counts).toMatchObject({ transitions: 0, itemWrites: 0, writeRequests: 0 });
    expect(world.clock.now() < hours(24)).toBe(true);
  });
});
