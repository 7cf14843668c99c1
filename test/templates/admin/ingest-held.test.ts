import { expect, it } from 'vitest';
import { attemptFinding } from '../../../templates/admin/functions/ingest/new-attempt.ts';
import { parseFinding } from '../../../templates/admin/functions/model/finding.ts';
import { isRefusal } from '../../../templates/admin/functions/model/refusal.ts';
import type { Held } from '../../../templates/admin/functions/store/store.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { command, eventRecord, failed, failedCis, importedEvent } from './ingest-records.ts';
import {
  REMEDIATION,
  TARGET,
  allowAutomatic,
  createWorld,
  finish,
  onlyAttempt,
  pass,
} from './ingest-world.ts';
import type { World } from './ingest-world.ts';

type Raw = Readonly<Record<string, unknown>>;

const first = failed();
const second = failedCis();
const third = failed({ Id: String(first['Id']).replace(/[^/]+$/u, '0d') });
const idOf = (raw: Raw): string => String(raw['Id']);

const come = async (world: World, raw: Raw): Promise<void> => {
  world.hub.set(idOf(raw), raw);
  expect(await world.deliver(eventRecord(importedEvent(raw)))).toEqual([]);
};
const waiting = async ({ tables }: World): Promise<Held | undefined> =>
  tables.store.readHeld(TARGET, REMEDIATION, 'Remediate');
const idsOf = (held: Held | undefined): readonly string[] =>
  [held?.finding, ...(held?.also ?? [])].map((one) => one?.id ?? '').toSorted();
const resume = command({
  command: 'resume',
  ...TARGET,
  remediation: REMEDIATION,
  mode: 'Remediate',
});
/** Until the window below opens. */
const UNTIL_OPEN = 20 * 60;

// Duplicates of one failure that come while a request about it waits, at the worst moment.
describeWithEmulator('a finding that comes while another waits', (local) => {
  const open = async () => {
    const world = await createWorld(local.emulator().endpoint);
    await allowAutomatic(world, { changeWindow: 'Thu 08:00-10:00 UTC' });
    return world;
  };

  it('is kept when a third one is kept at the same moment', async () => {
    const world = await open();
    await come(world, first);
    world.before.set('putHeld', async () => come(world, third));
    await come(world, second);
    expect(idsOf(await waiting(world))).toEqual([first, second, third].map(idOf).toSorted());
    pass(world, UNTIL_OPEN);
    await world.deliver(resume);
    expect((await onlyAttempt(world)).findings).toHaveLength(3);
  });

  it('is taken along when it comes right before the claim', async () => {
    const world = await open();
    await come(world, first);
    pass(world, UNTIL_OPEN);
    world.before.set('claim', async () => addTo(world, second));
    await world.deliver(resume);
    const { findings } = await onlyAttempt(world);
    expect(findings.map(({ id }) => id)).toEqual([first, second].map(idOf));
    expect(await waiting(world)).toBeUndefined();
  });

  it('waits on by itself when the first one is suppressed', async () => {
    const world = await open();
    await come(world, second);
    await come(world, first);
    world.hub.set(idOf(first), failed({ Workflow: { Status: 'SUPPRESSED' } }));
    pass(world, UNTIL_OPEN);
    await world.deliver(resume);
    expect(await world.attempts()).toEqual([]);
    expect(idsOf(await waiting(world))).toEqual([idOf(second)]);
    await world.deliver(resume);
    expect((await onlyAttempt(world)).findings.map(({ id }) => id)).toEqual([idOf(second)]);
    expect(await waiting(world)).toBeUndefined();
  });

  it('waits on by itself when Security Hub has the first one no more', async () => {
    const world = await open();
    await come(world, second);
    await come(world, first);
    world.hub.delete(idOf(first));
    await world.deliver(resume);
    expect(idsOf(await waiting(world))).toEqual([idOf(second)]);
  });

  it('is not resolved by a fix that is older than its check', async () => {
    const world = await open();
    pass(world, UNTIL_OPEN);
    await come(world, first);
    const { id } = await onlyAttempt(world);
    await finish(world, id);
    const now = world.clock.now.toISOString();
    const newer = failedCis({
      UpdatedAt: new Date(world.clock.now.getTime() + 60_000).toISOString(),
    });
    world.hub.set(idOf(newer), newer);
    world.hub.set(idOf(third), third);
    await keep(world, third, newer);
    await world.deliver(resume);
    expect(world.notes()).toEqual([expect.stringContaining(`verified the resource at ${now}`)]);
    expect(idsOf(await waiting(world))).toEqual([idOf(newer)]);
  });

  /** What another worker writes at that moment. */
  async function addTo(world: World, raw: Raw): Promise<void> {
    world.hub.set(idOf(raw), raw);
    const there = await waiting(world);
    if (there === undefined) throw new Error('Nothing waits.');
    await world.tables.store.putHeld(there, () => ({ ...there, also: [attemptFindingOf(raw)] }));
  }

  async function keep(world: World, head: Raw, also: Raw): Promise<void> {
    const finding = parseFinding(head);
    if (isRefusal(finding)) throw new Error(finding.message);
    await world.tables.store.putHeld(undefined, () => ({
      ...TARGET,
      remediation: REMEDIATION,
      request: {
        id: 'event-0#0',
        origin: 'automatic',
        mode: 'Remediate',
        actor: 'Security Hub',
        force: false,
        ticket: false,
      },
      finding,
      also: [attemptFindingOf(also)],
      reason: 'resource-busy',
      message: 'Another remediation changes the resource right now.',
      notBefore: world.clock.now.toISOString(),
      since: world.clock.now.toISOString(),
      times: 1,
    }));
  }
});

function attemptFindingOf(raw: Raw) {
  const finding = parseFinding(raw);
  if (isRefusal(finding)) throw new Error(finding.message);
  return attemptFinding(finding);
}
