import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Target } from '../model/attempt.ts';
import { isRefusal } from '../model/refusal.ts';
import type { Request } from '../model/request.ts';
import { rethrow } from '../run/aws-errors.ts';
import { heldItem, readItem } from './items.ts';
import { HELD, heldKey, holdKey, partitionOf } from './keys.ts';
import { toItem } from './marshal.ts';
import type { Item } from './marshal.ts';
import { getItem, queryPartition } from './read.ts';
import { readHeldShape } from './shapes.ts';
import type { Held } from './store.ts';
import { isUnmet, keyOf } from './table.ts';
import type { StoreOptions } from './table.ts';

/**
 * Keeps a request until its time, in one write. What comes by itself doesn't replace what a person asked for: that
 * one waits already, with more consent.
 */
export async function putHeld({ dynamodb, table }: StoreOptions, held: Held): Promise<void> {
  try {
    await dynamodb.send(
      new PutItemCommand({
        TableName: table,
        Item: heldItem(held),
        ...(held.request.origin === 'automatic'
          ? {
              ConditionExpression: 'attribute_not_exists(pk) OR #request.#origin = :automatic',
              ExpressionAttributeNames: { '#request': 'request', '#origin': 'origin' },
              ExpressionAttributeValues: toItem({ ':automatic': 'automatic' }),
            }
          : {}),
      }),
    );
  } catch (error) {
    if (!isUnmet(error)) rethrow(error);
  }
}

/** A request that waits; one that isn't understood is logged and taken for none. */
export async function readHeld(
  options: StoreOptions,
  target: Target,
  remediation: string,
  mode: Request['mode'],
): Promise<Held | undefined> {
  return heldOf(options, await getItem(options, heldKey(target, remediation, mode)));
}

function heldOf({ log }: StoreOptions, item: Item | undefined): Held | undefined {
  const held = readItem('held', item, readHeldShape);
  if (held === undefined || !isRefusal(held)) return held;
  log(JSON.stringify({ problem: held.message, sk: item?.['sk']?.S }));
  return undefined;
}

/** Deletes a held request as it was read: not one that has taken its place since. */
export async function deleteHeld({ dynamodb, table }: StoreOptions, held: Held): Promise<void> {
  try {
    await dynamodb.send(
      new DeleteItemCommand({
        TableName: table,
        Key: keyOf(heldKey(held, held.remediation, held.request.mode)),
        ConditionExpression: 'attribute_not_exists(pk) OR #request.#id = :id',
        ExpressionAttributeNames: { '#request': 'request', '#id': 'id' },
        ExpressionAttributeValues: toItem({ ':id': held.request.id }),
      }),
    );
  } catch (error) {
    if (!isUnmet(error)) rethrow(error);
  }
}

/** Requests on a resource that wait, oldest first. */
export async function listHeld(options: StoreOptions, target: Target): Promise<readonly Held[]> {
  const items = await queryPartition(options, partitionOf(target), HELD);
  return items
    .map((item) => heldOf(options, item))
    .filter((one) => one !== undefined)
    .toSorted((one, other) => (one.since < other.since ? -1 : 1));
}

/** Deletes a hold that Undo left; false when there is none. */
export async function deleteHold(
  { dynamodb, table }: StoreOptions,
  target: Target,
  remediation: string,
): Promise<boolean> {
  const { Attributes: there } = await dynamodb
    .send(
      new DeleteItemCommand({
        TableName: table,
        Key: keyOf(holdKey(target, remediation)),
        ReturnValues: 'ALL_OLD',
      }),
    )
    .catch(rethrow);
  return there !== undefined;
}
