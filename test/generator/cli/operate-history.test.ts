import { rmSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Attempt } from '../../../templates/admin/functions/model/attempt.ts';
import { attemptItem, heldItem, holdItem } from '../../../templates/admin/functions/store/items.ts';
import { fromItem } from '../../../templates/admin/functions/store/marshal.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import {
  attemptFinding,
  attemptOf,
  heldOf,
  idOf,
  REMEDIATION,
  RESOURCE,
  TARGET,
} from '../../templates/admin/store-fixtures.ts';
import { install, operate } from '../operate/operate-stage.ts';
import type { Installed, People } from '../operate/operate-stage.ts';
import { smallProject } from './run-cli.ts';

const project = smallProject(['ec2/RemoveVPCDefaultSecurityGroupRules']);
afterAll(() => rmSync(project, { recursive: true }));

const YES: People = { answers: ['yes'] };
const FIXED: Partial<Attempt> = {
  status: 'ended',
  outcome: 'changed',
  endedAt: '2026-03-02T09:05:00.000Z',
  message: 'Fixed and verified.',
  state: ['H4sI'],
  changes: '[{"call":"ec2:RevokeSecurityGroupIngress","with":{"GroupId":"sg-0a1b2c3d"}}]',
};
const WAITS: Partial<Attempt> = {
  status: 'awaiting-approval',
  actor: 'AIDASOMEBODY',
  approvalExpiresAt: '2026-03-04T10:00:00.000Z',
  preview: '[{"call":"ec2:RevokeSecurityGroupIngress","with":{"GroupId":"sg-0a1b2c3d"}}]',
};
const other = (name: string): string => RESOURCE.replace('sg-0a1b2c3d', name);

describeWithEmulator('the history of an installation', ({ emulator }) => {
  let world: Installed;
  beforeEach(async () => {
    world = await install(emulator().endpoint);
  });
  const run = (people: People, ...args: readonly string[]) =>
    operate(world, project, people, ...args);
  const put = async (number: number, changes: Partial<Attempt>): Promise<void> => {
    const attempt = attemptOf(number, changes);
    const checkAt = attempt.status === 'ended' ? undefined : attempt.approvalExpiresAt;
    await world.tables.put(fromItem(attemptItem(attempt, 365, checkAt)));
  };
  /** Ids in the order in which they are listed. */
  const listed = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { out } = await run({}, 'history', '--json', ...args);
    return (JSON.parse(out) as readonly { readonly id: string }[]).map(({ id }) => id);
  };

  describe('asr history', () => {
    beforeEach(async () => {
      await put(1, { ...FIXED, claimedAt: '2026-03-01T08:00:00.000Z' });
      await put(2, { ...FIXED, claimedAt: '2026-03-02T08:00:00.000Z', outcome: 'failed' });
      await put(3, { ...FIXED, claimedAt: '2026-03-02T09:00:00.000Z', account: '444455556666' });
      await put(4, { ...FIXED, claimedAt: '2026-02-20T09:00:00.000Z', control: 'KMS.4' });
    });

    it.each([
      [[], [3, 2, 1]],
      [['--day', '2026-03-01'], [1]],
      [
        ['--from', '2026-02-01', '--to', '2026-03-01'],
        [1, 4],
      ],
      [
        ['--account', '111122223333'],
        [2, 1],
      ],
      [
        ['--account', '111122223333,444455556666'],
        [3, 2, 1],
      ],
      [['--outcome', 'failed'], [2]],
      [['--control', 'KMS.4', '--from', '2026-02-01'], [4]],
      [['--resource', RESOURCE, '--finding-region', 'eu-west-1', '--limit', '1'], [3]],
      [['--finding-region', 'us-east-1'], []],
    ])('lists the newest first: %j', async (args, numbers) => {
      expect(await listed(...args)).toEqual(numbers.map(idOf));
    });

    it('is a table for people, and says when there is more', async () => {
      const { out, err } = await run({}, 'history', '--limit', '2');
      const [head, first] = out.split('\n');
      expect(head).toMatch(/^TIME +STATUS +MODE +CONTROL +ACCOUNT +REGION +ATTEMPT +RESOURCE$/u);
      expect(first).toContain(`2026-03-02 09:00  changed  Remediate  EC2.2`);
      expect(err).toContain('There are more than 2.');
    });

    it('says what of it is not understood', async () => {
      await world.tables.put({ ...fromItem(attemptItem(attemptOf(9), 365)), status: 'odd' });
      const { err } = await run({}, 'history');
      expect(err).toContain('Not understood, so left out: 1 item of the history.');
    });

    it('shows of one attempt the decision, the calls, and how to take it back', async () => {
      const { out, code } = await run({}, 'history', idOf(1));
      expect(out).toContain('asked by         Security Hub (automatic)');
      expect(out).toContain('decision: allow\n  paused: allow. Nothing is paused.');
      expect(out).toContain('  ec2:RevokeSecurityGroupIngress {"GroupId":"sg-0a1b2c3d"}');
      expect(out).toContain(`undo it with      asr undo --attempt ${idOf(1)}`);
      expect(code).toBe(0);
    });

    it('does not know every attempt', async () => {
      const { err, code } = await run({}, 'history', idOf(77));
      expect(err).toContain(`There is no attempt ${idOf(77)}. See asr history`);
      expect(code).toBe(1);
    });

    it('lists what waits', async () => {
      await put(5, WAITS);
      await world.tables.put(fromItem(heldItem(heldOf())));
      const { out } = await run({}, 'history', '--waiting');
      expect(out).toContain(`awaiting-approval  Remediate  EC2.2`);
      expect(out).toMatch(
        /Held requests\n.*\n2026-03-02 11:00 +Remediate +EC2\.2 .*outside-window/u,
      );
    });
  });

  describe('asr undo', () => {
    it('sends a command for the named attempt', async () => {
      await put(1, FIXED);
      await run(YES, 'undo', '--attempt', idOf(1), '--no-wait', '--force');
      expect(await world.commands()).toMatchObject([
        {
          type: 'ask',
          request: { mode: 'Undo', attempt: idOf(1), force: true },
          finding: { id: attemptFinding(1).id },
        },
      ]);
    });

    it('takes the newest change of each resource that a query means', async () => {
      await put(1, { ...FIXED, claimedAt: '2026-03-01T08:00:00.000Z' });
      await put(2, { ...FIXED, claimedAt: '2026-03-02T08:00:00.000Z' });
      await put(3, { ...FIXED, resource: other('sg-00000003'), undoneBy: idOf(9) });
      await put(4, {
        ...FIXED,
        resource: other('sg-00000004'),
        claimedAt: '2026-03-02T09:00:00.000Z',
      });
      await put(5, {
        ...FIXED,
        resource: other('sg-00000005'),
        claimedAt: '2026-01-02T09:00:00.000Z',
      });
      const { out } = await run(YES, 'undo', '--control', 'EC2.2');
      expect(out).toContain('To take back: 2 changes.');
      const sent = await world.commands();
      expect(sent.map((one) => (one.type === 'ask' ? one.request.attempt : ''))).toEqual([
        idOf(4),
        idOf(2),
      ]);
    });

    it('finds the change that answered a named finding, however old it is', async () => {
      await put(1, { ...FIXED, claimedAt: '2025-01-01T08:00:00.000Z' });
      const { id } = attemptFinding(1);
      await run(YES, 'undo', id, '--no-wait');
      expect(await world.commands()).toMatchObject([{ request: { attempt: idOf(1) } }]);
    });

    it('says why there is nothing to take back', async () => {
      await put(1, { ...FIXED, undoneBy: idOf(2) });
      const { out, code } = await run(YES, 'undo', '--attempt', idOf(1));
      expect(out).toContain(`It was taken back by attempt ${idOf(2)}.`);
      expect(code).toBe(1);
      expect(await world.commands()).toEqual([]);
    });
  });

  describe('asr approve', () => {
    it('lists what waits for an approval', async () => {
      await put(1, WAITS);
      await put(2, FIXED);
      const { out } = await run({}, 'approve');
      expect(out).toContain(idOf(1));
      expect(out).not.toContain(idOf(2));
    });

    it('shows the calls, asks, and approves', async () => {
      await put(1, WAITS);
      const { out, questions, code } = await run(YES, 'approve', idOf(1));
      expect(out).toContain('calls that would be made\n  ec2:RevokeSecurityGroupIngress');
      expect(questions).toEqual(['Approve 1 attempt? [y/N] ']);
      expect(code).toBe(0);
      expect(await world.commands()).toMatchObject([{ type: 'approve', attempt: idOf(1) }]);
    });

    it('rejects', async () => {
      await put(1, WAITS);
      await run(YES, 'approve', idOf(1), '--reject');
      expect(await world.commands()).toMatchObject([{ type: 'reject', attempt: idOf(1) }]);
    });

    it('waits for the end', async () => {
      await put(1, WAITS);
      const onSleep = () => put(1, { ...FIXED, message: 'Fixed and verified.' });
      const { out, code } = await run({ ...YES, onSleep }, 'approve', idOf(1), '--wait');
      expect(out).toContain(`changed: ${idOf(1)}\n  Fixed and verified.`);
      expect(code).toBe(0);
    });

    it.each([
      ['has ended', FIXED, "doesn't wait for an approval"],
      ['lapsed', { ...WAITS, approvalExpiresAt: '2026-03-01T00:00:00.000Z' }, 'lapsed at'],
    ])('refuses one that %s', async (_, changes, says) => {
      await put(1, changes);
      const { err, code } = await run(YES, 'approve', idOf(1));
      expect(err).toContain(says);
      expect(err).toContain('Nothing was sent.');
      expect(code).toBe(1);
      expect(await world.commands()).toEqual([]);
    });

    it('refuses to approve what the same person asked for', async () => {
      const { sts } = world.connection;
      const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
      const { UserId: actor = '' } = await sts.send(new GetCallerIdentityCommand({}));
      await put(1, { ...WAITS, actor });
      const { err } = await run(YES, 'approve', idOf(1));
      expect(err).toContain('yourself, so somebody else must approve it.');
      expect(await world.commands()).toEqual([]);
    });
  });

  describe('asr release', () => {
    const hold = {
      owner: 'AIDASOMEBODY',
      reason: 'Undo of attempt 1',
      expiresAt: '2026-04-01T00:00:00.000Z',
    };

    it('says what is held, asks, and sends the command', async () => {
      await put(1, { ...FIXED, mode: 'Undo', outcome: 'undone' });
      await world.tables.put(fromItem(holdItem(TARGET, REMEDIATION, hold)));
      const { out } = await run(YES, 'release', idOf(1));
      expect(out).toContain('is held until 2026-04-01T00:00:00.000Z by AIDASOMEBODY');
      expect(await world.commands()).toEqual([
        { type: 'release', ...TARGET, remediation: REMEDIATION, actor: 'AIDAEXAMPLE' },
      ]);
    });

    it('sends nothing when there is no hold', async () => {
      await put(1, FIXED);
      const { err, code } = await run(YES, 'release', idOf(1));
      expect(err).toContain('Nothing holds');
      expect(code).toBe(0);
      expect(await world.commands()).toEqual([]);
    });
  });
});
