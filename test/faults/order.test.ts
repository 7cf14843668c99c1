/* Events that come twice, late or in the wrong order, and functions that are killed at the worst moment. */
import { afterEach, describe, expect, it } from 'vitest';
import { finding } from '../templates/admin/fixtures.ts';
import { since } from './world/meter.ts';
import type { HubFinding } from './world/hub.ts';
import { checkedAgain, createScene, hours, OPEN_GROUP, START } from './world/scenes.ts';
import { fateOf, wrongs } from './world/verdict.ts';
import type { World } from './world/world.ts';

let world: World;
afterEach(() => {
  expect(wrongs(world)).toEqual([]);
  world.stop();
});

/** Minutes go by. */
async function pass(minutes: number): Promise<void> {
  await world.clock.run(new Date(world.clock.now().getTime() + minutes * 60_000));
}

/** Kills a function once, right after a call that begins so. */
function killAfter(site: string): void {
  let isArmed = true;
  world.fault = (seen) => {
    if (!isArmed || !seen.site.startsWith(site)) return undefined;
    isArmed = false;
    return 'killed';
  };
}

/** Another control's finding on the same group, with the value that its remediation needs. */
const OTHER_CONTROL: HubFinding = {
  format: 'asff',
  raw: finding({
    Id: String(OPEN_GROUP.raw['Id']).replace('EC2.2', 'EC2.18'),
    GeneratorId: 'security-control/EC2.18',
    UpdatedAt: OPEN_GROUP.raw['UpdatedAt'],
    Compliance: {
      Status: 'FAILED',
      SecurityControlId: 'EC2.18',
      SecurityControlParameters: [{ Name: 'authorizedTcpPorts', Value: ['443'] }],
    },
  }),
};

describe('events', () => {
  it('that come many times at once start one automation', async () => {
    world = createScene();
    world.fail(OPEN_GROUP);
    for (let copies = 0; copies < 25; copies += 1) world.tell(OPEN_GROUP);
    await pass(30);

    expect(fateOf(world)).toBe('resolved');
    expect(world.attempts()).toHaveLength(1);
    expect(world.automations.all).toHaveLength(1);
  });

  it('that are delivered again while it is remediated join, and afterwards cost no write', async () => {
    world = createScene({}, { echoAfter: undefined });
    world.fail(OPEN_GROUP);
    await world.clock.run(new Date(START.getTime() + 8_000));
    world.tell(OPEN_GROUP);
    await pass(30);
    const before = world.counts();
    world.tell(OPEN_GROUP);
    await pass(30);

    expect(world.automations.all).toHaveLength(1);
    expect(world.attempts()).toMatchObject([{ findings: [{ format: 'asff' }] }]);
    expect(since(before, world.counts())).toMatchObject({ writeRequests: 0, transitions: 0 });
  });

  it('that fail and come after the one that passes change nothing twice', async () => {
    world = createScene();
    world.fail(OPEN_GROUP);
    await pass(30);
    const passes = checkedAgain(world, 'PASSED');
    await pass(30);
    world.fail(passes);
    world.tell(OPEN_GROUP);
    await pass(30);

    expect(fateOf(world)).toBe('resolved');
    expect(world.automations.all).toHaveLength(1);
  });

  it('that tell of our own updates do nothing, however early they come', async () => {
    world = createScene({}, { echoAfter: 1, latency: () => 400 });
    world.fail(OPEN_GROUP);
    await pass(30);

    expect(world.hub.updates).toHaveLength(1);
    expect(world.attempts()).toMatchObject([{ status: 'ended', outcome: 'changed' }]);
    expect(world.items('held')).toEqual([]);
    expect(world.automations.all).toHaveLength(1);
  });

  it('of a fix that does not last are new again, wait, and are remediated again', async () => {
    world = createScene();
    world.fail(OPEN_GROUP);
    await pass(60);
    world.automations.fixed.clear();
    world.fail(checkedAgain(world, 'FAILED'));
    await pass(2);

    expect(world.hub.workflow(OPEN_GROUP)).toBe('NEW');
    expect(world.items('held')).toMatchObject([{ reason: 'backing-off' }]);
    expect(world.items('target')).toMatchObject([{ failures: 1 }]);

    await pass(20);
    expect(fateOf(world)).toBe('resolved');
    expect(world.automations.all.map(({ outcome }) => outcome)).toEqual(['changed', 'changed']);
  });
});

describe('a function that is killed', () => {
  it('between claim and start: the next delivery starts what was claimed', async () => {
    world = createScene();
    killAfter('ingest dynamodb:TransactWriteItems');
    world.fail(OPEN_GROUP);
    await pass(5);
    expect(fateOf(world)).toBe('under way');
    expect(world.executions.all.size).toBe(0);

    await pass(10);
    expect(fateOf(world)).toBe('resolved');
    expect(world.executions.all.size).toBe(1);
    expect(world.automations.all).toHaveLength(1);
    expect(world.items('count').map(({ starts }) => starts)).toEqual([1, 1]);
  });

  it('between claim and start, and its message is lost as well: the sweep starts it', async () => {
    world = createScene();
    killAfter('ingest dynamodb:TransactWriteItems');
    world.fail(OPEN_GROUP);
    await pass(5);
    world.fault = ({ site }) => (site.startsWith('ingest ssm:') ? 'killed' : undefined);
    await pass(40);
    expect(fateOf(world)).toBe('resolved');
    expect(world.automations.all).toHaveLength(1);
  });

  it('after the start of the execution: it runs once', async () => {
    world = createScene();
    killAfter('ingest states:StartExecution');
    world.fail(OPEN_GROUP);
    await pass(30);

    expect(fateOf(world)).toBe('resolved');
    expect(world.executions.all.size).toBe(1);
    expect(world.automations.all).toHaveLength(1);
  });

  it('between the start of the automation and its answer: the automation is found again', async () => {
    world = createScene();
    killAfter('start ssm:StartAutomationExecution');
    world.fail(OPEN_GROUP);
    await pass(30);

    expect(fateOf(world)).toBe('resolved');
    expect(world.automations.all).toHaveLength(1);
  });

  it('there, and what it started can not be seen for minutes: nothing is started twice', async () => {
    world = createScene();
    world.automations.invisibleFor = 180_000;
    killAfter('start ssm:StartAutomationExecution');
    world.fail(OPEN_GROUP);
    await pass(60);

    expect(fateOf(world)).toBe('resolved');
    expect(world.automations.all).toHaveLength(1);
  });

  it('there, while another control waits for the same resource: never two changes at once', async () => {
    world = createScene({}, { takes: 90_000 });
    world.fail(OPEN_GROUP);
    world.fail(OTHER_CONTROL);
    killAfter('start ssm:StartAutomationExecution');
    await pass(60);

    expect(world.automations.all).toHaveLength(2);
    expect([OPEN_GROUP, OTHER_CONTROL].map((one) => fateOf(world, one))).toEqual([
      'resolved',
      'resolved',
    ]);
  });

  it("between the finding's update and the history: the history is written by the next try", async () => {
    world = createScene();
    killAfter('finish securityhub:BatchUpdateFindings');
    world.fail(OPEN_GROUP);
    await pass(30);

    expect(fateOf(world)).toBe('resolved');
    expect(world.attempts()).toMatchObject([{ status: 'ended', outcome: 'changed' }]);
    expect(world.items('lease')).toEqual([]);
    expect(world.automations.all).toHaveLength(1);
  });

  it.each(['start', 'check', 'finish'])(
    '%s each time: the attempt ends, and the resource is free again',
    async (name) => {
      world = createScene();
      world.fault = ({ site }) => (site.startsWith(name) ? 'killed' : undefined);
      world.fail(OPEN_GROUP);
      await world.clock.run(hours(30));

      expect(fateOf(world)).toBe('told');
      expect(world.automations.all.length).toBeLessThanOrEqual(1);
      expect(world.items('lease')).toEqual([]);
    },
  );
});
