import { parseException } from '../decide/exceptions.ts';
import type { Exception, Remembered } from '../decide/types.ts';
import type { Attempt, Target } from '../model/attempt.ts';
import { isRefusal } from '../model/refusal.ts';
import type { Refusal } from '../model/refusal.ts';
import { isOf, readItem, unreadable } from './items.ts';
import { breakerKey, countKey, holdKey, leaseKey, partitionOf, targetKey } from './keys.ts';
import type { Key } from './keys.ts';
import { fromItem } from './marshal.ts';
import type { Item } from './marshal.ts';
import { getItems, queryExceptions, queryPartition } from './read.ts';
import {
  readAttemptShape,
  readBreakerShape,
  readHoldShape,
  readLeaseShape,
  readStarts,
  readTargetShape,
} from './shapes.ts';
import type { RememberedOptions } from './store.ts';
import { keyOf } from './table.ts';
import type { StoreOptions } from './table.ts';

export interface Wanted extends Target {
  readonly remediation: string;
  /** Security control id. */
  readonly control: string;
}

/**
 * All that a decision needs: the resource's partition in one query, counts and breaker in one batch, exceptions unless
 * they are at hand. Strongly consistent. What isn't understood is a refusal.
 */
export async function readRemembered(
  options: StoreOptions,
  wanted: Wanted,
  now: Date,
  given: RememberedOptions = {},
): Promise<Remembered | Refusal> {
  const { control, account } = wanted;
  const keys = {
    control: countKey('control', control, now),
    account: countKey('account', account, now),
    breaker: breakerKey(control),
  };
  const [partition, others, exceptions] = await Promise.all([
    queryPartition(options, partitionOf(wanted)),
    getItems(options, options.table, Object.values(keys).map(keyOf)),
    given.exceptions ?? readExceptions(options),
  ]);
  return remembered(wanted, partition, others, keys, exceptions, given.undo);
}

function remembered(
  wanted: Wanted,
  partition: readonly Item[],
  others: readonly Item[],
  keys: { readonly control: Key; readonly account: Key; readonly breaker: Key },
  exceptions: readonly Exception[] | Refusal,
  undo: string | undefined,
): Remembered | Refusal {
  const { remediation } = wanted;
  const lease = readItem('lease', find(partition, leaseKey(wanted)), readLeaseShape);
  const targetItem = find(partition, targetKey(wanted, remediation));
  const target = readItem('target', targetItem, readTargetShape);
  const hold = readItem('hold', find(partition, holdKey(wanted, remediation)), readHoldShape);
  const control = readItem('count', find(others, keys.control), readStarts);
  const account = readItem('count', find(others, keys.account), readStarts);
  const breaker = readItem('breaker', find(others, keys.breaker), readBreakerShape);
  const attempts = readAttempts(partition, remediation);
  if (isWrong(lease)) return lease;
  if (isWrong(target)) return target;
  if (isWrong(hold)) return hold;
  if (isWrong(control)) return control;
  if (isWrong(account)) return account;
  if (isWrong(breaker)) return breaker;
  if (isWrong(attempts)) return attempts;
  if (isWrong(exceptions)) return exceptions;
  return {
    lease,
    target,
    hold,
    awaiting: awaitingOf(attempts),
    undoable: undoableOf(attempts, undo),
    counts: { control: control ?? 0, account: account ?? 0 },
    breaker,
    exceptions,
  };
}

function isWrong(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && isRefusal(value);
}

function find(items: readonly Item[], { pk, sk }: Key): Item | undefined {
  return items.find((item) => item['pk']?.S === pk && item['sk']?.S === sk);
}

/** Attempts of one remediation on the resource. Those of others may stay unread: they decide nothing here. */
function readAttempts(
  partition: readonly Item[],
  remediation: string,
): readonly Attempt[] | Refusal {
  const attempts: Attempt[] = [];
  for (const item of partition) {
    if (!isOf('attempt', item) || item['remediation']?.S !== remediation) continue;
    const attempt = readItem('attempt', item, readAttemptShape);
    if (attempt === undefined || isRefusal(attempt)) return attempt ?? unreadable('attempt');
    attempts.push(attempt);
  }
  return attempts;
}

const HOUR = 3_600_000;

/** An attempt that waits for approval, or whose preview for an approver is being made. */
function awaitingOf(attempts: readonly Attempt[]): Remembered['awaiting'] {
  return attempts
    .filter(
      ({ status, phase }) =>
        status === 'awaiting-approval' || (status === 'claimed' && phase === 'approval-preview'),
    )
    .map(({ id, approvalExpiresAt, claimedAt, policy }) => ({
      id,
      expiresAt:
        approvalExpiresAt ??
        new Date(Date.parse(claimedAt) + policy.approvalHours * HOUR).toISOString(),
    }))
    .toSorted((one, other) => (one.expiresAt < other.expiresAt ? 1 : -1))[0];
}

/**
 * The attempt that Undo takes back: the named one, or else the newest that changed something. One that failed half-way
 * changed something, too, when it says how to take that back.
 */
function undoableOf(
  attempts: readonly Attempt[],
  undo: string | undefined,
): Remembered['undoable'] {
  return attempts
    .filter(
      ({ id, status, mode, undoneBy }) =>
        status === 'ended' &&
        mode === 'Remediate' &&
        undoneBy === undefined &&
        (undo === undefined || id === undo),
    )
    .toSorted((one, other) => (one.claimedAt < other.claimedAt ? 1 : -1))
    .flatMap(({ id, state = [] }) => (state.length > 0 ? [{ id, state }] : []))[0];
}

/** What people excepted. An exception that isn't understood is a refusal: passing over it would let a change through. */
export async function readExceptions(
  options: StoreOptions,
): Promise<readonly Exception[] | Refusal> {
  const exceptions: Exception[] = [];
  for (const item of await queryExceptions(options)) {
    if (!isOf('exception', item)) return unreadable('exception');
    const { pk: _, sk, type: _type, ...members } = fromItem(item);
    const exception = parseException({ ...members, id: sk });
    if (isRefusal(exception)) return exception;
    exceptions.push(exception);
  }
  return exceptions;
}
