import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { Attempt } from '../../../functions/model/attempt.ts';
import { isRefusal } from '../../../functions/model/refusal.ts';
import { rethrow } from '../../../functions/run/aws-errors.ts';
import { readItem } from '../../../functions/store/items.ts';
import { SHARDS } from '../../../functions/store/keys.ts';
import { toItem } from '../../../functions/store/marshal.ts';
import type { Item } from '../../../functions/store/marshal.ts';
import { readAttemptShape } from '../../../functions/store/shapes.ts';
import type { StoreOptions } from '../../../functions/store/table.ts';
import { newestFirst } from '../attempts.ts';
import type { HistoryQuery } from '../backend.ts';

const PAGE = 100;
const DAY = 86_400_000;

/** Attempts, the newest first, read page by page as they are wanted; what isn't understood is left out. */
export async function* attemptsOn(
  options: StoreOptions,
  { accounts, from, to }: HistoryQuery,
): AsyncGenerator<Attempt> {
  const between = (index: string, key: string, value: string) =>
    stream(options, { index, key, value, from, to });
  if (accounts !== undefined) {
    yield* merged(accounts.map((account) => between('byAccount', 'account', account)));
    return;
  }
  for (let at = Date.parse(to); at >= Date.parse(from.slice(0, 10)); at -= DAY) {
    const day = new Date(at).toISOString().slice(0, 10);
    yield* merged(SHARDS.map((shard) => between('byDay', 'day', `${day}#${shard}`)));
  }
}

interface Range {
  readonly index: string;
  readonly key: string;
  readonly value: string;
  readonly from: string;
  readonly to: string;
}

async function* stream(
  { dynamodb, table }: StoreOptions,
  { index, key, value, from, to }: Range,
): AsyncGenerator<Attempt> {
  let start: Item | undefined;
  do {
    const page: QueryCommandOutput = await dynamodb
      .send(
        new QueryCommand({
          TableName: table,
          IndexName: index,
          KeyConditionExpression: '#key = :key AND #claimedAt BETWEEN :from AND :to',
          ExpressionAttributeNames: { '#key': key, '#claimedAt': 'claimedAt' },
          ExpressionAttributeValues: toItem({ ':key': value, ':from': from, ':to': to }),
          ScanIndexForward: false,
          Limit: PAGE,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      )
      .catch(rethrow);
    // An index has no order for items of one moment.
    yield* (page.Items ?? []).flatMap(readable).toSorted(newestFirst);
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}

function readable(item: Item): readonly Attempt[] {
  const attempt = readItem('attempt', item, readAttemptShape);
  return attempt === undefined || isRefusal(attempt) ? [] : [attempt];
}

/** One stream of several, each of which has the newest first. */
async function* merged(streams: readonly AsyncGenerator<Attempt>[]): AsyncGenerator<Attempt> {
  const heads = await Promise.all(streams.map(next));
  for (;;) {
    const [newest] = heads.filter((one) => one !== undefined).toSorted(newestFirst);
    if (newest === undefined) return;
    yield newest;
    const at = heads.indexOf(newest);
    const from = streams[at];
    heads[at] = from === undefined ? undefined : await next(from);
  }
}

async function next(from: AsyncGenerator<Attempt>): Promise<Attempt | undefined> {
  const step = await from.next();
  return step.done === true ? undefined : step.value;
}
