/*
 * Several controls of one remediation on one resource: what is fixed for one says nothing about another, where the
 * remediation looks at something else for each.
 *
 * The emulator's: CloudFormation and what it makes, DynamoDB, SQS, SNS, STS, IAM, Parameter Store, EC2.
 * Ours: the emitted templates, the functions' code, the state machine's definition, the documents.
 * Played here (world/): Security Hub, event delivery by the deployed rules, Step Functions, Automation.
 */
import { expect, it } from 'vitest';
import { describeWorld } from './world/describe-world.ts';
import { makeWebGroup } from './world/groups.ts';
import { HOME, MEMBER } from './world/places.ts';

const PLACE = { account: MEMBER, region: HOME };

describeWorld(
  'two controls of one remediation',
  { remediations: ['RemoveUnrestrictedInboundRules'], members: [MEMBER], places: [PLACE] },
  (world) => {
    it('at once: both ports are closed', async () => {
      for (const control of ['EC2.13', 'EC2.14'])
        await world().tables.setRow(control, { automatedRemediationEnabled: true });
      const group = await makeWebGroup(world().bridge, PLACE, [22, 443, 3389]);
      const ssh = await world().hub.fail({ ...PLACE, control: 'EC2.13', resource: group.arn });
      const rdp = await world().hub.fail({ ...PLACE, control: 'EC2.14', resource: group.arn });
      await world().settle();
      expect(await group.ports()).toEqual([443]);
      for (const finding of [ssh, rdp])
        expect(world().hub.finding(finding)).toMatchObject({ Workflow: { Status: 'RESOLVED' } });
      expect(
        world()
          .automations.all()
          .map(({ parameters }) => parameters['ControlId']),
      ).toEqual([['EC2.13'], ['EC2.14']]);
    });
  },
);
