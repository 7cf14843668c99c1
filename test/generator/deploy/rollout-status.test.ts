import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { writeBuild } from './deploy-support.ts';
import type { Played } from './deploy-support.ts';
import {
  FIRST,
  MEMBER,
  organization,
  playRollout,
  ROLES,
  rollOutTo,
  SECOND,
  TEMPLATES,
} from './rollout-support.ts';
import type { World } from './rollout-world.ts';

const dist = writeBuild(TEMPLATES);
const nextDist = writeBuild(TEMPLATES, undefined, '1.3.0');
afterAll(() => {
  rmSync(dist, { recursive: true });
  rmSync(nextDist, { recursive: true });
});
const run = (world: World, args: readonly string[] = []) => rollOutTo(world, dist, args);
const status = (world: World, ...args: readonly string[]): Promise<Played> =>
  playRollout({ ...world }, 'status', '--dist', dist, ...args);

describe('asr rollout status', () => {
  it('shows account by Region where roles, member stack or version are missing', async () => {
    const world = organization({
      failing: ({ name, account }) => (name === ROLES && account === SECOND ? 'Boom.' : undefined),
    });
    await run(world, ['--tolerance', '1', '--exclude', FIRST]);
    const { code, out } = await status(world);
    expect(out).toBe(
      `${[
        `${ROLES} has version v1.2.3.`,
        `${MEMBER} has version v1.2.3.`,
        'Accounts that join get the roles, then the member stack, by themselves.',
        'The management account 111111111111 is left out by stack sets of an organization. Deploy to it by itself, signed in there:',
        '  asr deploy member-roles --region eu-west-1',
        '  asr deploy member --region eu-west-1',
        '  asr deploy member --region us-east-1',
        '7 of 9 accounts have everything.',
        'Roles: 1 missing, 1 failed.',
        'Member stacks: 4 missing.',
        '',
        'account       roles (us-east-1)  eu-west-1  us-east-1  name',
        '200000000000  missing            missing    missing    account 0',
        '200000000001  failed             missing    missing    account 1',
        '',
        'Failed:',
        '  200000000001 (account 1), us-east-1, roles: Boom.',
        '    To try it alone: the same command with --only 200000000001/us-east-1',
        '',
        'asr rollout with the same accounts and Regions brings what is missing.',
      ].join('\n')}\n`,
    );
    expect(code).toBe(1);
  });

  it('says which version is another, shows all accounts on demand, and prints JSON', async () => {
    const world = organization();
    await run(world);
    const { code, out } = await status(world, '--all', '--dist', nextDist);
    expect(out).toContain(
      `${MEMBER} has version v1.2.3; this build is 1.3.0. Run asr rollout to bring it to all accounts.`,
    );
    expect(out).toContain('9 of 9 accounts have everything.');
    expect(out.match(/^2000/gmu)).toHaveLength(9);
    expect(code).toBe(0);
    const json = JSON.parse((await status(world, '--json')).out) as {
      readonly versions: object;
      readonly coverage: { readonly rows: readonly object[] };
    };
    expect(json.versions).toEqual({ 'member-roles': 'v1.2.3', member: 'v1.2.3' });
    expect(json.coverage.rows).toHaveLength(9);
  });

  it('looks at other Regions and units on demand, and names what stands outside them', async () => {
    const world = organization();
    await run(world);
    const args = ['--regions', 'us-east-1,eu-north-1', '--ou', 'ou-test-sandbox1'];
    const { code, out } = await status(world, ...args);
    expect(out).toContain('0 of 3 accounts have everything.\nMember stacks: 3 missing.');
    expect(out).toContain(
      'Outside the accounts and Regions that are asked about: 21 stacks in 9 accounts.',
    );
    expect(code).toBe(1);
  });

  it('asks for the Regions when nothing is rolled out yet', async () => {
    const { code, err } = await status(organization());
    expect(err).toContain('Name them with --regions');
    expect(code).toBe(2);
    const { out } = await status(organization(), '--regions', 'us-east-1');
    expect(out).toContain(`${ROLES} does not exist. Run asr rollout.`);
    expect(out).toContain('0 of 9 accounts have everything.');
  });

  describe('without an organization', () => {
    const alone = async (accounts: readonly string[], failing?: string) => {
      const world = organization({
        isInOrganization: false,
        failing: ({ name, account }) =>
          name === MEMBER && account === failing ? 'Boom.' : undefined,
      });
      await run(world, ['--self-managed', '--accounts', accounts.join(','), '--tolerance', '1']);
      return world;
    };
    const CAN_NOT_BE_SEEN = 'One that was never rolled out to can not be seen';

    it('takes the accounts of the stack sets, and says what it can not see', async () => {
      const world = await alone([FIRST, SECOND], SECOND);
      for (const args of [['--self-managed'], []]) {
        const { code, out } = await status(world, ...args);
        expect(out).toContain(CAN_NOT_BE_SEEN);
        expect(out).toContain('1 of 2 accounts have everything.\nMember stacks: 2 failed.');
        expect(code).toBe(1);
      }
    });

    it('shows accounts that are named and have nothing', async () => {
      const world = await alone([FIRST]);
      const { out } = await status(world, '--self-managed', '--accounts', `${FIRST},${SECOND}`);
      expect(out).toContain('1 of 2 accounts have everything.');
      expect(out).toContain('200000000001  missing');
      expect(out).not.toContain(CAN_NOT_BE_SEEN);
    });

    it('says what to do when nothing is rolled out from here', async () => {
      const { code, err } = await status(organization({ isInOrganization: false }));
      expect(err).toContain('Sign in to the account that rolls out');
      expect(code).toBe(2);
    });
  });
});
