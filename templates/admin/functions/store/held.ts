import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Target } from '../model/attempt.ts';
import { isRefusal } from '../model/refusal.ts';
import type { Request } from '../model/request.ts';
import { Busy, errorName, rethrow } from '../run/aws-errors.ts';
import { whileUnchanged } from './held-version.ts';
import { heldItem, readItem } from './items.ts';
import { HELD, heldKey, holdKey, partitionOf } from './keys.ts';
import type { Item } from './marshal.ts';
import { getItem, queryPartition } from './read.ts';
import { readHeldShape } from './shapes.ts';
import type { Held, HeldChange } from './store.ts';
import { isUnmet, keyOf } from './table.ts';
import type { StoreOptions } from './table.ts';

/** Both queues together have twenty workers (templates/admin/resources/ingest.yaml), one of which succeeds each time. */
const TRIES = 20;
const PAUSE = 30;
const LONGEST_PAUSE = 240;

/**
 * Keeps a request until its time, in one write when `before` is what waits there (DynamoDB API, PutItem: an unmet
 * condition answers the item that is there). Throws `Busy` when others keep writing, and an error when what waits there
 * isn't understood.
 */
export async function putHeld(
  options: StoreOptions,
  before: Held | undefined,
  keep: (before: Held | undefined) => Held | undefined,
): Promise<HeldChange> {
  const { dynamodb, table, pause, random } = options;
  let there = before;
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const held = keep(there);
    if (held === undefined) return { before: there, held: there };
    try {
      await dynamodb.send(
        new PutItemCommand({
          TableName: table,
          Item: heldItem(held),
          ...whileUnchanged(there),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { before: there, held };
    } catch (error) {
      if (isUnmet(error)) there = understood((error as { readonly Item?: Item }).Item);
      else if (errorName(error) !== 'TransactionConflictException') return rethrow(error);
      await pause(Math.min(PAUSE * tries, LONGEST_PAUSE) * (0.5 + random()));
    }
  }
  throw new Busy('ConditionalCheckFailed');
}

/** What isn't understood may be somebody's request, so nothing takes its place. */
function understood(item: Item | undefined): Held | undefined {
  const held = readItem('held', item, readHeldShape);
  if (held !== undefined && isRefusal(held)) throw new Error(held.message);
  return held;
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

/**
 * Deletes a held request as it was read. False when it changed since: another one has taken its place, or a finding came,
 * which must not get lost.
 */
export async function deleteHeld({ dynamodb, table }: StoreOptions, held: Held): Promise<boolean> {
  try {
    await dynamodb.send(
      new DeleteItemCommand({
        TableName: table,
        Key: keyOf(heldKey(held, held.remediation, held.request.mode)),
        ...whileUnchanged(held, 'or-gone'),
      }),
    );
    return true;
  } catch (error) {
    return isUnmet(error) ? false : rethrow(error);
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
