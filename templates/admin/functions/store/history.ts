import { PutItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Attempt, AttemptFinding, Target } from '../model/attempt.ts';
import { findingKey } from '../model/finding-parts.ts';
import { isRefusal } from '../model/refusal.ts';
import { Busy, rethrow } from '../run/aws-errors.ts';
import { attemptItem, isOf, readItem } from './items.ts';
import { ATTEMPT, attemptKey } from './keys.ts';
import { toItem } from './marshal.ts';
import type { Item } from './marshal.ts';
import { getItem } from './read.ts';
import { readAttemptShape } from './shapes.ts';
import { isUnmet, keyOf } from './table.ts';
import type { StoreOptions } from './table.ts';

/** Throws when the item isn't understood. */
export async function readAttempt(
  options: StoreOptions,
  target: Target,
  id: string,
): Promise<Attempt | undefined> {
  return attemptOf(await getItem(options, attemptKey(target, id)));
}

/** By its id alone; the index follows the table within moments, what it leads to is read consistently. */
export async function findAttempt(options: StoreOptions, id: string): Promise<Attempt | undefined> {
  const { dynamodb, table } = options;
  const { Items: found = [] } = await dynamodb
    .send(
      new QueryCommand({
        TableName: table,
        IndexName: 'byId',
        KeyConditionExpression: '#id = :id',
        ExpressionAttributeNames: { '#id': 'id' },
        ExpressionAttributeValues: toItem({ ':id': id }),
      }),
    )
    .catch(rethrow);
  for (const { pk, sk } of found)
    if (pk?.S !== undefined && sk?.S === `${ATTEMPT}${id}`)
      return attemptOf(await getItem(options, { pk: pk.S, sk: sk.S }));
  return undefined;
}

function attemptOf(item: Item | undefined): Attempt | undefined {
  const attempt = readItem('attempt', item, readAttemptShape);
  if (attempt !== undefined && isRefusal(attempt)) throw new Error(attempt.message);
  return attempt;
}

/** Adds a finding to an attempt under way, in one write. */
export async function join(
  { dynamodb, table }: StoreOptions,
  target: Target,
  attempt: string,
  finding: AttemptFinding,
): Promise<'joined' | 'present' | 'ended'> {
  const key = findingKey(finding);
  try {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: keyOf(attemptKey(target, attempt)),
        UpdateExpression:
          'SET #findings = list_append(#findings, :finding) ADD #findingKeys :findingKeys',
        ConditionExpression: '#status = :claimed AND NOT contains(#findingKeys, :findingKey)',
        ExpressionAttributeNames: {
          '#status': 'status',
          '#findings': 'findings',
          '#findingKeys': 'findingKeys',
        },
        ExpressionAttributeValues: toItem({
          ':claimed': 'claimed',
          ':finding': [finding],
          ':findingKey': key,
          ':findingKeys': new Set([key]),
        }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return 'joined';
  } catch (error) {
    if (!isUnmet(error)) return rethrow(error);
    const there = (error as { readonly Item?: Item }).Item;
    return isOf('attempt', there) && there['status']?.S === 'claimed' ? 'present' : 'ended';
  }
}

/** Writes an attempt with its preview, which waits for an approver from now on. Throws when it isn't under way. */
export async function awaitApproval(options: StoreOptions, attempt: Attempt): Promise<void> {
  const { dynamodb, table, historyDays } = options;
  const waiting = { ...attempt, status: 'awaiting-approval' } as const;
  try {
    await dynamodb.send(
      new PutItemCommand({
        TableName: table,
        Item: attemptItem(waiting, historyDays, attempt.approvalExpiresAt),
        ConditionExpression: '#status = :claimed AND size(#findings) = :findings',
        ExpressionAttributeNames: { '#status': 'status', '#findings': 'findings' },
        ExpressionAttributeValues: toItem({
          ':claimed': 'claimed',
          ':findings': attempt.findings.length,
        }),
      }),
    );
  } catch (error) {
    if (!isUnmet(error)) return rethrow(error);
    const there = await readAttempt(options, attempt, attempt.id);
    // Written by an earlier try, whose answer got lost.
    if (there?.status === 'awaiting-approval') return;
    if (there?.status === 'claimed') throw new Busy('A finding joined.', { cause: error });
    throw new Error(`The attempt ${attempt.id} has ended.`, { cause: error });
  }
}

/** An attempt that waits for approval waits until then (ISO 8601). False when it doesn't wait any more. */
export async function extendApproval(
  { dynamodb, table }: StoreOptions,
  attempt: Attempt,
  until: string,
): Promise<boolean> {
  try {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: keyOf(attemptKey(attempt, attempt.id)),
        UpdateExpression: 'SET #approvalExpiresAt = :until, #dueAt = :until',
        ConditionExpression: '#status = :awaiting',
        ExpressionAttributeNames: {
          '#status': 'status',
          '#approvalExpiresAt': 'approvalExpiresAt',
          '#dueAt': 'dueAt',
        },
        ExpressionAttributeValues: toItem({ ':awaiting': 'awaiting-approval', ':until': until }),
      }),
    );
    return true;
  } catch (error) {
    return isUnmet(error) ? false : rethrow(error);
  }
}
