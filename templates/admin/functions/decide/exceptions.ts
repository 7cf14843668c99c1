import { instantOf } from '../model/finding-parts.ts';
import { objectOf, plainText, textOf } from '../model/json.ts';
import { refuse } from '../model/refusal.ts';
import type { Refusal } from '../model/refusal.ts';
import { isSameControl } from '../model/same-control.ts';
import type { Exception } from './types.ts';

const KNOWN: ReadonlySet<string> = new Set([
  'id',
  'owner',
  'reason',
  'expiresAt',
  'controls',
  'accounts',
  'regions',
  'resources',
]);
/** The form of an entry of each list. */
const ENTRIES = {
  controls: /^[A-Za-z0-9]{1,40}\.\d{1,4}$/u,
  accounts: /^\d{12}$/u,
  regions: /^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/u,
  resources: /^(?:arn:|\*)[^\s{}]{0,2000}$/u,
} as const;

/**
 * Reads an exception strictly: it has an owner, a reason and an end, and names controls, accounts or resources. What
 * isn't understood is a refusal, because an exception that is passed over would let a change through.
 */
export function parseException(raw: unknown): Exception | Refusal {
  const item = objectOf(raw);
  const id = textOf(item['id'], 128);
  const owner = textOf(item['owner'], 256);
  const reason = textOf(item['reason'], 1024);
  const expiresAt = instantOf(item['expiresAt']);
  if (id === undefined || !/^[A-Za-z0-9._-]+$/u.test(id))
    return wrong('An exception', 'has no id of letters, digits, dots, hyphens and underscores');
  const name = `The exception ${id}`;
  const unknown = Object.keys(item).filter((one) => !KNOWN.has(one));
  if (unknown.length > 0)
    return wrong(name, `has a member that isn't known; known are ${[...KNOWN].join(', ')}`);
  if (owner === undefined) return wrong(name, 'names no owner');
  if (reason === undefined) return wrong(name, 'gives no reason');
  if (expiresAt === undefined)
    return wrong(name, 'has no end: expiresAt must be a time such as 2030-01-31T00:00:00Z');
  const lists: Partial<Record<keyof typeof ENTRIES, readonly string[]>> = {};
  for (const key of ['controls', 'accounts', 'regions', 'resources'] as const) {
    if (item[key] === undefined) continue;
    const list = listOfTexts(item[key], ENTRIES[key]);
    if (list === undefined)
      return wrong(name, `has wrong ${key}: they must be a list with one entry or more`);
    lists[key] = list;
  }
  if (lists.controls === undefined && lists.accounts === undefined && lists.resources === undefined)
    return wrong(name, 'must name controls, accounts or resources');
  return {
    id,
    owner: plainText(owner, 128),
    reason: plainText(reason, 256),
    expiresAt,
    ...lists,
  };
}

function wrong(name: string, why: string): Refusal {
  return refuse('exception-unreadable', `${name} ${why}.`);
}

function listOfTexts(raw: unknown, form: RegExp): readonly string[] | undefined {
  if (!Array.isArray(raw) || raw.length === 0 || raw.length > 500) return undefined;
  const texts = raw.filter((one) => typeof one === 'string' && form.test(one));
  return texts.length === raw.length ? texts : undefined;
}

export interface Excepted {
  /** Security control id. */
  readonly control: string;
  readonly account: string;
  readonly region: string;
  /** ARN. */
  readonly resource: string;
}

/** Whether an exception is about this control and resource, whenever it ends. */
export function matchesException(exception: Exception, place: Excepted): boolean {
  const { controls, accounts, regions, resources } = exception;
  return (
    (controls?.some((one) => isSameControl(one, place.control)) ?? true) &&
    (accounts?.includes(place.account) ?? true) &&
    (regions?.includes(place.region) ?? true) &&
    (resources?.some((one) => matchesPattern(one, place.resource)) ?? true)
  );
}

/** `*` stands for any characters; by parts, so that no pattern takes long. */
function matchesPattern(pattern: string, text: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  const last = parts.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
