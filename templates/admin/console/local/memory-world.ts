import type { Settings } from '../../functions/model/settings.ts';
import { GROUPS } from '../api/principal.ts';
import { ROLES } from '../contract.ts';
import type { Role } from '../contract.ts';
import { createMemory, memoryBackend, startsName, targetName } from './memory.ts';
import type { Memory } from './memory.ts';
import type { LocalUser, Records, Worker, World } from './records.ts';
import { SAMPLE_ACCOUNTS } from './sample.ts';
import type { Samples } from './sample-world.ts';

const SUBS: Readonly<Record<Role, string>> = {
  administrator: '11111111-1111-4111-8111-111111111111',
  'delegated-administrator': '22222222-2222-4222-8222-222222222222',
  'account-operator': '33333333-3333-4333-8333-333333333333',
};

/** A world in memory, which is gone with the process. */
export async function createMemoryWorld(
  samples: Samples,
  settings: Settings,
  workerOf: (world: Pick<World, 'backend'>, records: Records) => Worker,
): Promise<World> {
  const memory = createMemory(settings);
  const records = memoryRecords(memory);
  for (const raw of samples.findings) await records.putFinding(raw);
  for (const one of samples.attempts) await records.putAttempt(one);
  for (const account of samples.members) memory.members.add(account);
  for (const row of samples.rows) memory.rows.set(String(row['controlId']), row);
  for (const one of samples.exceptions) memory.exceptions.set(one.id, one);
  for (const [control, breaker] of Object.entries(samples.breakers))
    memory.breakers.set(control, breaker);
  const users = ROLES.map((role) => [role, userOf(role)] as const);
  for (const [role, user] of users)
    memory.people.set(user.sub, {
      ...user,
      status: 'CONFIRMED',
      enabled: true,
      groups: [GROUPS[role]],
    });
  memory.operators.set(SUBS['account-operator'], [SAMPLE_ACCOUNTS[0]]);
  // Commands are worked on only once there is a world to do so on.
  const backend = memoryBackend(memory, (command) => void work(command));
  const work = workerOf({ backend }, records);
  return {
    backend,
    users: Object.fromEntries(users) as Record<Role, LocalUser>,
    differences: [],
    close: async () => undefined,
  };
}

function userOf(role: Role): LocalUser {
  return { sub: SUBS[role], username: SUBS[role], email: `${role}@example.com` };
}

function memoryRecords(memory: Memory): Records {
  return {
    putAttempt: async (attempt) => void memory.attempts.set(attempt.id, attempt),
    putTarget: async (target, remediation, state) =>
      void memory.targets.set(targetName(target, remediation), state),
    putHold: async (target, remediation, hold) =>
      void memory.holds.set(targetName(target, remediation), hold),
    putHeld: async () => void (memory.held += 1),
    countStart: async ({ control, account }, now) => {
      for (const name of [startsName('control', control, now), startsName('account', account, now)])
        memory.starts.set(name, (memory.starts.get(name) ?? 0) + 1);
    },
    putFinding: async (raw) => void memory.findings.set(String(raw['Id']), raw),
  };
}
