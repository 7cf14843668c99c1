import type {
  Breaker,
  Exception,
  Hold,
  Lease,
  Remembered,
  TargetState,
} from '../../templates/admin/functions/decide/types.ts';
import type { Attempt, Target } from '../../templates/admin/functions/model/attempt.ts';
import type { Rows } from '../../templates/admin/functions/model/policy.ts';
import { isRefusal } from '../../templates/admin/functions/model/refusal.ts';
import type { Refusal } from '../../templates/admin/functions/model/refusal.ts';
import type { Held, Store } from '../../templates/admin/functions/store/store.ts';

/** A store in memory that behaves like the one on DynamoDB, and that tests can look into and break. */
export interface MemoryStore {
  readonly store: Store;
  readonly attempts: Map<string, Attempt>;
  readonly leases: Map<string, Lease>;
  readonly targets: Map<string, TargetState>;
  readonly holds: Map<string, Hold>;
  readonly held: Held[];
  readonly breakers: Map<string, Breaker>;
  readonly counts: Map<string, number>;
  readonly rows: Map<string, Rows['control']>;
  exceptions: readonly Exception[] | Refusal;
  /** Methods that were called, in order. */
  readonly calls: string[];
  /** Called before each method; what it throws is thrown. */
  before: (method: keyof Store) => void | Promise<void>;
}

const placeOf = ({ account, region, resource }: Target): string =>
  `${account} ${region} ${resource}`;
const targetOf = (target: Target, remediation: string): string =>
  `${placeOf(target)} ${remediation}`;
const hourOf = (now: Date): string => now.toISOString().slice(0, 13);
const limitsOf = ({ control, account }: Attempt, now: Date): readonly string[] => [
  `control ${control} ${hourOf(now)}`,
  `account ${account} ${hourOf(now)}`,
];

export function memoryStore(): MemoryStore {
  const memory: Omit<MemoryStore, 'store'> = {
    attempts: new Map(),
    leases: new Map(),
    targets: new Map(),
    holds: new Map(),
    held: [],
    breakers: new Map(),
    counts: new Map(),
    rows: new Map(),
    exceptions: [],
    calls: [],
    before: () => undefined,
  };
  const world: MemoryStore = Object.assign(memory, { store: spied(memory, methods(memory)) });
  return world;
}

function spied(memory: Omit<MemoryStore, 'store'>, store: Store): Store {
  return new Proxy(store, {
    get: (target, name: keyof Store) => {
      const method = target[name] as (...given: readonly unknown[]) => unknown;
      return async (...given: readonly unknown[]) => {
        memory.calls.push(name);
        await memory.before(name);
        // Copies, as over a network.
        return structuredClone(await method(...structuredClone(given)));
      };
    },
  });
}

function methods(memory: Omit<MemoryStore, 'store'>): Store {
  const { attempts, leases, targets, holds, held, breakers, counts, rows } = memory;
  const isOther = (one: Held, other: Held): boolean =>
    targetOf(one, one.remediation) !== targetOf(other, other.remediation) ||
    one.request.mode !== other.request.mode;
  const remove = (gone: Held): void => {
    held.splice(0, held.length, ...held.filter((one) => isOther(one, gone)));
  };
  return {
    readRows: async (control) => ({ control: rows.get(control), defaults: rows.get('*') }),
    readRemembered: async (key, now): Promise<Remembered | Refusal> => {
      const own = [...attempts.values()].filter(
        (one) => targetOf(one, one.remediation) === targetOf(key, key.remediation),
      );
      const waiting = own.find(({ status }) => status === 'awaiting-approval');
      const change = own.findLast(
        (one) => one.mode === 'Remediate' && one.state !== undefined && one.undoneBy === undefined,
      );
      if (!Array.isArray(memory.exceptions) && isRefusal(memory.exceptions))
        return memory.exceptions;
      return {
        lease: leases.get(placeOf(key)),
        target: targets.get(targetOf(key, key.remediation)),
        hold: holds.get(targetOf(key, key.remediation)),
        awaiting: waiting && { id: waiting.id, expiresAt: waiting.approvalExpiresAt ?? '' },
        undoable: change && { id: change.id, state: change.state ?? [] },
        counts: {
          control: counts.get(`control ${key.control} ${hourOf(now)}`) ?? 0,
          account: counts.get(`account ${key.account} ${hourOf(now)}`) ?? 0,
        },
        breaker: breakers.get(key.control),
        exceptions: memory.exceptions as readonly Exception[],
      };
    },
    claim: async (attempt, { lease, leaseUntil, hold, approved = false }, now) => {
      const there = attempts.get(attempt.id);
      if (there !== undefined && !(approved && there.status === 'awaiting-approval'))
        return { result: 'exists', attempt: there };
      const other = leases.get(placeOf(attempt));
      if (lease && other !== undefined && new Date(other.expiresAt) > now)
        return { result: 'overtaken' };
      attempts.set(attempt.id, attempt);
      if (lease)
        leases.set(placeOf(attempt), {
          attempt: attempt.id,
          remediation: attempt.remediation,
          expiresAt: leaseUntil,
        });
      if (hold !== undefined) holds.set(targetOf(attempt, attempt.remediation), hold);
      if (lease && attempt.mode === 'Remediate')
        for (const limit of limitsOf(attempt, now)) counts.set(limit, (counts.get(limit) ?? 0) + 1);
      return { result: 'claimed' };
    },
    unclaim: async (attempt, { lease }, { at }) => {
      attempts.delete(attempt.id);
      if (leases.get(placeOf(attempt))?.attempt === attempt.id) leases.delete(placeOf(attempt));
      if (lease && attempt.mode === 'Remediate')
        for (const limit of limitsOf(attempt, at)) counts.set(limit, (counts.get(limit) ?? 1) - 1);
    },
    join: async (_target, id, finding) => {
      const attempt = attempts.get(id);
      if (attempt?.status !== 'claimed') return 'ended';
      if (attempt.findings.some((one) => one.id === finding.id && one.format === finding.format))
        return 'present';
      attempts.set(id, { ...attempt, findings: [...attempt.findings, finding] });
      return 'joined';
    },
    readHeld: async (target, remediation, mode) =>
      held.find(
        (one) =>
          targetOf(one, one.remediation) === targetOf(target, remediation) &&
          one.request.mode === mode,
      ),
    deleteHeld: async (one) => {
      remove(one);
      return true;
    },
    listHeld: async (target) =>
      held
        .filter((one) => placeOf(one) === placeOf(target))
        .toSorted((one, other) => Date.parse(one.since) - Date.parse(other.since)),
    readAttempt: async (_target, id) => attempts.get(id),
    findAttempt: async (id) => attempts.get(id),
    awaitApproval: async (attempt) => {
      const there = attempts.get(attempt.id);
      if (there?.status !== 'claimed') throw new Error('The attempt is not under way.');
      attempts.set(attempt.id, { ...attempt, status: 'awaiting-approval' });
    },
    end: async ({ attempt, target, breaker, undoes }) => {
      const there = attempts.get(attempt.id);
      if (there === undefined || there.status === 'ended') return false;
      if (there.findings.length !== attempt.findings.length) return false;
      attempts.set(attempt.id, attempt);
      if (leases.get(placeOf(attempt))?.attempt === attempt.id) leases.delete(placeOf(attempt));
      if (target !== undefined) targets.set(targetOf(attempt, attempt.remediation), target);
      if (breaker !== undefined) breakers.set(breaker.control, breaker.value);
      const undone = undoes === undefined ? undefined : attempts.get(undoes);
      if (undone !== undefined) attempts.set(undone.id, { ...undone, undoneBy: attempt.id });
      return true;
    },
    readTarget: async (target, remediation) => targets.get(targetOf(target, remediation)),
    putTarget: async (target, remediation, state) => {
      targets.set(targetOf(target, remediation), state);
    },
    readBreaker: async (control) => breakers.get(control),
    putBreaker: async (control, value) => {
      breakers.set(control, value);
    },
    due: async () => [],
    exceptions: async () => memory.exceptions,
  };
}
