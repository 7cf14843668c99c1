import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { parseException } from '../../templates/admin/functions/decide/exceptions.ts';
import type { Exception } from '../../templates/admin/functions/decide/types.ts';
import { isRefusal } from '../../templates/admin/functions/model/refusal.ts';
import { isOf } from '../../templates/admin/functions/store/items.ts';
import { EXCEPTIONS } from '../../templates/admin/functions/store/keys.ts';
import { fromItem, toItem } from '../../templates/admin/functions/store/marshal.ts';
import type { Item } from '../../templates/admin/functions/store/marshal.ts';
import { queryExceptions } from '../../templates/admin/functions/store/read.ts';
import { isUnmet } from '../../templates/admin/functions/store/table.ts';
import { asking } from './asking.ts';
import type { Connection } from './connect.ts';

/** An item of the state table that should be an exception. */
export interface StoredException {
  readonly id: string;
  /** As it lies in the table. */
  readonly item: Item;
  /** A sentence when it isn't understood: while one isn't, nothing at all is remediated. */
  readonly read: Exception | string;
}

/** All exceptions, strongly consistent, by id. Throws `AwsProblem`. */
export async function readStoredExceptions({
  tables,
}: Pick<Connection, 'tables'>): Promise<readonly StoredException[]> {
  const items = await asking('Reading the exceptions', () => queryExceptions(tables));
  return items.map(storedOf);
}

function storedOf(item: Item): StoredException {
  const { pk: _, sk, type: _type, ...members } = fromItem(item);
  const id = String(sk);
  if (!isOf('exception', item)) return { id, item, read: `The item ${id} is no exception.` };
  const exception = parseException({ ...members, id });
  return { id, item, read: isRefusal(exception) ? exception.message : exception };
}

type Tables = Pick<Connection, 'dynamodb' | 'installation'>;
export type Written = 'written' | 'changed-since';

/**
 * Writes an exception, unless somebody changed it since it was read. Its `expiresAt` is a text here, so the table's time to
 * live doesn't delete it (DynamoDB Developer Guide, "Time to Live": a number). Throws `AwsProblem`.
 */
export async function putException(
  { dynamodb, installation }: Tables,
  { id, ...members }: Exception,
  before: StoredException | undefined,
): Promise<Written> {
  return writing(`Writing the exception ${id}`, () =>
    dynamodb.send(
      new PutItemCommand({
        TableName: installation.stateTable,
        Item: toItem({ pk: EXCEPTIONS, sk: id, type: 'exception', ...members }),
        ...conditionOf(before),
      }),
    ),
  );
}

/** Deletes an exception, unless somebody changed it since it was read. Throws `AwsProblem`. */
export async function deleteException(
  { dynamodb, installation }: Tables,
  before: StoredException,
): Promise<Written> {
  return writing(`Deleting the exception ${before.id}`, () =>
    dynamodb.send(
      new DeleteItemCommand({
        TableName: installation.stateTable,
        Key: toItem({ pk: EXCEPTIONS, sk: before.id }),
        ...conditionOf(before),
      }),
    ),
  );
}

function conditionOf(before: StoredException | undefined) {
  if (before === undefined) return { ConditionExpression: 'attribute_not_exists(pk)' };
  const { pk: _, sk: _sk, ...members } = before.item;
  const all = Object.entries(members);
  return {
    ConditionExpression: all.map((_one, at) => `#m${at} = :m${at}`).join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(all.map(([name], at) => [`#m${at}`, name])),
    ExpressionAttributeValues: Object.fromEntries(all.map(([, value], at) => [`:m${at}`, value])),
  };
}

async function writing(doing: string, write: () => Promise<unknown>): Promise<Written> {
  return asking(doing, async () => {
    try {
      await write();
      return 'written';
    } catch (error) {
      if (isUnmet(error)) return 'changed-since';
      throw error;
    }
  });
}
