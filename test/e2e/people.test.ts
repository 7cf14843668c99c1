/*
 * What only people can do: approve, reject, undo, release. They talk to the command queue, and Amazon SQS says who they
 * are; each path ends with the resource, the finding, the history and the notification.
 *
 * The emulator's: CloudFormation and what it makes, DynamoDB, SQS, SNS, STS, IAM, Parameter Store, EC2.
 * Ours: the emitted templates, the functions' code, the state machine's definition, the documents.
 * Played here (world/): Security Hub, event delivery by the deployed rules, Step Functions, Automation, senders of messages.
 */
import { expect, it } from 'vitest';
import { describeWorld, expectEnding, failGroup, noteOf, stateOf } from './world/describe-world.ts';
import type { OpenGroup } from './world/describe-world.ts';
import { HOME, MEMBER } from './world/places.ts';
import type { Members } from './world/places.ts';

const PLACE = { account: MEMBER, region: HOME };
const REMEDIATION = 'RemoveVPCDefaultSecurityGroupRules';
const HOUR = 3600;

describeWorld(
  'people',
  { remediations: [REMEDIATION], members: [MEMBER], places: [PLACE] },
  (world) => {
    const named = ({ finding }: OpenGroup): Members => {
      const { Id, ProductArn } = world().hub.finding(finding);
      return { id: Id, productArn: ProductArn };
    };
    const newest = async ({ group }: OpenGroup): Promise<Members> =>
      (await world().tables.history(group.arn)).at(-1) ?? {};

    /** Alice asks for a remediation that somebody else must approve. */
    const askForApproval = async (): Promise<OpenGroup & { readonly attempt: string }> => {
      await world().tables.setRow('EC2.2', { approval: 'always' });
      const open = await failGroup(world(), PLACE);
      await world()
        .person('alice')
        .send({ command: 'remediate', finding: named(open) });
      await world().settle();
      expect(await stateOf(open)).toBe('open');
      await expectEnding(world(), open, {
        workflow: 'NEW',
        note: /^Waits for the approval of another person until .+ would make 2 calls/u,
        attempt: { status: 'awaiting-approval', actor: world().person('alice').id },
        notice: 'Awaiting approval',
      });
      return { ...open, attempt: String((await newest(open))['id']) };
    };

    it('approved: by somebody else than who asked', async () => {
      const open = await askForApproval();
      const { attempt } = open;
      const [alice, bob] = [world().person('alice'), world().person('bob')];
      await alice.send({ command: 'approve', attempt });
      await world().settle();
      expect(await stateOf(open)).toBe('open');
      expect(noteOf(world(), open.finding)).toBe(
        'Not approved: Somebody else must approve than who asked.',
      );
      await bob.send({ command: 'approve', attempt });
      await world().settle();
      expect(await stateOf(open)).toBe('closed');
      await expectEnding(world(), open, {
        workflow: 'RESOLVED',
        note: /^Fixed and verified by /u,
        attempt: { outcome: 'changed', actor: alice.id, approver: bob.id },
        notice: 'Succeeded',
      });
      expect(
        world()
          .machines.all()
          .map(({ name }) => name),
      ).toEqual([`asr-${attempt}`, `asr-${attempt}-approved`]);
    });

    it('approved twice, and while it waits asked again: one change', async () => {
      const open = await askForApproval();
      await world().hub.select(open.finding, 'ASRRemediation');
      await world().settle();
      expect(noteOf(world(), open.finding)).toMatch(
        /^Not started: The attempt .+ waits for an approval/u,
      );
      await world().person('bob').send({ command: 'approve', attempt: open.attempt });
      await world().person('carol').send({ command: 'approve', attempt: open.attempt });
      await world().settle();
      expect(await stateOf(open)).toBe('closed');
      expect(await newest(open)).toMatchObject({ approver: world().person('bob').id });
      expect(world().machines.all()).toHaveLength(2);
    });

    it('rejected: nothing is changed, and an approval afterwards comes too late', async () => {
      const open = await askForApproval();
      const bob = world().person('bob');
      await bob.send({ command: 'reject', attempt: open.attempt });
      await world().settle();
      const ending = {
        workflow: 'NOTIFIED',
        note: /^Nothing was changed\. Rejected by AIDA/u,
        attempt: { status: 'ended', outcome: 'rejected' },
        notice: 'Refused',
      } as const;
      await expectEnding(world(), open, ending);
      await world().person('carol').send({ command: 'approve', attempt: open.attempt });
      await world().settle();
      expect(await stateOf(open)).toBe('open');
      await expectEnding(world(), open, ending);
    });

    it('nobody answers: the sweep lets it lapse', async () => {
      const open = await askForApproval();
      await world().later(71 * HOUR);
      expect(await newest(open)).toMatchObject({ status: 'awaiting-approval' });
      await world().later(2 * HOUR);
      expect(await stateOf(open)).toBe('open');
      await expectEnding(world(), open, {
        workflow: 'NOTIFIED',
        note: /^Nothing was changed\. Nobody approved it in time\.$/u,
        attempt: { status: 'ended', outcome: 'approval-expired' },
        notice: 'Refused',
      });
    });

    it('undone: as before, and not fixed again by itself until somebody releases it', async () => {
      await world().tables.setRow('EC2.2', { automatedRemediationEnabled: true });
      const open = await failGroup(world(), PLACE);
      expect(await stateOf(open)).toBe('closed');
      await world().hub.select(open.finding, 'ASRUndo');
      await world().settle();
      expect(await stateOf(open)).toBe('open');
      await expectEnding(world(), open, {
        workflow: 'NOTIFIED',
        note: /^Taken back by .+; a hold keeps it from being fixed again by itself\./u,
        attempt: { mode: 'Undo', outcome: 'undone' },
        notice: 'Undone',
      });
      const [first, second] = await world().tables.history(open.group.arn);
      expect(first).toMatchObject({ outcome: 'changed', undoneBy: second?.['id'] });

      world().clock.advance(HOUR);
      await world().hub.check(open.finding, 'FAILED');
      await world().settle();
      expect(await stateOf(open)).toBe('open');
      await world().hub.select(open.finding, 'ASRRemediation');
      await world().settle();
      expect(await stateOf(open)).toBe('open');
      expect(noteOf(world(), open.finding)).toMatch(
        /^Not started: .+ undid this remediation, so it is held until /u,
      );

      await world()
        .person('alice')
        .send({ command: 'release', ...PLACE, resource: open.group.arn, remediation: REMEDIATION });
      await world().settle();
      world().clock.advance(HOUR);
      await world().hub.check(open.finding, 'FAILED');
      await world().settle();
      expect(await stateOf(open)).toBe('closed');
      await expectEnding(world(), open, {
        workflow: 'RESOLVED',
        note: /^Fixed and verified by /u,
        attempt: { mode: 'Remediate', outcome: 'changed', origin: 'automatic' },
        notice: 'Succeeded',
      });
    });

    it('a resource that changed since: undone only by force', async () => {
      const open = await failGroup(world(), PLACE);
      const alice = world().person('alice');
      await alice.send({ command: 'remediate', finding: named(open) });
      await world().settle();
      await open.group.open();
      await alice.send({ command: 'undo', finding: named(open) });
      await world().settle();
      expect(await stateOf(open)).toBe('between');
      await expectEnding(world(), open, {
        workflow: 'RESOLVED',
        note: /^Not taken back by .+: the resource changed since it was fixed\. Force the undo to overwrite that\./u,
        attempt: { mode: 'Undo', outcome: 'changed-since' },
        notice: 'Failed',
      });
      await alice.send({ command: 'undo', finding: named(open), force: true });
      await world().settle();
      expect(await stateOf(open)).toBe('open');
      await expectEnding(world(), open, {
        workflow: 'NOTIFIED',
        note: /^Taken back by /u,
        attempt: { mode: 'Undo', force: true, outcome: 'undone' },
        notice: 'Undone',
      });
    });

    it('nothing to undo: who asked is told', async () => {
      const open = await failGroup(world(), PLACE);
      await world().hub.select(open.finding, 'ASRUndo');
      await world().settle();
      expect(noteOf(world(), open.finding)).toMatch(
        /^Not started: No change of this remediation /u,
      );
      expect(world().machines.all()).toEqual([]);
    });

    it('a command that names its own sender is put aside', async () => {
      const open = await failGroup(world(), PLACE);
      await world()
        .person('mallory')
        .send({ command: 'remediate', finding: named(open), actor: 'bob' });
      await world().settle();
      expect(await stateOf(open)).toBe('open');
      const letters = await world().delivery.peek('SO0111-ASR-DeadLetters');
      expect(letters.map((text) => JSON.parse(text) as unknown)).toMatchObject([{ actor: 'bob' }]);
      await world().delivery.purge('SO0111-ASR-DeadLetters');
    });
  },
);
