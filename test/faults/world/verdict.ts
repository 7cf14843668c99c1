import type { HubFinding } from './hub.ts';
import { OPEN_GROUP, TITLE } from './scenes.ts';
import { SECRET } from './world.ts';
import type { World } from './world.ts';

/** What became of a finding, in one word; `lost` must never be. */
export type Fate = 'resolved' | 'told' | 'dead letter' | 'held' | 'under way' | 'recorded' | 'lost';

/** Where a finding is to be found by somebody who looks for it. */
export function fateOf(world: World, finding: HubFinding = OPEN_GROUP): Fate {
  const attempts = world.attempts();
  switch (world.hub.workflow(finding)) {
    case 'RESOLVED':
      return 'resolved';
    case 'NOTIFIED':
      return attempts.some(({ status }) => status === 'ended') ? 'told' : 'lost';
    default: {
      if (world.events.dead.length + world.commands.dead.length > 0) return 'dead letter';
      if (world.items('held').length > 0) return 'held';
      if (attempts.some(({ status }) => status === 'claimed')) return 'under way';
      // The finding itself could not be written: its execution failed for everybody to see.
      return hasFailed(world) && attempts.some(({ status }) => status === 'ended')
        ? 'recorded'
        : 'lost';
    }
  }
}

function hasFailed({ executions }: World): boolean {
  return [...executions.all.values()].some(({ ended }) => ended?.error !== undefined);
}

/** Everything that must never be, whatever failed; empty when all is well. */
export function wrongs(world: World, finding: HubFinding = OPEN_GROUP): readonly string[] {
  const { automations, executions, clock } = world;
  const wrong = [...automations.violations];
  const fate = fateOf(world, finding);
  if (fate === 'lost') wrong.push('the finding is lost');
  if (fate === 'resolved' && automations.fixed.size === 0)
    wrong.push('the finding is resolved, and nothing was fixed');
  const now = clock.now().toISOString();
  const ended = new Set(
    world.attempts().flatMap(({ id, status }) => (status === 'ended' ? id : [])),
  );
  for (const { until, attempt } of world.items('lease')) {
    if (String(until) > now) wrong.push(`a lease stays until ${String(until)}`);
    if (ended.has(String(attempt))) wrong.push('a lease stays after its attempt');
  }
  const written = [
    ...world.logs,
    ...[...executions.all.values()].map(({ ended: how }) => JSON.stringify(how)),
  ].join('\n');
  if (written.includes(SECRET)) wrong.push('a secret is in a log');
  if (written.includes(TITLE)) wrong.push("a finding's text is in a log");
  return wrong;
}
