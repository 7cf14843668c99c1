import { expect, it } from 'vitest';
import { describeWithEmulator } from '../../support/emulator.ts';
import { ALICE, BOB, command, failed, keyOf } from './ingest-records.ts';
import { createWorld, finish, onlyAttempt, pass } from './ingest-world.ts';
import type { World } from './ingest-world.ts';

/** The same bulk run, sent from two machines: each command comes twice, from different people. */
describeWithEmulator('two people who ask for the same', (local) => {
  const numbers = [1, 2, 3];
  const findingOf = (number: number) =>
    failed({
      Id: String(failed()['Id']).replace(/[^/]*$/u, `0b-${number}`),
      Resources: [{ Id: `arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0000000${number}` }],
    });
  const open = async (): Promise<World> => {
    const world = await createWorld(local.emulator().endpoint);
    for (const one of numbers.map(findingOf)) world.hub.set(String(one['Id']), one);
    return world;
  };
  const run = (who: string, body: Readonly<Record<string, unknown>>) =>
    numbers.map((number) => command({ ...body, finding: keyOf(findingOf(number)) }, who));

  it('at the same time get one remediation of each resource, and no command fails', async () => {
    const world = await open();
    const runs = [ALICE, BOB].map((who) => run(who, { command: 'remediate' }));
    const left = await Promise.all(runs.map(async (records) => world.deliver(...records)));
    expect(left).toEqual([[], []]);
    const resources = (await world.attempts()).map(({ resource }) => resource);
    expect(resources).toHaveLength(3);
    expect(new Set(resources).size).toBe(3);
    expect(new Set(world.started()).size).toBe(3);
    expect(world.putAside()).toEqual([]);
  });

  it('one after the other: what was fixed in the meantime is not done again', async () => {
    const world = await open();
    await world.deliver(...run(ALICE, { command: 'remediate' }));
    for (const { id } of await world.attempts()) await finish(world, id);
    for (const number of numbers)
      world.hub.set(String(findingOf(number)['Id']), {
        ...findingOf(number),
        Workflow: { Status: 'RESOLVED' },
        Compliance: { Status: 'PASSED', SecurityControlId: 'EC2.2' },
      });
    pass(world, 5);
    await world.deliver(...run(BOB, { command: 'remediate' }));
    expect(world.started()).toHaveLength(3);
  });

  it('take a change back once', async () => {
    const world = await open();
    const [remediate] = run(ALICE, { command: 'remediate' });
    if (remediate === undefined) throw new Error('There is no command.');
    await world.deliver(remediate);
    const { id } = await onlyAttempt(world);
    await finish(world, id);
    const undo = { command: 'undo', attempt: id, finding: keyOf(findingOf(1)) };
    await Promise.all([ALICE, BOB].map(async (who) => world.deliver(command(undo, who))));
    const undos = (await world.attempts()).filter(({ mode }) => mode === 'Undo');
    expect(undos).toHaveLength(1);
    expect(world.started()).toHaveLength(2);
  });
});
