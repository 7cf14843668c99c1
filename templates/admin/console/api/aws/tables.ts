import {
  DeleteItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { QueryCommandOutput, ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Breaker } from '../../../functions/decide/types.ts';
import { listOf, textOf } from '../../../functions/model/json.ts';
import type { Row } from '../../../functions/model/policy.ts';
import { isRefusal } from '../../../functions/model/refusal.ts';
import { rethrow } from '../../../functions/run/aws-errors.ts';
import { readSettings } from '../../../functions/run/read-settings.ts';
import { findAttempt } from '../../../functions/store/history.ts';
import { readItem } from '../../../functions/store/items.ts';
import {
  ATTEMPT,
  EXCEPTIONS,
  SHARDS,
  breakerKey,
  countKey,
  partitionOf,
} from '../../../functions/store/keys.ts';
import type { Key } from '../../../functions/store/keys.ts';
import { fromItem, toItem } from '../../../functions/store/marshal.ts';
import type { Item } from '../../../functions/store/marshal.ts';
import { getItems, queryPartition } from '../../../functions/store/read.ts';
import { readExceptions, readRemembered } from '../../../functions/store/remembered.ts';
import { readAttemptShape, readBreakerShape } from '../../../functions/store/shapes.ts';
import { isUnmet, keyOf } from '../../../functions/store/table.ts';
import type { StoreOptions } from '../../../functions/store/table.ts';
import type { Tables } from '../backend.ts';
import { FORMS } from '../validate.ts';
import { attemptsOn } from './history.ts';

/** Items in one call (DynamoDB API, BatchGetItem). */
const BATCH = 100;
/** Partition of the accounts of account operators, by the user's sub. */
const OPERATORS = 'users';

interface TablesOptions extends StoreOptions {
  readonly ssm: SSMClient;
  readonly solutionId: string;
}

/** History, state and settings on Amazon DynamoDB and Parameter Store. */
export function createTables(options: TablesOptions): Tables {
  const { dynamodb, table, configurationTable, ssm, solutionId } = options;
  const put = async (item: object): Promise<void> =>
    void (await dynamodb
      .send(new PutItemCommand({ TableName: table, Item: toItem(item) }))
      .catch(rethrow));
  const remove = async (pk: string, sk: string): Promise<void> =>
    void (await dynamodb
      .send(new DeleteItemCommand({ TableName: table, Key: toItem({ pk, sk }) }))
      .catch(rethrow));
  return {
    attempts: (query) => attemptsOn(options, query),
    findAttempt: async (id) => findAttempt(options, id),
    attemptsOf: async (target) =>
      (await queryPartition(options, partitionOf(target), ATTEMPT)).flatMap((item) => {
        const attempt = readItem('attempt', item, readAttemptShape);
        return attempt === undefined || isRefusal(attempt) ? [] : [attempt];
      }),
    remembered: async (key, now) => readRemembered(options, key, now),
    waiting: async (atMost) => countWaiting(options, atMost),
    starts: async (of, ids, now) => readStarts(options, of, ids, now),
    settings: async () => readSettings(ssm, solutionId).catch(rethrow),
    rows: async () => readRows(options),
    changeRow: async (control, change) =>
      changeRow({ dynamodb, configurationTable }, control, change),
    breakers: async (controls) => readBreakers(options, controls),
    exceptions: async () => readExceptions(options),
    putException: async ({ id, ...members }) =>
      put({ pk: EXCEPTIONS, sk: id, type: 'exception', ...members }),
    deleteException: async (id) => remove(EXCEPTIONS, id),
    operators: async () => {
      const items = (await queryPartition(options, OPERATORS)).map(fromItem);
      return new Map(
        items.map(({ sk, accounts }) => [
          textOf(sk, 128) ?? '',
          listOf(accounts).filter(isAccount),
        ]),
      );
    },
    putOperator: async (sub, email, accounts) =>
      put({ pk: OPERATORS, sk: sub, type: 'operator', email, accounts }),
    deleteOperator: async (sub) => remove(OPERATORS, sub),
  };
}

function isAccount(value: unknown): value is string {
  return typeof value === 'string' && FORMS.account.test(value);
}

async function countWaiting(
  { dynamodb, table }: StoreOptions,
  atMost: number,
): Promise<{ readonly approvals: number; readonly held: number }> {
  let approvals = 0;
  let held = 0;
  for (const shard of SHARDS) {
    let start: Item | undefined;
    do {
      const page: QueryCommandOutput = await dynamodb
        .send(
          new QueryCommand({
            TableName: table,
            IndexName: 'due',
            KeyConditionExpression: 'dueShard = :shard',
            ProjectionExpression: '#type, #status',
            ExpressionAttributeNames: { '#type': 'type', '#status': 'status' },
            ExpressionAttributeValues: toItem({ ':shard': shard }),
            ...(start === undefined ? {} : { ExclusiveStartKey: start }),
          }),
        )
        .catch(rethrow);
      for (const { type, status } of page.Items ?? []) {
        if (type?.S === 'held') held += 1;
        if (status?.S === 'awaiting-approval') approvals += 1;
      }
      start = page.LastEvaluatedKey;
    } while (start !== undefined && approvals < atMost && held < atMost);
  }
  return { approvals: Math.min(approvals, atMost), held: Math.min(held, atMost) };
}

async function readRows({
  dynamodb,
  configurationTable,
}: StoreOptions): Promise<ReadonlyMap<string, Row>> {
  const rows = new Map<string, Row>();
  let start: Item | undefined;
  do {
    const page: ScanCommandOutput = await dynamodb
      .send(
        new ScanCommand({
          TableName: configurationTable,
          ConsistentRead: true,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      )
      .catch(rethrow);
    for (const row of (page.Items ?? []).map(fromItem)) rows.set(String(row['controlId']), row);
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return rows;
}

/** Writes these attributes and leaves all others as they are. The stack makes the rows of controls; only `*` is made here. */
async function changeRow(
  { dynamodb, configurationTable }: Pick<StoreOptions, 'dynamodb' | 'configurationTable'>,
  control: string,
  change: Readonly<Record<string, boolean | string>>,
): Promise<boolean> {
  const entries = Object.entries(change);
  try {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: configurationTable,
        Key: toItem({ controlId: control }),
        UpdateExpression: `SET ${entries.map((_, at) => `#n${at} = :v${at}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(
          entries.map(([name], at) => [`#n${at}`, name]),
        ),
        ExpressionAttributeValues: toItem(
          Object.fromEntries(entries.map(([, value], at) => [`:v${at}`, value])),
        ),
        ...(control === '*' ? {} : { ConditionExpression: 'attribute_exists(controlId)' }),
      }),
    );
    return true;
  } catch (error) {
    return isUnmet(error) ? false : rethrow(error);
  }
}

async function readBreakers(
  options: StoreOptions,
  controls: readonly string[],
): Promise<ReadonlyMap<string, Breaker>> {
  const found = new Map<string, Breaker>();
  for await (const item of itemsOf(options, controls.map(breakerKey))) {
    const breaker = readItem('breaker', item, readBreakerShape);
    const control = idIn(item);
    if (breaker !== undefined && !isRefusal(breaker)) found.set(control, breaker);
  }
  return found;
}

/** One that isn't understood shows as none: decisions look at it again, and deny. */
async function readStarts(
  options: StoreOptions,
  of: 'control' | 'account',
  ids: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  const keys = ids.map((id) => countKey(of, id, now));
  for await (const item of itemsOf(options, keys)) found.set(idIn(item), Number(item['starts']?.N));
  return found;
}

async function* itemsOf(options: StoreOptions, keys: readonly Key[]): AsyncGenerator<Item> {
  for (let at = 0; at < keys.length; at += BATCH)
    yield* await getItems(options, options.table, keys.slice(at, at + BATCH).map(keyOf));
}

/** The control or account in the key of a breaker or a count. */
function idIn(item: Item): string {
  return /^(?:breaker|limit#[a-z]+)#(?<id>[^#]+)/u.exec(item['pk']?.S ?? '')?.groups?.['id'] ?? '';
}
