/*
 * The walk that must work, from two accounts that don't know each other to a finding that is fixed without a click.
 *
 * The emulator's: CloudFormation and what it makes, DynamoDB, SQS, SNS, STS, IAM, Parameter Store, EC2.
 * Ours: the emitted templates, the functions' code, the state machine's definition, the documents.
 * Played here (world/): Security Hub, event delivery by the deployed rules, Step Functions, Automation.
 */
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import {
  AcceptAdministratorInvitationCommand,
  CreateMembersCommand,
  GetMembersCommand,
  InviteMembersCommand,
  ListInvitationsCommand,
} from '@aws-sdk/client-securityhub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probe } from '../../generator/simulate/emulator.ts';
import { createWorld } from './world/create-world.ts';
import { openGroup } from './world/groups.ts';
import { ADMIN, HOME, MEMBER } from './world/places.ts';
import type { World } from './world/world.ts';

const lacking = probe().emulator;
const PLACE = { account: MEMBER, region: HOME };

let world: World;
beforeAll(async () => {
  if (lacking === undefined) world = await createWorld(['RemoveVPCDefaultSecurityGroupRules']);
}, 300_000);
afterAll(async () => world?.stop());

describe.skipIf(lacking !== undefined)(`the walk ${lacking ?? ''}`, () => {
  it('from membership to a fix without a click', { timeout: 300_000 }, async () => {
    // 1. The administrator adds and invites a member, which accepts.
    const administrator = new SecurityHubClient(world.clientOf(ADMIN));
    const member = new SecurityHubClient(world.clientOf(MEMBER));
    await administrator.send(new CreateMembersCommand({ AccountDetails: [{ AccountId: MEMBER }] }));
    await administrator.send(new InviteMembersCommand({ AccountIds: [MEMBER] }));
    const { Invitations: [invitation] = [] } = await member.send(new ListInvitationsCommand({}));
    await member.send(
      new AcceptAdministratorInvitationCommand({
        AdministratorId: invitation?.AccountId,
        InvitationId: invitation?.InvitationId,
      }),
    );
    const { Members: [seen] = [] } = await administrator.send(
      new GetMembersCommand({ AccountIds: [MEMBER] }),
    );
    expect(seen?.MemberStatus).toBe('Enabled');

    // 2. The administrator stack is launched.
    const admin = await world.launchAdmin({ LoadSCAdminStack: 'yes', LoadAFSBPAdminStack: 'yes' });
    expect(admin.status).toBe('CREATE_COMPLETE');
    expect([...world.hub.actions.values()].map(({ Name }) => Name)).toContain('Remediate with ASR');

    // 3. The member launches its roles, then its documents.
    expect((await world.launchRoles(MEMBER)).status).toBe('CREATE_COMPLETE');
    expect((await world.launchMember(PLACE)).status).toBe('CREATE_COMPLETE');

    // 4. Somebody opens a VPC's default security group, and EC2.2 fails.
    const group = await openGroup(world.bridge, PLACE);
    const finding = await world.hub.fail({ ...PLACE, control: 'EC2.2', resource: group.arn });
    await world.settle();
    expect((await group.rules()).inbound).toHaveLength(1);
    expect(world.machines.all()).toEqual([]);

    // 5. Somebody selects the finding and "Remediate with ASR".
    await world.hub.select(finding, 'ASRRemediation');
    await world.settle();
    expect(world.surprises).toEqual([]);
    expect(await group.rules()).toEqual({ inbound: [], outbound: [] });
    const [execution, ...others] = world.machines.all();
    expect(others).toEqual([]);
    expect(execution?.arn).toMatch(
      /^arn:aws:states:us-east-1:123456789012:execution:SO0111-ASR-Orchestrator:asr-/u,
    );
    expect(execution?.ended?.output).toMatchObject({ result: 'Succeeded', outcome: 'changed' });
    expect(world.hub.finding(finding)).toMatchObject({
      Workflow: { Status: 'RESOLVED' },
      Note: { UpdatedBy: 'SO0111-ASR' },
    });
    expect(await world.tables.history(group.arn)).toMatchObject([
      { status: 'ended', outcome: 'changed', origin: 'custom-action', control: 'EC2.2' },
    ]);
    expect(world.told.notices).toMatchObject([
      { subject: `ASR Succeeded: EC2.2 ${MEMBER} ${HOME}`, body: { status: 'verified' } },
    ]);

    // 6. The control is switched to automatic; the next failed finding is fixed without a click.
    const table = admin.outputs['RemediationConfigurationDynamoDBTable'];
    expect(table).toBe(world.tables.names().configuration);
    await world.tables.setRow('EC2.2', { automatedRemediationEnabled: true });
    world.clock.advance(3600);
    const next = await openGroup(world.bridge, PLACE);
    const second = await world.hub.fail({ ...PLACE, control: 'EC2.2', resource: next.arn });
    await world.settle();
    expect(await next.rules()).toEqual({ inbound: [], outbound: [] });
    expect(world.hub.finding(second)).toMatchObject({ Workflow: { Status: 'RESOLVED' } });
    expect(await world.tables.history(next.arn)).toMatchObject([
      { status: 'ended', outcome: 'changed', origin: 'automatic' },
    ]);
    expect(world.surprises).toEqual([]);
    expect(world.automations.violations).toEqual([]);
    expect(await world.delivery.peek('SO0111-ASR-DeadLetters')).toEqual([]);
  });
});
