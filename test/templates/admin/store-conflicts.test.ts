import {
  BatchGetItemCommand,
  DynamoDBClient,
  TransactWriteItemsCommand,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDynamoStore } from '../../../templates/admin/functions/store/dynamo-store.ts';
import { NOW, TAKE, attemptOf, iso } from './store-fixtures.ts';

const dynamodb = mockClient(DynamoDBClient);
let pauses: number[] = [];

beforeEach(() => {
  dynamodb.reset();
  pauses = [];
});

function storeOf() {
  return createDynamoStore({
    dynamodb: new DynamoDBClient({ region: 'us-east-1' }),
    table: 'State',
    configurationTable: 'Configuration',
    historyDays: 365,
    pause: async (milliseconds) => void pauses.push(milliseconds),
    random: () => 0.5,
    log: () => undefined,
    now: () => NOW,
  });
}

/** DynamoDB's answer to a transaction: one code for each write. */
function canceled(...codes: readonly string[]): TransactionCanceledException {
  return new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: { httpStatusCode: 400 },
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
}

const ENDED = { ...attemptOf(1), status: 'ended', endedAt: iso(5), outcome: 'changed' } as const;

describe('a transaction that gets in the way of another', () => {
  const conflict = canceled('None', 'TransactionConflict', 'None', 'None');

  it('is tried again after growing pauses, and counts as done when it goes through', async () => {
    dynamodb.on(TransactWriteItemsCommand).rejectsOnce(conflict).rejectsOnce(conflict).resolves({});
    expect(await storeOf().claim(attemptOf(1), TAKE, NOW)).toEqual({ result: 'claimed' });
    expect(pauses).toEqual([80, 160]);
  });

  it('counts as overtaken at a claim when it never goes through', async () => {
    dynamodb.on(TransactWriteItemsCommand).rejects(conflict);
    expect(await storeOf().claim(attemptOf(1), TAKE, NOW)).toEqual({ result: 'overtaken' });
    expect(dynamodb.commandCalls(TransactWriteItemsCommand)).toHaveLength(5);
  });

  it('is tried again by the caller at an end when it never goes through', async () => {
    dynamodb.on(TransactWriteItemsCommand).rejects(conflict);
    await expect(storeOf().end({ attempt: ENDED })).rejects.toMatchObject({ name: 'Busy' });
  });

  it('counts as overtaken at once when a condition does not hold either', async () => {
    const both = canceled('None', 'ConditionalCheckFailed', 'TransactionConflict', 'None');
    dynamodb.on(TransactWriteItemsCommand).rejects(both);
    expect(await storeOf().claim(attemptOf(1), TAKE, NOW)).toEqual({ result: 'overtaken' });
    expect(pauses).toEqual([]);
  });
});

describe('a busy or broken table', () => {
  it.each([
    ['in the answer to a transaction', canceled('ThrottlingError', 'None', 'None', 'None')],
    [
      'in an error',
      Object.assign(new Error('slow down'), { name: 'ProvisionedThroughputExceededException' }),
    ],
  ])('throws Busy when it throttles, %s', async (_, error) => {
    dynamodb.on(TransactWriteItemsCommand).rejects(error);
    const claiming = storeOf().claim(attemptOf(1), TAKE, NOW);
    await expect(claiming).rejects.toMatchObject({ name: 'Busy' });
  });

  it.each([
    ['a transaction that is wrong', canceled('ValidationError', 'None', 'None', 'None')],
    ['a denied call', Object.assign(new Error('no'), { name: 'AccessDeniedException' })],
  ])('throws the error of %s', async (_, error) => {
    dynamodb.on(TransactWriteItemsCommand).rejects(error);
    await expect(storeOf().claim(attemptOf(1), TAKE, NOW)).rejects.toBe(error);
  });

  it('is asked again for the rows that it left out', async () => {
    const keys = { Keys: [{ controlId: { S: '*' } }] };
    dynamodb
      .on(BatchGetItemCommand)
      .resolvesOnce({
        Responses: { Configuration: [{ controlId: { S: 'EC2.2' } }] },
        UnprocessedKeys: { Configuration: keys },
      })
      .resolves({ Responses: { Configuration: [{ controlId: { S: '*' } }] } });
    expect(await storeOf().readRows('EC2.2')).toEqual({
      control: { controlId: 'EC2.2' },
      defaults: { controlId: '*' },
    });
    dynamodb
      .on(BatchGetItemCommand)
      .resolves({ Responses: {}, UnprocessedKeys: { Configuration: keys } });
    await expect(storeOf().readRows('EC2.2')).rejects.toMatchObject({ name: 'Busy' });
  });
});
