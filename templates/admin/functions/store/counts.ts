import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Attempt } from '../model/attempt.ts';
import { countKey } from './keys.ts';
import type { Key } from './keys.ts';
import { toItem } from './marshal.ts';
import { keyOf } from './table.ts';

/** Seconds that a count is kept: its hour, and another. */
const KEPT = 7200;

export interface Count {
  readonly name: 'control' | 'account';
  readonly key: Key;
  readonly limit: number;
}

/** The counts that an attempt adds to: none unless it changes something that it wasn't asked to take back. */
export function countsOf(attempt: Attempt, now: Date): readonly Count[] {
  const { mode, phase, control, account, policy } = attempt;
  if (mode !== 'Remediate' || phase !== 'run') return [];
  return [
    { name: 'control', key: countKey('control', control, now), limit: policy.perHour },
    { name: 'account', key: countKey('account', account, now), limit: policy.accountPerHour },
  ];
}

/** One start more, unless the limit is reached. */
export function addStart(table: string, key: Key, limit: number, now: Date): TransactWriteItem {
  const isBelow = '#starts < :limit';
  return {
    Update: {
      ...add(table, key),
      ConditionExpression: limit > 0 ? `attribute_not_exists(#starts) OR ${isBelow}` : isBelow,
      ExpressionAttributeValues: toItem({ ...values(now), ':add': 1, ':limit': limit }),
    },
  };
}

/** One start less, also when the count is gone: nobody reads one of a past hour. */
export function takeStart(table: string, key: Key, now: Date): TransactWriteItem {
  return {
    Update: {
      ...add(table, key),
      ExpressionAttributeValues: toItem({ ...values(now), ':add': -1 }),
    },
  };
}

function add(table: string, key: Key) {
  return {
    TableName: table,
    Key: keyOf(key),
    UpdateExpression: 'ADD #starts :add SET #type = :type, #expiresAt = :expiresAt',
    ExpressionAttributeNames: { '#starts': 'starts', '#type': 'type', '#expiresAt': 'expiresAt' },
  };
}

function values(now: Date) {
  return { ':type': 'count', ':expiresAt': Math.floor(now.getTime() / 1000) + KEPT };
}
