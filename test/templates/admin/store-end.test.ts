import { expect, it } from 'vitest';
import { describeWithEmulator } from '../../support/emulator.ts';
import { createStateTables } from '../../support/state-tables.ts';
import {
  NOW,
  POLICY,
  REMEDIATION,
  RESOURCE,
  TAKE,
  TARGET,
  WANTED,
  attemptFinding,
  attemptOf,
  endedOf,
  idOf,
  iso,
  later,
  together,
} from './store-fixtures.ts';
import type { Attempt } from '../../../templates/admin/functions/model/attempt.ts';
import type { StateTables } from '../../support/state-tables.ts';

describeWithEmulator('the state table: joining and ending', (local) => {
  const open = async () => createStateTables(local.emulator().endpoint, () => NOW);
  const TARGET_STATE = { failures: 0, verifiedAt: iso(5), seen: { finding: iso(-10) } };
  const claimed = async (tables: StateTables, attempt = attemptOf(1)) => {
    await tables.store.claim(attempt, TAKE, NOW);
    return attempt;
  };

  it('lets findings join an attempt under way, each once', async () => {
    const tables = await open();
    const { store } = tables;
    await claimed(tables);
    const before = tables.calls().length;
    expect(await store.join(TARGET, idOf(1), attemptFinding(2))).toBe('joined');
    expect(tables.calls().length - before).toBe(1);
    expect(await store.join(TARGET, idOf(1), attemptFinding(2))).toBe('present');
    expect(await store.join(TARGET, idOf(1), attemptFinding(1))).toBe('present');
    const ocsf = { ...attemptFinding(1), format: 'ocsf', metadataUid: 'uid' } as const;
    expect(await store.join(TARGET, idOf(1), ocsf)).toBe('joined');
    expect((await store.readAttempt(TARGET, idOf(1)))?.findings).toEqual([
      attemptFinding(1),
      attemptFinding(2),
      ocsf,
    ]);
    expect(await store.join(TARGET, idOf(9), attemptFinding(2))).toBe('ended');
  });

  it('loses none of the findings that join at once', async () => {
    const tables = await open();
    await claimed(tables);
    await together(10, async (index) =>
      tables.store.join(TARGET, idOf(1), attemptFinding(index + 2)),
    );
    expect((await tables.store.readAttempt(TARGET, idOf(1)))?.findings).toHaveLength(11);
  });

  it('ends an attempt with three writes in one transaction', async () => {
    const tables = await open();
    const { store, calls } = tables;
    const ended = endedOf(await claimed(tables));
    expect(await store.end({ attempt: ended, target: TARGET_STATE })).toBe(true);
    expect(calls().at(-1)).toEqual({ name: 'TransactWriteItems', writes: 3 });
    expect(await store.readAttempt(TARGET, idOf(1))).toEqual(ended);
    expect(await store.readTarget(TARGET, REMEDIATION)).toEqual(TARGET_STATE);
    expect(await store.readRemembered(WANTED, NOW)).toMatchObject({ lease: undefined });
    expect(await store.join(TARGET, idOf(1), attemptFinding(2))).toBe('ended');
    expect(await store.due(later(99_999), 100)).toEqual([]);
  });

  it('does not end an attempt twice, nor one that a finding has joined', async () => {
    const tables = await open();
    const { store } = tables;
    const attempt = await claimed(tables);
    await store.join(TARGET, idOf(1), attemptFinding(2));
    expect(await store.end({ attempt: endedOf(attempt), target: TARGET_STATE })).toBe(false);
    expect(await store.readTarget(TARGET, REMEDIATION)).toBeUndefined();
    const joined = { ...attempt, findings: [attemptFinding(1), attemptFinding(2)] };
    expect(await store.end({ attempt: endedOf(joined) })).toBe(true);
    expect(await store.end({ attempt: endedOf(joined, { outcome: 'failed' }) })).toBe(false);
    expect(await store.readAttempt(TARGET, idOf(1))).toMatchObject({ outcome: 'changed' });
  });

  it('does not end an attempt as rejected that was approved meanwhile', async () => {
    const { store } = await open();
    const waiting = attemptOf(1, { phase: 'approval-preview', approvalExpiresAt: iso(60) });
    await store.claim(waiting, { ...TAKE, lease: false }, NOW);
    await store.awaitApproval(waiting);
    const approved: Attempt = { ...waiting, phase: 'run', approver: 'somebody' };
    await store.claim(approved, { ...TAKE, approved: true }, NOW);
    expect(await store.end({ attempt: endedOf(waiting, { outcome: 'rejected' }) })).toBe(false);
    expect(await store.readAttempt(TARGET, idOf(1))).toMatchObject({ status: 'claimed' });
  });

  it('ends an attempt late, without touching the lease of another one', async () => {
    const { store } = await open();
    await store.claim(attemptOf(1), { lease: true, leaseUntil: iso(10) }, NOW);
    await store.claim(attemptOf(2), TAKE, later(11));
    expect(await store.end({ attempt: endedOf(attemptOf(1)), target: TARGET_STATE })).toBe(true);
    expect(await store.readRemembered(WANTED, NOW)).toMatchObject({ lease: { attempt: idOf(2) } });
  });

  it('marks the attempt that was taken back', async () => {
    const { store } = await open();
    await store.claim(attemptOf(1), TAKE, NOW);
    await store.end({ attempt: endedOf(attemptOf(1)) });
    const undo = attemptOf(2, { mode: 'Undo', undoes: { id: idOf(1), state: ['c3RhdGU='] } });
    await store.claim(undo, TAKE, NOW);
    const ended = endedOf(undo, { outcome: 'undone', state: [] });
    expect(await store.end({ attempt: ended, undoes: idOf(1) })).toBe(true);
    expect(await store.readAttempt(TARGET, idOf(1))).toMatchObject({ undoneBy: idOf(2) });
    expect(await store.readRemembered(WANTED, NOW)).toMatchObject({ undoable: undefined });
  });

  it('ends an Undo whose original is gone from the history', async () => {
    const { store } = await open();
    const undo = attemptOf(2, { mode: 'Undo', undoes: { id: idOf(1), state: ['c3RhdGU='] } });
    await store.claim(undo, TAKE, NOW);
    expect(await store.end({ attempt: endedOf(undo), undoes: idOf(1) })).toBe(true);
    expect(await store.readAttempt(TARGET, idOf(1))).toBeUndefined();
  });

  it('keeps all failures that end at once, and stays open once it opened', async () => {
    const { store } = await open();
    const fail = async (number: number, minutes: number) => {
      const attempt = attemptOf(number, { resource: `${RESOURCE}${number}` });
      await store.claim(attempt, TAKE, NOW);
      // Each was told of no other failure.
      const value = { failures: [iso(minutes)] };
      const ended = endedOf(attempt, { outcome: 'failed', endedAt: iso(minutes) });
      await store.end({ attempt: ended, breaker: { control: 'EC2.2', value } });
    };
    await Promise.all([fail(1, 1), fail(2, 2)]);
    expect(await store.readBreaker('EC2.2')).toEqual({ failures: [iso(1), iso(2)] });
    await fail(3, 3);
    const opened = { failures: [], openUntil: iso(3 + 1440) };
    expect(await store.readBreaker('EC2.2')).toEqual(opened);
    await fail(4, 4);
    expect(await store.readBreaker('EC2.2')).toEqual(opened);
  });

  it('counts failures that come without an attempt, all of them', async () => {
    const { store } = await open();
    const policy = { ...POLICY, breakerFailures: 5 };
    const results = await together(5, async (index) =>
      store.countFailure('EC2.2', policy, later(index)),
    );
    expect(results.filter(({ opened }) => opened)).toHaveLength(1);
    expect(await store.readBreaker('EC2.2')).toMatchObject({ failures: [] });
    await store.putBreaker('EC2.2', { failures: [] });
    expect(await store.readBreaker('EC2.2')).toEqual({ failures: [] });
  });

  it('puts an attempt aside for an approver, also when it is told twice', async () => {
    const { store, calls } = await open();
    const attempt = attemptOf(1, { phase: 'approval-preview' });
    await store.claim(attempt, { ...TAKE, lease: false }, NOW);
    const waiting = { ...attempt, preview: '[]', approvalExpiresAt: iso(60) };
    await store.awaitApproval(waiting);
    await store.awaitApproval(waiting);
    const expected = { ...waiting, status: 'awaiting-approval' };
    expect(await store.readAttempt(TARGET, idOf(1))).toEqual(expected);
    expect(await store.extendApproval(waiting, iso(120))).toBe(true);
    expect(await store.due(later(119), 10)).toEqual([]);
    const extended = { ...expected, approvalExpiresAt: iso(120) };
    expect(await store.due(later(120), 10)).toEqual([{ type: 'approval', attempt: extended }]);
    expect(await store.end({ attempt: endedOf(waiting, { outcome: 'rejected' }) })).toBe(true);
    expect(calls().at(-1)).toEqual({ name: 'TransactWriteItems', writes: 1 });
    await expect(store.awaitApproval(waiting)).rejects.toThrow('has ended');
    expect(await store.extendApproval(waiting, iso(240))).toBe(false);
  });
});
