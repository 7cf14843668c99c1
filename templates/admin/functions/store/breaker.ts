import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Put } from '@aws-sdk/client-dynamodb';
import { afterFailure } from '../decide/breaker.ts';
import type { Breaker } from '../decide/types.ts';
import type { Policy } from '../model/policy.ts';
import { isRefusal } from '../model/refusal.ts';
import type { Refusal } from '../model/refusal.ts';
import { Busy, rethrow } from '../run/aws-errors.ts';
import { breakerItem, readItem } from './items.ts';
import { breakerKey } from './keys.ts';
import { toItem } from './marshal.ts';
import { getItem } from './read.ts';
import { readBreakerShape } from './shapes.ts';
import { isUnmet } from './table.ts';
import type { StoreOptions } from './table.ts';

const TRIES = 8;
const PAUSE = 30;

/** The breaker of a control; a refusal when the item isn't understood. */
export async function readBreakerItem(
  options: StoreOptions,
  control: string,
): Promise<Breaker | Refusal | undefined> {
  return readItem('breaker', await getItem(options, breakerKey(control)), readBreakerShape);
}

/** Throws when the item isn't understood. */
export async function readBreaker(
  options: StoreOptions,
  control: string,
): Promise<Breaker | undefined> {
  const breaker = await readBreakerItem(options, control);
  if (breaker !== undefined && isRefusal(breaker)) throw new Error(breaker.message);
  return breaker;
}

export async function putBreaker(
  { dynamodb, table }: StoreOptions,
  control: string,
  breaker: Breaker,
): Promise<void> {
  await dynamodb
    .send(new PutItemCommand({ TableName: table, Item: breakerItem(control, breaker) }))
    .catch(rethrow);
}

/**
 * Counts a failure of a control that comes from no attempt of now. Throws `Busy` when others keep writing, and an
 * error when the item isn't understood.
 */
export async function countFailure(
  options: StoreOptions,
  control: string,
  policy: Policy,
  now: Date,
): Promise<{ readonly opened: boolean }> {
  const { dynamodb, table, pause, random } = options;
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const there = await readBreaker(options, control);
    const { breaker, opened } = afterFailure(there, policy, now);
    try {
      await dynamodb.send(new PutItemCommand(putUnchanged(table, control, breaker, there)));
      return { opened };
    } catch (error) {
      if (!isUnmet(error)) return rethrow(error);
      await pause(PAUSE * tries * (0.5 + random()));
    }
  }
  throw new Busy('ConditionalCheckFailed');
}

/** Writes a breaker only when it still is what was read. */
export function putUnchanged(
  table: string,
  control: string,
  breaker: Breaker,
  there: Breaker | undefined,
): Put & { Item: NonNullable<Put['Item']>; TableName: string } {
  const item = { TableName: table, Item: breakerItem(control, breaker) };
  if (there === undefined) return { ...item, ConditionExpression: 'attribute_not_exists(pk)' };
  const { failures, openUntil } = there;
  return {
    ...item,
    ConditionExpression: `#failures = :failures AND ${
      openUntil === undefined ? 'attribute_not_exists(#openUntil)' : '#openUntil = :openUntil'
    }`,
    ExpressionAttributeNames: { '#failures': 'failures', '#openUntil': 'openUntil' },
    ExpressionAttributeValues: toItem({ ':failures': failures, ':openUntil': openUntil }),
  };
}
