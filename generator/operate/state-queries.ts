import { paginateQuery } from '@aws-sdk/client-dynamodb';
import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { Attempt, Target } from '../../templates/admin/functions/model/attempt.ts';
import { isRefusal } from '../../templates/admin/functions/model/refusal.ts';
import { isOf, readItem } from '../../templates/admin/functions/store/items.ts';
import { holdKey, partitionOf, SHARDS } from '../../templates/admin/functions/store/keys.ts';
import { toItem } from '../../templates/admin/functions/store/marshal.ts';
import type { Item } from '../../templates/admin/functions/store/marshal.ts';
import { getItem, queryPartition } from '../../templates/admin/functions/store/read.ts';
import {
  readAttemptShape,
  readHeldShape,
  readHoldShape,
} from '../../templates/admin/functions/store/shapes.ts';
import type { Hold } from '../../templates/admin/functions/decide/types.ts';
import type { Held } from '../../templates/admin/functions/store/store.ts';
import { DeployError } from '../deploy/deploy-error.ts';
import { asking } from './asking.ts';
import type { Connection } from './connect.ts';

type Tables = Pick<Connection, 'tables'>;

/** What the state table says of one resource; items that aren't understood are counted. */
export interface ResourceState {
  readonly attempts: readonly Attempt[];
  readonly held: readonly Held[];
  readonly unreadable: number;
}

/** One strongly consistent query. Throws `AwsProblem`. */
export async function readResource({ tables }: Tables, target: Target): Promise<ResourceState> {
  const items = await asking('Reading the history of the resource', () =>
    queryPartition(tables, partitionOf(target)),
  );
  return stateOf(items);
}

/** What waits: requests that are held, approvals, and attempts under way; in the order in which they are due. */
export async function readWaiting({ tables }: Tables): Promise<ResourceState> {
  const pages = await Promise.all(
    SHARDS.map((shard) =>
      asking('Reading what waits', () =>
        allItems(tables, {
          TableName: tables.table,
          IndexName: 'due',
          KeyConditionExpression: 'dueShard = :shard',
          ExpressionAttributeValues: toItem({ ':shard': shard }),
        }),
      ),
    ),
  );
  return stateOf(pages.flat().toSorted((a, b) => (dueOf(a) < dueOf(b) ? -1 : 1)));
}

function dueOf(item: Item): string {
  return item['dueAt']?.S ?? '';
}

/** All pages of a query. */
async function allItems(
  { dynamodb }: Connection['tables'],
  input: QueryCommandInput,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const { Items: items = [] } of paginateQuery({ client: dynamodb }, input))
    found.push(...items);
  return found;
}

function stateOf(items: readonly Item[]): ResourceState {
  const attempts: Attempt[] = [];
  const held: Held[] = [];
  let unreadable = 0;
  for (const item of items) {
    const one = isOf('attempt', item)
      ? readItem('attempt', item, readAttemptShape)
      : isOf('held', item)
        ? readItem('held', item, readHeldShape)
        : undefined;
    if (one === undefined) continue;
    if (isRefusal(one)) unreadable += 1;
    else if ('request' in one) held.push(one);
    else attempts.push(one);
  }
  return { attempts, held, unreadable };
}

/** An attempt by its id. Throws `DeployError` when there is none, and `AwsProblem`. */
export async function requireAttempt(
  { store }: Pick<Connection, 'store'>,
  id: string,
): Promise<Attempt> {
  const attempt = await asking('Reading the history', () => store.findAttempt(id));
  if (attempt !== undefined) return attempt;
  throw new DeployError(
    `There is no attempt ${id}. See asr history; attempts are kept for the days that the stack's HistoryDays says.`,
  );
}

/** The hold that an Undo left on a remediation of a resource. Throws `AwsProblem`. */
export async function readHold(
  { tables }: Tables,
  target: Target,
  remediation: string,
): Promise<Hold | undefined> {
  const item = await asking('Reading the hold', () =>
    getItem(tables, holdKey(target, remediation)),
  );
  const hold = readItem('hold', item, readHoldShape);
  if (hold !== undefined && isRefusal(hold)) throw new DeployError(hold.message);
  return hold;
}

/** Whether an attempt changed something that Undo can take back. */
export function canUndo({ status, mode, undoneBy, state = [] }: Attempt): boolean {
  return status === 'ended' && mode === 'Remediate' && undoneBy === undefined && state.length > 0;
}
