/*
 * Ten thousand findings at once: 500 buckets in twenty accounts, five controls on each, two standards and both formats for
 * each of these, and a tenth of all events twice. Ten deliveries of up to ten messages each are worked on at a time, as
 * the stack has it; each call takes a while, and transactions get in each other's way.
 */
import { expect, it } from 'vitest';
import { accountsOf, bucketCatalog, CONTROLS, findingsOf } from './world/buckets.ts';
import { createRandom } from './world/clock.ts';
import type { HubFinding } from './world/hub.ts';
import { createWorld } from './world/world.ts';
import type { World } from './world/world.ts';

const START = new Date('2026-05-06T12:20:00.000Z');
const HOUR = 3_600_000;
const BUCKETS = 500;
const ACCOUNTS = accountsOf(20);
/** Starts in one hour; for an account, that is the default. */
const PER_CONTROL = 200;
const PER_ACCOUNT = 50;

function shuffled<T>(list: readonly T[], random: () => number): readonly T[] {
  return list
    .map((one) => ({ one, at: random() }))
    .toSorted((left, right) => left.at - right.at)
    .map(({ one }) => one);
}

function everyFinding(): readonly HubFinding[] {
  return Array.from({ length: BUCKETS }, (_, index) => index).flatMap((index) =>
    CONTROLS.flatMap((control) =>
      findingsOf(
        ACCOUNTS[index % ACCOUNTS.length] ?? '',
        `bucket-${index}`,
        control,
        '2026-05-06T11:20:00.000Z',
      ),
    ),
  );
}

function rests({ events, commands, items, attempts }: World): boolean {
  return (
    events.pending() + commands.pending() + items('held').length === 0 &&
    attempts().every(({ status }) => status === 'ended')
  );
}

/** How many there are of each. */
function tally(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

it('ten thousand findings are remediated within the limits, none is lost and nothing is done twice', async () => {
  const random = createRandom(20_260_506);
  const world = createWorld({
    start: START,
    catalog: bucketCatalog,
    standards: ['SC', 'AFSBP'],
    members: ACCOUNTS,
    rows: CONTROLS.map((controlId) => ({
      controlId,
      automatedRemediationEnabled: true,
      perHour: PER_CONTROL,
    })),
    latency: () => 5 + 20 * random(),
    // One look at each automation: looks themselves are not what is tried here.
    takes: 9_000,
    random,
  });
  const findings = everyFinding();
  expect(findings).toHaveLength(10_000);
  const began = performance.now();
  for (const finding of shuffled(findings, random)) {
    world.fail(finding);
    if (random() < 0.1) world.tell(finding);
  }
  const hourly: number[] = [];
  for (let hour = 1; hour <= 24 && !(hour > 1 && rests(world)); hour += 1) {
    await world.clock.run(new Date(START.getTime() + hour * HOUR));
    hourly.push(world.automations.all.length);
  }
  const seconds = (performance.now() - began) / 1000;
  const workflows = tally(findings.map((finding) => world.hub.workflow(finding)));
  const attempts = world.attempts();
  const counted = (name: string): number => {
    const pattern = new RegExp(`"${name}":(\\d+)`, 'u');
    return world.logs.reduce((sum, line) => sum + Number(pattern.exec(line)?.[1] ?? 0), 0);
  };
  const { transitions, functionCalls, apiCalls, itemWrites, writeRequests } = world.counts();
  console.log(
    [
      `10,000 findings: ${hourly.length} hours of theirs, ${seconds.toFixed(1)} s of ours`,
      `automations by hour: ${hourly.join(' ')}`,
      `started ${counted('Started')}, held ${counted('Held')}, joined ${counted('Joined')}, ignored ${counted('Ignored')}`,
      `transitions ${transitions}, function calls ${functionCalls}, API calls ${apiCalls}, items written ${itemWrites} in ${writeRequests} requests`,
      `workflow: ${[...workflows].map(([name, count]) => `${name} ${count}`).join(', ')}`,
    ].join('\n'),
  );
  world.stop();

  // Nothing is lost: each remediation was made, and each finding was resolved by it.
  expect(rests(world)).toBe(true);
  expect(world.automations.fixed.size).toBe(BUCKETS * CONTROLS.length);
  expect([world.events.dead, world.commands.dead, world.putAside]).toEqual([[], [], []]);
  expect(new Set(attempts.map(({ outcome }) => outcome))).toEqual(new Set(['changed']));
  expect(Object.fromEntries(workflows)).toEqual({ RESOLVED: 10_000 });

  // Nothing is done twice, and no two changes of one bucket at once.
  expect(world.automations.violations).toEqual([]);
  expect(world.automations.all).toHaveLength(BUCKETS * CONTROLS.length);
  expect(attempts).toHaveLength(BUCKETS * CONTROLS.length);
  expect(world.items('lease')).toEqual([]);

  // Limits hold in each hour.
  const perHour = tally(
    attempts.flatMap(({ control, account, claimedAt }) =>
      [control, account].map((one) => `${one} ${claimedAt.slice(0, 13)}`),
    ),
  );
  for (const [name, count] of perHour)
    expect(count, name).toBeLessThanOrEqual(name.startsWith('S3') ? PER_CONTROL : PER_ACCOUNT);
}, 600_000);
