import { rmSync } from 'node:fs';
import { duration } from '../../generator/deploy/rollout/progress.ts';
import { writeBuild } from '../generator/deploy/deploy-support.ts';
import { accountsIn, GIVEN, playRollout, TEMPLATES } from '../generator/deploy/rollout-support.ts';
import { createWorld } from '../generator/deploy/rollout-world.ts';
import type { World } from '../generator/deploy/rollout-world.ts';

/**
 * Rolls out to 5,000 accounts in 4 Regions against the simulated StackSets of the tests, on a virtual clock, and prints
 * calls, time and memory. What the time rests on:
 * - 100 stacks at a time for a stack set: "StackSets concepts" of the CloudFormation User Guide, as of 2023, names this as
 *   the fastest; later pages name no such number.
 * - 10,000 stack operations at a time in a Region: "Understand CloudFormation quotas". The first limit is far below it.
 * - AWS publishes no request rate for the calls of StackSets. Half a second each is assumed, 2 calls a second. Those of
 *   Organizations have rates ("Quotas and service limits for AWS Organizations"); the same half second is taken for them.
 * - How long a stack takes was never measured. It is assumed, and the time is proportional to it.
 */
const ACCOUNTS = 5000;
const REGIONS = 'us-east-1,us-west-2,eu-west-1,eu-central-1';
const AT_A_TIME = 100;
const CALL_SECONDS = 0.5;

const UNITS = 200;
const units = Object.fromEntries(
  Array.from({ length: UNITS }, (_, index) => [
    unitId(index),
    index < 10 ? 'r-root' : unitId(index % 10),
  ]),
);
const accounts = accountsIn(ACCOUNTS, Object.keys(units));
const dist = writeBuild(TEMPLATES);

interface Measured {
  readonly calls: ReadonlyMap<string, number>;
  readonly seconds: number;
  readonly processSeconds: number;
}

/** Runs one command line and tells what it took. */
async function measure(world: World, args: readonly string[]): Promise<Measured> {
  const before = new Map(world.calls);
  const from = world.seconds();
  const start = performance.now();
  const { code, err } = await playRollout({ ...world, answers: [] }, ...args);
  if (code !== 0) throw new Error(err);
  return {
    calls: new Map(
      [...world.calls].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const),
    ),
    seconds: world.seconds() - from,
    processSeconds: (performance.now() - start) / 1000,
  };
}

function print(title: string, { calls, seconds, processSeconds }: Measured): void {
  const made = [...calls].filter(([, count]) => count > 0);
  const all = made.reduce((sum, [, count]) => sum + count, 0);
  const megabytes = process.resourceUsage().maxRSS / 1024;
  console.log(
    `\n${title}\n  simulated time ${duration(seconds)}, ${all} calls; this process ${processSeconds.toFixed(1)} s, peak ${megabytes.toFixed(0)} MB so far`,
  );
  for (const [name, count] of made.toSorted(([, a], [, b]) => b - a))
    console.log(`  ${String(count).padStart(6)}  ${name}`);
}

function unitId(index: number): string {
  return `ou-test-${String(index).padStart(8, '0')}`;
}

console.log(
  `${ACCOUNTS} accounts in ${UNITS} units, 4 Regions, ${AT_A_TIME} stacks at a time, ${CALL_SECONDS} s a call (both as said in this file)`,
);
const rollout = ['--regions', REGIONS, '--dist', dist, ...GIVEN, '--yes'];
const scenarios: readonly (readonly [number, readonly string[]])[] = [
  [60, []],
  [180, []],
  [60, ['--parallel-regions']],
  [60, ['--canary-ou', unitId(199)]],
];
for (const [stackSeconds, more] of scenarios) {
  const world = createWorld({
    accounts,
    units,
    stackSeconds,
    callSeconds: CALL_SECONDS,
    most: AT_A_TIME,
  });
  print(
    `first rollout, ${stackSeconds} s a stack ${more.join(' ')}`,
    await measure(world, [...rollout, ...more]),
  );
  if (stackSeconds > 60 || more.length > 0) continue;
  print('second rollout, nothing to do', await measure(world, rollout));
  print('status', await measure(world, ['status', '--dist', dist]));
}
rmSync(dist, { recursive: true });
