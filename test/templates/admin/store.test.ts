import { expect, it } from 'vitest';
import { describeWithEmulator } from '../../support/emulator.ts';
import { createStateTables } from '../../support/state-tables.ts';
import {
  HOUR,
  NOW,
  PARTITION,
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
} from './store-fixtures.ts';

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
    expect(
      calls()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['BatchGetItem', 'Query', 'Query']);
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
    await store.putHeld(undefined, () => heldOf());
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
