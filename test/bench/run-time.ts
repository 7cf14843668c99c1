/*
 * Figures of the run time: what a finding costs, counted, and how many findings one core takes in. The functions, the
 * state machine and the store are the real ones; AWS is played in this process (test/faults/world), so that time is that
 * of our own code.
 */
import { accountsOf, bucketCatalog, CONTROLS, findingsOf } from '../faults/world/buckets.ts';
import type { HubFinding } from '../faults/world/hub.ts';
import { since } from '../faults/world/meter.ts';
import type { Counts } from '../faults/world/meter.ts';
import { checkedAgain, createScene, OPEN_GROUP } from '../faults/world/scenes.ts';
import { createWorld } from '../faults/world/world.ts';
import type { World } from '../faults/world/world.ts';

const HOUR = 3_600_000;

/** Lets an hour of the world pass after something happened, and counts what was done. */
async function countOf(world: World, act: () => void): Promise<Counts> {
  const before = world.counts();
  act();
  await world.clock.run(new Date(world.clock.now().getTime() + HOUR));
  return since(before, world.counts());
}

/** As measured on AWS's solution (v3.1.5) with the same finding and two looks at its automation. */
const REFERENCE: Counts = {
  transitions: 23,
  functionCalls: 10,
  apiCalls: 77,
  itemWrites: 7,

  // Not measured.
  writeRequests: Number.NaN,
};

/** Prints what one finding costs, by how it goes. */
async function printCosts(): Promise<void> {
  const quiet = createScene({}, { echoAfter: undefined });
  const fixed = await countOf(quiet, () => quiet.fail(OPEN_GROUP));
  const echo = await countOf(quiet, () =>
    quiet.tell({ ...OPEN_GROUP, raw: quiet.hub.raw(OPEN_GROUP) }),
  );
  const passed = await countOf(quiet, () => quiet.fail(checkedAgain(quiet, 'PASSED')));
  quiet.stop();
  const off = createScene({ automatedRemediationEnabled: false });
  const ignored = await countOf(off, () => off.fail(OPEN_GROUP));
  off.stop();
  const held = createScene({ changeWindow: 'Wed 13:00-15:00 UTC' }, { echoAfter: undefined });
  const waited = await countOf(held, () => held.fail(OPEN_GROUP));
  held.stop();
  const lines: readonly (readonly [string, Counts])[] = [
    ["fixed within two looks, AWS's solution", REFERENCE],
    ['fixed within two looks', fixed],
    ['fixed after a change window was awaited', waited],
    ['ignored: not automatic', ignored],
    ['ignored: passed', passed],
    ['ignored: our own update comes back', echo],
  ];
  const head = ['transitions', 'functions', 'API calls', 'items', 'writes'];
  console.log(`\n${'cost of a finding'.padEnd(42)}${head.map((one) => one.padStart(12)).join('')}`);
  for (const [name, counts] of lines)
    console.log(
      name.padEnd(42) +
        [
          counts.transitions,
          counts.functionCalls,
          counts.apiCalls,
          counts.itemWrites,
          counts.writeRequests,
        ]
          .map((one) => (Number.isNaN(one) ? '-' : String(one)).padStart(12))
          .join(''),
    );
}

/** Takes in so many findings; answers how many in one second of processor time, and what each cost. */
async function takeIn(count: number, isAutomatic: boolean): Promise<readonly [number, Counts]> {
  const accounts = accountsOf(10);
  const limits = { perHour: 100_000, accountPerHour: 100_000 };
  const world = createWorld({
    start: new Date('2026-05-06T12:20:00.000Z'),
    catalog: bucketCatalog,
    standards: ['SC', 'AFSBP'],
    members: accounts,
    rows: CONTROLS.map((controlId) => ({
      controlId,
      automatedRemediationEnabled: isAutomatic,
      ...limits,
    })),
    latency: () => 0,
    // Nothing of the orchestrator belongs to this figure.
    takes: HOUR,
    echoAfter: undefined,
  });
  world.fault = ({ site }) => (site.startsWith('start ') ? 'killed' : undefined);
  const findings = Array.from({ length: count }, (_, index): HubFinding | undefined =>
    findingsOf(
      accounts[index % accounts.length] ?? '',
      `bucket-${index}`,
      CONTROLS[index % CONTROLS.length] ?? 'S3.1',
      '2026-05-06T11:20:00.000Z',
    ).at(0),
  ).filter((one) => one !== undefined);
  for (const finding of findings) world.fail(finding);
  const before = process.cpuUsage();
  await world.clock.run(
    new Date(world.clock.now().getTime() + HOUR),
    () => world.events.pending() === 0,
  );
  const { user, system } = process.cpuUsage(before);
  const rate = count / ((user + system) / 1_000_000);
  const counts = world.counts();
  world.stop();
  return [rate, counts];
}

async function printRates(): Promise<void> {
  console.log('\nfindings taken in by one core (code only; AWS answers at once)');
  await takeIn(500, true);
  for (const [name, isAutomatic] of [
    ['ignored', false],
    ['claimed', true],
  ] as const) {
    const count = 5000;
    const [rate, { functionCalls, apiCalls }] = await takeIn(count, isAutomatic);
    console.log(
      `${name.padEnd(10)}${rate.toFixed(0).padStart(8)} findings/s, ${(functionCalls / count).toFixed(2)} function calls and ${(apiCalls / count).toFixed(2)} API calls each`,
    );
  }
}

/** Prints the figures of the run time. */
export async function benchRunTime(): Promise<void> {
  await printCosts();
  await printRates();
}

if (process.argv[1] === import.meta.filename) await benchRunTime();
