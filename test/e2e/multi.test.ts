/*
 * Two member accounts with two Regions each, one administrator in one Region: every change is made where the finding is,
 * under the roles of that account.
 *
 * The emulator's: CloudFormation and what it makes, DynamoDB, SQS, SNS, STS with an account for each key, IAM, EC2.
 * Ours: the emitted templates, the functions' code, the state machine's definition, the documents.
 * Played here (world/): Security Hub with its aggregation, event delivery, Step Functions, Automation.
 */
import { expect, it } from 'vitest';
import { describeWorld, expectEnding, failGroup, stateOf } from './world/describe-world.ts';
import { AWAY, HOME, MEMBER, OTHER_MEMBER } from './world/places.ts';

const PLACES = [MEMBER, OTHER_MEMBER].flatMap((account) =>
  [HOME, AWAY].map((region) => ({ account, region })),
);

describeWorld(
  'two accounts, two Regions',
  {
    remediations: ['RemoveVPCDefaultSecurityGroupRules'],
    members: [MEMBER, OTHER_MEMBER],
    places: PLACES,
  },
  (world) => {
    it('each finding is fixed in its own place', async () => {
      await world().tables.setRow('EC2.2', { automatedRemediationEnabled: true });
      for (const place of PLACES) {
        const open = await failGroup(world(), place);
        expect(await stateOf(open)).toBe('closed');
        await expectEnding(world(), open, {
          workflow: 'RESOLVED',
          note: /^Fixed and verified by /u,
          attempt: { outcome: 'changed', ...place },
          notice: `Succeeded`,
        });
        expect(world().told.notices.at(-1)?.subject).toBe(
          `ASR Succeeded: EC2.2 ${place.account} ${place.region}`,
        );
      }
      expect(
        world()
          .automations.all()
          .map(({ account, region, parameters }) => ({
            account,
            region,
            role: parameters['AutomationAssumeRole'],
          })),
      ).toEqual(
        PLACES.map(({ account, region }) => ({
          account,
          region,
          role: [`arn:aws:iam::${account}:role/SO0111-RemoveVPCDefaultSecurityGroupRules-shtest`],
        })),
      );
    });

    it('what is done in one place leaves the others alone', async () => {
      const groups = [];
      for (const place of PLACES) groups.push(await failGroup(world(), place));
      const [, second] = groups;
      await world().hub.select(second?.finding ?? '', 'ASRRemediation');
      await world().settle();
      const states = [];
      for (const group of groups) states.push(await stateOf(group));
      expect(states).toEqual(['open', 'closed', 'open', 'open']);
    });

    it("an account's limit does not count for the other", async () => {
      await world().tables.setRow('EC2.2', { automatedRemediationEnabled: true });
      await world().tables.setRow('*', { accountPerHour: 1 });
      const states = [];
      for (const place of PLACES) states.push(await stateOf(await failGroup(world(), place)));
      expect(states).toEqual(['closed', 'open', 'closed', 'open']);
      await world().later(3600);
      expect(await world().tables.items('held')).toEqual([]);
      expect(world().automations.all()).toHaveLength(PLACES.length);
    });
  },
);
