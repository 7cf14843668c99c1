import type { Breaker, Exception, Facts, Remembered } from '../../functions/decide/types.ts';
import type { Attempt, Target } from '../../functions/model/attempt.ts';
import { findingIdOf, productOf } from '../../functions/model/finding-parts.ts';
import { parseFinding } from '../../functions/model/finding.ts';
import type { Finding } from '../../functions/model/finding.ts';
import type { Row, Rows } from '../../functions/model/policy.ts';
import { isRefusal } from '../../functions/model/refusal.ts';
import type { Refusal } from '../../functions/model/refusal.ts';
import type { Resolved } from '../../functions/model/resolve.ts';
import type { Settings } from '../../functions/model/settings.ts';
import type { FindingAction, Invitation, User } from '../contract.ts';
import type { Backend, FindingName, HistoryQuery, HubQuery } from './backend.ts';
import type { Principal } from './principal.ts';
import { Refused, notFound } from './problem.ts';
import { inviteUser, listUsers, removeUser } from './users.ts';

/** A finding of Security Hub's own controls in an account that the user may see. */
export interface Seen {
  readonly finding: Finding;
  /** As Security Hub gave it: for what the model leaves out, such as its note. */
  readonly raw: unknown;
}

type Resource = Pick<Resolved, 'resource' | 'remediation' | 'securityControlId'>;

/**
 * All that routes can read and write. Whoever the user is decides here, for every read and every write, and nowhere else:
 * an account operator gets only what belongs to the listed accounts, whatever the request says.
 */
export interface Scope {
  readonly principal: Principal;
  /** Accounts that are left of those asked for; undefined means all. */
  accounts(asked: readonly string[]): readonly string[] | undefined;
  findings(
    query: HubQuery,
    next?: string,
  ): Promise<{ readonly findings: readonly Seen[]; readonly next?: string }>;
  /** Throws `Refused`. */
  finding(name: FindingName): Promise<Seen>;
  facts(seen: Seen, resource: string, settings: Settings | Refusal): Promise<Facts>;
  remembered(seen: Seen, resolved: Resource, now: Date): Promise<Remembered | Refusal>;
  attemptsOf(seen: Seen, resource: string): Promise<readonly Attempt[]>;
  /** Sends a command about each finding; about none when one is out of reach. Throws `Refused`. */
  ask(action: Required<FindingAction>): Promise<void>;
  attempts(query: HistoryQuery): AsyncIterable<Attempt>;
  attempt(id: string): Promise<Attempt>;
  answer(id: string, answer: 'approve' | 'reject'): Promise<void>;
  undo(id: string, force: boolean): Promise<void>;
  settings(): Promise<Settings | Refusal>;
  /** The rows that decide about one control. */
  rowsOf(control: string): Promise<Rows>;
  /** Administrators only, as all that follows but exceptions. */
  rows(): Promise<ReadonlyMap<string, Row>>;
  changeRow(control: string, change: Readonly<Record<string, boolean>>): Promise<void>;
  breakers(controls: readonly string[]): Promise<ReadonlyMap<string, Breaker>>;
  starts(
    of: 'control' | 'account',
    ids: readonly string[],
    now: Date,
  ): Promise<ReadonlyMap<string, number>>;
  waiting(atMost: number): Promise<{ readonly approvals: number; readonly held: number }>;
  queues(): Promise<readonly { readonly name: string; readonly waiting: number }[]>;
  members(atMost: number): Promise<number>;
  /** Operators see and change those that are about their accounts only. */
  exceptions(): Promise<readonly Exception[] | Refusal>;
  addException(exception: Exception): Promise<void>;
  endException(id: string): Promise<void>;
  users(): Promise<readonly User[]>;
  invite(invitation: Invitation): Promise<User>;
  removeUser(name: string): Promise<void>;
}

/** The data that `principal` may use. Pure; the methods throw `Refused`, `Busy` when AWS is, and the SDK's error. */
export function scope(principal: Principal, { hub, tables, queues, people }: Backend): Scope {
  const own = principal.role === 'account-operator' ? new Set(principal.accounts) : undefined;
  const reaches = (account: string): boolean => own === undefined || own.has(account);
  const accounts = (asked: readonly string[]): readonly string[] | undefined => {
    if (own === undefined) return asked.length === 0 ? undefined : asked;
    return asked.length === 0 ? [...own] : asked.filter(reaches);
  };
  const administer = (): void => {
    if (own !== undefined) throw new Refused('administrators-only');
  };
  const seen = (raw: unknown): readonly Seen[] => {
    const finding = parseFinding(raw);
    return isRefusal(finding) || !reaches(finding.account) ? [] : [{ finding, raw }];
  };
  const name = ({ id, productArn }: FindingName): FindingName => {
    const parts = findingIdOf(id);
    const product = productOf(productArn, 'asff') ?? productOf(productArn, 'ocsf');
    if (parts === undefined || product === undefined || !reaches(parts.account)) throw notFound();
    return { id: parts.id, productArn: product.arn };
  };
  const reached = ({ finding: { account, region } }: Seen, resource: string): Target => {
    if (!reaches(account)) throw notFound();
    return { account, region, resource };
  };
  const attempt = async (id: string): Promise<Attempt> => {
    const found = await tables.findAttempt(id);
    if (found === undefined || !reaches(found.account)) throw notFound();
    return found;
  };
  const isMine = (exception: Exception): boolean =>
    own === undefined ||
    (exception.accounts !== undefined &&
      exception.accounts.length > 0 &&
      exception.accounts.every(reaches));
  const exceptions = async (): Promise<readonly Exception[] | Refusal> => {
    const all = await tables.exceptions();
    return 'status' in all ? all : all.filter(isMine);
  };
  const send = async (...commands: readonly Readonly<Record<string, unknown>>[]): Promise<void> =>
    queues.send(commands.map((command) => ({ asr: 1, actor: principal.email, ...command })));
  return {
    principal,
    accounts,
    findings: async (query, next) => {
      const limited = accounts(query.accounts);
      if (limited?.length === 0) return { findings: [] };
      const page = await hub.findings({ ...query, accounts: limited ?? [] }, next);
      return { ...page, findings: page.findings.flatMap(seen) };
    },
    finding: async (asked) => {
      const [found] = seen(await hub.finding(name(asked)));
      if (found === undefined) throw notFound();
      return found;
    },
    facts: async (one, resource, settings) =>
      hub.facts(one.finding, reached(one, resource).resource, settings),
    remembered: async (one, { resource, remediation, securityControlId: control }, now) =>
      tables.remembered({ ...reached(one, resource), remediation, control }, now),
    attemptsOf: async (one, resource) => tables.attemptsOf(reached(one, resource)),
    ask: async ({ action, findings, force, ticket }) =>
      send(
        ...findings.map(name).map((finding) => ({
          command: action,
          finding,
          ...(action === 'undo' && force ? { force } : {}),
          ...(action === 'remediate' && ticket ? { ticket } : {}),
        })),
      ),
    attempts: async function* attempts(query) {
      const limited = accounts(query.accounts ?? []);
      if (limited?.length === 0) return;
      for await (const one of tables.attempts({ ...query, accounts: limited }))
        if (reaches(one.account)) yield one;
    },
    attempt,
    answer: async (id, command) => {
      const { status } = await attempt(id);
      if (status !== 'awaiting-approval') throw new Refused('not-waiting');
      await send({ command, attempt: id });
    },
    undo: async (id, force) => {
      const { findings, ...found } = await attempt(id);
      const [first] = findings;
      if (first === undefined || !canUndo(found)) throw new Refused('nothing-to-undo');
      const { id: finding, productArn } = first;
      await send({
        command: 'undo',
        finding: name({ id: finding, productArn }),
        attempt: id,
        ...(force ? { force } : {}),
      });
    },
    settings: async () => tables.settings(),
    rowsOf: async (control) => {
      const rows = await tables.rows();
      return { control: rows.get(control), defaults: rows.get('*') };
    },
    rows: async () => {
      administer();
      return tables.rows();
    },
    changeRow: async (control, change) => {
      administer();
      if (!(await tables.changeRow(control, { ...change, lastChangedBy: principal.email })))
        throw notFound();
    },
    breakers: async (controls) => {
      administer();
      return tables.breakers(controls);
    },
    starts: async (of, ids, now) => {
      administer();
      return tables.starts(of, ids, now);
    },
    waiting: async (atMost) => {
      administer();
      return tables.waiting(atMost);
    },
    queues: async () => {
      administer();
      return queues.waiting();
    },
    members: async (atMost) => {
      administer();
      return hub.members(atMost);
    },
    exceptions,
    addException: async (exception) => {
      if (!isMine(exception)) throw new Refused('own-accounts-only');
      await tables.putException(exception);
    },
    endException: async (id) => {
      const all = await exceptions();
      // One that isn't understood stops everything until somebody ends it: an administrator can do so unseen.
      const isKnown = 'status' in all ? own === undefined : all.some((one) => one.id === id);
      if (!isKnown) throw notFound();
      await tables.deleteException(id);
    },
    users: async () => {
      administer();
      return listUsers(people, tables);
    },
    invite: async (invitation) => {
      administer();
      return inviteUser(principal, people, tables, invitation);
    },
    removeUser: async (username) => {
      administer();
      await removeUser(principal, people, tables, username);
    },
  };
}

/** Whether an attempt changed something that Undo can take back. */
export function canUndo({
  status,
  mode,
  undoneBy,
  state = [],
}: Pick<Attempt, 'status' | 'mode' | 'undoneBy' | 'state'>): boolean {
  return status === 'ended' && mode === 'Remediate' && undoneBy === undefined && state.length > 0;
}
