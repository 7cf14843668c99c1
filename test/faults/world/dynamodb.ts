import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import { AwsError } from './aws.ts';
import type { Raw } from './aws.ts';
import { holds, updated } from './expressions.ts';
import type { Expressed, Item } from './expressions.ts';

/** The two tables in memory, under the real store. */
export interface Tables {
  /** Items of a table by their keys as JSON. */
  readonly items: (table: string) => ReadonlyMap<string, Item>;
  readonly put: (table: string, item: Item) => void;
  /** When the earliest item is due; undefined when none waits. */
  readonly nextDue: () => string | undefined;
  /** Keys that a request writes. */
  readonly written: (operation: string, input: Raw) => readonly string[];
  /** Answers a request. `isBlocked`: another transaction on one of its items is under way. */
  readonly answer: (operation: string, input: Raw, isBlocked: boolean) => unknown;
}

export const STATE = 'State';
export const CONFIGURATION = 'Configuration';
const KEYS: Readonly<Record<string, readonly string[]>> = {
  [STATE]: ['pk', 'sk'],
  [CONFIGURATION]: ['controlId'],
};

interface Written {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
  readonly ReturnValues?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}
type Kind = 'Put' | 'Update' | 'Delete';
interface Write {
  readonly kind: Kind;
  readonly write: Written;
}

const KINDS: Readonly<Record<string, Kind>> = {
  PutItem: 'Put',
  UpdateItem: 'Update',
  DeleteItem: 'Delete',
};

function writesOf(operation: string, input: Raw): readonly Write[] {
  const kind = KINDS[operation];
  if (kind !== undefined) return [{ kind, write: input as unknown as Written }];
  if (operation !== 'TransactWriteItems') return [];
  const items = input['TransactItems'] as readonly Readonly<Partial<Record<Kind, Written>>>[];
  return items.flatMap((one) =>
    Object.entries(one).map(([name, write]) => ({ kind: name as Kind, write })),
  );
}

export function createTables(): Tables {
  const tables = new Map(Object.keys(KEYS).map((name) => [name, new Map<string, Item>()]));
  /** Keys of the items of each partition of the state table, and of those in the index `due`. */
  const partitions = new Map<string, Set<string>>();
  const due = new Set<string>();
  const tableOf = (name: string): Map<string, Item> => {
    const table = tables.get(name);
    if (table === undefined) throw new AwsError('ResourceNotFoundException');
    return table;
  };
  const keyOf = ({ TableName: table, Item: item, Key: key }: Written): string =>
    JSON.stringify((KEYS[table] ?? []).map((name) => (item ?? key)?.[name]?.S));
  const set = (table: string, key: string, item: Item | undefined): void => {
    if (item === undefined) tableOf(table).delete(key);
    else tableOf(table).set(key, item);
    if (table !== STATE) return;
    const [pk = ''] = JSON.parse(key) as readonly string[];
    const partition = partitions.get(pk) ?? new Set();
    partitions.set(pk, partition);
    if (item === undefined) partition.delete(key);
    else partition.add(key);
    if (item?.['dueAt'] === undefined) due.delete(key);
    else due.add(key);
  };
  const apply = ({ kind, write }: Write): Item | undefined => {
    const key = keyOf(write);
    const before = tableOf(write.TableName).get(key);
    switch (kind) {
      case 'Put':
        set(write.TableName, key, write.Item);
        break;
      case 'Delete':
        set(write.TableName, key, undefined);
        break;
      case 'Update':
        set(
          write.TableName,
          key,
          updated(write.UpdateExpression ?? '', before ?? { ...write.Key }, expressedOf(write)),
        );
    }
    return before;
  };
  const isMet = ({ write }: Write): boolean =>
    write.ConditionExpression === undefined ||
    holds(
      write.ConditionExpression,
      tableOf(write.TableName).get(keyOf(write)),
      expressedOf(write),
    );
  const there = ({ write }: Write): { readonly Item?: Item } => {
    const item = tableOf(write.TableName).get(keyOf(write));
    return write.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && item !== undefined
      ? { Item: item }
      : {};
  };
  const writeOne = (one: Write, isBlocked: boolean): unknown => {
    if (isBlocked) throw new AwsError('TransactionConflictException');
    if (!isMet(one))
      throw Object.assign(new AwsError('ConditionalCheckFailedException'), there(one));
    const before = apply(one);
    return one.write.ReturnValues === 'ALL_OLD' && before !== undefined
      ? { Attributes: before }
      : {};
  };
  const transact = (writes: readonly Write[], isBlocked: boolean): unknown => {
    const reasons: readonly CancellationReason[] = writes.map((one) => {
      if (isBlocked) return { Code: 'TransactionConflict' };
      return isMet(one) ? { Code: 'None' } : { Code: 'ConditionalCheckFailed', ...there(one) };
    });
    if (reasons.some(({ Code }) => Code !== 'None'))
      throw new TransactionCanceledException({
        $metadata: { httpStatusCode: 400 },
        message: 'Transaction cancelled: played',
        CancellationReasons: [...reasons],
      });
    for (const one of writes) apply(one);
    return {};
  };
  const state = tableOf(STATE);
  const found = (keys: Iterable<string>): readonly Item[] =>
    [...keys].flatMap((key) => listOf(state.get(key)));
  const query = (input: Raw): unknown => {
    const values = input['ExpressionAttributeValues'] as Item;
    const condition = String(input['KeyConditionExpression']);
    const isMatch = (item: Item): boolean => holds(condition, item, { values });
    if (input['IndexName'] === undefined) {
      const items = found(partitions.get(values[':pk']?.S ?? '') ?? []).filter(isMatch);
      return { Items: items.toSorted((one, other) => compare(one, other, 'sk')) };
    }
    if (input['IndexName'] !== 'due') throw new Error('This index is not played.');
    const shard = values[':shard']?.S;
    const items = found(due).filter((item) => item['dueShard']?.S === shard && isMatch(item));
    return {
      Items: items
        .toSorted((one, other) => compare(one, other, 'dueAt'))
        .slice(0, input['Limit'] as number),
    };
  };
  const batchGet = (input: Raw): unknown => ({
    Responses: Object.fromEntries(
      Object.entries(
        input['RequestItems'] as Readonly<Record<string, { readonly Keys: readonly Item[] }>>,
      ).map(([table, { Keys }]) => [
        table,
        Keys.flatMap((Key) => listOf(tableOf(table).get(keyOf({ TableName: table, Key })))),
      ]),
    ),
  });
  return {
    items: (table) => tableOf(table),
    put: (table, item) => set(table, keyOf({ TableName: table, Item: item }), item),
    nextDue: () =>
      found(due).reduce<string | undefined>((least, { dueAt }) => {
        const at = dueAt?.S ?? '';
        return least === undefined || at < least ? at : least;
      }, undefined),
    written: (operation, input) =>
      writesOf(operation, input).map(({ write }) => `${write.TableName} ${keyOf(write)}`),
    answer: (operation, input, isBlocked) => {
      switch (operation) {
        case 'GetItem': {
          const get = input as unknown as Written;
          const item = tableOf(get.TableName).get(keyOf(get));
          return item === undefined ? {} : { Item: item };
        }
        case 'BatchGetItem':
          return batchGet(input);
        case 'Query':
          return query(input);
        case 'TransactWriteItems':
          return transact(writesOf(operation, input), isBlocked);
        default: {
          const [one] = writesOf(operation, input);
          if (one === undefined) throw new Error(`${operation} is not played.`);
          return writeOne(one, isBlocked);
        }
      }
    },
  };
}

function listOf(item: Item | undefined): readonly Item[] {
  return item === undefined ? [] : [item];
}

function expressedOf(write: Written): Expressed {
  return { names: write.ExpressionAttributeNames, values: write.ExpressionAttributeValues };
}

function compare(one: Item, other: Item, by: string): number {
  const [left = '', right = ''] = [one[by]?.S, other[by]?.S];
  return left < right ? -1 : Number(left > right);
}
