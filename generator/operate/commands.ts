import { createHash } from 'node:crypto';
import type { Target } from '../../templates/admin/functions/model/attempt.ts';
import type { Mode } from '../../templates/admin/functions/model/request.ts';
import type { FindingName } from './query.ts';

// Messages of the command queue, version 1 (templates/admin/functions/ingest/commands.ts reads them).

/** A message body. */
export type Command = Readonly<Record<string, unknown>>;

/** Looks, or changes. */
export function findingCommand(
  mode: Exclude<Mode, 'Undo'>,
  { id, productArn }: FindingName,
  ticket: boolean,
): Command {
  const command = mode === 'Preview' ? 'preview' : 'remediate';
  return { asr: 1, command, finding: { id, productArn }, ...(ticket ? { ticket } : {}) };
}

/** Takes an attempt back that answered this finding. */
export function undoCommand(
  { id, productArn }: FindingName,
  attempt: string,
  force: boolean,
): Command {
  return {
    asr: 1,
    command: 'undo',
    finding: { id, productArn },
    attempt,
    ...(force ? { force } : {}),
  };
}

/** Answers an attempt that waits for approval. */
export function answerCommand(answer: 'approve' | 'reject', attempt: string): Command {
  return { asr: 1, command: answer, attempt };
}

/** Ends the hold that Undo left. */
export function releaseCommand(
  { account, region, resource }: Target,
  remediation: string,
): Command {
  return { asr: 1, command: 'release', account, region, resource, remediation };
}

/** Id of the attempt that answers a command, by the id that Amazon SQS gave the message (ingest/new-attempt.ts). */
export function attemptIdOfMessage(messageId: string): string {
  return createHash('sha256').update(`command ${messageId}`).digest('hex').slice(0, 32);
}
