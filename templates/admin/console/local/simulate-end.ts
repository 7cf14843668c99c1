import type { Attempt } from '../../functions/model/attempt.ts';
import { objectOf } from '../../functions/model/json.ts';
import type { SimulationOptions } from './simulate.ts';

const DAY = 86_400_000;

/** Calls as a document tells them, as JSON: each with a made-up value, and the one with which Undo restores it. */
export function sampleCalls(calls: readonly string[], resource: string): string {
  return JSON.stringify(
    calls.flatMap((call) => [
      { call, with: { Resource: resource, Setting: 'as the control asks' } },
      { call, with: { Resource: resource, Setting: 'as it was' }, undo: true },
    ]),
  );
}

/** The calls of a made-up change: those that the remediation's role may make, on its resource. */
export function callsOf(
  { controls }: Pick<SimulationOptions, 'controls'>,
  { control, resource }: Attempt,
): string {
  const { permissions = [] } = controls[control] ?? {};
  const changing = permissions.filter((one) => !/:(?:Get|List|Describe|GET)/u.test(one));
  return sampleCalls(changing.slice(0, 2), resource);
}

/** Ends an attempt as if its automation had succeeded. */
export async function endOf(options: SimulationOptions, attempt: Attempt): Promise<void> {
  const { records, now } = options;
  const calls = callsOf(options, attempt);
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
        preview: calls,
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
        changes: calls,
        state: ['c2FtcGxl'],
      });
    case 'Undo':
      await setStatus(options, attempt, 'FAILED', 'NOTIFIED');
      await markUndone(options, attempt);
      return ended({ outcome: 'undone', message: 'As it was before.', changes: calls });
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
