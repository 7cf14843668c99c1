import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { planMembers } from '../../../generator/deploy/members/plan-members.ts';
import { ADMIN, play, World } from './members-world.ts';
import type { Stage } from './members-world.ts';

const ONE = '444455556666';
const TWO = '777788889999';
const folder = mkdtempSync(join(tmpdir(), 'asr-members-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (world: World, stage: Partial<Stage>, ...args: readonly string[]) =>
  play({ connect: () => Promise.resolve(world.access()), ...stage }, 'members', ...args);
const changes = ({ calls }: World): readonly string[] =>
  calls.filter((call) => /Create|Invite|Accept|Enable(?!d)|Update/u.test(call));

describe('the plan for a member that is', () => {
  it.each([
    [undefined, 'add'],
    ['Deleted', 'add'],
    ['Created', 'invite'],
    ['Removed', 'invite'],
    ['Resigned', 'invite'],
    ['Invited', 'accept'],
    ['Enabled', 'enabled'],
    ['ENABLED', 'enabled'],
    ['AccountSuspended', 'skipped'],
    ['Borrowed', 'skipped'],
  ] as const)('%s is to be in %s', (status, list) => {
    const existing = status === undefined ? [] : [{ account: ONE, email: '', status }];
    const plan = planMembers([{ account: ONE }], existing, ADMIN);
    expect(plan[list]).toHaveLength(1);
    expect(Object.values(plan).flat()).toHaveLength(1);
  });

  it('named twice, or the administrator itself', () => {
    const plan = planMembers([{ account: ONE }, { account: ONE }, { account: ADMIN }], [], ADMIN);
    expect(plan.add).toEqual([{ account: ONE }]);
    expect(plan.skipped).toEqual([
      { account: ADMIN, why: 'it is the administrator account itself' },
    ]);
  });
});

describe('asr members add', () => {
  it('adds, invites, and says how to accept', async () => {
    const world = new World();
    const ended = await run(world, { answers: ['yes'] }, 'add', '--accounts', `${ONE},${TWO}`);
    expect(ended.code).toBe(0);
    expect(ended.questions).toEqual(['Do it? [y/N] ']);
    expect(world.hub(ADMIN).members.get(ONE)).toEqual({ status: 'Invited' });
    expect(ended.err).toContain(`us-east-1: 2 to be added: ${ONE}, ${TWO}`);
    expect(ended.err).toContain(
      `us-east-1: 2 accounts invited. Accept in each account, with its own credentials: asr members accept --administrator ${ADMIN}.`,
    );
  });

  it('accepts in the accounts under a role, and has nothing to do the second time', async () => {
    const world = new World();
    const args = ['add', '--accounts', `${ONE},${TWO}`, '--role', 'Setup', '--yes'];
    expect((await run(world, {}, ...args)).code).toBe(0);
    expect(world.hub(ADMIN).members.get(TWO)).toEqual({ status: 'Enabled' });
    expect(world.calls).toContain(`${ONE} AssumeRole Setup`);
    const before = changes(world).length;
    const again = await run(world, {}, ...args);
    expect(again).toMatchObject({ code: 0 });
    expect(again.err).toContain(`us-east-1: 2 enabled already: ${ONE}, ${TWO}`);
    expect(changes(world)).toHaveLength(before);
  });

  it('goes on where an earlier run stopped', async () => {
    const world = new World();
    world.hub(ADMIN).members.set(ONE, { status: 'Created' });
    world.hub(ADMIN).members.set(TWO, { status: 'Invited' });
    world.hub(TWO).invitations.set(ADMIN, 'old');
    await run(world, {}, 'add', '--accounts', `${ONE},${TWO}`, '--role', 'Setup', '--yes');
    expect([...world.hub(ADMIN).members.values()]).toEqual([
      { status: 'Enabled' },
      { status: 'Enabled' },
    ]);
    expect(world.calls).not.toContain(`${ADMIN} CreateMembers`);
  });

  it('invites nobody of the own organization, whose accounts are members at once', async () => {
    const world = new World();
    world.organization = [{ Id: ONE, Name: 'one', Email: 'one@example.com', Status: 'ACTIVE' }];
    expect((await run(world, {}, 'add', '--accounts', ONE, '--yes')).code).toBe(0);
    expect(changes(world)).toEqual([`${ADMIN} CreateMembers`]);
  });

  it('says which account Security Hub did not take, and ends with 1', async () => {
    const world = new World();
    world.unprocessed.set(ONE, 'The account is a member of another administrator.');
    const ended = await run(world, {}, 'add', '--accounts', `${ONE},${TWO}`, '--yes');
    expect(ended.code).toBe(1);
    expect(ended.err).toContain(
      `us-east-1: account ${ONE} failed. The account is a member of another administrator.`,
    );
    expect(world.hub(ADMIN).members.get(TWO)?.status).toBe('Invited');
  });

  it('says in which account the role is missing, and does the others', async () => {
    const world = new World();
    world.closed.add(ONE);
    const ended = await run(
      world,
      {},
      'add',
      '--accounts',
      `${ONE},${TWO}`,
      '--role',
      'Setup',
      '--yes',
    );
    expect(ended.code).toBe(1);
    expect(ended.err).toMatch(new RegExp(`account ${ONE} failed. Assuming the role`, 'u'));
    expect(world.hub(ADMIN).members.get(TWO)?.status).toBe('Enabled');
  });

  it('works in batches of 50, in every Region', async () => {
    const world = new World();
    const file = join(folder, 'many.csv');
    const ids = Array.from({ length: 120 }, (_, index) => String(200_000_000_000 + index));
    writeFileSync(
      file,
      `# accounts\n${ids.map((id) => `${id}, root+${id}@example.com`).join('\n')}\n`,
    );
    await run(world, {}, 'add', '--file', file, '--regions', 'us-east-1,eu-west-1', '--yes');
    expect(changes(world).filter((call) => call.endsWith('CreateMembers'))).toHaveLength(6);
    expect(world.hub(ADMIN, 'eu-west-1').members.size).toBe(120);
    expect(world.hub(ADMIN).members.get('200000000007')?.email).toBe(
      'root+200000000007@example.com',
    );
  });

  it('changes nothing without a yes', async () => {
    const world = new World();
    const ended = await run(world, { answers: ['no'] }, 'add', '--accounts', ONE);
    expect(ended.code).toBe(1);
    expect(changes(world)).toEqual([]);
  });

  it.each([
    ['there is nobody to ask', ['--accounts', ONE], 2, 'Say --yes to do it without asking.'],
    ['nobody is named', [], 2, 'Name accounts with --accounts or --file.'],
    ['an id is none', ['--accounts', '12'], 2, 'An account id has 12 digits.'],
    [
      'a Region is none',
      ['--accounts', ONE, '--regions', 'Ireland'],
      2,
      'A Region looks like us-east-1',
    ],
    [
      'a role is an ARN',
      ['--accounts', ONE, '--role', 'arn:aws:iam::1:role/x'],
      2,
      'Name the role, not its ARN',
    ],
    ['the file is missing', ['--file', '/nowhere/x'], 1, '/nowhere/x cannot be read'],
  ])('stops when %s', async (_what, args, code, message) => {
    const world = new World();
    const ended = await run(world, {}, 'add', ...args);
    expect(ended.code).toBe(code);
    expect(ended.err).toContain(message);
    expect(changes(world)).toEqual([]);
  });

  it('names every wrong line of a file', async () => {
    const file = join(folder, 'wrong.csv');
    writeFileSync(file, `${ONE}\n12\n${TWO},nobody\n`);
    const ended = await run(new World(), {}, 'add', '--file', file, '--yes');
    expect(ended.code).toBe(1);
    expect(ended.err).toContain(`${file}:2: "12" is neither`);
    expect(ended.err).toContain(`${file}:3: "${TWO},nobody" is neither`);
  });
});

describe('Security Hub that is off', () => {
  it('here stops the command, which says how to go on', async () => {
    const world = new World();
    world.hub(ADMIN).isOn = false;
    const ended = await run(world, {}, 'add', '--accounts', ONE, '--yes');
    expect(ended.code).toBe(1);
    expect(ended.err).toContain('Say --enable-security-hub to turn it on; checks are billed.');
    expect(changes(world)).toEqual([]);
  });

  it('is turned on here and in members when that is asked for', async () => {
    const world = new World();
    world.hub(ADMIN).isOn = false;
    world.hub(ONE).isOn = false;
    const ended = await run(
      world,
      {},
      ...['add', '--accounts', ONE, '--role', 'Setup', '--enable-security-hub', '--yes'],
    );
    expect(ended.code).toBe(0);
    expect(changes(world)).toEqual([
      `${ADMIN} EnableSecurityHub`,
      `${ADMIN} CreateMembers`,
      `${ADMIN} InviteMembers`,
      `${ONE} EnableSecurityHub`,
      `${ONE} AcceptAdministratorInvitation`,
    ]);
  });
});

describe('asr members accept', () => {
  const accept = (world: World, stage: Partial<Stage> = {}, ...args: readonly string[]) =>
    run(
      world,
      { connect: () => Promise.resolve(world.access(ONE)), ...stage },
      ...['accept', '--administrator', ADMIN, ...args],
    );

  it('accepts an invitation that takes a moment to arrive', async () => {
    const world = new World();
    world.hub(ONE).invitations.set(ADMIN, 'fresh');
    world.hub(ONE).invitationDelay = 2;
    let sleeps = 0;
    const ended = await accept(world, { onSleep: () => (sleeps += 1) });
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.err).toContain(`us-east-1: account ${ONE} is a member of ${ADMIN}.`);
    expect(sleeps).toBe(2);
    expect((await accept(world)).err).toContain('is already a member');
  });

  it('gives up without an invitation, and says who sends one', async () => {
    const ended = await accept(new World());
    expect(ended.code).toBe(1);
    expect(ended.err).toContain(
      `Send one from there: asr members add --accounts ${ONE} --regions us-east-1`,
    );
  });

  it('does not leave another administrator', async () => {
    const world = new World();
    world.hub(ONE).administrator = TWO;
    world.hub(ONE).invitations.set(ADMIN, 'x');
    const ended = await accept(world);
    expect(ended.code).toBe(1);
    expect(ended.err).toContain(`has another administrator, ${TWO}. Disassociate it there first`);
    expect(changes(world)).toEqual([]);
  });

  it('says which permission is missing', async () => {
    const world = new World();
    world.refused.add('ListInvitations');
    expect((await accept(world)).err).toContain('not authorized to perform: ListInvitations');
  });

  it('can be interrupted while it waits', async () => {
    const ended = await accept(new World(), { onSleep: (interrupt) => interrupt() });
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.err).toContain('Interrupted. Run it again: it goes on with what is left.');
  });
});
