import { rmSync } from 'node:fs';
import {
  CreateAccountCommand,
  CreateOrganizationalUnitCommand,
  CreateOrganizationCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { DescribeStacksCommand, CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connectRollout } from '../../../generator/deploy/rollout/connect.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { writeBuild } from './deploy-support.ts';
import { playRollout } from './rollout-support.ts';
import type { Stage } from './rollout-support.ts';

/** Two stacks, each with a parameter by which it is found. */
const template = (kind: string, letter: string) => ({
  Description: `(SO0111${letter}) Automated Security Response, ${kind}, version v1.2.3. More.`,
  Parameters: { Namespace: { Type: 'String' } },
  Resources: {
    Marker: {
      Type: 'AWS::SSM::Parameter',
      Properties: { Name: `/marker/${kind}`, Type: 'String', Value: { Ref: 'Namespace' } },
    },
  },
});
const dist = writeBuild({
  'member-roles': template('member-roles', 'R'),
  member: template('member', 'M'),
});
afterAll(() => rmSync(dist, { recursive: true }));

// The emulator knows neither trusted access nor managed execution; both are answered as AWS answers when they are on. It
// ends operations at once, ignores account filters, and knows one level of units below a target.
describeWithEmulator('stack sets on the emulator', ({ emulator }) => {
  beforeEach(() => {
    vi.stubEnv('AWS_ENDPOINT_URL', emulator().endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_PROFILE', undefined);
  });
  afterEach(() => vi.unstubAllEnvs());

  const stage = (): Stage => {
    const { organization, stackSets } = connectRollout({}, 'us-east-1');
    return {
      organization,
      stackSets: (permissions) => {
        const client = stackSets(permissions);
        return {
          ...client,
          hasTrustedAccess: async () => true,
          describe: async (name) => {
            const found = await client.describe(name);
            return found === undefined ? undefined : { ...found, isManagedExecution: true };
          },
        };
      },
      now: () => new Date('2027-01-02T03:04:05Z'),
      wait: () => undefined,
      answers: [],
    };
  };
  const rollout = (...args: readonly string[]) =>
    playRollout(
      stage(),
      ...[
        '--regions',
        'us-east-1,eu-west-1',
        '--dist',
        dist,
        '-p',
        'Namespace=shtest',
        '--yes',
        ...args,
      ],
    );
  const credentialsOf = async (account: string) => {
    const { Credentials: given } = await new STSClient({ region: 'us-east-1' }).send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${account}:role/any`,
        RoleSessionName: 'test',
      }),
    );
    return {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    };
  };
  /** The value of the stack's own parameter in an account and Region; undefined when the stack is not there. */
  const marker = async (kind: string, account: string, region: string) => {
    const ssm = new SSMClient({ region, credentials: await credentialsOf(account) });
    try {
      const { Parameter: found } = await ssm.send(
        new GetParameterCommand({ Name: `/marker/${kind}` }),
      );
      return found?.Value;
    } catch {
      return undefined;
    }
  };

  it('reach the accounts of a unit and of the unit below it, once with roles and in each Region with documents', async () => {
    const client = new OrganizationsClient({ region: 'us-east-1' });
    await client.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
    const { Roots: [root] = [] } = await client.send(new ListRootsCommand({}));
    const unit = async (Name: string, ParentId = root?.Id) => {
      const made = await client.send(new CreateOrganizationalUnitCommand({ Name, ParentId }));
      return made.OrganizationalUnit?.Id ?? '';
    };
    const account = async (name: string, to: string): Promise<string> => {
      const { CreateAccountStatus: made } = await client.send(
        new CreateAccountCommand({ AccountName: name, Email: `${name}@example.com` }),
      );
      const id = made?.AccountId ?? '';
      await client.send(
        new MoveAccountCommand({
          AccountId: id,
          SourceParentId: root?.Id,
          DestinationParentId: to,
        }),
      );
      return id;
    };
    const work = await unit('work');
    const shop = await account('shop', work);
    const depot = await account('depot', await unit('deep', work));
    const other = await account('other', await unit('sandbox'));

    const { code, err, out } = await rollout('--ou', work);
    expect(err).toContain('  accounts    2 of 2\n');
    expect(out).toBe('2 of 2 accounts have everything.\n');
    expect(code).toBe(0);
    for (const id of [shop, depot]) {
      expect(await marker('member-roles', id, 'us-east-1')).toBe('shtest');
      expect(await marker('member-roles', id, 'eu-west-1')).toBeUndefined();
      expect(await marker('member', id, 'us-east-1')).toBe('shtest');
      expect(await marker('member', id, 'eu-west-1')).toBe('shtest');
    }
    expect(await marker('member', other, 'us-east-1')).toBeUndefined();

    // What is there is neither made again nor forgotten.
    const again = await rollout('--ou', work);
    expect([again.code, again.out]).toEqual([0, '2 of 2 accounts have everything.\n']);
    expect(again.err).not.toMatch(/^\d  /mu);

    const status = await playRollout(stage(), 'status', '--dist', dist);
    expect(status.out).toContain('2 of 3 accounts have everything.');
    expect(status.out).toMatch(new RegExp(`^${other} +missing +missing +missing +other$`, 'mu'));
  });

  it('reach accounts by name without an organization, and one more in the next run', async () => {
    const [one, two] = ['200000000001', '200000000002'];
    const alone = (accounts: string) => rollout('--self-managed', '--accounts', accounts);
    const first = await alone(one);
    expect([first.code, first.out]).toEqual([0, '1 of 1 accounts have everything.\n']);
    const { err, code } = await alone(`${one},${two}`);
    expect(err).toContain(
      [
        `1  deploy the roles in account ${two}, us-east-1`,
        `2  deploy the member stack in account ${two}, us-east-1, eu-west-1`,
      ].join('\n'),
    );
    expect(code).toBe(0);
    expect(await marker('member', two, 'eu-west-1')).toBe('shtest');
    const stacks = await new CloudFormationClient({
      region: 'eu-west-1',
      credentials: await credentialsOf(two),
    }).send(new DescribeStacksCommand({}));
    expect(stacks.Stacks?.map(({ StackName: name }) => name)).toEqual([
      'StackSet:automated-security-response-member',
    ]);
  });
});
