import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { afterFailure, isOpenBreaker } from '../decide/breaker.ts';
import type { Breaker } from '../decide/types.ts';
import type { Attempt } from '../model/attempt.ts';
import { defined } from '../model/finding-parts.ts';
import { isRefusal } from '../model/refusal.ts';
import { Busy } from '../run/aws-errors.ts';
import { putUnchanged, readBreakerItem } from './breaker.ts';
import { attemptItem, targetItem } from './items.ts';
import { attemptKey } from './keys.ts';
import { toItem } from './marshal.ts';
import type { End } from './store.ts';
import { keyOf, transact } from './table.ts';
import type { StoreOptions, Write } from './table.ts';
import { ownLease } from './unclaim.ts';

type Name = 'attempt' | 'lease' | 'target' | 'breaker' | 'undone';

const TRIES = 5;

/**
 * Ends an attempt: attempt, lease and target, three writes; a failure also writes the control's breaker, and Undo the
 * attempt that it took back. False when it had ended already, or a finding or an approval came meanwhile. Throws
 * `Busy` when others keep writing the same items.
 */
export async function end(options: StoreOptions, ended: End): Promise<boolean> {
  let left: ReadonlySet<Name> = new Set<Name>(['attempt', 'lease', 'target', 'breaker', 'undone']);
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const all = await endWrites(options, ended);
    const written = await transact(
      options,
      all.filter(({ name }) => left.has(name)),
    );
    if (written.result === 'written') return true;
    if (written.result === 'conflict') break;
    if (written.unmet.has('attempt')) return false;
    // Another attempt has the lease, or the history of what was taken back is gone: neither is ours to write.
    left = new Set([...left].filter((name) => name === 'breaker' || !written.unmet.has(name)));
  }
  throw new Busy('TransactionConflict');
}

async function endWrites(
  options: StoreOptions,
  { attempt, target, breaker, undoes }: End,
): Promise<readonly Write<Name>[]> {
  const { table, historyDays } = options;
  const { endedAt = attempt.claimedAt, id, remediation } = attempt;
  const writes: readonly (Write<Name> | undefined)[] = [
    { name: 'attempt', item: endAttempt(options, attempt) },
    holdsLease(attempt)
      ? { name: 'lease', item: { Delete: ownLease(table, attempt, id) } }
      : undefined,
    target === undefined
      ? undefined
      : {
          name: 'target',
          item: {
            Put: {
              TableName: table,
              Item: targetItem(attempt, remediation, target, endedAt, historyDays),
            },
          },
        },
    breaker === undefined ? undefined : await breakerWrite(options, attempt, breaker),
    undoes === undefined ? undefined : { name: 'undone', item: markUndone(table, attempt, undoes) },
  ];
  return writes.filter((one) => one !== undefined);
}

/** Previews change nothing, so they never took the resource. */
function holdsLease({ mode, phase }: Attempt): boolean {
  return mode !== 'Preview' && phase === 'run';
}

/** Only as it was read: not ended, with the same findings, and by the same approver. */
function endAttempt({ table, historyDays }: StoreOptions, attempt: Attempt): TransactWriteItem {
  const { findings, approver } = attempt;
  return {
    Put: {
      TableName: table,
      Item: attemptItem(attempt, historyDays),
      ConditionExpression: `#status <> :ended AND size(#findings) = :findings AND ${
        approver === undefined ? 'attribute_not_exists(#approver)' : '#approver = :approver'
      }`,
      ExpressionAttributeNames: {
        '#status': 'status',
        '#findings': 'findings',
        '#approver': 'approver',
      },
      ExpressionAttributeValues: toItem({
        ':ended': 'ended',
        ':findings': findings.length,
        ':approver': approver,
      }),
    },
  };
}

function markUndone(table: string, attempt: Attempt, undoes: string): TransactWriteItem {
  return {
    Update: {
      TableName: table,
      Key: keyOf(attemptKey(attempt, undoes)),
      UpdateExpression: 'SET #undoneBy = :id',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#undoneBy': 'undoneBy' },
      ExpressionAttributeValues: toItem({ ':id': attempt.id }),
    },
  };
}

/**
 * The breaker as it is now, with what the caller adds: two failures at once must not undo one another. One that isn't
 * understood stays as it is, since it denies every change of the control.
 */
async function breakerWrite(
  options: StoreOptions,
  { policy, endedAt, claimedAt }: Attempt,
  { control, value }: NonNullable<End['breaker']>,
): Promise<Write<Name> | undefined> {
  const there = await readBreakerItem(options, control);
  if (there !== undefined && isRefusal(there)) return undefined;
  const made = merge(there, value, policy, new Date(endedAt ?? claimedAt));
  return { name: 'breaker', item: { Put: putUnchanged(options.table, control, made, there) } };
}

function merge(
  there: Breaker | undefined,
  value: Breaker,
  policy: Attempt['policy'],
  now: Date,
): Breaker {
  if (there === undefined) return value;
  const newest = value.failures.at(-1);
  if (newest === undefined) {
    const ends = [there.openUntil, value.openUntil].filter((one) => one !== undefined);
    return { ...value, ...defined('openUntil', ends.toSorted().at(-1)) };
  }
  if (isOpenBreaker(there, now)) return there;
  const earlier = [...new Set([...there.failures, ...value.failures])]
    .filter((one) => one !== newest)
    .toSorted();
  return afterFailure({ failures: earlier }, policy, new Date(newest)).breaker;
}
