/*
 * What can go wrong, and what people are told then: each failure ends in an honest status on the finding, in the history
 * and in the notification, with the resource as AWS left it and free for the next try.
 *
 * The emulator's: CloudFormation and what it makes, DynamoDB, SQS, SNS, STS, IAM, Parameter Store, EC2.
 * Ours: the emitted templates, the functions' code, the state machine's definition, the documents.
 * Played here (world/): Security Hub, event delivery, Step Functions, Automation, and who may assume, start and pass.
 */
import { expect, it } from 'vitest';
import { describeWorld, expectEnding, failGroup, stateOf } from './world/describe-world.ts';
import type { Ending, OpenGroup } from './world/describe-world.ts';
import { AwsError } from './world/front.ts';
import { AWAY, BARE_MEMBER, HOME, MEMBER, OTHER_MEMBER } from './world/places.ts';
import type { Place } from './world/places.ts';

const PLACE = { account: MEMBER, region: HOME };
const OTHER = { account: OTHER_MEMBER, region: HOME };
const REMEDIATION = 'RemoveVPCDefaultSecurityGroupRules';
const DOCUMENT = `ASR-${REMEDIATION}`;

describeWorld(
  'failures',
  {
    remediations: [REMEDIATION],
    members: [MEMBER, OTHER_MEMBER, BARE_MEMBER],
    withRoles: [MEMBER, OTHER_MEMBER],
    places: [PLACE, OTHER],
  },
  (world) => {
    /** A person asks for a remediation, which fails. */
    const expectFailure = async (
      place: Place,
      ending: Ending,
      state: Awaited<ReturnType<typeof stateOf>> = 'open',
    ): Promise<OpenGroup> => {
      const open = await failGroup(world(), place);
      await world().hub.select(open.finding, 'ASRRemediation');
      await world().settle();
      expect(await stateOf(open)).toBe(state);
      await expectEnding(world(), open, ending);
      return open;
    };

    it('the account has no roles', async () => {
      await expectFailure(
        { account: BARE_MEMBER, region: HOME },
        {
          workflow: 'NOTIFIED',
          note: /^Nothing was changed\. The role SO0111-ASR-Orchestrator-Member in account 222233334444 can't be assumed; launch the member-roles stack there/u,
          attempt: { outcome: 'role-missing' },
          notice: 'Refused',
        },
      );
    });

    it('the Region has no documents', async () => {
      await expectFailure(
        { account: MEMBER, region: AWAY },
        {
          workflow: 'NOTIFIED',
          note: /^Nothing was changed\. The member stack isn't installed in account 012345678901, Region eu-west-1\.$/u,
          attempt: { outcome: 'member-missing' },
          notice: 'Refused',
        },
      );
    });

    it('the member stack names another administrator', async () => {
      const name = '/Solutions/SO0111/member/admin-account';
      const put = async (Value: string): Promise<unknown> =>
        world().bridge.call(
          'ssm',
          'PutParameter',
          { Name: name, Value, Type: 'String', Overwrite: true },
          OTHER,
        );
      await put('999988887777');
      await expectFailure(OTHER, {
        workflow: 'NOTIFIED',
        note: /^Nothing was changed\. The member stack in account 111122223333, Region us-east-1 names another administrator account\.$/u,
        attempt: { outcome: 'foreign-member' },
        notice: 'Refused',
      });
      await put('123456789012');
    });

    it('AWS denies a call of the document', async () => {
      world().automations.denied.add('ec2:RevokeSecurityGroupEgress');
      const open = await expectFailure(
        PLACE,
        {
          workflow: 'NOTIFIED',
          note: /^Not fixed \(denied\) by ASR-RemoveVPCDefaultSecurityGroupRules, automation /u,
          attempt: { outcome: 'denied' },
          notice: 'Failed',
        },
        'between',
      );
      expect((await open.group.rules()).inbound).toEqual([]);
    });

    it('what the document did before it failed can be undone', async () => {
      world().automations.denied.add('ec2:RevokeSecurityGroupEgress');
      const open = await failGroup(world(), PLACE);
      await world().hub.select(open.finding, 'ASRRemediation');
      await world().settle();
      world().automations.denied.clear();
      await world().hub.select(open.finding, 'ASRUndo');
      await world().settle();
      expect(await stateOf(open)).toBe('open');
      await expectEnding(world(), open, {
        workflow: 'NOTIFIED',
        note: /^Taken back by /u,
        attempt: { mode: 'Undo', outcome: 'undone' },
        notice: 'Undone',
      });
    });

    it('the change has no effect, and the verification sees it', async () => {
      world().automations.swallowed.add('ec2:RevokeSecurityGroupIngress');
      await expectFailure(
        PLACE,
        {
          workflow: 'NOTIFIED',
          note: /^Changed by ASR-.+, but the check still fails\./u,
          attempt: { outcome: 'not-verified' },
          notice: 'Failed',
        },
        'between',
      );
    });

    it('the document never ends', async () => {
      world().automations.stuck.add(DOCUMENT);
      const before = world().clock.now().getTime();
      await expectFailure(PLACE, {
        workflow: 'NOTIFIED',
        note: /^Not fixed \(timed-out\) by .+ The automation still runs after 12 hours/u,
        attempt: { outcome: 'timed-out' },
        notice: 'Failed',
      });
      const hours = (world().clock.now().getTime() - before) / 3_600_000;
      expect(hours).toBeGreaterThan(12);
      expect(hours).toBeLessThan(13);
    });

    it('the history cannot be written: the execution fails, and the sweep ends the attempt', async () => {
      const open = await failGroup(world(), PLACE);
      await world().hub.select(open.finding, 'ASRRemediation');
      world().fault = ({ operation }) => {
        const isEnding = operation === 'TransactWriteItems' && world().automations.all().length > 0;
        if (isEnding) throw new AwsError('AccessDeniedException', 'not now');
      };
      await world().settle();
      expect(world().machines.all()).toMatchObject([{ ended: { error: 'NotRecorded' } }]);
      expect(await world().tables.items('lease')).toHaveLength(1);
      world().fault = undefined;
      await world().later(16 * 60);
      await expectEnding(world(), open, {
        workflow: 'NOTIFIED',
        note: /ended without recording a result/u,
        attempt: { status: 'ended', outcome: 'orchestrator-failed' },
        notice: 'Failed',
      });
    });

    it('the answer of the start got lost: it is started once', async () => {
      const open = await failGroup(world(), PLACE);
      await world().hub.select(open.finding, 'ASRRemediation');
      let refused = 0;
      world().fault = ({ operation }) => {
        if (operation !== 'StartExecution' || refused >= 3) return;
        refused += 1;
        throw new AwsError('InternalFailure', 'not now', 500);
      };
      await world().delivery.pump(world().ingest());
      expect(world().machines.all()).toEqual([]);
      await world().settle();
      expect(await stateOf(open)).toBe('closed');
      expect(world().machines.all()).toHaveLength(1);
      await expectEnding(world(), open, {
        workflow: 'RESOLVED',
        note: /^Fixed and verified by /u,
        attempt: { outcome: 'changed' },
        notice: 'Succeeded',
      });
    });

    it('the remediation role is gone', async () => {
      await world().bridge.call(
        'iam',
        'DeleteRolePolicy',
        { RoleName: `SO0111-${REMEDIATION}-shtest`, PolicyName: 'Remediate' },
        OTHER,
      );
      await world().bridge.call(
        'iam',
        'DeleteRole',
        { RoleName: `SO0111-${REMEDIATION}-shtest` },
        OTHER,
      );
      await expectFailure(OTHER, {
        workflow: 'NOTIFIED',
        note: /^Not fixed \(failed\) by .+ The defined assume role is unable to be assumed/u,
        attempt: { outcome: 'failed' },
        notice: 'Failed',
      });
    });

    it('the document is gone', async () => {
      await world().bridge.call('ssm', 'DeleteDocument', { Name: DOCUMENT }, OTHER);
      await expectFailure(OTHER, {
        workflow: 'NOTIFIED',
        note: /^Nothing was changed\. The document ASR-.+ doesn't exist in account 111122223333, Region us-east-1; load its standard/u,
        attempt: { outcome: 'document-missing' },
        notice: 'Refused',
      });
    });
  },
);
