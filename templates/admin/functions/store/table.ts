import { TransactWriteItemsCommand, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type {
  CancellationReason,
  DynamoDBClient,
  TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { Busy, errorName, isBusyCode, rethrow } from '../run/aws-errors.ts';
import type { Key } from './keys.ts';
import { toItem } from './marshal.ts';
import type { Item } from './marshal.ts';

export interface StoreOptions {
  readonly dynamodb: DynamoDBClient;
  /** The state table. */
  readonly table: string;
  readonly configurationTable: string;
  /** Days that an ended attempt is kept. */
  readonly historyDays: number;
  /** Waits so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** A number from 0 to below 1: spreads the tries of requests that got in each other's way. */
  readonly random: () => number;
  readonly log: (line: string) => void;
}

/** One write of a transaction, and what it means when its condition doesn't hold. */
export interface Write<N extends string> {
  readonly name: N;
  readonly item: TransactWriteItem;
}

export type Written<N extends string> =
  | { readonly result: 'written' }
  /** Conditions that didn't hold, with the items that were there where they were asked for. */
  | { readonly result: 'refused'; readonly unmet: ReadonlyMap<N, Item | undefined> }
  /** Others wrote the same items again and again. */
  | { readonly result: 'conflict' };

const TRIES = 5;
const SHORTEST_PAUSE = 40;

/**
 * Writes all or nothing (DynamoDB API, TransactWriteItems: reasons come in the order of the writes). Tries again when
 * another transaction on the same items is under way. Throws `Busy` when DynamoDB throttles, and the SDK's error.
 */
export async function transact<N extends string>(
  { dynamodb, pause, random }: StoreOptions,
  writes: readonly Write<N>[],
): Promise<Written<N>> {
  for (let tries = 1; ; tries += 1)
    try {
      await dynamodb.send(
        new TransactWriteItemsCommand({ TransactItems: writes.map(({ item }) => item) }),
      );
      return { result: 'written' };
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) return rethrow(error);
      const reasons = error.CancellationReasons ?? [];
      const unmet = unmetConditions(writes, reasons);
      if (unmet.size > 0) return { result: 'refused', unmet };
      const isThrottled = reasons.some(({ Code = '' }) => isThrottling(Code));
      if (!isThrottled && !reasons.some(({ Code }) => Code === 'TransactionConflict')) throw error;
      if (tries === TRIES) {
        if (isThrottled) throw new Busy('ThrottlingException', { cause: error });
        return { result: 'conflict' };
      }
      await pause(SHORTEST_PAUSE * 2 ** tries * (0.5 + random()));
    }
}

function isThrottling(code: string): boolean {
  return code === 'ThrottlingError' || code === 'ProvisionedThroughputExceeded' || isBusyCode(code);
}

function unmetConditions<N extends string>(
  writes: readonly Write<N>[],
  reasons: readonly CancellationReason[],
): ReadonlyMap<N, Item | undefined> {
  return new Map(
    writes.flatMap(({ name }, index) => {
      const reason = reasons[index];
      return reason?.Code === 'ConditionalCheckFailed' ? [[name, reason.Item] as const] : [];
    }),
  );
}

/** Whether the condition of a single write doesn't hold. */
export function isUnmet(error: unknown): boolean {
  return errorName(error) === 'ConditionalCheckFailedException';
}

/** A key in the form that the SDK takes. */
export function keyOf(key: Key): Item {
  return toItem(key);
}
