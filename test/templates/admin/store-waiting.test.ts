import { expect, it } from 'vitest';
import { describeWithEmulator } from '../../support/emulator.ts';
import { createStateTables } from '../../support/state-tables.ts';
import {
  NOW,
  PARTITION,
  REMEDIATION,
  RESOURCE,
  TAKE,
  TARGET,
  attemptFinding,
  attemptOf,
  endedOf,
  findingOf,
  heldOf,
  iso,
  later,
  requestOf,
} from './store-fixtures.ts';

describeWithEmulator('the state table: what waits', (local) => {
  const open = async () => createStateTables(local.emulator().endpoint, () => NOW);

  it('keeps a request with its finding, in one write', async () => {
    const { store, calls } = await open();
    await store.putHeld(undefined, () => heldOf({ finding: findingOf(7) }));
    expect(calls()).toHaveLength(1);
    expect(await store.readHeld(TARGET, REMEDIATION, 'Remediate')).toEqual(
      heldOf({ finding: findingOf(7) }),
    );
    expect(await store.readHeld(TARGET, REMEDIATION, 'Undo')).toBeUndefined();
  });

  it('asks again what to keep when something else waits there than was read', async () => {
    const { store } = await open();
    const person = heldOf({ request: requestOf({ id: 'click', origin: 'custom-action' }) });
    await store.putHeld(undefined, () => person);
    const asked: unknown[] = [];
    const kept = await store.putHeld(undefined, (before) => {
      asked.push(before);
      return before === undefined ? heldOf({ times: 5 }) : undefined;
    });
    expect(asked).toEqual([undefined, person]);
    expect(kept).toEqual({ before: person, held: person });
    expect(await store.readHeld(TARGET, REMEDIATION, 'Remediate')).toEqual(person);
  });

  it('loses no finding of twelve that are kept at once', async () => {
    const { store } = await open();
    const numbers = Array.from({ length: 12 }, (_, index) => index);
    await Promise.all(
      numbers.map(async (number) =>
        store.putHeld(undefined, (before) =>
          before === undefined
            ? heldOf({ finding: findingOf(number) })
            : { ...before, also: [...(before.also ?? []), attemptFinding(number)] },
        ),
      ),
    );
    const held = await store.readHeld(TARGET, REMEDIATION, 'Remediate');
    const ids = [held?.finding, ...(held?.also ?? [])].map((one) => one?.id ?? '');
    expect(ids.toSorted()).toEqual(numbers.map((number) => attemptFinding(number).id).toSorted());
  });

  it('deletes and takes up a request as it was read only', async () => {
    const { store } = await open();
    const more = heldOf({ also: [attemptFinding(2)] });
    await store.putHeld(undefined, () => more);
    expect(await store.deleteHeld(heldOf())).toBe(false);
    const takesUp = { ...TAKE, takesUp: heldOf() };
    expect(await store.claim(attemptOf(1), takesUp, NOW)).toEqual({ result: 'overtaken' });
    expect(await store.readHeld(TARGET, REMEDIATION, 'Remediate')).toEqual(more);
    expect(await store.deleteHeld(more)).toBe(true);
    expect(await store.readHeld(TARGET, REMEDIATION, 'Remediate')).toBeUndefined();
    expect(await store.deleteHeld(more)).toBe(true);
  });

  it('puts nothing in the place of what it does not understand', async () => {
    const { store, put } = await open();
    await put({ pk: PARTITION, sk: `held#${REMEDIATION}#Remediate`, type: 'held' });
    await expect(store.putHeld(undefined, () => heldOf())).rejects.toThrow(/isn't understood/u);
  });

  it('lists what waits for a resource, oldest first, and passes over what it does not understand', async () => {
    const { store, put, logged } = await open();
    await store.putHeld(undefined, () => heldOf({ remediation: 'Second', since: iso(2) }));
    await store.putHeld(undefined, () => heldOf({ remediation: 'First', since: iso(1) }));
    await store.putHeld(undefined, () => heldOf({ resource: `${RESOURCE}-other`, since: iso(0) }));
    await put({ pk: PARTITION, sk: 'held#Odd#Remediate', type: 'held' });
    const names = (await store.listHeld(TARGET)).map(({ remediation }) => remediation);
    expect(names).toEqual(['First', 'Second']);
    expect(logged).toHaveLength(1);
  });

  it('finds what is due, and not again before the time that it is put off to', async () => {
    const { store, put, logged } = await open();
    await store.putHeld(undefined, () => heldOf({ notBefore: iso(5) }));
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
    await store.putHeld(undefined, () => heldOf({ notBefore: iso(5) }));
    await store.claim(attemptOf(1), { ...TAKE, checkAt: iso(5) }, NOW);
    const found = await store.due(later(5), 100);
    await store.putHeld(heldOf({ notBefore: iso(5) }), () =>
      heldOf({ notBefore: iso(50), times: 2 }),
    );
    await store.end({ attempt: endedOf(attemptOf(1)) });
    const results = await Promise.all(found.map(async (one) => store.postpone(one, iso(15))));
    expect(results).toEqual([false, false]);
    expect(await store.due(later(49), 100)).toEqual([]);
    expect(await store.due(later(50), 100)).toHaveLength(1);
  });
});
