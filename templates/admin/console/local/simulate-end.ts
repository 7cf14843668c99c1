import type { Attempt } from '../../functions/model/attempt.ts';
import type { Calls } from '../../functions/model/calls.ts';
import { objectOf } from '../../functions/model/json.ts';
import { KINDS } from './sample-kinds.ts';
import type { SimulationOptions } from './simulate.ts';

const DAY = 86_400_000;

/** The calls of a sample's remediation as its document tells them, as JSON; none for another control. */
export function sampleCalls({ control, resource }: Pick<Attempt, 'control' | 'resource'>): string {
  const { change, undo } = callsOn(control, resource);
  return JSON.stringify([...change, ...undo.map((call) => ({ ...call, undo: true }))]);
}

/** Those that changed the resource. */
export function sampleChanges({
  control,
  resource,
}: Pick<Attempt, 'control' | 'resource'>): string {
  return JSON.stringify(callsOn(control, resource).change);
}

function callsOn(control: string, resource: string): Calls {
  const name = resource.slice(Math.max(resource.lastIndexOf('/'), resource.lastIndexOf(':')) + 1);
  const kind = KINDS.find((one) => one.control === control);
  return kind?.calls(name) ?? { change: [], undo: [] };
}

/** Ends an attempt as if its automation had succeeded. */
export async function endOf(options: SimulationOptions, attempt: Attempt): Promise<void> {
  const { records, now } = options;
  const { undo } = callsOn(attempt.control, attempt.resource);
  const at = now().toISOString();
  const ended = async (rest: Partial<Attempt>): Promise<void> =>
    records.putAttempt({
      ...attempt,
      status: 'ended',
      endedAt: at,
      automation: '11111111-2222-4333-8444-555566667777',
      ...rest,
    });
  switch (attempt.mode) {
    case 'Preview':
      return ended({
        outcome: 'would-change',
        message: 'Would change the resource.',
        preview: sampleCalls(attempt),
      });
    case 'Remediate':
      await setStatus(options, attempt, 'PASSED', 'RESOLVED');
      await records.putTarget(attempt, attempt.remediation, {
        failures: 0,
        verifiedAt: at,
        seen: {},
      });
      return ended({
        outcome: 'changed',
        message: 'Fixed and verified.',
        changes: sampleChanges(attempt),
        state: ['c2FtcGxl'],
      });
    case 'Undo':
      await setStatus(options, attempt, 'FAILED', 'NOTIFIED');
      await markUndone(options, attempt);
      return ended({
        outcome: 'undone',
        message: 'As it was before.',
        changes: JSON.stringify(undo),
      });
  }
}

async function markUndone(
  { backend, records, now }: SimulationOptions,
  { id, undoes, actor, policy, remediation, ...target }: Attempt,
): Promise<void> {
  const undone = undoes === undefined ? undefined : await backend.tables.findAttempt(undoes.id);
  if (undone !== undefined) await records.putAttempt({ ...undone, undoneBy: id });
  await records.putHold(target, remediation, {
    owner: actor,
    reason: `Undo of attempt ${undone?.id ?? 'unknown'}`,
    expiresAt: new Date(now().getTime() + policy.holdDays * DAY).toISOString(),
  });
}

async function setStatus(
  { backend, records, now }: SimulationOptions,
  { findings: [name] }: Attempt,
  status: string,
  workflow: string,
): Promise<void> {
  const raw = name === undefined ? undefined : await backend.hub.finding(name);
  if (raw === undefined) return;
  const finding = objectOf(raw);
  await records.putFinding({
    ...finding,
    UpdatedAt: now().toISOString(),
    Compliance: { ...objectOf(finding['Compliance']), Status: status },
    Workflow: { Status: workflow },
  });
}
