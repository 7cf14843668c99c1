import { textOf } from '../../functions/model/json.ts';
import { ATTEMPT_STATUSES, OUTCOMES } from '../../functions/model/attempt.ts';
import { ROLES } from '../contract.ts';
import type { FindingAction, Invitation, NewException } from '../contract.ts';
import { invalid } from './problem.ts';

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
  email: /^[^@\s\p{C}]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?\.[A-Za-z]{2,63}$/u,
} as const;
export type Form = keyof typeof FORMS;

/** Entries of one parameter, and accounts of one operator (Security Hub API, GetFindings: 20 values of an attribute). */
const MOST_ENTRIES = 20;

/** Throws `Refused` when the text doesn't have the form. */
export function formed(form: Form, value: unknown): string {
  if (typeof value !== 'string' || !FORMS[form].test(value))
    throw invalid(`What is given as ${form} does not have the form that it must have.`);
  return value;
}

/** A list separated by commas; none when absent. */
export function formedList(form: Form, value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  const entries = value.split(',');
  if (entries.length > MOST_ENTRIES)
    throw invalid(`There may be ${MOST_ENTRIES} entries of ${form}.`);
  return [...new Set(entries.map((one) => formed(form, one)))];
}

export function onlyMembers(body: Body, known: readonly string[]): void {
  if (Object.keys(body).some((name) => !known.includes(name)))
    throw invalid('The body has a member that is not known.');
}

export function flagOf(body: Body, name: string): boolean | undefined {
  const value = body[name];
  if (value !== undefined && typeof value !== 'boolean')
    throw invalid(`${name} must be true or false.`);
  return value;
}

export function findingAction(body: Body): Required<FindingAction> {
  onlyMembers(body, ['action', 'findings', 'force', 'ticket']);
  const { action, findings } = body;
  if (action !== 'preview' && action !== 'remediate' && action !== 'undo')
    throw invalid('The action must be preview, remediate or undo.');
  if (!Array.isArray(findings) || findings.length === 0 || findings.length > MOST_ENTRIES)
    throw invalid(`There must be 1 to ${MOST_ENTRIES} findings.`);
  const named = findings.map((one: unknown) => {
    const { id, productArn, ...others } = (one ?? {}) as Body;
    if (Object.keys(others).length > 0) throw invalid('A finding has a member that is not known.');
    return { id: formed('findingId', id), productArn: formed('productArn', productArn) };
  });
  return {
    action,
    findings: [...new Map(named.map((one) => [`${one.id} ${one.productArn}`, one])).values()],
    force: flagOf(body, 'force') ?? false,
    ticket: flagOf(body, 'ticket') ?? false,
  };
}

const LISTS = ['controls', 'accounts', 'regions', 'resources'] as const;

/** Whether the lists are right is left to `parseException`, which decisions use, too. */
export function newException(body: Body): NewException {
  onlyMembers(body, ['owner', 'reason', 'expiresAt', ...LISTS]);
  const reason = textOf(body['reason'], 1024);
  const expiresAt = textOf(body['expiresAt'], 40);
  if (reason === undefined || expiresAt === undefined)
    throw invalid('An exception needs a reason and an end (expiresAt).');
  const owner = body['owner'] === undefined ? undefined : textOf(body['owner'], 256);
  if (body['owner'] !== undefined && owner === undefined)
    throw invalid('The owner must be a text.');
  const lists = LISTS.flatMap((name) =>
    body[name] === undefined ? [] : [[name, body[name]] as const],
  );
  return {
    reason,
    expiresAt,
    ...(owner === undefined ? {} : { owner }),
    ...(Object.fromEntries(lists) as Pick<NewException, (typeof LISTS)[number]>),
  };
}

export function invitation(body: Body): Invitation {
  onlyMembers(body, ['email', 'role', 'accounts']);
  const role = ROLES.find((one) => one === body['role']);
  if (role === undefined) throw invalid('The role is not known.');
  const email = formed('email', body['email']).toLowerCase();
  const { accounts } = body;
  if (role !== 'account-operator') {
    if (accounts !== undefined) throw invalid('Only an account operator has accounts.');
    return { email, role };
  }
  if (!Array.isArray(accounts) || accounts.length === 0 || accounts.length > MOST_ENTRIES)
    throw invalid(`An account operator needs 1 to ${MOST_ENTRIES} accounts.`);
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
    throw invalid(`The days must be in order, and at most ${LONGEST_PERIOD} apart.`);
  return { from: text(first), to: text(last) };
}

function day(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const time = Date.parse(`${formed('day', given)}T00:00:00.000Z`);
  if (Number.isNaN(time) || text(time) !== given) throw invalid('A day is none.');
  return time;
}

function text(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
