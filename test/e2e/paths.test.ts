/*
 * The ways of a finding through the solution, each from its event to the resource in the member account, the finding's
 * status and note, the history and the notification.
 *
 * The emulator's: CloudFormation and what it makes, DynamoDB, SQS, SNS, STS, IAM, Parameter Store, EC2.
 * Ours: the emitted templates, the functions' code, the state machine's definition, the documents.
 * Played here (world/): Security Hub, event delivery by the deployed rules, Step Functions, Automation, tags.
 */
import { expect, it } from 'vitest';
import { readCalls } from '../../templates/admin/functions/model/calls.ts';
import { differencesOf } from '../../templates/admin/functions/model/difference.ts';
import { describeWorld, expectEnding, failGroup, noteOf, stateOf } from './world/describe-world.ts';
import { makeWebGroup } from './world/groups.ts';
import { HOME, MEMBER } from './world/places.ts';

const PLACE = { account: MEMBER, region: HOME };
const HOUR = 3600;

describeWorld(
  'paths',
  {
    remediations: ['RemoveVPCDefaultSecurityGroupRules', 'RemoveUnrestrictedInboundRules'],
    members: [MEMBER],
    places: [PLACE],
  },
  (world) => {
    const automatic = async (control = 'EC2.2'): Promise<void> =>
      world().tables.setRow(control, { automatedRemediationEnabled: true });

    it('automatic: fixed as it fails, and its own echo is not worked on again', async () => {
      await automatic();
      const open = await failGroup(world(), PLACE);
      expect(await stateOf(open)).toBe('closed');
      await expectEnding(world(), open, {
        workflow: 'RESOLVED',
        note: /^Fixed and verified by ASR-RemoveVPCDefaultSecurityGroupRules, automation /u,
        attempt: { outcome: 'changed', origin: 'automatic', actor: 'Security Hub' },
        notice: 'Succeeded',
      });
      expect(world().machines.all()).toHaveLength(1);
      expect(world().told.events).toMatchObject([
        { source: 'SO0111.asr', detail: { status: 'verified', finding: { id: open.finding } } },
      ]);
    });

    it('a click: fixed although the control is not automatic', async () => {
      const open = await failGroup(world(), PLACE);
      expect(await stateOf(open)).toBe('open');
      await world().hub.select(open.finding, 'ASRRemediation');
      await world().settle();
      expect(await stateOf(open)).toBe('closed');
      await expectEnding(world(), open, {
        workflow: 'RESOLVED',
        note: /^Fixed and verified by /u,
        attempt: { outcome: 'changed', origin: 'custom-action' },
        notice: 'Succeeded',
      });
    });

    it('a click with a ticket: the ticket is in the note', async () => {
      const open = await failGroup(world(), PLACE);
      await world().hub.select(open.finding, 'ASRTicketing');
      await world().settle();
      expect(await stateOf(open)).toBe('closed');
      expect(world().told.tickets).toMatchObject([
        { RemediationInfo: { SecurityControlId: 'EC2.2', AffectedResource: open.group.arn } },
      ]);
      await expectEnding(world(), open, {
        workflow: 'RESOLVED',
        note: /Ticket SEC-7 https:\/\/tickets\.example\.com\/7$/u,
        attempt: { outcome: 'changed', ticket: 'https://tickets.example.com/7', ticketId: 'SEC-7' },
        notice: 'Succeeded',
      });
    });

    it('a preview: says what it would do, and changes nothing', async () => {
      const open = await failGroup(world(), PLACE);
      await world().hub.select(open.finding, 'ASRPreview');
      await world().settle();
      expect(await stateOf(open)).toBe('open');
      await expectEnding(world(), open, {
        workflow: 'NEW',
        note: /^Preview: ASR-RemoveVPCDefaultSecurityGroupRules would make 2 calls/u,
        attempt: { outcome: 'would-change', mode: 'Preview' },
        notice: 'Previewed',
      });
      const [attempt] = await world().tables.history(open.group.arn);
      const calls = readCalls(String(attempt?.['preview']));
      expect(calls?.undo.map(({ call }) => call)).toEqual([
        'ec2:AuthorizeSecurityGroupIngress',
        'ec2:AuthorizeSecurityGroupEgress',
      ]);
      const shown = calls === undefined ? [] : differencesOf(calls);
      expect(shown.map(({ call, members }) => [call, members[0]?.name])).toEqual([
        ['ec2:RevokeSecurityGroupIngress', 'IpPermissions'],
        ['ec2:RevokeSecurityGroupEgress', 'IpPermissions'],
      ]);
    });

    it('OCSF: fixed and resolved through its own API', async () => {
      await automatic();
      const open = await failGroup(world(), PLACE, 'ocsf');
      expect(await stateOf(open)).toBe('closed');
      expect(world().hub.finding(open.finding)).toMatchObject({
        status_id: 4,
        comment: expect.stringMatching(/^Fixed and verified by /u),
      });
      expect(await world().tables.history(open.group.arn)).toMatchObject([
        { outcome: 'changed', findings: [{ format: 'ocsf' }] },
      ]);
      expect(world().told.notices).toHaveLength(1);
    });

    it('two formats of one failure: one change, both resolved', async () => {
      await automatic();
      const open = await failGroup(world(), PLACE, 'ocsf');
      const { group } = open;
      const twin = await world().hub.fail({ ...PLACE, control: 'EC2.2', resource: group.arn });
      await world().settle();
      expect(world().machines.all()).toHaveLength(1);
      expect(world().hub.finding(twin)).toMatchObject({ Workflow: { Status: 'RESOLVED' } });
      expect(noteOf(world(), twin)).toMatch(/^Fixed already: /u);
    });

    it("values that the finding doesn't carry are read from Security Hub in its account", async () => {
      const { bridge, hub } = world();
      hub.controls.set(`${MEMBER} EC2.18`, {
        authorizedTcpPorts: { ValueType: 'CUSTOM', Value: { IntegerList: [8443] } },
        authorizedUdpPorts: { ValueType: 'DEFAULT' },
      });
      const group = await makeWebGroup(bridge, PLACE, [22, 8443]);
      const finding = await hub.fail({ ...PLACE, control: 'EC2.18', resource: group.arn });
      await hub.select(finding, 'ASRRemediation');
      await world().settle();
      expect(await group.ports()).toEqual([8443]);
      expect(hub.finding(finding)).toMatchObject({ Workflow: { Status: 'RESOLVED' } });
    });

    it('an exception: held while it lasts, then taken up by the sweep', async () => {
      await automatic();
      const until = new Date(world().clock.now().getTime() + 2 * HOUR * 1000).toISOString();
      await world().tables.except({
        id: 'demo',
        owner: 'web team',
        reason: 'a demo runs',
        expiresAt: until,
        accounts: [MEMBER],
      });
      const open = await failGroup(world(), PLACE);
      expect(await stateOf(open)).toBe('open');
      expect(await world().tables.items('held')).toMatchObject([
        { reason: 'excepted', notBefore: until },
      ]);
      expect(world().told.events).toMatchObject([{ detail: { status: 'held' } }]);
      await world().later(HOUR);
      expect(await stateOf(open)).toBe('open');
      await world().later(HOUR + 60);
      expect(await stateOf(open)).toBe('closed');
      await expectEnding(world(), open, {
        workflow: 'RESOLVED',
        note: /^Fixed and verified by /u,
        attempt: { outcome: 'changed' },
        notice: 'Succeeded',
      });
      expect(await world().tables.items('held')).toEqual([]);
    });

    it('a limit: the second one waits for the next hour', async () => {
      await world().tables.setRow('EC2.2', { automatedRemediationEnabled: true, perHour: 1 });
      const first = await failGroup(world(), PLACE);
      const second = await failGroup(world(), PLACE);
      expect([await stateOf(first), await stateOf(second)]).toEqual(['closed', 'open']);
      expect(await world().tables.items('held')).toMatchObject([{ reason: 'limit-reached' }]);
      await world().later(HOUR);
      expect(await stateOf(second)).toBe('closed');
      await expectEnding(world(), second, {
        workflow: 'RESOLVED',
        note: /^Fixed and verified by /u,
        attempt: { outcome: 'changed' },
        notice: 'Succeeded',
      });
    });

    it('a fix that does not last: NEW again, told, and tried again after a pause', async () => {
      await automatic();
      const open = await failGroup(world(), PLACE);
      world().clock.advance(HOUR);
      await open.group.open();
      await world().hub.check(open.finding, 'FAILED');
      await world().settle();
      expect(await stateOf(open)).toBe('between');
      expect(world().hub.finding(open.finding)).toMatchObject({ Workflow: { Status: 'NEW' } });
      expect(noteOf(world(), open.finding)).toMatch(
        /^The check fails again after the fix was verified at /u,
      );
      expect(world().told.events.map(({ detail }) => detail['result'])).toEqual([
        'Succeeded',
        'Reverted',
        'Held',
      ]);
      expect(await world().tables.items('target')).toMatchObject([{ failures: 1 }]);
      await world().later(16 * 60);
      expect(await stateOf(open)).toBe('closed');
      await expectEnding(world(), open, {
        workflow: 'RESOLVED',
        note: /^Fixed and verified by /u,
        attempt: { outcome: 'changed' },
        notice: 'Succeeded',
      });
    });

    it('an event that comes again, and again after the end, starts nothing twice', async () => {
      await automatic();
      const open = await failGroup(world(), PLACE);
      const again = world().hub.finding(open.finding);
      await world().hub.put({ ...again, Workflow: { Status: 'NEW' } });
      await world().hub.put({ ...again, Workflow: { Status: 'NEW' } });
      await world().settle();
      expect(world().machines.all()).toHaveLength(1);
      expect(world().automations.all()).toHaveLength(1);
    });
  },
);
