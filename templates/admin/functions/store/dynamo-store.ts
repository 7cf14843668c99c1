import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { TargetState } from '../decide/types.ts';
import type { Target } from '../model/attempt.ts';
import type { Rows } from '../model/policy.ts';
import { isRefusal } from '../model/refusal.ts';
import { rethrow } from '../run/aws-errors.ts';
import { countFailure, putBreaker, readBreaker } from './breaker.ts';
import { claim } from './claim.ts';
import { due, postpone } from './due.ts';
import { end } from './end.ts';
import { deleteHeld, deleteHold, listHeld, putHeld, readHeld } from './held.ts';
import { awaitApproval, extendApproval, findAttempt, join, readAttempt } from './history.ts';
import { readItem, targetItem } from './items.ts';
import { targetKey } from './keys.ts';
import { fromItem, toItem } from './marshal.ts';
import { getItem, getItems } from './read.ts';
import { readExceptions, readRemembered } from './remembered.ts';
import { readTargetShape } from './shapes.ts';
import type { IntakeStore } from './store.ts';
import type { StoreOptions } from './table.ts';
import { unclaim } from './unclaim.ts';

/** Options that have a default. */
type Defaulted = 'pause' | 'random' | 'log';

interface DynamoStoreOptions
  extends Omit<StoreOptions, Defaulted>, Partial<Pick<StoreOptions, Defaulted>> {
  readonly now: () => Date;
}

/**
 * The store on Amazon DynamoDB. Keys and indexes are those of docs/decisions/0008-run-time.md. Reads of the table are
 * strongly consistent. Each method throws `Busy` when DynamoDB throttles, and the SDK's error otherwise.
 */
export function createDynamoStore({
  pause = (milliseconds) =>
    new Promise((resolve) => {
      setTimeout(resolve, milliseconds);
    }),
  random = Math.random,
  log = (line) => process.stdout.write(`${line}\n`),
  now,
  ...given
}: DynamoStoreOptions): IntakeStore {
  const options: StoreOptions = { ...given, pause, random, log };
  return {
    readRows: (control) => readRows(options, control),
    readRemembered: (wanted, at, rest) => readRemembered(options, wanted, at, rest),
    claim: (attempt, rest, at) => claim(options, attempt, rest, at),
    unclaim: (attempt, rest, taken) => unclaim(options, attempt, rest, taken),
    join: (target, attempt, finding) => join(options, target, attempt, finding),
    putHeld: (before, keep) => putHeld(options, before, keep),
    readHeld: (target, remediation, mode) => readHeld(options, target, remediation, mode),
    deleteHeld: (held) => deleteHeld(options, held),
    listHeld: (target) => listHeld(options, target),
    readAttempt: (target, id) => readAttempt(options, target, id),
    findAttempt: (id) => findAttempt(options, id),
    awaitApproval: (attempt) => awaitApproval(options, attempt),
    extendApproval: (attempt, until) => extendApproval(options, attempt, until),
    end: (ended) => end(options, ended),
    readTarget: (target, remediation) => readTarget(options, target, remediation),
    putTarget: (target, remediation, state) =>
      putTarget(options, target, remediation, state, now()),
    readBreaker: (control) => readBreaker(options, control),
    putBreaker: (control, value) => putBreaker(options, control, value),
    countFailure: (control, policy, at) => countFailure(options, control, policy, at),
    deleteHold: (target, remediation) => deleteHold(options, target, remediation),
    due: (at, atMost) => due(options, at, atMost),
    postpone: (what, until) => postpone(options, what, until),
    exceptions: () => readExceptions(options),
  };
}

/** The control's row and the row `*` of the configuration table, in one call. */
async function readRows(options: StoreOptions, control: string): Promise<Rows> {
  const { configurationTable } = options;
  const keys = [control, '*'].map((controlId) => toItem({ controlId }));
  const rows = (await getItems(options, configurationTable, keys)).map(fromItem);
  return {
    control: rows.find(({ controlId }) => controlId === control),
    defaults: rows.find(({ controlId }) => controlId === '*'),
  };
}

/** Throws when the item isn't understood. */
async function readTarget(
  options: StoreOptions,
  target: Target,
  remediation: string,
): Promise<TargetState | undefined> {
  const item = await getItem(options, targetKey(target, remediation));
  const state = readItem('target', item, readTargetShape);
  if (state !== undefined && isRefusal(state)) throw new Error(state.message);
  return state;
}

async function putTarget(
  { dynamodb, table, historyDays }: StoreOptions,
  target: Target,
  remediation: string,
  state: TargetState,
  now: Date,
): Promise<void> {
  const item = targetItem(target, remediation, state, now.toISOString(), historyDays);
  await dynamodb.send(new PutItemCommand({ TableName: table, Item: item })).catch(rethrow);
}
