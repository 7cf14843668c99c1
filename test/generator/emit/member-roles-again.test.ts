import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand, IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { expect, it } from 'vitest';
import { emitMemberRoles } from '../../../generator/emit/member-roles.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { demanding, inputOf, unit } from './fixtures.ts';

// CloudFormation keeps the roles for AWS services when their stack is deleted. The emulator doesn't, so the test makes
// those of the earlier launch itself.

const { file } = emitMemberRoles(inputOf([unit('Simple', ['A.1']), demanding]));
const KEPT = ['SO0111-FlowLogDelivery-shtest', 'SO0111-TrailDelivery-shtest'];
const OWN = [
  'SO0111-ASR-Orchestrator-Member',
  'SO0111-Demanding-shtest',
  'SO0111-Simple-shtest',
] as const;

describeWithEmulator('the roles of a member account, launched again', ({ emulator }) => {
  const client = () => ({
    endpoint: emulator().endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });

  /** Roles of the account by name, with the id that a role made anew would lose. */
  async function roles(): Promise<ReadonlyMap<string, string>> {
    const { Roles: found = [] } = await new IAMClient(client()).send(new ListRolesCommand({}));
    return new Map(found.map(({ RoleName = '', RoleId = '' }) => [RoleName, RoleId] as const));
  }

  async function leaveRolesBehind(): Promise<ReadonlyMap<string, string>> {
    for (const RoleName of KEPT)
      await new IAMClient(client()).send(
        new CreateRoleCommand({
          RoleName,
          AssumeRolePolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
                Action: 'sts:AssumeRole',
              },
            ],
          }),
        }),
      );
    return roles();
  }

  async function launch(reuse: Readonly<Record<string, string>>): Promise<string | undefined> {
    const cloudFormation = new CloudFormationClient(client());
    await cloudFormation.send(
      new CreateStackCommand({
        StackName: 'roles',
        TemplateBody: file.text,
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        Parameters: Object.entries({
          SecHubAdminAccount: '012345678901',
          Namespace: 'shtest',
          ...reuse,
        }).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
      }),
    );
    const { Stacks: stacks = [] } = await cloudFormation.send(
      new DescribeStacksCommand({ StackName: 'roles' }),
    );
    return stacks[0]?.StackStatus;
  }

  it('makes all roles on a first launch', async () => {
    expect(await launch({})).toBe('CREATE_COMPLETE');
    expect([...(await roles()).keys()].toSorted()).toEqual([...OWN, ...KEPT].toSorted());
  });

  it('stops at a taken name unless told to use what is there', async () => {
    await leaveRolesBehind();
    await expect(launch({ ReuseServiceRoles: 'no' })).rejects.toThrow(/FlowLogDelivery/u);
  });

  it('leaves the service roles of an earlier launch as they are, and out of the stack', async () => {
    const before = await leaveRolesBehind();
    expect(await launch({ ReuseServiceRoles: 'yes' })).toBe('CREATE_COMPLETE');
    const after = await roles();
    for (const name of KEPT) expect(after.get(name)).toBe(before.get(name));
    for (const name of OWN) expect(after.has(name)).toBe(true);

    const { StackResources: inStack = [] } = await new CloudFormationClient(client()).send(
      new DescribeStackResourcesCommand({ StackName: 'roles' }),
    );
    const ids = inStack.map(({ LogicalResourceId: id }) => id);
    expect(ids).toContain('RoleDemanding');
    expect(ids.filter((id) => id?.startsWith('ServiceRole'))).toEqual([]);
  });
});
