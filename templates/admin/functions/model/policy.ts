import { parseWindows } from '../decide/windows.ts';
import { isRefusal, refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

export const APPROVALS = ['by-impact', 'always', 'never'] as const;
export const TICKETS = ['asked', 'failed', 'always'] as const;
export const STACK_OWNED = ['remediate', 'approve', 'refuse'] as const;

/**
 * What may be done for one control: its row of the configuration table over the row `*` over the built-in defaults.
 * Each member but `automatedRemediationEnabled` is an optional attribute of either row, under the same name.
 */
export interface Policy {
  /** Findings are remediated as they come. Only a control's own row can say so. */
  readonly automatedRemediationEnabled: boolean;
  /** Kill switch: nothing is changed, by nobody. */
  readonly paused: boolean;
  /** Whether a named person must approve: by the remediation's impact, always, or never. @default by-impact */
  readonly approval: (typeof APPROVALS)[number];
  /** How long an approval may take, in hours. @default 72 */
  readonly approvalHours: number;
  /** Failed attempts on one resource before only a person may try again. @default 3 */
  readonly attempts: number;
  /** Remediations of this control in one hour, over all accounts. @default 100 */
  readonly perHour: number;
  /** Remediations in one account in one hour, over all controls. @default 50 */
  readonly accountPerHour: number;
  /** Failures within `breakerMinutes` that stop the control for `breakerPauseMinutes`. @default 5 in 60, stopped for 1440 */
  readonly breakerFailures: number;
  readonly breakerMinutes: number;
  readonly breakerPauseMinutes: number;
  /** When changes may be made, such as `Mon-Fri 09:00-17:00 Europe/Berlin; Sat 10:00-12:00 UTC`; empty is always. */
  readonly changeWindow: string;
  /** What to do with a resource that a CloudFormation stack owns. @default remediate */
  readonly stackOwned: (typeof STACK_OWNED)[number];
  /** When a ticket is opened: when asked for, also when an attempt fails, or always. @default asked */
  readonly tickets: (typeof TICKETS)[number];
  /** Days that a hold after Undo lasts. @default 30 */
  readonly holdDays: number;
  /** Values of the remediation's own parameters, by name. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
}

/** An attribute of a row as plain data: DynamoDB's types are gone, its numbers are numbers. */
export type Row = Readonly<Record<string, unknown>>;

/** The rows that apply; undefined where the table has none. */
export interface Rows {
  readonly control: Row | undefined;
  readonly defaults: Row | undefined;
}

/** Of a control whose row and whose defaults say nothing. */
export const DEFAULTS: Policy = {
  automatedRemediationEnabled: false,
  paused: false,
  approval: 'by-impact',
  approvalHours: 72,
  attempts: 3,
  perHour: 100,
  accountPerHour: 50,
  breakerFailures: 5,
  breakerMinutes: 60,
  breakerPauseMinutes: 1440,
  changeWindow: '',
  stackOwned: 'remediate',
  tickets: 'asked',
  holdDays: 30,
  parameters: {},
};

/** What an attribute must be, and how it is read: undefined when it isn't that. */
interface Attribute<T> {
  readonly right: string;
  readonly read: (raw: unknown) => T | undefined;
}

const ATTRIBUTES: { readonly [K in keyof Policy]: Attribute<Policy[K]> } = {
  automatedRemediationEnabled: yesNo(),
  paused: yesNo(),
  approval: oneOf(APPROVALS),
  approvalHours: whole(1, 720),
  attempts: whole(1, 100),
  perHour: whole(0, 100_000),
  accountPerHour: whole(0, 100_000),
  breakerFailures: whole(1, 50),
  breakerMinutes: whole(1, 10_080),
  breakerPauseMinutes: whole(1, 43_200),
  changeWindow: {
    right: 'times such as Mon-Fri 09:00-17:00 Europe/Berlin; Sat 10:00-12:00 UTC',
    read: (raw) =>
      typeof raw === 'string' && raw.length <= 1000 && parseWindows(raw) !== undefined
        ? raw
        : undefined,
  },
  stackOwned: oneOf(STACK_OWNED),
  tickets: oneOf(TICKETS),
  holdDays: whole(1, 3650),
  parameters: {
    right: 'a map from the names of parameters to lists of texts',
    read: parameterValues,
  },
};
const NAMES = Object.keys(ATTRIBUTES) as readonly (keyof Policy)[];
/** Attributes that say something to people only. */
const IGNORED: ReadonlySet<string> = new Set(['controlId', 'comment', 'owner', 'lastChangedBy']);

/**
 * The policy of a control from the configuration table, strictly: an attribute that isn't known, or isn't what it must
 * be, is a refusal that says what is right. A control without a row of its own is not automatic; the row `*` can't make
 * it so. `paused` in either row pauses.
 */
export function parsePolicy({ control, defaults }: Rows): Policy | Refusal {
  const general = parseRow(defaults ?? {}, '*');
  if (isRefusal(general)) return general;
  const own = parseRow(control ?? {}, nameOf(control));
  if (isRefusal(own)) return own;
  return {
    ...DEFAULTS,
    ...general,
    ...own,
    paused: general.paused === true || own.paused === true,
    parameters: { ...general.parameters, ...own.parameters },
  };
}

/** Whether all members of a policy have the values that they may have. */
export function isPolicy(policy: Policy): boolean {
  return NAMES.every(
    (name) => Object.hasOwn(policy, name) && ATTRIBUTES[name].read(policy[name]) !== undefined,
  );
}

/** The row's key when it looks like a control's id, for messages. */
function nameOf(row: Row | undefined): string {
  const id = row?.['controlId'];
  return typeof id === 'string' && /^[A-Za-z0-9.]{1,64}$/u.test(id) ? id : 'of the control';
}

function parseRow(row: Row, name: string): Partial<Policy> | Refusal {
  const values: Record<string, unknown> = {};
  for (const [attribute, raw] of Object.entries(row)) {
    if (IGNORED.has(attribute)) continue;
    const known = NAMES.find((one) => one === attribute);
    if (known === undefined)
      return wrong(name, `has an attribute that isn't known; known are ${NAMES.join(', ')}`);
    if (known === 'automatedRemediationEnabled' && name === '*')
      return wrong(name, `can't hold ${known}: only the row of a control can`);
    const value = ATTRIBUTES[known].read(raw);
    if (value === undefined)
      return wrong(name, `has a wrong ${known}: it must be ${ATTRIBUTES[known].right}`);
    values[known] = value;
  }
  return values;
}

function wrong(name: string, why: string): Refusal {
  return refuse('configuration-unreadable', `The row ${name} of the configuration table ${why}.`);
}

function yesNo(): Attribute<boolean> {
  return {
    right: 'a Boolean (BOOL), true or false',
    read: (raw) => (typeof raw === 'boolean' ? raw : undefined),
  };
}

function oneOf<T extends string>(words: readonly T[]): Attribute<T> {
  return {
    right: `one of ${words.join(', ')}`,
    read: (raw) => words.find((one) => one === raw),
  };
}

function whole(least: number, most: number): Attribute<number> {
  return {
    right: `a whole number (N) from ${least} to ${most}`,
    read: (raw) =>
      typeof raw === 'number' && Number.isSafeInteger(raw) && raw >= least && raw <= most
        ? raw
        : undefined,
  };
}

/** A single text is a list of one: people write either into the table. */
function parameterValues(raw: unknown): Policy['parameters'] | undefined {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return undefined;
  const values: (readonly [string, readonly string[]])[] = [];
  for (const [name, value] of Object.entries(raw)) {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const texts = list.filter((one) => typeof one === 'string');
    const isAcceptable =
      /^[A-Za-z][A-Za-z0-9]{0,63}$/u.test(name) &&
      texts.length === list.length &&
      texts.length > 0 &&
      texts.every((one) => !one.includes('{{'));
    if (!isAcceptable) return undefined;
    values.push([name, texts]);
  }
  return Object.fromEntries(values);
}
