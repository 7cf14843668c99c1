import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { Busy, errorName } from '../run/aws-errors.ts';
import type { Due, IntakeStore } from '../store/store.ts';

interface SweepOptions {
  readonly store: Pick<IntakeStore, 'due' | 'postpone'>;
  readonly sqs: SQSClient;
  readonly commandQueueUrl: string;
  readonly now: () => Date;
  readonly log: (line: string) => void;
}

/** What one round takes; the next one comes a minute later. */
const MOST = 500;
/** Messages in one call (SQS API, SendMessageBatch). */
const BATCH = 10;
/** Milliseconds after which what was sent is sent again, if nothing came of it. */
const AGAIN = 10 * 60_000;

export interface Swept {
  readonly sent: number;
  readonly failed: number;
}

/**
 * The function that looks for what is due and sends it to the command queue, where everything is decided anew: requests
 * that were held, approvals that lapsed, attempts that nobody ended. Throws `Busy` when nothing could be sent.
 */
export function createSweep(options: SweepOptions): () => Promise<Swept> {
  return async () => {
    const { store, now, log } = options;
    const due = await store.due(now(), MOST);
    let sent = 0;
    for (let at = 0; at < due.length; at += BATCH)
      sent += await sendBatch(options, due.slice(at, at + BATCH));
    const swept = { sent, failed: due.length - sent };
    if (due.length > 0) log(JSON.stringify(swept));
    if (due.length > 0 && sent === 0) throw new Busy('Nothing could be sent.');
    return swept;
  };
}

/** Sends up to ten, and puts off what was sent, so that it isn't sent each minute. Answers how many were sent. */
async function sendBatch(options: SweepOptions, batch: readonly Due[]): Promise<number> {
  const { sqs, store, commandQueueUrl, now, log } = options;
  try {
    const { Failed: failed = [] } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: commandQueueUrl,
        Entries: batch.map((one, index) => ({
          Id: String(index),
          MessageBody: JSON.stringify(commandOf(one)),
        })),
      }),
    );
    const left = new Set(failed.map(({ Id }) => Id));
    const sent = batch.filter((_, index) => !left.has(String(index)));
    const until = new Date(now().getTime() + AGAIN).toISOString();
    await Promise.all(sent.map(async (one) => store.postpone(one, until)));
    return sent.length;
  } catch (error) {
    log(JSON.stringify({ failed: errorName(error), due: batch.length }));
    return 0;
  }
}

/** The command for what is due, in version 1. */
function commandOf(due: Due): Readonly<Record<string, unknown>> {
  switch (due.type) {
    case 'held': {
      const { account, region, resource, remediation, request } = due.held;
      const target = { account, region, resource };
      return { asr: 1, command: 'resume', ...target, remediation, mode: request.mode };
    }
    case 'approval':
      return { asr: 1, command: 'expire', ...attemptOf(due) };
    case 'stuck':
      return { asr: 1, command: 'recover', ...attemptOf(due) };
  }
}

function attemptOf({ attempt: { account, region, resource, id } }: Exclude<Due, { type: 'held' }>) {
  return { account, region, resource, attempt: id };
}
