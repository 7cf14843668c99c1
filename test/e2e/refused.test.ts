/*
 * What must not be done, and what waits: filters, memberships, the kill switch, the breaker, forged and broken messages.
 *
 * The emulator's: CloudFormation and what it makes, DynamoDB, SQS with its dead letters, SNS, STS, IAM, Parameter Store, EC2.
 * Ours: the emitted templates, the functions' code, the state machine's definition, the documents.
 * Played here (world/): Security Hub, event delivery by the deployed rules, Step Functions, Automation, Organizations, tags.
 */
import { expect, it } from 'vitest';
import { describeWorld, expectEnding, failGroup, noteOf, stateOf } from './world/describe-world.ts';
import type { OpenGroup } from './world/describe-world.ts';
import { asffFinding } from './world/findings.ts';
import { AwsError } from './world/front.ts';
import { ADMIN, HOME, MEMBER } from './world/places.ts';

const PLACE = { account: MEMBER, region: HOME };
const OPEN = {
  ...PLACE,
  control: 'EC2.2',
  resource: `arn:aws:ec2:${HOME}:${MEMBER}:security-group/sg-0a1b2c3d4e5f60718`,
};
const UNIT = 'ou-abcd-11111111';

describeWorld(
  'refused',
  { remediations: ['RemoveVPCDefaultSecurityGroupRules'], members: [MEMBER], places: [PLACE] },
  (world) => {
    /** A person clicks, and is told why nothing happens; what comes by itself is ignored without a word. */
    const expectRefusal = async (why: RegExp): Promise<OpenGroup> => {
      await world().tables.setRow('EC2.2', { automatedRemediationEnabled: true });
      const open = await failGroup(world(), PLACE);
      expect(noteOf(world(), open.finding)).toBe('');
      await world().hub.select(open.finding, 'ASRRemediation');
      await world().settle();
      expect(noteOf(world(), open.finding)).toMatch(why);
      expect(world().hub.finding(open.finding)).toMatchObject({ Workflow: { Status: 'NOTIFIED' } });
      expect(await stateOf(open)).toBe('open');
      expect(await world().tables.items('attempt')).toEqual([]);
      expect(world().machines.all()).toEqual([]);
      return open;
    };
    const filter = async (kind: string, mode: string, values: string): Promise<void> => {
      await world().setParameter(`/ASR/Filters/${kind}Filters`, values);
      await world().setParameter(`/ASR/Filters/${kind}FilterMode`, mode);
    };

    it('an account that is no member', async () => {
      world().hub.members.delete(MEMBER);
      await expectRefusal(
        /^Not started: The account is no current member of this administrator\./u,
      );
      world().hub.members.set(MEMBER, 'Enabled');
    });

    it('an account that the filter leaves out', async () => {
      await filter('Account', 'Exclude', MEMBER);
      await expectRefusal(
        /^Not started: .+AccountFilters \(Exclude\) leaves out the finding's account/u,
      );
    });

    it('an account below a unit that the filter leaves out', async () => {
      world().parents.set(MEMBER, 'ou-abcd-22222222');
      world().parents.set('ou-abcd-22222222', UNIT);
      world().parents.set(UNIT, 'r-abcd');
      await filter('OU', 'Exclude', UNIT);
      await expectRefusal(
        /^Not started: .+OUFilters \(Exclude\) leaves out the organizational units/u,
      );
    });

    it('an account whose units cannot be read', async () => {
      await filter('OU', 'Exclude', UNIT);
      const open = await failGroup(world(), PLACE);
      await world().hub.select(open.finding, 'ASRRemediation');
      await world().settle();
      expect(await stateOf(open)).toBe('open');
      expect(noteOf(world(), open.finding)).toMatch(
        /^Not started: .+OUFilters is set, and the organizational units .+ could not be read/u,
      );
      expect(world().machines.all()).toEqual([]);
    });

    it('a resource with a tag that the filter leaves out: known only in the member account', async () => {
      await filter('Tag', 'Exclude', 'keep');
      const open = await failGroup(world(), PLACE);
      world().tags.set(open.group.arn, { keep: 'yes' });
      await world().hub.select(open.finding, 'ASRRemediation');
      await world().settle();
      expect(await stateOf(open)).toBe('open');
      expect(world().automations.all()).toEqual([]);
      await expectEnding(world(), open, {
        workflow: 'NOTIFIED',
        note: /^Nothing was changed\. .+TagFilters \(Exclude\) leaves out the tags of the resource/u,
        attempt: { outcome: 'refused' },
        notice: 'Refused',
      });
    });

    it('everything while it is paused', async () => {
      await world().tables.setRow('*', { paused: true });
      await expectRefusal(/^Not started: Remediation is paused/u);
    });

    it('what was claimed right before somebody paused it', async () => {
      const open = await failGroup(world(), PLACE);
      world().fault = async ({ operation }) => {
        if (operation === 'StartExecution') await world().tables.setRow('*', { paused: true });
      };
      await world().hub.select(open.finding, 'ASRRemediation');
      await world().settle();
      expect(await stateOf(open)).toBe('open');
      expect(world().automations.all()).toEqual([]);
      await expectEnding(world(), open, {
        workflow: 'NOTIFIED',
        note: /^Nothing was changed\. Remediation is paused/u,
        attempt: { outcome: 'refused' },
        notice: 'Refused',
      });
    });

    it('a row that is not understood', async () => {
      await world().tables.setRow('EC2.2', { aproval: 'always' });
      await expectRefusal(
        /^Not started: The row EC2\.2 of the configuration table has an attribute that isn't known/u,
      );
    });

    it('a control that failed too often: the breaker opens, says so, and closes again', async () => {
      await world().tables.setRow('EC2.2', {
        automatedRemediationEnabled: true,
        breakerFailures: 2,
        breakerPauseMinutes: 60,
      });
      world().automations.denied.add('ec2:RevokeSecurityGroupIngress');
      await failGroup(world(), PLACE);
      await failGroup(world(), PLACE);
      expect(world().logs.filter((line) => line.includes('"BreakerOpened":1'))).toHaveLength(1);
      expect(await world().tables.items('breaker')).toHaveLength(1);
      world().automations.denied.clear();

      const third = await failGroup(world(), PLACE);
      expect(await stateOf(third)).toBe('open');
      expect(world().told.events.at(-1)?.detail).toMatchObject({
        status: 'held',
        message: expect.stringMatching(
          /^Too many remediations of EC2\.2 failed, so it is stopped until /u,
        ),
      });
      await world().hub.select(third.finding, 'ASRRemediation');
      await world().settle();
      expect(noteOf(world(), third.finding)).toMatch(
        /^Waits until .+: Too many remediations of EC2\.2 failed/u,
      );

      await world().later(3600 + 60);
      expect(await stateOf(third)).toBe('closed');
      await expectEnding(world(), third, {
        workflow: 'RESOLVED',
        note: /^Fixed and verified by /u,
        attempt: { outcome: 'changed', origin: 'custom-action' },
        notice: 'Succeeded',
      });
    });

    it('a finding that a member imported under its own product: it reaches no queue', async () => {
      await world().tables.setRow('EC2.2', { automatedRemediationEnabled: true });
      const ProductArn = `arn:aws:securityhub:${HOME}:${MEMBER}:product/${MEMBER}/default`;
      await world().hub.put({ ...asffFinding(OPEN, world().clock.now()), ProductArn });
      await world().settle();
      expect(world().logs).toEqual([]);
    });

    it('a finding that contradicts itself: put aside', async () => {
      await world().tables.setRow('EC2.2', { automatedRemediationEnabled: true });
      await world().hub.put({ ...asffFinding(OPEN, world().clock.now()), AwsAccountId: ADMIN });
      await world().settle();
      expect(world().machines.all()).toEqual([]);
      expect(await world().delivery.peek('SO0111-ASR-DeadLetters')).toHaveLength(1);
      await world().delivery.purge('SO0111-ASR-DeadLetters');
    });

    it('a message that fails five times lies with the dead letters', async () => {
      world().fault = ({ service, operation }) => {
        if (service === 'ssm' && operation === 'GetParameters')
          throw new AwsError('AccessDeniedException', 'not now');
      };
      const open = await failGroup(world(), PLACE);
      expect(world().meter.counts('ingest').functionCalls).toBe(5);
      const letters = await world().delivery.peek('SO0111-ASR-DeadLetters');
      expect(letters.map((text) => JSON.parse(text) as unknown)).toMatchObject([
        { detail: { findings: [{ Id: open.finding }] } },
      ]);
      await world().delivery.purge('SO0111-ASR-DeadLetters');
    });
  },
);
