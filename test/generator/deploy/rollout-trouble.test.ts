import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { AwsProblem } from '../../../generator/deploy/aws-problem.ts';
import { writeBuild } from './deploy-support.ts';
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
import type { Stage } from './rollout-support.ts';
import type { World } from './rollout-world.ts';

const dist = writeBuild(TEMPLATES);
afterAll(() => rmSync(dist, { recursive: true }));

const run = (world: World, args: readonly string[] = [], stage: Partial<Stage> = {}) =>
  rollOutTo(world, dist, args, stage);

describe('what goes wrong', () => {
  const TAKEN =
    'ResourceLogicalId:Role, ResourceType:AWS::IAM::Role, ResourceStatusReason:SO0111-X already exists.';

  it('is shown with account, Region, reason, what to do, and how to try it alone', async () => {
    let isBroken = true;
    const world = organization({
      failing: ({ name, account }) =>
        isBroken && name === ROLES && account === SECOND ? TAKEN : undefined,
    });
    const { code, err, out } = await run(world, ['--tolerance', '1']);
    expect(err).toContain(
      [
        'Failed:',
        `  200000000001 (account 1), us-east-1, roles: ${TAKEN}`,
        '    Another stack has made it. The roles are deployed once for each account, in one Region; a second copy needs another Namespace.',
        '    To try it alone: the same command with --only 200000000001/us-east-1',
      ].join('\n'),
    );
    // Documents without their roles could do nothing.
    expect(world.stacksOf(MEMBER)).toHaveLength(16);
    expect(out).toBe(
      '8 of 9 accounts have everything.\nRoles: 1 failed.\nMember stacks: 2 missing.\n',
    );
    expect(code).toBe(1);

    isBroken = false;
    const mended = await run(world, ['--only', SECOND]);
    expect(mended.err).toContain(
      [
        '1  deploy the roles in account 200000000001, us-east-1',
        '2  deploy the member stack in account 200000000001, us-east-1, eu-west-1',
      ].join('\n'),
    );
    expect([mended.code, mended.out]).toEqual([0, '9 of 9 accounts have everything.\n']);
  });

  it('ends the rollout when more fail than are tolerated; the next run goes on', async () => {
    let isBroken = true;
    const world = organization({
      failing: ({ name }) =>
        isBroken && name === ROLES
          ? 'User is not authorized to perform: iam:CreateRole'
          : undefined,
    });
    const { code, err } = await run(world, ['--tolerance', '0', '--concurrency', '1']);
    expect(err).toContain('The steps after it were not begun.');
    expect(err).toContain('iam:CreateRole is missing to whoever deploys');
    expect(world.stacksOf(MEMBER)).toEqual([]);
    expect(code).toBe(1);
    isBroken = false;
    const { out } = await run(world);
    expect(out).toBe('9 of 9 accounts have everything.\n');
  });

  it('goes on in AWS after Ctrl-C, and the next run follows it and does the rest', async () => {
    const world = organization({ stackSeconds: 100 });
    let looks = 0;
    const interrupted = await run(world, [], { interruptsAt: () => (looks += 1) > 3 });
    expect(interrupted.err).toContain(
      'Interrupted. What StackSets has begun, if anything, goes on by itself.',
    );
    expect(interrupted.code).toBe(1);
    const { code, err, out } = await run(world);
    expect(err).toContain(
      `An operation goes on with ${ROLES} (operation-1); following it to its end first.`,
    );
    expect(err).toContain('1  deploy the member stack in 9 accounts');
    expect([code, out]).toEqual([0, '9 of 9 accounts have everything.\n']);
  });

  it('begins nothing new after Ctrl-C', async () => {
    const world = organization();
    const interrupted = await run(world, [], {
      stackSets: (permissions) => ({
        ...world.stackSets(permissions),
        make: async (...args) => {
          process.emit('SIGINT');
          await world.stackSets(permissions).make(...args);
        },
      }),
    });
    expect(interrupted.err).toContain('Interrupted.');
    expect(interrupted.code).toBe(1);
    expect(world.calls.get('CreateStackSet')).toBe(1);
    expect(world.calls.get('CreateStackInstances')).toBeUndefined();
  });

  it('says that it goes on in AWS when it can not be followed any more', async () => {
    const world = organization();
    const { code, err } = await run(world, [], {
      stackSets: (permissions) => ({
        ...world.stackSets(permissions),
        results: async () => {
          throw new AwsProblem(
            'Listing results failed: no. Ask for this permission.',
            'denied',
            undefined,
          );
        },
      }),
    });
    expect(err).toContain(
      'Ask for this permission.\nWhat StackSets has begun, if anything, goes on by itself.',
    );
    expect(code).toBe(1);
  });

  it('waits for an operation that somebody else begins meanwhile', async () => {
    const world = organization();
    let isTaken = false;
    const stackSets: Stage['stackSets'] = (permissions) => {
      const client = world.stackSets(permissions);
      return {
        ...client,
        deploy: (name, where, preferences) => {
          if (!isTaken && name === MEMBER) {
            isTaken = true;
            world.begin(MEMBER, [{ account: FIRST, region: 'us-east-1' }], preferences);
          }
          return client.deploy(name, where, preferences);
        },
      };
    };
    const { code, err } = await run(world, [], { stackSets });
    expect(err).toContain(`An operation goes on with ${MEMBER}`);
    expect(code).toBe(0);
  });

  it.each([
    [{ isInOrganization: false }, 'The account 111111111111 is in no organization.'],
    [{ hasTrustedAccess: false }, 'aws cloudformation activate-organizations-access'],
  ])('says what to do in %j', async (options, message) => {
    const { code, err } = await run(organization(options));
    expect(err).toContain(message);
    expect(code).toBe(1);
  });

  it('says who may look around, and which root it is', async () => {
    const world = organization({ caller: FIRST });
    const denied = await run(world, [], {
      organization: {
        ...world.organization,
        root: () =>
          Promise.reject(new AwsProblem('Looking for the root failed.', 'denied', undefined)),
      },
    });
    expect(denied.err).toContain(
      'The account 200000000000 is neither the management account of the organization nor a delegated administrator',
    );
    const strange = await run(world, ['--ou', 'r-else']);
    expect(strange.err).toContain('r-else is not the root of this organization, which is r-root.');
    expect(strange.code).toBe(2);
  });

  it('says that the China Regions know no organization', async () => {
    const { err } = await run(organization(), [], { region: 'cn-north-1' });
    expect(err).toContain('Use --self-managed with --accounts.');
  });

  it('checks values before it asks AWS anything', async () => {
    const world = organization();
    const wrong = await run(world, ['-p', 'SecHubAdminAccount=12', '-p', 'Nmespace=x']);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('SecHubAdminAccount');
    expect(world.calls.size).toBe(0);
    const missing = await playRollout(
      { ...world, answers: ['yes'] },
      '--regions',
      'us-east-1',
      '--dist',
      dist,
    );
    expect(missing.err).toContain('Namespace has no value. Add --parameter Namespace=<value>.');
  });
});
