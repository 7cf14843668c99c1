import {
  BatchUpdateFindingsCommand,
  BatchUpdateFindingsV2Command,
} from '@aws-sdk/client-securityhub';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { AttemptFinding } from '../model/attempt.ts';
import { plainText } from '../model/json.ts';
import { Busy, errorName, isBusy, isBusyCode } from './aws-errors.ts';

export interface UpdateOptions {
  readonly securityHub: SecurityHubClient;
  readonly solutionId: string;
}

export interface FindingUpdate {
  readonly account: string;
  readonly findings: readonly AttemptFinding[];
  readonly note: string;
  /** Absent leaves the workflow status as it is. */
  readonly workflow?: 'RESOLVED' | 'NOTIFIED' | 'NEW';
}

/** Characters of a finding's note (Security Hub API, BatchUpdateFindings and BatchUpdateFindingsV2). */
export const LONGEST_NOTE = 512;
/** Findings in one call (Security Hub API, BatchUpdateFindings). */
const BATCH = 100;

/** OCSF's words for the workflow (OCSF schema, `status_id`): 1 New, 2 In Progress, 4 Resolved. */
const STATUS_IDS = { NEW: 1, NOTIFIED: 2, RESOLVED: 4 } as const;

/**
 * Writes note and workflow status to findings of both formats; answers what went wrong, in one sentence. Writing twice
 * does no harm. Throws `Busy` when trying again helps.
 */
export async function updateFindings(
  options: UpdateOptions,
  update: FindingUpdate,
): Promise<string | undefined> {
  const { findings } = update;
  const problems: string[] = [];
  for (const batch of batches(findings.filter(({ format }) => format === 'asff')))
    problems.push(...(await attempted(async () => updateAsff(options, update, batch))));
  for (const batch of batches(findings.filter(({ format }) => format === 'ocsf')))
    problems.push(...(await attempted(async () => updateOcsf(options, update, batch))));
  return problems[0];
}

function batches(findings: readonly AttemptFinding[]): readonly (readonly AttemptFinding[])[] {
  const count = Math.ceil(findings.length / BATCH);
  return Array.from({ length: count }, (_, at) => findings.slice(at * BATCH, (at + 1) * BATCH));
}

/** Error codes of the findings that were left out become problems, or `Busy`. */
async function attempted(write: () => Promise<readonly string[]>): Promise<readonly string[]> {
  let codes: readonly string[];
  try {
    codes = await write();
  } catch (error) {
    if (isBusy(error)) throw new Busy(errorName(error), { cause: error });
    return [`The finding could not be updated (${errorName(error)}).`];
  }
  const [first] = codes;
  if (first === undefined) return [];
  if (codes.every((code) => isBusyCode(code))) throw new Busy(first);
  const lasting = codes.find((code) => !isBusyCode(code)) ?? first;
  return [
    codes.length === 1
      ? `Security Hub did not update the finding (${lasting}).`
      : `Security Hub did not update ${codes.length} findings (${lasting}).`,
  ];
}

async function updateAsff(
  { securityHub, solutionId }: UpdateOptions,
  { note, workflow }: FindingUpdate,
  batch: readonly AttemptFinding[],
): Promise<readonly string[]> {
  const { UnprocessedFindings: left = [] } = await securityHub.send(
    new BatchUpdateFindingsCommand({
      FindingIdentifiers: batch.map(({ id, productArn }) => ({ Id: id, ProductArn: productArn })),
      Note: { Text: plainText(note, LONGEST_NOTE), UpdatedBy: `${solutionId}-ASR` },
      ...(workflow === undefined ? {} : { Workflow: { Status: workflow } }),
    }),
  );
  return left.map(({ ErrorCode: code = 'unknown' }) => code);
}

/** `MetadataUids` and `FindingIdentifiers` can't stand in one call (Security Hub API, BatchUpdateFindingsV2). */
async function updateOcsf(
  { securityHub }: UpdateOptions,
  { account, note, workflow }: FindingUpdate,
  batch: readonly AttemptFinding[],
): Promise<readonly string[]> {
  const uids = batch.flatMap(({ metadataUid }) => metadataUid ?? []);
  const named =
    uids.length === batch.length
      ? { MetadataUids: uids }
      : {
          FindingIdentifiers: batch.map(({ id, productArn }) => ({
            CloudAccountUid: account,
            FindingInfoUid: id,
            MetadataProductUid: productArn,
          })),
        };
  const { UnprocessedFindings: left = [] } = await securityHub.send(
    new BatchUpdateFindingsV2Command({
      ...named,
      Comment: plainText(note, LONGEST_NOTE),
      ...(workflow === undefined ? {} : { StatusId: STATUS_IDS[workflow] }),
    }),
  );
  return left.map(({ ErrorCode: code = 'unknown' }) => code);
}
