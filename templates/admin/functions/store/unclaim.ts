import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Attempt } from '../model/attempt.ts';
import { countsOf, takeStart } from './counts.ts';
import { whileUnchanged } from './held-version.ts';
import { attemptItem, heldItem } from './items.ts';
import { attemptKey, holdKey, leaseKey } from './keys.ts';
import { toItem } from './marshal.ts';
import type { ClaimOptions, Taken } from './store.ts';
import { keyOf, transact } from './table.ts';
import type { StoreOptions } from './table.ts';

/**
 * Takes a claim back whose execution never started: as if it had not been made. An approved attempt waits again, and a
 * request that was held is held again. When that isn't possible any more, the claim stays, for `sweep` to find.
 */
export async function unclaim(
  options: StoreOptions,
  attempt: Attempt,
  { lease, hold, approved }: ClaimOptions,
  { at, held }: Taken,
): Promise<void> {
  const { table } = options;
  const { id, remediation } = attempt;
  const writes: readonly TransactWriteItem[] = [
    approved === true ? waitAgain(options, attempt) : forget(table, attempt),
    ...(lease ? [{ Delete: ownLease(table, attempt, id) }] : []),
    ...(hold === undefined
      ? []
      : [{ Delete: { TableName: table, Key: keyOf(holdKey(attempt, remediation)) } }]),
    ...(held === undefined
      ? []
      : [{ Put: { TableName: table, Item: heldItem(held), ...whileUnchanged(undefined) } }]),
    ...countsOf(attempt, at).map(({ key }) => takeStart(table, key, at)),
  ];
  const written = await transact(
    options,
    writes.map((item, index) => ({ name: String(index), item })),
  );
  if (written.result !== 'written')
    options.log(JSON.stringify({ attempt: id, problem: 'The claim could not be taken back.' }));
}

/** Still as it was claimed: a finding that joined since would be forgotten with it. */
function asClaimed({ findings }: Attempt) {
  return {
    ConditionExpression: '#status = :claimed AND size(#findings) = :findings',
    ExpressionAttributeNames: { '#status': 'status', '#findings': 'findings' },
    ExpressionAttributeValues: toItem({ ':claimed': 'claimed', ':findings': findings.length }),
  };
}

function waitAgain({ table, historyDays }: StoreOptions, attempt: Attempt): TransactWriteItem {
  const { approver: _, ...unapproved } = attempt;
  const waiting = {
    ...unapproved,
    status: 'awaiting-approval',
    phase: 'approval-preview',
  } as const;
  const Item = attemptItem(waiting, historyDays, attempt.approvalExpiresAt);
  return { Put: { TableName: table, Item, ...asClaimed(attempt) } };
}

function forget(table: string, attempt: Attempt): TransactWriteItem {
  return {
    Delete: {
      TableName: table,
      Key: keyOf(attemptKey(attempt, attempt.id)),
      ...asClaimed(attempt),
    },
  };
}

/** Deletes the lease unless another attempt has it. */
export function ownLease(table: string, attempt: Attempt, id: string) {
  return {
    TableName: table,
    Key: keyOf(leaseKey(attempt)),
    ConditionExpression: 'attribute_not_exists(pk) OR #attempt = :id',
    ExpressionAttributeNames: { '#attempt': 'attempt' },
    ExpressionAttributeValues: toItem({ ':id': id }),
  };
}
