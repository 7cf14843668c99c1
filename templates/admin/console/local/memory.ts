import { randomUUID } from 'node:crypto';
import type {
  Breaker,
  Exception,
  Hold,
  Remembered,
  TargetState,
} from '../../functions/decide/types.ts';
import type { Attempt, Target } from '../../functions/model/attempt.ts';
import { parseFinding } from '../../functions/model/finding.ts';
import type { Finding } from '../../functions/model/finding.ts';
import type { Row } from '../../functions/model/policy.ts';
import { isRefusal } from '../../functions/model/refusal.ts';
import type { Refusal } from '../../functions/model/refusal.ts';
import type { Settings } from '../../functions/model/settings.ts';
import { newestFirst } from '../api/attempts.ts';
import type { Backend, HubQuery, Person } from '../api/backend.ts';
import { canUndo } from '../api/scope.ts';

type Raw = Readonly<Record<string, unknown>>;

/** All that the console works on, in memory. */
export interface Memory {
  /** Findings in Security Hub's format, by id. */
  readonly findings: Map<string, Raw>;
  readonly attempts: Map<string, Attempt>;
  readonly targets: Map<string, TargetState>;
  readonly holds: Map<string, Hold>;
  readonly rows: Map<string, Row>;
  readonly breakers: Map<string, Breaker>;
  readonly exceptions: Map<string, Exception>;
  readonly operators: Map<string, readonly string[]>;
  /** By username. */
  readonly people: Map<string, Person & { readonly groups: readonly string[] }>;
  readonly members: Set<string>;
  /** Remediations that began in an hour, by `startsName`. */
  readonly starts: Map<string, number>;
  settings: Settings | Refusal;
  /** Commands that were sent. */
  readonly commands: Raw[];
  held: number;
}

export function createMemory(settings: Settings | Refusal): Memory {
  return {
    findings: new Map(),
    attempts: new Map(),
    targets: new Map(),
    holds: new Map(),
    rows: new Map(),
    breakers: new Map(),
    exceptions: new Map(),
    operators: new Map(),
    people: new Map(),
    members: new Set(),
    starts: new Map(),
    settings,
    commands: [],
    held: 0,
  };
}

/** Key of what is remembered about one remediation of a resource. */
export function targetName({ account, region, resource }: Target, remediation: string): string {
  return [account, region, resource, remediation].join(' ');
}

/** Key of what is counted in the hour of `now` of a control or in an account. */
export function startsName(of: 'control' | 'account', id: string, now: Date): string {
  return `${of} ${id} ${now.toISOString().slice(0, 13)}`;
}

const PAGE = 100;

/**
 * The console's backend in memory. It behaves as the one on AWS does, also in that it knows nothing of who asks.
 * `onCommand` works on what is sent to the command queue.
 */
export function memoryBackend(
  memory: Memory,
  onCommand: (command: Raw) => void = () => undefined,
): Backend {
  return {
    tables: memoryTables(memory),
    people: memoryPeople(memory),
    hub: {
      findings: async (query, token) => {
        const start = Number(token ?? 0);
        const all = [...memory.findings.values()].filter((raw) => isMeant(raw, query));
        const findings = all.slice(start, start + PAGE);
        const next = start + PAGE;
        return { findings, ...(next < all.length ? { next: String(next) } : {}) };
      },
      finding: async ({ id }) => memory.findings.get(id),
      facts: async ({ account, resources }, resource) => ({
        isMember: { known: true, value: memory.members.has(account) },
        unitPath: { known: false, why: 'later' },
        tags: { known: true, value: resources.find(({ id }) => id === resource)?.tags ?? {} },
        stack: { known: false, why: 'later' },
      }),
      members: async () => memory.members.size,
    },
    queues: {
      send: async (commands) => {
        for (const command of commands) {
          memory.commands.push(command);
          onCommand(command);
        }
      },
      waiting: async () =>
        ['events', 'commands', 'dead-letters'].map((name) => ({ name, waiting: 0 })),
    },
  };
}

/** Security Hub has its findings indexed; a memory at least reads each of them only once. */
const parsed = new WeakMap<Raw, ReturnType<typeof parseFinding>>();

function isMeant(raw: Raw, query: HubQuery): boolean {
  const finding = parsed.get(raw) ?? parseFinding(raw);
  parsed.set(raw, finding);
  // As Security Hub does, this gives out what others imported, too.
  if (isRefusal(finding)) return true;
  return (
    isFailing(finding) &&
    fits(query.accounts, finding.account) &&
    fits(query.regions, finding.region) &&
    fits(query.controls, finding.securityControlId ?? '') &&
    fits(query.severities, finding.severity) &&
    fits(query.workflows, finding.workflow ?? '')
  );
}

function isFailing({ compliance, recordState }: Finding): boolean {
  return compliance === 'FAILED' && recordState === 'ACTIVE';
}

function fits(entries: readonly string[], value: string): boolean {
  return entries.length === 0 || entries.includes(value);
}

function memoryTables(memory: Memory): Backend['tables'] {
  const { attempts } = memory;
  const onTarget = (target: Target): readonly Attempt[] =>
    [...attempts.values()].filter(
      ({ account, region, resource }) =>
        account === target.account && region === target.region && resource === target.resource,
    );
  const startsOf = (of: 'control' | 'account', id: string, now: Date): number =>
    memory.starts.get(startsName(of, id, now)) ?? 0;
  return {
    attempts: async function* sorted({ accounts, from, to }) {
      yield* [...attempts.values()]
        .filter(
          ({ account, claimedAt }) =>
            (accounts === undefined || accounts.includes(account)) &&
            claimedAt >= from &&
            claimedAt <= to,
        )
        .toSorted(newestFirst);
    },
    findAttempt: async (id) => attempts.get(id),
    attemptsOf: async (target) => onTarget(target),
    remembered: async ({ remediation, control, ...target }, now): Promise<Remembered> => {
      const name = targetName(target, remediation);
      const own = onTarget(target).filter((one) => one.remediation === remediation);
      const busy = onTarget(target).find(
        ({ status, mode, phase }) => status === 'claimed' && mode !== 'Preview' && phase === 'run',
      );
      const waiting = own.find(({ status }) => status === 'awaiting-approval');
      const undoable = own.toSorted(newestFirst).find(canUndo);
      return {
        lease:
          busy === undefined
            ? undefined
            : { attempt: busy.id, remediation, expiresAt: '2099-01-01T00:00:00.000Z' },
        target: memory.targets.get(name),
        hold: memory.holds.get(name),
        awaiting:
          waiting === undefined
            ? undefined
            : { id: waiting.id, expiresAt: waiting.approvalExpiresAt ?? '' },
        undoable:
          undoable === undefined ? undefined : { id: undoable.id, state: undoable.state ?? [] },
        counts: {
          control: startsOf('control', control, now),
          account: startsOf('account', target.account, now),
        },
        breaker: memory.breakers.get(control),
        exceptions: [...memory.exceptions.values()],
      };
    },
    waiting: async () => ({
      approvals: [...attempts.values()].filter(({ status }) => status === 'awaiting-approval')
        .length,
      held: memory.held,
    }),
    starts: async (of, ids, now) => new Map(ids.map((id) => [id, startsOf(of, id, now)])),
    settings: async () => memory.settings,
    rows: async () => memory.rows,
    changeRow: async (control, change) => {
      const row = memory.rows.get(control);
      if (row === undefined && control !== '*') return false;
      memory.rows.set(control, { controlId: control, ...row, ...change });
      return true;
    },
    breakers: async () => memory.breakers,
    exceptions: async () => [...memory.exceptions.values()],
    putException: async (exception) => void memory.exceptions.set(exception.id, exception),
    deleteException: async (id) => void memory.exceptions.delete(id),
    operators: async () => memory.operators,
    putOperator: async (sub, _email, accounts) => void memory.operators.set(sub, accounts),
    deleteOperator: async (sub) => void memory.operators.delete(sub),
  };
}

function memoryPeople({ people }: Memory): Backend['people'] {
  return {
    find: async (username) => people.get(username),
    inGroup: async (group) => [...people.values()].filter(({ groups }) => groups.includes(group)),
    groupsOf: async (username) => people.get(username)?.groups ?? [],
    invite: async (email) => {
      if ([...people.values()].some((one) => one.email === email)) return undefined;
      const sub = randomUUID();
      const person = {
        username: sub,
        sub,
        email,
        status: 'FORCE_CHANGE_PASSWORD',
        enabled: true,
        groups: [],
      };
      people.set(sub, person);
      return person;
    },
    addToGroup: async (username, group) => {
      const person = people.get(username);
      if (person === undefined) throw new Error('There is no such user.');
      people.set(username, { ...person, groups: [...person.groups, group] });
    },
    remove: async (username) => void people.delete(username),
  };
}
