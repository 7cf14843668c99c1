import { QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { isRefusal } from '../model/refusal.ts';
import { rethrow } from '../run/aws-errors.ts';
import { readItem, isOf } from './items.ts';
import { SHARDS, attemptKey, heldKey } from './keys.ts';
import { toItem } from './marshal.ts';
import type { Item } from './marshal.ts';
import { readAttemptShape, readHeldShape } from './shapes.ts';
import type { Due } from './store.ts';
import { isUnmet, keyOf } from './table.ts';
import type { StoreOptions } from './table.ts';

/** All that is needed for looking after what is due. */
export type DueOptions = Pick<StoreOptions, 'dynamodb' | 'table' | 'log'>;

/**
 * What is due by now, up to about `atMost`, from all shards alike. The index follows the table within moments, so
 * whoever acts on this looks again. What isn't understood is logged and left out.
 */
export async function due(options: DueOptions, now: Date, atMost: number): Promise<readonly Due[]> {
  const each = Math.ceil(atMost / SHARDS.length);
  const pages = await Promise.all(SHARDS.map((shard) => dueIn(options, shard, now, each)));
  return pages.flat().flatMap((item) => {
    const one = dueOf(item);
    if (one === undefined)
      options.log(
        JSON.stringify({
          problem: 'An item that is due is not understood.',
          type: item['type']?.S,
          sk: item['sk']?.S,
        }),
      );
    return one === undefined ? [] : [one];
  });
}

async function dueIn(
  { dynamodb, table }: DueOptions,
  shard: string,
  now: Date,
  atMost: number,
): Promise<readonly Item[]> {
  const { Items: items = [] } = await dynamodb
    .send(
      new QueryCommand({
        TableName: table,
        IndexName: 'due',
        KeyConditionExpression: 'dueShard = :shard AND dueAt <= :now',
        ExpressionAttributeValues: toItem({ ':shard': shard, ':now': now.toISOString() }),
        Limit: atMost,
      }),
    )
    .catch(rethrow);
  return items;
}

function dueOf(item: Item): Due | undefined {
  if (isOf('held', item)) {
    const held = readItem('held', item, readHeldShape);
    return held === undefined || isRefusal(held) ? undefined : { type: 'held', held };
  }
  const attempt = readItem('attempt', item, readAttemptShape);
  if (attempt === undefined || isRefusal(attempt)) return undefined;
  switch (attempt.status) {
    case 'awaiting-approval':
      return { type: 'approval', attempt };
    case 'claimed':
      return { type: 'stuck', attempt };
    case 'ended':
      return undefined;
  }
}

/** Makes it due again at `until` (ISO 8601). False when it changed since it was read. */
export async function postpone(
  { dynamodb, table }: DueOptions,
  what: Due,
  until: string,
): Promise<boolean> {
  const { key, condition } = asRead(what);
  try {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: keyOf(key),
        UpdateExpression: 'SET #dueAt = :until',
        ConditionExpression: `attribute_exists(#dueAt) AND ${condition.expression}`,
        ExpressionAttributeNames: { '#dueAt': 'dueAt', ...condition.names },
        ExpressionAttributeValues: toItem({ ':until': until, ...condition.values }),
      }),
    );
    return true;
  } catch (error) {
    return isUnmet(error) ? false : rethrow(error);
  }
}

function asRead(what: Due) {
  if (what.type === 'held') {
    const { held } = what;
    return {
      key: heldKey(held, held.remediation, held.request.mode),
      condition: {
        expression: '#notBefore = :notBefore',
        names: { '#notBefore': 'notBefore' },
        values: { ':notBefore': held.notBefore },
      },
    };
  }
  const { attempt } = what;
  return {
    key: attemptKey(attempt, attempt.id),
    condition: {
      expression: '#status = :status',
      names: { '#status': 'status' },
      values: { ':status': attempt.status },
    },
  };
}
