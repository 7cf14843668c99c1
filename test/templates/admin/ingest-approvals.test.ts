import { BatchUpdateFindingsCommand } from '@aws-sdk/client-securityhub';
import { PublishCommand } from '@aws-sdk/client-sns';
import { expect, it } from 'vitest';
import { describeWithEmulator } from '../../support/emulator.ts';
import { ALICE, BOB, command, failed, keyOf } from './ingest-records.ts';
import {
  Failure,
  REMEDIATION,
  TARGET,
  WANTED,
  createWorld,
  inputs,
  onlyAttempt,
  pass,
  securityHub,
  sns,
} from './ingest-world.ts';

describeWithEmulator('approvals', (local) => {
  /** An attempt that Alice asked for and that waits for an approver. */
  const open = async () => {
    const world = await createWorld(local.emulator().endpoint);
    world.hub.set(String(failed()['Id']), failed());
    await world.tables.putRow({ controlId: 'EC2.2', approval: 'always' });
    await world.deliver(command({ command: 'remediate', finding: keyOf(failed()) }));
    const attempt = await onlyAttempt(world);
    const approvalExpiresAt = new Date(world.clock.now.getTime() + 72 * 3_600_000).toISOString();
    const stored = await world.tables.store.findAttempt(attempt.id);
    if (stored === undefined) throw new Error('The attempt is missing.');
    await world.tables.store.awaitApproval({ ...stored, preview: '[]', approvalExpiresAt });
    return { world, id: attempt.id };
  };
  const answer = (word: 'approve' | 'reject', id: string, sender: string) =>
    command({ command: word, attempt: id }, sender);

  it('let another person start the attempt, which takes the resource then', async () => {
    const { world, id } = await open();
    const approve = answer('approve', id, BOB);
    await world.deliver(approve, approve);
    expect(await onlyAttempt(world)).toMatchObject({
      id,
      status: 'claimed',
      phase: 'run',
      actor: ALICE,
      approver: BOB,
      preview: '[]',
    });
    expect(new Set(world.started())).toEqual(new Set([`asr-${id}`, `asr-${id}-approved`]));
    expect(await world.tables.store.readRemembered(WANTED, world.clock.now)).toMatchObject({
      lease: { attempt: id },
      counts: { control: 1 },
    });
    expect(world.told()).toEqual(['approved']);
  });

  it('are not taken from the person who asked', async () => {
    const { world, id } = await open();
    await world.deliver(answer('approve', id, ALICE));
    expect(await onlyAttempt(world)).toMatchObject({ status: 'awaiting-approval' });
    expect(world.notes()).toEqual(['- Not approved: Somebody else must approve than who asked.']);
  });

  it('count once, whoever approves at the same time', async () => {
    const { world, id } = await open();
    await Promise.all(
      [BOB, 'AIDACAROL000000000001', 'AIDADAVE0000000000001'].map(async (sender) =>
        world.deliver(answer('approve', id, sender)),
      ),
    );
    const starts = world.started().filter((name) => name.endsWith('-approved'));
    expect(starts).toHaveLength(1);
  });

  it('come too late after their time', async () => {
    const { world, id } = await open();
    pass(world, 73 * 60);
    await world.deliver(answer('approve', id, BOB));
    expect(world.started()).toHaveLength(1);
    await world.deliver(command({ command: 'expire', ...TARGET, attempt: id }));
    expect(await onlyAttempt(world)).toMatchObject({
      status: 'ended',
      outcome: 'approval-expired',
    });
    expect(world.notes()).toEqual(['NOTIFIED Nothing was changed. Nobody approved it in time.']);
    await world.deliver(command({ command: 'expire', ...TARGET, attempt: id }));
    expect(world.notes()).toHaveLength(1);
  });

  it('do not lapse before their time', async () => {
    const { world, id } = await open();
    await world.deliver(command({ command: 'expire', ...TARGET, attempt: id }));
    expect(await onlyAttempt(world)).toMatchObject({ status: 'awaiting-approval' });
  });

  it('wait for the change window, and do not lapse while they do', async () => {
    const { world, id } = await open();
    await world.tables.putRow({
      controlId: 'EC2.2',
      approval: 'always',
      changeWindow: 'Tue 08:00-10:00 UTC',
    });
    await world.deliver(answer('approve', id, BOB));
    expect(await onlyAttempt(world)).toMatchObject({
      status: 'awaiting-approval',
      approvalExpiresAt: '2026-05-13T08:00:00.000Z',
    });
    expect(await world.tables.store.readHeld(TARGET, REMEDIATION, 'Remediate')).toMatchObject({
      notBefore: '2026-05-12T08:00:00.000Z',
      request: { origin: 'approval', actor: BOB, attempt: id },
    });
    world.clock.now = new Date('2026-05-12T08:00:30.000Z');
    await world.deliver(
      command({ command: 'expire', ...TARGET, attempt: id }),
      command({ command: 'resume', ...TARGET, remediation: REMEDIATION, mode: 'Remediate' }),
    );
    expect(await onlyAttempt(world)).toMatchObject({ status: 'claimed', approver: BOB });
    expect(await world.tables.store.readHeld(TARGET, REMEDIATION, 'Remediate')).toBeUndefined();
  });

  it('end in a rejection, which says by whom', async () => {
    const { world, id } = await open();
    const reject = answer('reject', id, BOB);
    await world.deliver(reject);
    expect(await onlyAttempt(world)).toMatchObject({ status: 'ended', outcome: 'rejected' });
    expect(world.notes()).toEqual([`NOTIFIED Nothing was changed. Rejected by ${BOB}.`]);
    expect(inputs(sns, PublishCommand)).toHaveLength(1);
    await world.deliver(reject);
    await world.deliver(answer('approve', id, BOB));
    expect(world.notes()).toHaveLength(1);
    expect(world.started()).toHaveLength(1);
  });

  it('win over a rejection at the same moment', async () => {
    const { world, id } = await open();
    world.before.set('claim', async () => world.deliver(answer('approve', id, BOB)));
    await world.deliver(answer('reject', id, 'AIDACAROL000000000001'));
    expect(await onlyAttempt(world)).toMatchObject({ status: 'claimed', approver: BOB });
    expect(world.notes()).toEqual([]);
  });

  it('lose to a rejection that was faster', async () => {
    const { world, id } = await open();
    world.before.set('claim', async () => world.deliver(answer('reject', id, BOB)));
    await world.deliver(answer('approve', id, 'AIDACAROL000000000001'));
    expect(await onlyAttempt(world)).toMatchObject({ status: 'ended', outcome: 'rejected' });
    expect(world.started()).toEqual([`asr-${id}`]);
  });

  it('can not start what is being rejected, and a rejection that broke off is completed', async () => {
    const { world, id } = await open();
    const reject = answer('reject', id, BOB);
    securityHub.on(BatchUpdateFindingsCommand).rejects(new Failure('ThrottlingException', 429));
    expect(await world.deliver(reject)).toEqual([reject.messageId]);
    securityHub.on(BatchUpdateFindingsCommand).resolves({});
    await world.deliver(answer('approve', id, BOB));
    expect(world.started()).toHaveLength(1);
    expect(await world.deliver(reject)).toEqual([]);
    expect(await onlyAttempt(world)).toMatchObject({ status: 'ended', outcome: 'rejected' });
  });
});
