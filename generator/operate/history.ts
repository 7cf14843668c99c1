import { paginateQuery } from '@aws-sdk/client-dynamodb';
import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { Attempt } from '../../templates/admin/functions/model/attempt.ts';
import { isRefusal } from '../../templates/admin/functions/model/refusal.ts';
import { readItem } from '../../templates/admin/functions/store/items.ts';
import { SHARDS } from '../../templates/admin/functions/store/keys.ts';
import { toItem } from '../../templates/admin/functions/store/marshal.ts';
import type { Item } from '../../templates/admin/functions/store/marshal.ts';
import { readAttemptShape } from '../../templates/admin/functions/store/shapes.ts';
import { throwIfInterrupted } from '../deploy/deploy-error.ts';
import { asking } from './asking.ts';
import type { Connection } from './connect.ts';

/** Days in UTC such as 2026-03-01, both included. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** Attempts that are wanted; DynamoDB leaves the others out. Each list fits by any entry. */
export interface AttemptFilter {
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  readonly controls?: readonly string[];
  readonly resource?: string;
  readonly outcomes?: readonly string[];
  readonly mode?: string;
}

type Tables = Pick<Connection, 'tables'>;

export interface ListPorts {
  readonly signal: AbortSignal;
  /** Called for each item that isn't understood and so is left out. */
  readonly onUnreadable?: () => void;
}

/**
 * Attempts of a period, the newest first, as they are read: of one account by its index, otherwise day by day. Throws
 * `AwsProblem`, and `Interrupted` on Ctrl-C.
 */
export async function* listAttempts(
  { tables }: Tables,
  period: Period,
  filter: AttemptFilter,
  ports: ListPorts,
): AsyncGenerator<Attempt> {
  const [account, ...others] = filter.accounts ?? [];
  if (account !== undefined && others.length === 0) {
    yield* readable(pagesOf(tables, ofAccount(account, period), filter, ports), ports);
    return;
  }
  for (const day of daysOf(period)) {
    const shards = SHARDS.map((shard) =>
      readable(pagesOf(tables, ofDay(`${day}#${shard}`), filter, ports), ports),
    );
    yield* newestFirst(shards);
  }
}

/** Days of a period, the latest first. Pure. */
export function daysOf({ from, to }: Period): readonly string[] {
  const days: string[] = [];
  for (let day = Date.parse(to); day >= Date.parse(from); day -= 86_400_000)
    days.push(new Date(day).toISOString().slice(0, 10));
  return days;
}

type Condition = Pick<QueryCommandInput, 'IndexName' | 'KeyConditionExpression'> & {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
};

function ofDay(day: string): Condition {
  return {
    IndexName: 'byDay',
    KeyConditionExpression: '#day = :day',
    names: { '#day': 'day' },
    values: { ':day': day },
  };
}

function ofAccount(account: string, { from, to }: Period): Condition {
  return {
    IndexName: 'byAccount',
    KeyConditionExpression: '#account = :account AND #claimedAt BETWEEN :from AND :to',
    names: { '#account': 'account', '#claimedAt': 'claimedAt' },
    values: { ':account': account, ':from': from, ':to': `${to}T23:59:59.999Z` },
  };
}

async function* pagesOf(
  { dynamodb, table }: Connection['tables'],
  { IndexName, KeyConditionExpression, names, values }: Condition,
  filter: AttemptFilter,
  { signal }: ListPorts,
): AsyncGenerator<readonly Item[]> {
  const filtered = filterExpression(filter, KeyConditionExpression ?? '');
  const pages = paginateQuery(
    { client: dynamodb },
    {
      TableName: table,
      IndexName,
      KeyConditionExpression,
      ScanIndexForward: false,
      ExpressionAttributeNames: { ...names, ...filtered.names },
      ExpressionAttributeValues: toItem({ ...values, ...filtered.values }),
      ...(filtered.expression === '' ? {} : { FilterExpression: filtered.expression }),
    },
  );
  for (;;) {
    throwIfInterrupted(signal);
    const page = await asking('Reading the history', () => pages.next());
    if (page.done === true) return;
    yield page.value.Items ?? [];
  }
}

/** A filter must not name a key of the index (DynamoDB Developer Guide, "Filter expressions for the Query operation"). */
function filterExpression(
  { accounts = [], regions = [], controls = [], resource, outcomes = [], mode }: AttemptFilter,
  keys: string,
) {
  const wanted: Readonly<Record<string, readonly string[]>> = {
    account: keys.includes('#account') ? [] : accounts,
    region: regions,
    control: controls,
    resource: resource === undefined ? [] : [resource],
    outcome: outcomes,
    mode: mode === undefined ? [] : [mode],
  };
  const names: Record<string, string> = {};
  const values: Record<string, string> = {};
  const parts: string[] = [];
  for (const [name, list] of Object.entries(wanted)) {
    if (list.length === 0) continue;
    names[`#f_${name}`] = name;
    const references = list.map((value, at) => {
      values[`:f_${name}${at}`] = value;
      return `:f_${name}${at}`;
    });
    parts.push(`#f_${name} IN (${references.join(', ')})`);
  }
  return { names, values, expression: parts.join(' AND ') };
}

async function* readable(
  pages: AsyncIterable<readonly Item[]>,
  { onUnreadable }: ListPorts,
): AsyncGenerator<Attempt> {
  for await (const page of pages)
    for (const item of page) {
      const attempt = readItem('attempt', item, readAttemptShape);
      if (attempt === undefined || isRefusal(attempt)) onUnreadable?.();
      else yield attempt;
    }
}

/** One stream of several that each have the newest first. */
async function* newestFirst(streams: readonly AsyncGenerator<Attempt>[]): AsyncGenerator<Attempt> {
  const heads = await Promise.all(streams.map(async (stream) => (await stream.next()).value));
  for (;;) {
    const [at] = [...heads.keys()]
      .filter((one) => heads[one] !== undefined)
      .toSorted((a, b) => ((heads[a]?.claimedAt ?? '') < (heads[b]?.claimedAt ?? '') ? 1 : -1));
    const newest = at === undefined ? undefined : heads[at];
    if (at === undefined || newest === undefined) return;
    yield newest;
    const next = await streams[at]?.next();
    heads[at] = next?.done === true ? undefined : next?.value;
  }
}
