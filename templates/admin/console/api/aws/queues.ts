import { GetQueueAttributesCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { Busy, rethrow } from '../../../functions/run/aws-errors.ts';
import type { Queues } from '../backend.ts';

/** Messages in one call (SQS API, SendMessageBatch). */
const BATCH = 10;

interface QueuesOptions {
  readonly sqs: SQSClient;
  readonly commandQueueUrl: string;
  /** Queues to show, by the name to show. */
  readonly shown: Readonly<Record<string, string>>;
}

/** The command queue, and how much lies in each queue. */
export function createQueues({ sqs, commandQueueUrl, shown }: QueuesOptions): Queues {
  return {
    send: async (commands) => {
      for (let at = 0; at < commands.length; at += BATCH) {
        const batch = commands.slice(at, at + BATCH);
        const { Failed: failed = [] } = await sqs
          .send(
            new SendMessageBatchCommand({
              QueueUrl: commandQueueUrl,
              Entries: batch.map((command, index) => ({
                Id: String(index),
                MessageBody: JSON.stringify(command),
              })),
            }),
          )
          .catch(rethrow);
        // Sending one again is harmless: it joins what the first one started.
        if (failed.length > 0) throw new Busy(failed[0]?.Code ?? 'unknown');
      }
    },
    waiting: async () =>
      Promise.all(
        Object.entries(shown).map(async ([name, url]) => {
          const { Attributes: attributes = {} } = await sqs
            .send(
              new GetQueueAttributesCommand({
                QueueUrl: url,
                AttributeNames: ['ApproximateNumberOfMessages'],
              }),
            )
            .catch(rethrow);
          return { name, waiting: Number(attributes.ApproximateNumberOfMessages ?? 0) };
        }),
      ),
  };
}
