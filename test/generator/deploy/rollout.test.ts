import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeBuild } from './deploy-support.ts';
import {
  accountsIn,
  FIRST,
  GIVEN,
  IN_UNITS,
  MEMBER,
  organization,
  playRollout,
  ROLES,
  rollOutTo,
  SECOND,
  TEMPLATES,
} from './rollout-support.ts';
import type { Stage } from './rollout-support.ts';
import { arnOf, MANAGEMENT } from './rollout-world.ts';
import type { World } from './rollout-world.ts';

const dist = writeBuild(TEMPLATES);
const NEXT = {
  ...TEMPLATES,
  member: {
    ...TEMPLATES.member,
    Description: TEMPLATES.member.Description.replace('v1.2.3', 'v1.3.0'),
  },
};
const nextDist = writeBuild(NEXT, undefined, '1.3.0');
afterAll(() => {
  rmSync(dist, { recursive: true });
  rmSync(nextDist, { recursive: true });
});

const run = (world: World, args: readonly string[] = [], stage: Partial<Stage> = {}) =>
  rollOutTo(world, dist, args, stage);
/** Places of a stack set, and how it stands there. */
const stacks = (world: World, name: string): readonly string[] =>
  world.stacksOf(name).map(({ account, region, detail }) => `${account} ${region} ${detail}`);

describe('a first rollout', () => {
  it('makes both stack sets and brings the roles to one Region, then the member stack to every Region', async () => {
    const world = organization();
    const { code, out, err, questions } = await run(world);
    expect(questions).toEqual(['Roll this out? [y/N] ']);
    expect(err).toContain(
      [
        'Rollout of version 1.2.3 from account 111111111111 (the management account), Region us-east-1',
        '  accounts    9 of 10',
        '  Regions     roles in us-east-1, member stack in us-east-1, eu-west-1',
        '  parameters  SecHubAdminAccount=222222222222 Namespace=shtest',
        'The management account 111111111111 is left out by stack sets of an organization. Deploy to it by itself, signed in there:',
        '  asr deploy member-roles --region us-east-1',
        '  asr deploy member --region us-east-1',
        '  asr deploy member --region eu-west-1',
        '',
        `1  make the stack set ${ROLES}`,
        `2  make the stack set ${MEMBER}`,
        '3  deploy the roles in 9 accounts, us-east-1',
        '4  deploy the member stack in 9 accounts, us-east-1, eu-west-1',
        '',
      ].join('\n'),
    );
    // Where there is no terminal, a line each minute.
    expect(err).toContain(
      '\n2:02  deploy the roles: accounts 4 of 9 done, 2 running; stacks 4 of 9, about 3 min left\n',
    );
    expect(err).toContain('\nDone: deploy the roles.\n');
    expect(err).toContain('\nDone: deploy the member stack.\n');
    expect(out).toBe('9 of 9 accounts have everything.\n');
    expect(code).toBe(0);
    expect(world.stacksOf(ROLES)).toHaveLength(9);
    expect(world.stacksOf(MEMBER)).toHaveLength(18);
  });

  it('lets accounts that join get the roles first, by StackSets itself', async () => {
    const world = organization();
    await run(world);
    expect(world.set(ROLES)?.autoDeployment).toEqual({ isEnabled: true, dependsOn: [] });
    expect(world.set(MEMBER)?.autoDeployment).toEqual({
      isEnabled: true,
      dependsOn: [arnOf(ROLES)],
    });
  });

  it('changes nothing when the answer is no, and asks nothing with --yes', async () => {
    const world = organization();
    const { code, err } = await run(world, [], { answers: ['no'] });
    expect(err).toContain('Nothing was changed.');
    expect(code).toBe(1);
    expect(world.set(ROLES)).toBeUndefined();
    const { answers: _none, ...stage } = { ...world, answers: [] };
    const asked = await playRollout(stage, '--regions', 'us-east-1', '--dist', dist, ...GIVEN);
    expect([asked.code, asked.err]).toEqual([2, 'There is no terminal to ask on. Add --yes.\n']);
    const agreed = await playRollout(
      stage,
      '--regions',
      'us-east-1',
      '--dist',
      dist,
      ...GIVEN,
      '--yes',
    );
    expect([agreed.code, agreed.questions]).toEqual([0, []]);
  });

  it('works for a delegated administrator, who names itself as such', async () => {
    const world = organization({ caller: FIRST });
    const { code, err } = await run(world);
    expect(err).toContain('from account 200000000000 (a delegated administrator)');
    expect(world.set(ROLES)?.permissions).toEqual({
      type: 'organization',
      callAs: 'DELEGATED_ADMIN',
    });
    expect(code).toBe(0);
  });
});

describe('whom it reaches', () => {
  it('takes units with all that is below them', async () => {
    const world = organization();
    await run(world, ['--ou', 'ou-test-work0000']);
    expect(world.stacksOf(ROLES).map(({ account }) => account)).toEqual(
      accountsIn(9, IN_UNITS)
        .filter(({ unit }) => unit === 'ou-test-work0000' || unit === 'ou-test-deep0000')
        .map(({ id }) => id),
    );
  });

  it('leaves out closed accounts and those that are excluded, and says so', async () => {
    const accounts = accountsIn(4, IN_UNITS).map((one) =>
      one.id === SECOND ? { ...one, isActive: false } : one,
    );
    const world = organization({ accounts });
    const { err } = await run(world, ['--exclude', FIRST]);
    expect(err).toContain(
      'Closed or suspended, so left out: 200000000001.\nExcluded: 200000000000.',
    );
    expect(err).toContain('Automatic deployment does not know exclusions');
    expect(stacks(world, ROLES)).toEqual([
      '200000000002 us-east-1 SUCCEEDED',
      '200000000003 us-east-1 SUCCEEDED',
    ]);
  });

  it('takes single accounts, and then leaves those that join alone', async () => {
    const world = organization();
    await run(world, ['--accounts', `${FIRST},${SECOND}`]);
    expect(world.stacksOf(ROLES)).toHaveLength(2);
    expect(world.set(MEMBER)?.autoDeployment.isEnabled).toBe(false);
  });

  it('reads accounts from a file', async () => {
    const world = organization();
    const file = join(dist, 'accounts.txt');
    writeFileSync(file, `${FIRST}\n${SECOND}\n`);
    await run(world, ['--accounts', `@${file}`]);
    expect(world.stacksOf(ROLES)).toHaveLength(2);
  });

  it.each([
    [
      ['--accounts', '999999999999'],
      '--accounts: the account 999999999999 is in none of the target units.',
    ],
    [
      ['--exclude', '999999999999'],
      '--exclude: the account 999999999999 is in none of the target units.',
    ],
    [
      ['--accounts', MANAGEMENT],
      'is the management account, which stack sets of an organization leave out',
    ],
    [
      ['--ou', 'ou-test-sandbox1', '--canary-ou', 'ou-test-work0000'],
      'None of the accounts of --canary-ou gets stacks.',
    ],
    [
      ['--accounts', FIRST, '--auto-deploy'],
      '--auto-deploy would bring the stacks to every account that joins',
    ],
    [
      ['--only', '999999999999'],
      '--only: 999999999999 is not among the accounts and Regions of this rollout.',
    ],
    [['--only', FIRST], 'the member-roles stack set does not exist yet'],
    [['--self-managed'], '--self-managed needs the accounts by name. Add --accounts.'],
    [['--ou', 'work'], 'a unit looks like ou-ab12-cdefghij'],
    [['--concurrency', '101%'], 'Write a number from 1 on'],
  ])('refuses %j', async (args, message) => {
    const world = organization();
    const { code, err } = await run(world, args);
    expect(err).toContain(message);
    expect(code).toBe(2);
    expect(world.set(ROLES)).toBeUndefined();
  });

  it('works without an organization, with roles of their own', async () => {
    const world = organization({ isInOrganization: false });
    const { code, err } = await run(world, [
      '--self-managed',
      '--accounts',
      `${FIRST},${MANAGEMENT}`,
    ]);
    expect(err).toContain('(self-managed permissions)');
    expect(stacks(world, ROLES)).toEqual([
      '111111111111 us-east-1 SUCCEEDED',
      '200000000000 us-east-1 SUCCEEDED',
    ]);
    expect(code).toBe(0);
  });
});

describe('a second rollout', () => {
  it('has nothing to do', async () => {
    const world = organization();
    await run(world);
    const begun = world.calls.get('CreateStackInstances');
    const { code, out, questions } = await run(world);
    expect([code, out, questions]).toEqual([0, '9 of 9 accounts have everything.\n', []]);
    expect(world.calls.get('CreateStackInstances')).toBe(begun);
  });

  it('brings a new Region, and an account that was excluded before', async () => {
    const world = organization();
    await run(world, ['--exclude', FIRST]);
    const { err } = await run(world, ['--regions', 'us-east-1,eu-west-1,eu-north-1']);
    expect(err).toContain(
      [
        '1  deploy the roles in account 200000000000, us-east-1',
        '2  deploy the member stack in 8 accounts, eu-north-1',
        '3  deploy the member stack in account 200000000000, us-east-1, eu-west-1, eu-north-1',
      ].join('\n'),
    );
    expect(world.stacksOf(MEMBER)).toHaveLength(27);
  });

  it('keeps the roles where they are', async () => {
    const world = organization();
    await run(world, ['--roles-region', 'eu-west-1']);
    expect((await run(world)).err).toContain('roles in eu-west-1');
    const moved = await run(world, ['--roles-region', 'us-east-1']);
    expect(moved.err).toContain('Use --roles-region eu-west-1.');
    expect(moved.code).toBe(2);
  });

  it('brings a new version and new values to all stacks', async () => {
    const world = organization();
    await run(world);
    const { code, err } = await run(world, ['--dist', nextDist, '-p', 'LoadSCMemberStack=no']);
    expect(err).toContain(
      `1  update ${MEMBER} and all its stacks: version v1.2.3 -> v1.3.0; LoadSCMemberStack "yes" -> "no"`,
    );
    expect(world.stacksOf(MEMBER).every(({ status: is }) => is === 'current')).toBe(true);
    expect(world.set(MEMBER)?.definition.parameters.get('LoadSCMemberStack')).toBe('no');
    expect(code).toBe(0);
    // What is not given stays as it is.
    expect((await run(world, ['--dist', nextDist])).err).not.toContain('LoadSCMemberStack "');
  });

  it('turns automatic deployment off without touching a stack', async () => {
    const world = organization();
    await run(world);
    const { err } = await run(world, ['--no-auto-deploy']);
    expect(err).toContain(`update the settings of ${MEMBER}: automatic deployment on -> off`);
    expect(world.set(MEMBER)?.autoDeployment.isEnabled).toBe(false);
    expect((await run(world)).questions).toEqual([]);
  });

  it('refuses a stack set of somebody else, or one with other permissions', async () => {
    const world = organization();
    await run(world);
    const other = await run(world, ['--self-managed', '--accounts', FIRST]);
    expect(other.err).toContain('belongs to the organization. Leave out --self-managed');
    const foreign = world.set(ROLES);
    if (foreign !== undefined) foreign.definition.text = '{"Description":"Network baseline"}';
    const { code, err } = await run(world);
    expect(err).toContain(`The stack set ${ROLES} exists and is none of ours.`);
    expect(code).toBe(1);
  });
});

describe('a canary', () => {
  const CANARY = ['--canary-ou', 'ou-test-sandbox1'];

  it('gets everything before everybody else', async () => {
    const world = organization();
    const { err } = await run(world, CANARY);
    expect(err).toContain(
      [
        '3  canary: deploy the roles in 3 accounts, us-east-1',
        '4  canary: deploy the member stack in 3 accounts, us-east-1, eu-west-1',
        '5  deploy the roles in 6 accounts, us-east-1',
        '6  deploy the member stack in 6 accounts, us-east-1, eu-west-1',
      ].join('\n'),
    );
    expect(world.stacksOf(MEMBER)).toHaveLength(18);
  });

  it('keeps a failure from everybody else', async () => {
    const world = organization({
      failing: ({ name, account }) => (name === MEMBER && account === FIRST ? 'Boom.' : undefined),
    });
    const { code, err, out } = await run(world, CANARY);
    expect(err).toContain('More failed than --tolerance allows: canary: deploy the member stack');
    expect(err).toContain('  200000000000 (account 0), us-east-1, member: Boom.');
    expect(out).toContain('0 of 9 accounts have everything.');
    expect(world.stacksOf(ROLES)).toHaveLength(3);
    expect(code).toBe(1);
  });

  it('tries a new version before everybody else, and leaves them the old one when it fails', async () => {
    let isBroken = false;
    const world = organization({ failing: () => (isBroken ? 'Boom.' : undefined) });
    await run(world);
    isBroken = true;
    const failed = await run(world, ['--dist', nextDist, ...CANARY]);
    expect(failed.err).toContain(
      `1  canary: update ${MEMBER} in 3 accounts, us-east-1, eu-west-1: version v1.2.3 -> v1.3.0`,
    );
    expect(failed.code).toBe(1);
    const touched = world.stacksOf(MEMBER).filter(({ detail }) => detail !== 'PENDING');
    expect(touched.map(({ account }) => account)).not.toContain(SECOND);
    isBroken = false;
    const mended = await run(world, ['--dist', nextDist, ...CANARY]);
    expect(mended.err).toContain('1  canary: deploy the member stack in 3 accounts');
    expect(mended.err).toContain('2  deploy the member stack in 6 accounts, us-east-1, eu-west-1');
    expect(mended.code).toBe(0);
  });
});
