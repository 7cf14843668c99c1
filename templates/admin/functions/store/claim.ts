import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Attempt } from '../model/attempt.ts';
import { isRefusal } from '../model/refusal.ts';
import { addStart, countsOf } from './counts.ts';
import { attemptItem, holdItem, leaseItem, readItem } from './items.ts';
import { attemptKey, heldKey } from './keys.ts';
import { toItem } from './marshal.ts';
import { getItem } from './read.ts';
import { readAttemptShape } from './shapes.ts';
import type { Claimed, ClaimOptions } from './store.ts';
import { whileUnchanged } from './held-version.ts';
import { keyOf, transact } from './table.ts';
import type { StoreOptions, Write } from './table.ts';

type Name = 'attempt' | 'lease' | 'control' | 'account' | 'hold' | 'held';

/**
 * Takes a resource: attempt, lease and the two counts, four writes; Undo writes its hold instead of the counts, and a
 * request that was held deletes what held it.
 */
export async function claim(
  options: StoreOptions,
  attempt: Attempt,
  claimOptions: ClaimOptions,
  now: Date,
): Promise<Claimed> {
  const written = await transact(options, claimWrites(options, attempt, claimOptions, now));
  if (written.result === 'written') return { result: 'claimed' };
  if (written.result === 'conflict' || !written.unmet.has('attempt'))
    return { result: 'overtaken' };
  const there =
    written.unmet.get('attempt') ?? (await getItem(options, attemptKey(attempt, attempt.id)));
  const existing = readItem('attempt', there, readAttemptShape);
  if (existing === undefined) return { result: 'overtaken' };
  if (isRefusal(existing)) throw new Error(existing.message);
  return { result: 'exists', attempt: existing };
}

function claimWrites(
  { table, historyDays }: StoreOptions,
  attempt: Attempt,
  { lease, leaseUntil, hold, takesUp, approved, checkAt = leaseUntil }: ClaimOptions,
  now: Date,
): readonly Write<Name>[] {
  const { id, remediation } = attempt;
  const item = attemptItem(attempt, historyDays, checkAt);
  return [
    {
      name: 'attempt',
      item: {
        Put: {
          TableName: table,
          Item: item,
          ...(approved === true ? stillAwaiting(attempt) : { ConditionExpression: ABSENT }),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
    },
    ...(lease
      ? [
          write('lease', {
            Put: {
              TableName: table,
              Item: leaseItem(attempt, { attempt: id, remediation, expiresAt: leaseUntil }),
              ConditionExpression: `${ABSENT} OR #until <= :now OR #attempt = :id`,
              ExpressionAttributeNames: { '#until': 'until', '#attempt': 'attempt' },
              ExpressionAttributeValues: { ':now': { S: now.toISOString() }, ':id': { S: id } },
            },
          }),
        ]
      : []),
    ...countsOf(attempt, now).map(({ name, key, limit }) =>
      write(name, addStart(table, key, limit, now)),
    ),
    ...(hold === undefined
      ? []
      : [write('hold', { Put: { TableName: table, Item: holdItem(attempt, remediation, hold) } })]),
    ...(takesUp === undefined
      ? []
      : [
          write('held', {
            Delete: {
              TableName: table,
              Key: keyOf(heldKey(attempt, remediation, attempt.mode)),
              // A finding that came since is in it, too: whoever decides anew takes it along.
              ...whileUnchanged(takesUp, 'or-gone'),
            },
          }),
        ]),
  ];
}

const ABSENT = 'attribute_not_exists(pk)';

function write(name: Name, item: TransactWriteItem): Write<Name> {
  return { name, item };
}

/** The attempt waits for its approval, as it was read. */
function stillAwaiting({ findings }: Attempt) {
  return {
    ConditionExpression: '#status = :awaiting AND size(#findings) = :findings',
    ExpressionAttributeNames: { '#status': 'status', '#findings': 'findings' },
    ExpressionAttributeValues: toItem({
      ':awaiting': 'awaiting-approval',
      ':findings': findings.length,
    }),
  };
}
