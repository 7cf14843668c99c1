import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchImportFindingsCommand } from '@aws-sdk/client-securityhub';
import type { AwsSecurityFinding, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { addStart, countsOf } from '../../functions/store/counts.ts';
import { attemptItem, heldItem, holdItem, targetItem } from '../../functions/store/items.ts';
import type { Item } from '../../functions/store/marshal.ts';
import type { Records } from './records.ts';

const DAYS = 365;

interface RecordsOptions {
  readonly dynamodb: DynamoDBClient;
  readonly securityHub: SecurityHubClient;
  readonly table: string;
}

/** Writes items in the form of the store, one by one: nobody else writes here. Throws the SDK's error. */
export function awsRecords({ dynamodb, securityHub, table }: RecordsOptions): Records {
  const put = async (item: Item): Promise<void> =>
    void (await dynamodb.send(new PutItemCommand({ TableName: table, Item: item })));
  return {
    putAttempt: async (attempt) => {
      // What has not ended is due in an index, by which the health page counts it.
      const dueAt = attempt.status === 'ended' ? undefined : attempt.approvalExpiresAt;
      await put(attemptItem(attempt, DAYS, dueAt));
    },
    putTarget: async (target, remediation, state) =>
      put(targetItem(target, remediation, state, new Date().toISOString(), DAYS)),
    putHold: async (target, remediation, hold) => put(holdItem(target, remediation, hold)),
    putHeld: async (held) => put(heldItem(held)),
    countStart: async (attempt, now) => {
      for (const { key, limit } of countsOf(attempt, now)) {
        const { Update: update } = addStart(table, key, limit, now);
        if (update !== undefined) await dynamodb.send(new UpdateItemCommand(update));
      }
    },
    putFinding: async (raw) => importFindings(securityHub, [raw]),
  };
}

/** Findings in one call (Security Hub API, BatchImportFindings). */
const BATCH = 100;

/** Throws when the emulator doesn't take one. */
export async function importFindings(
  securityHub: SecurityHubClient,
  findings: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  for (let at = 0; at < findings.length; at += BATCH) {
    const Findings = findings.slice(at, at + BATCH) as unknown as AwsSecurityFinding[];
    const { FailedCount: failed } = await securityHub.send(
      new BatchImportFindingsCommand({ Findings }),
    );
    if (failed !== 0) throw new Error(`The emulator did not take ${failed} sample findings.`);
  }
}
