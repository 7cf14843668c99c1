import { BatchGetItemCommand, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { BatchGetItemCommandInput, BatchGetItemCommandOutput } from '@aws-sdk/client-dynamodb';
import { Busy, rethrow } from '../run/aws-errors.ts';
import { EXCEPTIONS } from './keys.ts';
import type { Key } from './keys.ts';
import type { Item } from './marshal.ts';
import { keyOf } from './table.ts';
import type { StoreOptions } from './table.ts';

/** One item, strongly consistent. Throws `Busy` when DynamoDB throttles, and the SDK's error. */
export async function getItem(
  { dynamodb, table }: StoreOptions,
  key: Key,
): Promise<Item | undefined> {
  const { Item: item } = await dynamodb
    .send(new GetItemCommand({ TableName: table, Key: keyOf(key), ConsistentRead: true }))
    .catch(rethrow);
  return item;
}

/** Items of a partition, strongly consistent, page by page; only those whose sort key begins so, where that is given. */
export async function queryPartition(
  { dynamodb, table }: StoreOptions,
  pk: string,
  begins?: string,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  let start: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await dynamodb
      .send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression:
            begins === undefined ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :sk)',
          ExpressionAttributeValues: {
            ':pk': { S: pk },
            ...(begins === undefined ? {} : { ':sk': { S: begins } }),
          },
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      )
      .catch(rethrow);
    found.push(...Items);
    start = LastEvaluatedKey;
  } while (start !== undefined);
  return found;
}

/** All exceptions that people wrote. */
export async function queryExceptions(options: StoreOptions): Promise<readonly Item[]> {
  return queryPartition(options, EXCEPTIONS);
}

const TRIES = 5;
const PAUSE = 50;

type Wanted = NonNullable<BatchGetItemCommandInput['RequestItems']>;
type Answered = NonNullable<BatchGetItemCommandOutput['Responses']>;

/** What was asked for in this turn and is not sent yet. */
interface Gathering {
  readonly wanted: Wanted;
  readonly answer: Promise<Answered>;
}
const gathering = new WeakMap<StoreOptions, Gathering>();

/**
 * Up to 100 items of one table by their keys, strongly consistent. Reads of different tables that are asked for at once
 * go in one call (DynamoDB API, BatchGetItem: up to 100 items of one or more tables).
 */
export async function getItems(
  options: StoreOptions,
  table: string,
  keys: readonly Item[],
): Promise<readonly Item[]> {
  const open = gathering.get(options);
  const isFree =
    open !== undefined &&
    open.wanted[table] === undefined &&
    count(open.wanted) + keys.length <= 100;
  const { wanted, answer } = isFree ? open : gather(options);
  wanted[table] = { Keys: [...keys], ConsistentRead: true };
  return (await answer)[table] ?? [];
}

function count(wanted: Wanted): number {
  return Object.values(wanted).reduce((sum, { Keys: keys = [] }) => sum + keys.length, 0);
}

function gather(options: StoreOptions): Gathering {
  const wanted: Wanted = {};
  const send = async (): Promise<Answered> => {
    // Until whoever asks now has asked for all.
    await Promise.resolve();
    if (gathering.get(options)?.wanted === wanted) gathering.delete(options);
    return batchGet(options, wanted);
  };
  const opened = { wanted, answer: send() };
  gathering.set(options, opened);
  return opened;
}

/** What DynamoDB leaves out is asked for again. */
async function batchGet(
  { dynamodb, pause, random }: StoreOptions,
  wanted: Wanted,
): Promise<Answered> {
  const found: Record<string, Item[]> = {};
  let left: BatchGetItemCommandInput['RequestItems'] = wanted;
  for (let tries = 1; ; tries += 1) {
    const answer: BatchGetItemCommandOutput = await dynamodb
      .send(new BatchGetItemCommand({ RequestItems: left }))
      .catch(rethrow);
    const { Responses = {}, UnprocessedKeys = {} } = answer;
    for (const [table, items] of Object.entries(Responses))
      found[table] = [...(found[table] ?? []), ...items];
    if (Object.keys(UnprocessedKeys).length === 0) return found;
    if (tries === TRIES) throw new Busy('ThrottlingException');
    left = UnprocessedKeys;
    await pause(PAUSE * 2 ** tries * (0.5 + random()));
  }
}
