import {
  CreateMembersCommand,
  EnableSecurityHubCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { CreateOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../../generator/deploy/members/access.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { ADMIN, HOME, play, World } from './members-world.ts';

const ONE = '444455556666';
const TWO = '777788889999';

const list = (world: World, ...args: readonly string[]) =>
  play({ connect: () => Promise.resolve(world.access()) }, 'members', ...args);

/** A world in which all is well, with one member. */
function healthy(): World {
  const world = new World();
  world.hub(ADMIN).members.set(ONE, { status: 'Enabled', email: 'one@example.com' });
  world.hub(ONE).administrator = ADMIN;
  world.aggregator = { home: HOME, mode: 'SPECIFIED_REGIONS', regions: [] };
  return world;
}

describe('asr members list', () => {
  it('shows each account with its status, and that nothing is missing', async () => {
    const world = healthy();
    world.organization = [
      { Id: ADMIN, Name: 'security', Email: 'a@example.com', Status: 'ACTIVE' },
      { Id: ONE, Name: 'shop', Email: 'b@example.com', Status: 'ACTIVE' },
    ];
    const ended = await list(world);
    expect(ended.code).toBe(0);
    expect(ended.out).toContain(`ACCOUNT       us-east-1  NAME\n${ONE}  Enabled    shop\n`);
    expect(ended.out).toContain('OK members: Every member is enabled (1).');
    expect(ended.out).toMatch(/0 problems, 0 unknown, 0 warnings, 4 in order\.\n$/u);
  });

  it('only reads', async () => {
    const world = healthy();
    await list(world, '--role', 'Audit');
    const reading = /^\d{12} (?:Describe|Get|List|AssumeRole)/u;
    expect(world.calls.filter((call) => !reading.test(call))).toEqual([]);
  });

  it.each([
    ['Created', 1, 'A member was added, but not invited.', 'asr members add --accounts <account>'],
    [
      'Invited',
      1,
      'A member has not accepted the invitation.',
      'asr members accept --administrator',
    ],
    ['Resigned', 0, 'A former member is resigned.', 'If it is to come back'],
    ['AccountSuspended', 0, 'A member is suspended from AWS.', 'Nothing, as long as'],
    [
      'Borrowed',
      0,
      'a status that this version does not know: Borrowed',
      'console of Security Hub',
    ],
  ])('says what to do about a member that is %s', async (status, code, what, todo) => {
    const world = healthy();
    world.hub(ADMIN).members.set(TWO, { status });
    const ended = await list(world);
    expect(ended.code).toBe(code);
    expect(ended.out).toContain(what);
    expect(ended.out).toContain(todo);
    expect(ended.out).toContain(`Where: ${TWO} us-east-1.`);
  });

  it('says where Security Hub is off', async () => {
    const world = healthy();
    world.hub(ADMIN).isOn = false;
    const ended = await list(world);
    expect(ended.code).toBe(1);
    expect(ended.out).toContain(
      `PROBLEM security-hub: Security Hub is off.\n  Without it nothing is checked, so there are no findings to remediate.\n  Turn it on there: aws securityhub enable-security-hub --region <Region>. Checks are billed.\n  Where: ${ADMIN} us-east-1.`,
    );
  });

  it('looks into members under a role: Security Hub and AWS Config there', async () => {
    const world = healthy();
    world.hub(ADMIN).members.set(TWO, { status: 'Enabled' });
    world.hub(ONE).standards = [
      { status: 'INCOMPLETE', reason: 'NO_AVAILABLE_CONFIGURATION_RECORDER' },
    ];
    world.hub(TWO).isOn = false;
    const ended = await list(world, '--role', 'Audit');
    expect(ended.out).toContain(
      `PROBLEM aws-config: AWS Config is off, or does not record what the checks of Security Hub need.`,
    );
    expect(ended.out).toContain(`Where: ${ONE} us-east-1.`);
    expect(ended.out).toContain(`Where: ${TWO} us-east-1.`);
  });

  it('stops entering members at Ctrl-C', async () => {
    const world = healthy();
    for (let member = 0; member < 50; member += 1)
      world.hub(ADMIN).members.set(String(300_000_000_000 + member), { status: 'Enabled' });
    let entered = 0;
    const access = world.access();
    const connected = {
      ...access,
      enter: (account: string, role: string) => {
        entered += 1;
        process.emit('SIGINT');
        return access.enter(account, role);
      },
    };
    const ended = await play(
      { connect: () => Promise.resolve(connected) },
      ...['members', '--role', 'Audit'],
    );
    expect(ended.err).toContain('Interrupted.');
    expect(ended.code).toBe(1);
    expect(entered).toBe(1);
  });

  it('sees from outside where AWS Config is off, by the findings of Security Hub itself', async () => {
    const world = healthy();
    world.configFailures = [
      { account: ONE, region: HOME },
      {
        account: TWO,
        region: HOME,
        product: 'arn:aws:securityhub:us-east-1:777788889999:product/777788889999/default',
      },
    ];
    const ended = await list(world);
    expect(ended.out).toContain(`Where: ${ONE} us-east-1.`);
    expect(ended.out).not.toContain(TWO);
  });

  it('says where no standard is on, because nothing is noticed there', async () => {
    const world = healthy();
    world.hub(ADMIN).standards = [];
    const ended = await list(world);
    expect(ended.out).toContain('WARNING aws-config: No standard is on.');
    expect(ended.out).not.toContain('OK aws-config');
  });

  it('tells an account that is a member itself', async () => {
    const world = healthy();
    world.hub(ADMIN).administrator = TWO;
    expect((await list(world)).out).toContain(
      `PROBLEM security-hub: This account is a member itself: ${TWO} administers it.`,
    );
  });

  it('names the accounts of the organization that are no members', async () => {
    const world = healthy();
    world.organization = [ADMIN, ONE, TWO].map((Id) => ({
      Id,
      Name: '',
      Email: '',
      Status: 'ACTIVE',
    }));
    const ended = await list(world, '--missing');
    expect(ended.out).toContain('1 account of the organization is no enabled member in us-east-1.');
    expect(ended.out).toContain(`ACCOUNT       us-east-1  NAME\n${TWO}  -\n`);
  });

  it('prints JSON', async () => {
    const { out } = await list(healthy(), 'list', '--json');
    expect(JSON.parse(out)).toMatchObject({
      account: ADMIN,
      summary: { problem: 0, unknown: 0, warn: 0, ok: 4 },
    });
  });
});

describe('aggregation', () => {
  it.each([
    [
      undefined,
      [],
      'OK aggregation: Findings are not aggregated; only those of us-east-1 are remediated.',
    ],
    [
      undefined,
      ['--regions', 'eu-west-1'],
      'PROBLEM aggregation: Findings of eu-west-1 are not aggregated in us-east-1.',
    ],
    [
      { home: 'eu-west-1', mode: 'ALL_REGIONS', regions: [] },
      ['--regions', HOME],
      'PROBLEM aggregation: Findings are aggregated in eu-west-1, not in us-east-1.',
    ],
    [
      { home: HOME, mode: 'ALL_REGIONS', regions: [] },
      ['--regions', 'eu-west-1'],
      'OK aggregation: Findings are aggregated in us-east-1 (ALL_REGIONS).',
    ],
    [
      { home: HOME, mode: 'ALL_REGIONS_EXCEPT_SPECIFIED', regions: ['eu-west-1'] },
      ['--regions', 'eu-west-1'],
      'PROBLEM aggregation: Findings of eu-west-1 are not',
    ],
    [
      { home: HOME, mode: 'NO_REGIONS', regions: [] },
      ['--regions', 'eu-west-1'],
      'PROBLEM aggregation: Findings of eu-west-1 are not',
    ],
  ])('%j seen with %j', async (aggregator, args, message) => {
    const world = healthy();
    world.aggregator = aggregator;
    world.hub(ADMIN, 'eu-west-1').members.set(ONE, { status: 'Enabled' });
    expect((await list(world, ...args)).out).toContain(message);
  });

  it('says which Regions there are, when nobody names any', async () => {
    const world = healthy();
    world.aggregator = { home: HOME, mode: 'SPECIFIED_REGIONS', regions: ['eu-west-1'] };
    const ended = await list(world);
    expect(ended.code).toBe(1);
    expect(ended.out).toContain('ACCOUNT       us-east-1  eu-west-1  NAME');
    expect(ended.out).toContain('An account is a member in us-east-1, but not in another Region.');
    expect(ended.out).toContain(`Where: ${ONE} eu-west-1.`);
  });

  it('asks for Regions that it does not list', async () => {
    const world = healthy();
    world.aggregator = { home: HOME, mode: 'ALL_REGIONS', regions: [] };
    expect((await list(world)).out).toContain('UNKNOWN access: Only us-east-1 was looked at.');
  });
});

describe('what may not be read', () => {
  it.each([
    ['DescribeHub', 'securityhub:DescribeHub'],
    ['ListMembers', 'securityhub:ListMembers'],
    ['GetAdministratorAccount', 'securityhub:GetAdministratorAccount'],
    ['GetFindings', 'securityhub:GetFindings'],
    ['GetEnabledStandards', 'securityhub:GetEnabledStandards'],
    ['ListFindingAggregators', 'securityhub:GetFindingAggregator'],
    ['ListAccounts', 'organizations:ListAccounts'],
  ])('%s is unknown, with the permission that is missing', async (operation, permission) => {
    const world = healthy();
    world.refused.add(operation);
    const ended = await list(world);
    expect(ended.out).toContain(`Allow ${permission} to whoever runs this`);
    expect(ended.out).not.toContain(', 0 unknown');
  });

  it('is one finding for many accounts', async () => {
    const world = healthy();
    for (let index = 0; index < 30; index += 1) {
      const account = String(300_000_000_000 + index);
      world.hub(ADMIN).members.set(account, { status: 'Enabled' });
      world.closed.add(account);
    }
    const ended = await list(world, '--role', 'Audit');
    expect(ended.out.match(/UNKNOWN access/gu)).toHaveLength(1);
    expect(ended.out).toContain('300000000004 and 25 more.');
  });
});

describe('5,000 members', () => {
  it('are read page by page and told in few lines', async () => {
    const world = healthy();
    for (let index = 0; index < 5000; index += 1)
      world.hub(ADMIN).members.set(String(200_000_000_000 + index), {
        status: index % 100 === 0 ? 'Invited' : 'Enabled',
      });
    const ended = await list(world, '--missing');
    expect(world.calls.filter((call) => call.endsWith('ListMembers'))).toHaveLength(101);
    expect(ended.out).toContain('200000000400 us-east-1 and 45 more.');
    expect(ended.out.split('\n').length).toBeLessThan(80);
  });
});

describe("the organization's way", () => {
  const organization = (world: World, ...args: readonly string[]) =>
    list(world, 'organization', ...args);

  it('makes an administrator in every Region, once', async () => {
    const world = new World();
    const args = ['--delegate', TWO, '--regions', 'us-east-1,eu-west-1', '--yes'];
    expect((await organization(world, ...args)).code).toBe(0);
    expect(world.hub(ADMIN, 'eu-west-1').organizationAdmins).toEqual([TWO]);
    const again = await organization(world, ...args);
    expect(again.err).toContain(`eu-west-1: account ${TWO} is the administrator already.`);
    expect(
      world.calls.filter((call) => call.endsWith('EnableOrganizationAdminAccount')),
    ).toHaveLength(2);
  });

  it('does not take the place of another administrator', async () => {
    const world = new World();
    world.hub(ADMIN).organizationAdmins = [ONE];
    const ended = await organization(world, '--delegate', TWO, '--yes');
    expect(ended.code).toBe(1);
    expect(ended.err).toContain(`Account ${ONE} administers Security Hub for the organization`);
  });

  it('turns Security Hub on in new accounts', async () => {
    const world = new World();
    expect((await organization(world, '--auto-enable', '--standards', 'none', '--yes')).code).toBe(
      0,
    );
    expect(world.hub(ADMIN).organization).toEqual({
      autoEnable: true,
      standards: 'NONE',
      type: 'LOCAL',
    });
  });

  it('leaves central configuration to its policies', async () => {
    const world = new World();
    world.hub(ADMIN).organization.type = 'CENTRAL';
    const ended = await organization(world, '--auto-enable', '--yes');
    expect(ended.code).toBe(0);
    expect(ended.err).toContain('policies of Security Hub decide about new accounts');
    expect(world.calls).not.toContain(`${ADMIN} UpdateOrganizationConfiguration`);
  });

  it('adds all active accounts, with their addresses', async () => {
    const world = new World();
    world.organization = [
      { Id: ADMIN, Name: '', Email: '', Status: 'ACTIVE' },
      { Id: ONE, Name: '', Email: 'one@example.com', Status: 'ACTIVE' },
      { Id: TWO, Name: '', Email: '', Status: 'SUSPENDED' },
    ];
    expect((await organization(world, '--add-all', '--yes')).code).toBe(0);
    expect([...world.hub(ADMIN).members]).toEqual([
      [ONE, { status: 'Enabled', email: 'one@example.com' }],
    ]);
  });

  it.each([
    [[], 2, 'Say what to do: --delegate <account> in the management account'],
    [['--auto-enable'], 2, 'Say --yes to do it without asking.'],
    [['--add-all', '--yes'], 1, 'This account belongs to no organization.'],
  ])('stops at %j', async (args, code, message) => {
    const ended = await organization(new World(), ...args);
    expect(ended.code).toBe(code);
    expect(ended.err).toContain(message);
  });

  it('says who may, when AWS refuses', async () => {
    const world = new World();
    world.refused.add('DescribeOrganizationConfiguration');
    expect((await organization(world, '--auto-enable', '--yes')).err).toContain(
      'only its administrator account may',
    );
  });
});

describeWithEmulator('asr members against the emulator', ({ emulator }) => {
  beforeEach(() => {
    vi.stubEnv('AWS_ENDPOINT_URL', emulator().endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
    vi.stubEnv('AWS_REGION', HOME);
    // What the emulator lacks, it answers with an internal error.
    vi.stubEnv('AWS_MAX_ATTEMPTS', '3');
  });
  afterEach(() => vi.unstubAllEnvs());

  it('finds the account, its Regions and its organization with the real clients', async () => {
    const hub = new SecurityHubClient({ region: HOME });
    const off = await play({ connect }, 'members');
    expect(off.out).toContain('Security Hub is off.\n');
    await new OrganizationsClient({ region: HOME }).send(
      new CreateOrganizationCommand({ FeatureSet: 'ALL' }),
    );
    await hub.send(new EnableSecurityHubCommand({}));
    await hub.send(new CreateMembersCommand({ AccountDetails: [{ AccountId: ONE }] }));
    const on = await play({ connect }, 'members');
    // The emulator knows its own status, and not who is in charge.
    expect(on.out).toContain(`${ONE}  ENABLED`);
    expect(on.out).toContain('OK members: Every member is enabled (1).');
  });
});
