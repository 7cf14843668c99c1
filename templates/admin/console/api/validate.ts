import { textOf } from '../../functions/model/json.ts';
import { ATTEMPT_STATUSES, OUTCOMES } from '../../functions/model/attempt.ts';
import { ROLES } from '../contract.ts';
import type { FindingAction, Invitation, NewException } from '../contract.ts';
import { Refused, invalid } from './problem.ts';

// Everything that comes from a request is read here, strictly: only known members of the right form get through, and
// messages never repeat what was given.

type Body = Readonly<Record<string, unknown>>;

export const FORMS = {
  account: /^\d{12}$/u,
  region: /^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/u,
  control: /^[A-Za-z0-9]{1,40}\.\d{1,4}$/u,
  severity: /^(?:INFORMATIONAL|LOW|MEDIUM|HIGH|CRITICAL)$/u,
  workflow: /^(?:NEW|NOTIFIED|RESOLVED|SUPPRESSED)$/u,
  standard: /^[A-Z0-9]{1,16}$/u,
  status: new RegExp(`^(?:${ATTEMPT_STATUSES.join('|')})$`, 'u'),
  outcome: new RegExp(`^(?:${OUTCOMES.join('|')})$`, 'u'),
  search: /^[^\p{C}]{1,256}$/u,
  next: /^[\x21-\x7e]{1,4096}$/u,
  day: /^\d{4}-\d{2}-\d{2}$/u,
  attempt: /^[0-9a-f]{32}$/u,
  exception: /^[A-Za-z0-9._-]{1,128}$/u,
  user: /^[^\p{C}\s/]{1,128}$/u,
  findingId: /^[\x21-\x7e]{1,512}$/u,
  productArn: /^[\x21-\x7e]{1,256}$/u,
  resource: /^(?:arn:|\*)[^\s{}]{0,2000}$/u,
  email: /^[^@\s\p{C}]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?\.[A-Za-z]{2,63}$/u,
} as const;
export type Form = keyof typeof FORMS;

/** Entries of one parameter, and accounts of one operator (Security Hub API, GetFindings: 20 values of an attribute). */
const MOST_ENTRIES = 20;

/** Throws `Refused` when the text doesn't have the form. */
export function formed(form: Form, value: unknown): string {
  if (typeof value !== 'string' || !FORMS[form].test(value)) throw invalid(form);
  return value;
}

/** A list separated by commas; none when absent. */
export function formedList(form: Form, value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  const entries = value.split(',');
  if (entries.length > MOST_ENTRIES)
    throw new Refused('too-many', { field: form, most: MOST_ENTRIES });
  return [...new Set(entries.map((one) => formed(form, one)))];
}

export function onlyMembers(body: Body, known: readonly string[]): void {
  if (Object.keys(body).some((name) => !known.includes(name))) throw invalid('body');
}

export function flagOf(body: Body, name: string): boolean | undefined {
  const value = body[name];
  if (value !== undefined && typeof value !== 'boolean') throw invalid(name);
  return value;
}

export function findingAction(body: Body): Required<FindingAction> {
  onlyMembers(body, ['action', 'findings', 'force', 'ticket']);
  const { action, findings } = body;
  if (action !== 'preview' && action !== 'remediate' && action !== 'undo') throw invalid('action');
  if (!Array.isArray(findings) || findings.length === 0 || findings.length > MOST_ENTRIES)
    throw invalid('findings');
  const named = findings.map((one: unknown) => {
    const { id, productArn, ...others } = (one ?? {}) as Body;
    if (Object.keys(others).length > 0) throw invalid('findings');
    return { id: formed('findingId', id), productArn: formed('productArn', productArn) };
  });
  return {
    action,
    findings: [...new Map(named.map((one) => [`${one.id} ${one.productArn}`, one])).values()],
    force: flagOf(body, 'force') ?? false,
    ticket: flagOf(body, 'ticket') ?? false,
  };
}

/** Members that say what an exception covers, and the form of their entries. */
const LISTS = {
  controls: 'control',
  accounts: 'account',
  regions: 'region',
  resources: 'resource',
} as const satisfies Partial<Record<keyof NewException, Form>>;
type List = keyof typeof LISTS;

/** Whether it is right as a whole is left to `parseException`, which decisions use, too. */
export function newException(body: Body): NewException {
  const names = Object.keys(LISTS) as readonly List[];
  onlyMembers(body, ['owner', 'reason', 'expiresAt', ...names]);
  const reason = textOf(body['reason'], 1024);
  const expiresAt = textOf(body['expiresAt'], 40);
  if (reason === undefined) throw invalid('reason');
  if (expiresAt === undefined) throw invalid('expiresAt');
  const owner = body['owner'] === undefined ? undefined : textOf(body['owner'], 256);
  if (body['owner'] !== undefined && owner === undefined) throw invalid('owner');
  const lists: Partial<Record<List, readonly string[]>> = {};
  for (const name of names) {
    const list = body[name];
    if (list === undefined) continue;
    if (!Array.isArray(list) || list.length === 0 || list.length > 500) throw invalid(name);
    lists[name] = list.map((one: unknown) => formed(LISTS[name], one));
  }
  const { controls, accounts, resources } = lists;
  if (controls === undefined && accounts === undefined && resources === undefined)
    throw new Refused('covers-everything');
  return { reason, expiresAt, ...(owner === undefined ? {} : { owner }), ...lists };
}

export function invitation(body: Body): Invitation {
  onlyMembers(body, ['email', 'role', 'accounts']);
  const role = ROLES.find((one) => one === body['role']);
  if (role === undefined) throw invalid('role');
  const email = formed('email', body['email']).toLowerCase();
  const { accounts } = body;
  if (role !== 'account-operator') {
    if (accounts !== undefined) throw invalid('accounts');
    return { email, role };
  }
  if (!Array.isArray(accounts) || accounts.length === 0 || accounts.length > MOST_ENTRIES)
    throw invalid('accounts');
  return {
    email,
    role,
    accounts: [...new Set(accounts.map((one: unknown) => formed('account', one)))],
  };
}

export interface Period {
  /** Days in UTC, both included. */
  readonly from: string;
  readonly to: string;
}

const DAY = 86_400_000;
const LONGEST_PERIOD = 366;

/** Throws `Refused` when the days are no days, in the wrong order, or too far apart. */
export function periodOf(
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  days: number,
  now: Date,
): Period {
  const last = day(to) ?? now.getTime();
  const first = day(from) ?? last - (days - 1) * DAY;
  if (first > last || last - first > LONGEST_PERIOD * DAY)
    throw new Refused('wrong-period', { most: LONGEST_PERIOD });
  return { from: text(first), to: text(last) };
}

function day(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const time = Date.parse(`${formed('day', given)}T00:00:00.000Z`);
  if (Number.isNaN(time) || text(time) !== given) throw invalid('day');
  return time;
}

function text(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
