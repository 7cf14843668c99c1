import { expect, it } from 'vitest';
import type { Attempt } from '../../../templates/admin/functions/model/attempt.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { createStateTables } from '../../support/state-tables.ts';
import type { StateTables } from '../../support/state-tables.ts';
import {
  ACCOUNT,
  NOW,
  POLICY,
  REMEDIATION,
  RESOURCE,
  TAKE,
  TARGET,
  attemptFinding,
  attemptOf,
  findingOf,
  heldOf,
  idOf,
  iso,
  later,
  requestOf,
} from './store-fixtures.ts';

const PARTITION = `resource#${ACCOUNT}#eu-west-1#${RESOURCE}`;
const WANTED = { ...TARGET, remediation: REMEDIATION, control: 'EC2.2' };
const HOUR = '2026-03-02T10';

/** A number of promises that start together; what became of them. */
async function together<T>(
  count: number,
  act: (index: number) => Promise<T>,
): Promise<readonly T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => act(index)));
}

function endedOf(attempt: Attempt, changed: Partial<Attempt> = {}): Attempt {
  return {
    ...attempt,
    status: 'ended',
    endedAt: iso(5),
    outcome: 'changed',
    message: 'Fixed and verified.',
    state: ['c3RhdGU='],
    ...changed,
  };
}

describeWithEmulator('the state table: reading', (local) => {
  const open = async () => createStateTables(local.emulator().endpoint, () => NOW);

  it('remembers nothing about a resource that it does not know', async () => {
    const { store, calls } = await open();
    expect(await store.readRemembered(WANTED, NOW)).toEqual({
      lease: undefined,
      target: undefined,
      hold: undefined,
      awaiting: undefined,
      undoable: undefined,
      counts: { control: 0, account: 0 },
      breaker: undefined,
      exceptions: [],
    });
    expect(calls().map(({ name }) => name)).toEqual(['Query', 'BatchGetItem', 'Query']);
  });

  it('does not read exceptions that were read before', async () => {
    const { store, calls } = await open();
    await store.readRemembered(WANTED, NOW, { exceptions: [] });
    expect(calls().map(({ name }) => name)).toEqual(['Query', 'BatchGetItem']);
  });

  it("reads the control's row and the row * in one call", async () => {
    const { store, putRow, calls } = await open();
    await putRow({ controlId: 'EC2.2', automatedRemediationEnabled: true, attempts: 2 });
    await putRow({ controlId: '*', parameters: { Days: new Set(['30']) } });
    await putRow({ controlId: 'S3.1', paused: true });
    const before = calls().length;
    expect(await store.readRows('EC2.2')).toEqual({
      control: { controlId: 'EC2.2', automatedRemediationEnabled: true, attempts: 2 },
      defaults: { controlId: '*', parameters: { Days: ['30'] } },
    });
    expect(calls().length - before).toBe(1);
    expect(await store.readRows('IAM.1')).toMatchObject({ control: undefined });
  });

  it('remembers the whole of a claim', async () => {
    const { store } = await open();
    const attempt = attemptOf(1, { tags: { team: 'blue' }, unitPath: ['ou-1', 'r-1'] });
    await store.claim(attempt, TAKE, NOW);
    expect(await store.readAttempt(TARGET, attempt.id)).toEqual(attempt);
    expect(await store.findAttempt(attempt.id)).toEqual(attempt);
    expect(await store.readRemembered(WANTED, NOW)).toMatchObject({
      lease: { attempt: attempt.id, remediation: REMEDIATION, expiresAt: TAKE.leaseUntil },
      counts: { control: 1, account: 1 },
    });
  });

  it('counts by the hour', async () => {
    const { store } = await open();
    await store.claim(attemptOf(1), TAKE, NOW);
    expect(await store.readRemembered(WANTED, later(60))).toMatchObject({
      counts: { control: 0, account: 0 },
    });
  });

  it('finds an attempt under a very long ARN', async () => {
    const { store, items } = await open();
    const target = { ...TARGET, resource: `${RESOURCE}/${'x'.repeat(1600)}` };
    await store.claim(attemptOf(1, target), TAKE, NOW);
    expect(await store.readAttempt(target, idOf(1))).toMatchObject(target);
    expect(await store.findAttempt(idOf(1))).toMatchObject(target);
    const longest = Math.max(...[...(await items()).keys()].map((key) => key.length));
    expect(longest).toBeLessThan(300);
  });

  it('keeps each item as long as it is needed, and in the indexes that it is looked for in', async () => {
    const { store, items } = await open();
    await store.claim(attemptOf(1), { ...TAKE, checkAt: iso(15) }, NOW);
    await store.putHeld(heldOf());
    const all = await items();
    const seconds = (minutes: number) => later(minutes).getTime() / 1000;
    const day = 1440;
    expect(all.get(`${PARTITION} attempt#${idOf(1)}`)).toMatchObject({
      type: 'attempt',
      day: expect.stringMatching(/^2026-03-02#[0-7]$/u) as string,
      dueShard: expect.stringMatching(/^[0-7]$/u) as string,
      dueAt: iso(15),
      expiresAt: seconds(365 * day),
    });
    expect(all.get(`${PARTITION} lease`)).toMatchObject({
      type: 'lease',
      until: TAKE.leaseUntil,
      expiresAt: seconds(1500 + day),
    });
    expect(all.get(`limit#control#EC2.2#${HOUR} count`)).toMatchObject({
      type: 'count',
      expiresAt: seconds(120),
    });
    expect(all.get(`${PARTITION} held#${REMEDIATION}#Remediate`)).toMatchObject({
      type: 'held',
      dueAt: iso(60),
      expiresAt: seconds(60 + 90 * day),
    });
    const inIdIndex = [...all.values()].filter((item) => 'id' in item);
    expect(inIdIndex).toHaveLength(1);
  });

  it.each([
    ['lease', { sk: 'lease', type: 'lease', attempt: 'x', remediation: 'Y', until: 'tomorrow' }],
    ['target', { sk: `target#${REMEDIATION}`, type: 'target', failures: '3', seen: {} }],
    ['hold', { sk: `hold#${REMEDIATION}`, type: 'hold', owner: 'me', until: iso(1) }],
    ['attempt', { sk: 'attempt#1', type: 'attempt', remediation: REMEDIATION, id: '1' }],
    ['lease', { sk: 'lease', type: 'held' }],
  ])('refuses to decide on a %s that it does not understand', async (type, item) => {
    const { store, put } = await open();
    await put({ pk: PARTITION, ...item });
    expect(await store.readRemembered(WANTED, NOW)).toMatchObject({
      status: 'refused',
      reason: 'state-unreadable',
      message: `The state table holds an item of type ${type} that isn't understood.`,
    });
  });

  it('refuses to decide on an exception that it does not understand', async () => {
    const { store, put } = await open();
    const exception = { owner: 'me', reason: 'migration', expiresAt: iso(60), controls: ['EC2.2'] };
    await put({ pk: 'exceptions', sk: 'good', type: 'exception', ...exception });
    expect(await store.exceptions()).toEqual([{ id: 'good', ...exception }]);
    await put({ pk: 'exceptions', sk: 'bad', type: 'exception', ...exception, owner: '' });
    expect(await store.readRemembered(WANTED, NOW)).toMatchObject({
      reason: 'exception-unreadable',
    });
  });

  it('finds what waits for approval, and the newest change that can be taken back', async () => {
    const { store } = await open();
    const older = attemptOf(1, { claimedAt: iso(-60) });
    const newer = attemptOf(2, { claimedAt: iso(-30) });
    const other = attemptOf(3, { remediation: 'Another', claimedAt: iso(-10) });
    for (const attempt of [older, newer, other]) {
      await store.claim(attempt, TAKE, NOW);
      await store.end({ attempt: endedOf(attempt) });
    }
    const waiting = attemptOf(4, { phase: 'approval-preview' });
    await store.claim(waiting, { ...TAKE, lease: false }, NOW);
    expect(await store.readRemembered(WANTED, NOW)).toMatchObject({
      awaiting: { id: idOf(4), expiresAt: iso(72 * 60) },
      undoable: { id: idOf(2), state: ['c3RhdGU='] },
    });
    expect(await store.readRemembered(WANTED, NOW, { undo: idOf(1) })).toMatchObject({
      undoable: { id: idOf(1) },
    });
    expect(await store.readRemembered(WANTED, NOW, { undo: idOf(3) })).toMatchObject({
      undoable: undefined,
    });
  });
});

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
    await store.putHeld(heldOf());
    await store.claim(attemptOf(1), TAKE, NOW);
    await store.claim(attemptOf(2), { ...TAKE, takesUp: true }, NOW);
    expect(await store.readHeld(TARGET, REMEDIATION, 'Remediate')).toEqual(heldOf());
    await store.end({ attempt: endedOf(attemptOf(1)) });
    await store.claim(attemptOf(2), { ...TAKE, takesUp: true }, NOW);
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
    await store.putHeld(heldOf());
    const options = { ...TAKE, takesUp: true };
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

describeWithEmulator('the state table: what waits', (local) => {
  const open = async () => createStateTables(local.emulator().endpoint, () => NOW);

  it('keeps a request with its finding, in one write', async () => {
    const { store, calls } = await open();
    await store.putHeld(heldOf({ finding: findingOf(7) }));
    expect(calls()).toHaveLength(1);
    expect(await store.readHeld(TARGET, REMEDIATION, 'Remediate')).toEqual(
      heldOf({ finding: findingOf(7) }),
    );
    expect(await store.readHeld(TARGET, REMEDIATION, 'Undo')).toBeUndefined();
  });

  it('does not put what comes by itself in the place of what a person asked for', async () => {
    const { store } = await open();
    const person = heldOf({ request: requestOf({ id: 'click', origin: 'custom-action' }) });
    await store.putHeld(heldOf({ times: 4 }));
    await store.putHeld(person);
    await store.putHeld(heldOf({ times: 5 }));
    expect(await store.readHeld(TARGET, REMEDIATION, 'Remediate')).toEqual(person);
    await store.deleteHeld(heldOf());
    expect(await store.readHeld(TARGET, REMEDIATION, 'Remediate')).toEqual(person);
    await store.deleteHeld(person);
    expect(await store.readHeld(TARGET, REMEDIATION, 'Remediate')).toBeUndefined();
  });

  it('lists what waits for a resource, oldest first, and passes over what it does not understand', async () => {
    const { store, put, logged } = await open();
    await store.putHeld(heldOf({ remediation: 'Second', since: iso(2) }));
    await store.putHeld(heldOf({ remediation: 'First', since: iso(1) }));
    await store.putHeld(heldOf({ resource: `${RESOURCE}-other`, since: iso(0) }));
    await put({ pk: PARTITION, sk: 'held#Odd#Remediate', type: 'held' });
    const names = (await store.listHeld(TARGET)).map(({ remediation }) => remediation);
    expect(names).toEqual(['First', 'Second']);
    expect(logged).toHaveLength(1);
  });

  it('finds what is due, and not again before the time that it is put off to', async () => {
    const { store, put, logged } = await open();
    await store.putHeld(heldOf({ notBefore: iso(5) }));
    await store.claim(attemptOf(1), { ...TAKE, checkAt: iso(6) }, NOW);
    await put({ pk: 'x', sk: 'y', type: 'held', dueShard: '3', dueAt: iso(1) });
    expect(await store.due(later(4), 100)).toEqual([]);
    const found = await store.due(later(6), 100);
    expect(found.map(({ type }) => type).toSorted()).toEqual(['held', 'stuck']);
    expect(logged.at(-1)).toContain('not understood');
    for (const one of found) expect(await store.postpone(one, iso(16))).toBe(true);
    expect(await store.due(later(15), 100)).toEqual([]);
    expect(await store.due(later(16), 100)).toHaveLength(2);
  });

  it('puts off nothing that changed meanwhile', async () => {
    const { store } = await open();
    await store.putHeld(heldOf({ notBefore: iso(5) }));
    await store.claim(attemptOf(1), { ...TAKE, checkAt: iso(5) }, NOW);
    const found = await store.due(later(5), 100);
    await store.putHeld(heldOf({ notBefore: iso(50) }));
    await store.end({ attempt: endedOf(attemptOf(1)) });
    const results = await Promise.all(found.map(async (one) => store.postpone(one, iso(15))));
    expect(results).toEqual([false, false]);
    expect(await store.due(later(49), 100)).toEqual([]);
    expect(await store.due(later(50), 100)).toHaveLength(1);
  });
});
