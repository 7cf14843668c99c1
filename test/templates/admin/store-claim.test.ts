import { expect, it } from 'vitest';
import { describeWithEmulator } from '../../support/emulator.ts';
import { createStateTables } from '../../support/state-tables.ts';
import {
  ACCOUNT,
  HOUR,
  NOW,
  PARTITION,
  POLICY,
  REMEDIATION,
  RESOURCE,
  TAKE,
  TARGET,
  WANTED,
  attemptOf,
  endedOf,
  heldOf,
  idOf,
  iso,
  later,
  together,
} from './store-fixtures.ts';
import type { Attempt } from '../../../templates/admin/functions/model/attempt.ts';

describeWithEmulator('the state table: claiming', (local) => {
  const open = async () => createStateTables(local.emulator().endpoint, () => NOW);

  it('takes a resource with four writes in one transaction', async () => {
    const { store, calls } = await open();
    expect(await store.claim(attemptOf(1), TAKE, NOW)).toEqual({ result: 'claimed' });
    expect(calls()).toEqual([{ name: 'TransactWriteItems', writes: 4 }]);
  });

  it('gives a resource to one of fifty attempts that want it at once', async () => {
    const { store, items } = await open();
    const results = await together(50, async (index) =>
      store.claim(attemptOf(index + 1), TAKE, NOW),
    );
    const words = results.map(({ result }) => result);
    expect(words.filter((one) => one === 'claimed')).toHaveLength(1);
    expect(words.filter((one) => one === 'overtaken')).toHaveLength(49);
    const attempts = [...(await items()).values()].filter(({ type }) => type === 'attempt');
    expect(attempts).toHaveLength(1);
    expect(await store.readRemembered(WANTED, NOW)).toMatchObject({
      counts: { control: 1, account: 1 },
    });
  });

  it('starts no more than the limits of the control and of the account, however many ask at once', async () => {
    const { store } = await open();
    const claimMany = async (perHour: number, accountPerHour: number, account: string) => {
      const policy = { ...POLICY, perHour, accountPerHour };
      const results = await together(12, async (index) =>
        store.claim(
          attemptOf(index + 1, { account, resource: `${RESOURCE}${index}`, policy }),
          TAKE,
          NOW,
        ),
      );
      return results.filter(({ result }) => result === 'claimed').length;
    };
    expect(await claimMany(3, 50, ACCOUNT)).toBe(3);
    expect(await claimMany(100, 2, '444455556666')).toBe(2);
    expect(await claimMany(0, 50, '777788889999')).toBe(0);
  });

  it('says that the same attempt exists, and how far it is', async () => {
    const { store } = await open();
    await store.claim(attemptOf(1), TAKE, NOW);
    expect(await store.claim(attemptOf(1), TAKE, later(1))).toEqual({
      result: 'exists',
      attempt: attemptOf(1),
    });
    await store.end({ attempt: endedOf(attemptOf(1)) });
    expect(await store.claim(attemptOf(1), TAKE, later(9))).toMatchObject({
      result: 'exists',
      attempt: { status: 'ended' },
    });
    expect(await store.readRemembered(WANTED, NOW)).toMatchObject({ counts: { control: 1 } });
  });

  it('takes a resource over whose lease has ended', async () => {
    const { store } = await open();
    await store.claim(attemptOf(1), { lease: true, leaseUntil: iso(10) }, NOW);
    expect(await store.claim(attemptOf(2), TAKE, later(9))).toEqual({ result: 'overtaken' });
    expect(await store.claim(attemptOf(2), TAKE, later(10))).toEqual({ result: 'claimed' });
  });

  it('lets previews look at a resource that is being changed, without counting them', async () => {
    const { store, calls } = await open();
    await store.claim(attemptOf(1), TAKE, NOW);
    const preview = { ...TAKE, lease: false };
    expect(await store.claim(attemptOf(2, { mode: 'Preview' }), preview, NOW)).toEqual({
      result: 'claimed',
    });
    expect(calls().at(-1)).toEqual({ name: 'TransactWriteItems', writes: 1 });
    expect(await store.readRemembered(WANTED, NOW)).toMatchObject({
      lease: { attempt: idOf(1) },
      counts: { control: 1 },
    });
  });

  it('writes the hold of an Undo in the same transaction, and counts no start', async () => {
    const { store } = await open();
    const hold = { owner: 'AIDAEXAMPLE', reason: 'Undo', expiresAt: iso(43_200) };
    await store.claim(attemptOf(1, { mode: 'Undo' }), { ...TAKE, hold }, NOW);
    expect(await store.readRemembered(WANTED, NOW)).toMatchObject({
      hold,
      counts: { control: 0, account: 0 },
    });
    expect(await store.deleteHold(TARGET, REMEDIATION)).toBe(true);
    expect(await store.deleteHold(TARGET, REMEDIATION)).toBe(false);
    expect(await store.readRemembered(WANTED, NOW)).toMatchObject({ hold: undefined });
  });

  it('takes up a held request in the same transaction, or leaves it held', async () => {
    const { store } = await open();
    await store.putHeld(undefined, () => heldOf());
    await store.claim(attemptOf(1), TAKE, NOW);
    await store.claim(attemptOf(2), { ...TAKE, takesUp: heldOf() }, NOW);
    expect(await store.readHeld(TARGET, REMEDIATION, 'Remediate')).toEqual(heldOf());
    await store.end({ attempt: endedOf(attemptOf(1)) });
    await store.claim(attemptOf(2), { ...TAKE, takesUp: heldOf() }, NOW);
    expect(await store.readHeld(TARGET, REMEDIATION, 'Remediate')).toBeUndefined();
  });

  it('lets one of many approvers go on with an attempt', async () => {
    const { store } = await open();
    const waiting = attemptOf(1, { phase: 'approval-preview' });
    await store.claim(waiting, { ...TAKE, lease: false }, NOW);
    const approved = (approver: string) => attemptOf(1, { phase: 'run', approver });
    const options = { ...TAKE, approved: true };
    expect(await store.claim(approved('early'), options, NOW)).toMatchObject({
      result: 'exists',
      attempt: { status: 'claimed' },
    });
    await store.awaitApproval({ ...waiting, approvalExpiresAt: iso(60), preview: '[]' });
    const results = await together(5, async (index) =>
      store.claim(approved(`approver-${index}`), options, NOW),
    );
    expect(results.filter(({ result }) => result === 'claimed')).toHaveLength(1);
    expect(results.filter(({ result }) => result === 'exists')).toHaveLength(4);
    expect(await store.readAttempt(TARGET, idOf(1))).toMatchObject({ status: 'claimed' });
  });

  it('takes a claim back as if it had not been made', async () => {
    const { store, items } = await open();
    await store.putHeld(undefined, () => heldOf());
    const options = { ...TAKE, takesUp: heldOf() };
    await store.claim(attemptOf(1), options, NOW);
    await store.unclaim(attemptOf(1), options, { at: NOW, held: heldOf() });
    expect([...(await items()).keys()].toSorted()).toEqual([
      `limit#account#${ACCOUNT}#${HOUR} count`,
      `limit#control#EC2.2#${HOUR} count`,
      `${PARTITION} held#${REMEDIATION}#Remediate`,
    ]);
    expect(await store.readRemembered(WANTED, NOW)).toMatchObject({
      counts: { control: 0, account: 0 },
    });
  });

  it('takes the claim of an approved attempt back, so that it waits again', async () => {
    const { store } = await open();
    const waiting = attemptOf(1, { phase: 'approval-preview', approvalExpiresAt: iso(60) });
    await store.claim(waiting, { ...TAKE, lease: false }, NOW);
    await store.awaitApproval(waiting);
    const options = { ...TAKE, approved: true };
    const approved: Attempt = { ...waiting, phase: 'run', approver: 'somebody' };
    await store.claim(approved, options, NOW);
    await store.unclaim(approved, options, { at: NOW });
    expect(await store.readAttempt(TARGET, idOf(1))).toEqual({
      ...waiting,
      status: 'awaiting-approval',
    });
    expect(await store.readRemembered(WANTED, NOW)).toMatchObject({ lease: undefined });
  });

  it('leaves alone what another attempt has claimed since', async () => {
    const { store, logged } = await open();
    await store.claim(attemptOf(1), { lease: true, leaseUntil: iso(10) }, NOW);
    await store.claim(attemptOf(2), TAKE, later(11));
    await store.unclaim(attemptOf(1), TAKE, { at: NOW });
    expect(await store.readRemembered(WANTED, NOW)).toMatchObject({ lease: { attempt: idOf(2) } });
    expect(logged).toHaveLength(1);
  });
});
