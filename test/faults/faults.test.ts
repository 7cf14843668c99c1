/*
 * One finding on its way from its event to RESOLVED, with the real functions, state machine and store on a played AWS
 * (world/). Each call on that way fails in six manners, or its function is
 * killed right after it. The SDK's own retries are left out: a call that fails here fails
 * for the function. A world lasts longer than the longest lease.
 */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { AwsError } from './world/aws.ts';
import { createScene, checkedAgain, hours, OPEN_GROUP } from './world/scenes.ts';
import { fateOf, wrongs } from './world/verdict.ts';
import type { Fault, World } from './world/world.ts';

const reset = (): Error => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

interface Manner {
  readonly name: string;
  readonly fault: () => Fault;
  readonly isAlways: boolean;
}
const MANNERS: readonly Manner[] = [
  {
    name: 'throttled once',
    fault: () => ({ error: new AwsError('ThrottlingException') }),
    isAlways: false,
  },
  {
    name: 'unknown once',
    fault: () => ({ error: new AwsError('WhoKnowsException') }),
    isAlways: false,
  },
  { name: 'request lost', fault: () => ({ error: reset() }), isAlways: false },
  { name: 'answer lost', fault: () => ({ error: reset(), isLate: true }), isAlways: false },
  { name: 'killed after it', fault: () => 'killed', isAlways: false },
  {
    name: 'denied always',
    fault: () => ({ error: new AwsError('AccessDeniedException', 403) }),
    isAlways: true,
  },
  {
    name: 'broken always',
    fault: () => ({ error: new AwsError('WhateverException', 500) }),
    isAlways: true,
  },
];

interface Way {
  readonly title: string;
  readonly row: Readonly<Record<string, unknown>>;
  /** The last call that this way doesn't share with the way before. */
  readonly last: string | undefined;
}
const WAYS: readonly Way[] = [
  { title: 'at once', row: {}, last: undefined },
  {
    title: 'held until its change window opens',
    row: { changeWindow: 'Wed 13:00-15:00 UTC; Thu 13:00-15:00 UTC; Fri 13:00-15:00 UTC' },
    last: 'ingest states:StartExecution',
  },
];

/** Sites of the calls when nothing fails, up to the last one that counts. */
async function sitesOf({ row, last }: Way): Promise<readonly string[]> {
  const quiet = createScene(row);
  quiet.fail(OPEN_GROUP);
  await quiet.clock.run(hours(3));
  const fate = fateOf(quiet);
  quiet.stop();
  if (fate !== 'resolved') throw new Error(`Nothing failed, and the finding is ${fate}.`);
  return last === undefined ? quiet.sites : quiet.sites.slice(0, quiet.sites.indexOf(last) + 1);
}

const results: (readonly string[])[] = [];
let world: World | undefined;
afterEach(() => world?.stop());
afterAll(() => {
  const lines = [['site', ...MANNERS.map(({ name }) => name)], ...results].map((line) =>
    line.map((cell, at) => cell.padEnd(at === 0 ? 68 : 17)).join(''),
  );
  console.log(`\n${lines.join('\n')}\n`);
});

async function suffer(
  { row }: Way,
  { fault, isAlways }: Manner,
  site: string,
  number: number,
): Promise<string> {
  world = createScene(row);
  world.fault = (seen) =>
    (isAlways ? seen.site === site : seen.number === number) ? fault() : undefined;
  world.fail(OPEN_GROUP);
  await world.clock.run(hours(30));
  expect(wrongs(world)).toEqual([]);
  const fate = fateOf(world);

  // The fault is over: what is dead comes back, and Security Hub checks again each day.
  world.fault = () => undefined;
  world.events.redrive();
  world.commands.redrive();
  await world.clock.run(hours(31));
  for (const day of [2, 3, 4]) {
    await world.clock.run(hours(day * 24));
    world.fail(checkedAgain(world, world.automations.fixed.size > 0 ? 'PASSED' : 'FAILED'));
  }
  await world.clock.run(hours(5 * 24));
  expect(wrongs(world)).toEqual([]);
  expect(fateOf(world)).toBe('resolved');
  const { length: started } = world.automations.all;
  world.stop();
  return started === 1 ? fate : `${fate} (${started} starts)`;
}

for (const way of WAYS) {
  const sites = await sitesOf(way);
  describe(`a finding that is remediated ${way.title}`, () => {
    it.each(sites.map((site, number) => ({ site, number })))(
      'survives that $site fails (call $number)',
      async ({ site, number }) => {
        const isFirst = sites.indexOf(site) === number;
        const cells: string[] = [];
        for (const manner of MANNERS)
          cells.push(manner.isAlways && !isFirst ? '' : await suffer(way, manner, site, number));
        results.push([site, ...cells]);
      },
    );
  });
}
