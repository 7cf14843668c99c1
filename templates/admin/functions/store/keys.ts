import { createHash } from 'node:crypto';
import type { Target } from '../model/attempt.ts';

/** Primary key of an item of the state table. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Shards of the indexes `byDay` and `due`, so that no partition takes all the writes of a day. */
export const SHARDS: readonly string[] = ['0', '1', '2', '3', '4', '5', '6', '7'];

/** A partition key may have 2,048 bytes (DynamoDB Developer Guide, Quotas); an ARN may be as long by itself. */
const LONGEST_PARTITION = 1500;

/** Partition of all that is remembered about one resource. A very long ARN is represented by its digest. */
export function partitionOf({ account, region, resource }: Target): string {
  const plain = `resource#${account}#${region}#${resource}`;
  if (Buffer.byteLength(plain) <= LONGEST_PARTITION) return plain;
  const digest = createHash('sha256').update(resource).digest('hex');
  return `resource#${account}#${region}#sha256:${digest}`;
}

const LEASE = 'lease';
export const ATTEMPT = 'attempt#';
export const HELD = 'held#';

export function leaseKey(target: Target): Key {
  return { pk: partitionOf(target), sk: LEASE };
}

export function targetKey(target: Target, remediation: string): Key {
  return { pk: partitionOf(target), sk: `target#${remediation}` };
}

export function holdKey(target: Target, remediation: string): Key {
  return { pk: partitionOf(target), sk: `hold#${remediation}` };
}

export function heldKey(target: Target, remediation: string, mode: string): Key {
  return { pk: partitionOf(target), sk: `${HELD}${remediation}#${mode}` };
}

export function attemptKey(target: Target, id: string): Key {
  return { pk: partitionOf(target), sk: `${ATTEMPT}${id}` };
}

/** Starts of one control, or in one account, in the hour of `now` (UTC). */
export function countKey(of: 'control' | 'account', id: string, now: Date): Key {
  return { pk: `limit#${of}#${id}#${now.toISOString().slice(0, 13)}`, sk: 'count' };
}

export function breakerKey(control: string): Key {
  return { pk: `breaker#${control}`, sk: 'state' };
}

export const EXCEPTIONS = 'exceptions';

/** The same shard for the same text. */
export function shardOf(text: string): string {
  const [byte = 0] = createHash('sha256').update(text).digest();
  return SHARDS[byte % SHARDS.length] ?? '0';
}

/** Key of the index `byDay`: the date (UTC) and a shard. */
export function dayOf(claimedAt: string, id: string): string {
  return `${claimedAt.slice(0, 10)}#${shardOf(id)}`;
}
