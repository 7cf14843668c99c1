import type { Breaker, Hold, Lease, TargetState } from '../decide/types.ts';
import type { Attempt, Target } from '../model/attempt.ts';
import { findingKey } from '../model/finding-parts.ts';
import { refuse } from '../model/refusal.ts';
import type { Refusal } from '../model/refusal.ts';
import { attemptKey, dayOf, heldKey, holdKey, leaseKey, shardOf, targetKey } from './keys.ts';
import { breakerKey } from './keys.ts';
import { fromItem, toItem } from './marshal.ts';
import type { Item } from './marshal.ts';
import { Malformed } from './shape.ts';
import type { Reader } from './shape.ts';
import type { Held } from './store.ts';

/** Every item says what it is. */
const TYPES = [
  'attempt',
  'breaker',
  'count',
  'exception',
  'held',
  'hold',
  'lease',
  'target',
] as const;
export type Type = (typeof TYPES)[number];

const DAY = 86_400;
/** Days that a request which waits is kept after it should have been tried again. */
const HELD_DAYS = 90;

/** Seconds since 1970, the form of the table's attribute `expiresAt` (DynamoDB Developer Guide, Time to Live). */
function seconds(iso: string): number {
  return Math.floor(Date.parse(iso) / 1000);
}

/** When it is due, in the index `due`. */
function dueAt(at: string, name: string): { readonly dueShard: string; readonly dueAt: string } {
  return { dueShard: shardOf(name), dueAt: new Date(at).toISOString() };
}

/** `checkAt`: while the attempt hasn't ended, when somebody looks after it. */
export function attemptItem(attempt: Attempt, historyDays: number, checkAt?: string): Item {
  const last = attempt.endedAt ?? attempt.approvalExpiresAt ?? attempt.claimedAt;
  return toItem({
    ...attemptKey(attempt, attempt.id),
    type: 'attempt',
    ...attempt,
    findingKeys: new Set(attempt.findings.map(findingKey)),
    day: dayOf(attempt.claimedAt, attempt.id),
    expiresAt: seconds(last) + historyDays * DAY,
    ...(checkAt === undefined ? {} : dueAt(checkAt, attempt.id)),
  });
}

export function leaseItem(target: Target, lease: Lease): Item {
  const { expiresAt: until, ...holder } = lease;
  return toItem({
    ...leaseKey(target),
    type: 'lease',
    ...holder,
    until,
    expiresAt: seconds(until) + DAY,
  });
}

export function holdItem(target: Target, remediation: string, hold: Hold): Item {
  const { expiresAt: until, ...owner } = hold;
  return toItem({
    ...holdKey(target, remediation),
    type: 'hold',
    ...owner,
    until,
    expiresAt: seconds(until) + DAY,
  });
}

export function heldItem(held: Held): Item {
  const { pk, sk } = heldKey(held, held.remediation, held.request.mode);
  return toItem({
    pk,
    sk,
    type: 'held',
    ...held,
    expiresAt: seconds(held.notBefore) + HELD_DAYS * DAY,
    ...dueAt(held.notBefore, `${pk}${sk}`),
  });
}

export function targetItem(
  target: Target,
  remediation: string,
  state: TargetState,
  writtenAt: string,
  historyDays: number,
): Item {
  return toItem({
    ...targetKey(target, remediation),
    type: 'target',
    remediation,
    ...state,
    expiresAt: seconds(writtenAt) + historyDays * DAY,
  });
}

export function breakerItem(control: string, breaker: Breaker): Item {
  return toItem({ ...breakerKey(control), type: 'breaker', ...breaker });
}

/** Whether it is an item of this type; what DynamoDB doesn't have is none. */
export function isOf(type: Type, item: Item | undefined): item is Item {
  return item?.['type']?.S === type;
}

/**
 * Reads an item of a type. Undefined when there is none; a refusal when it is of another type or not understood, since
 * what can't be read denies.
 */
export function readItem<T extends object | number>(
  type: Type,
  item: Item | undefined,
  read: Reader<T>,
): T | Refusal | undefined {
  if (item === undefined) return undefined;
  try {
    if (!isOf(type, item)) throw new Malformed(`item of type ${type} expected`);
    return read(fromItem(item));
  } catch (error) {
    if (error instanceof Malformed) return unreadable(type);
    throw error;
  }
}

export function unreadable(type: Type): Refusal {
  return refuse(
    'state-unreadable',
    `The state table holds an item of type ${type} that isn't understood.`,
  );
}
