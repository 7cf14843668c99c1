import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { objectOf } from '../../functions/model/json.ts';
import type { Worker } from './records.ts';

const PAUSE = 200;

/** Works on what comes into a queue, as the ingest function does on AWS, until it is stopped. */
export function followQueue(
  sqs: SQSClient,
  url: string,
  work: Worker,
): { readonly stop: () => Promise<void> } {
  const stop = new AbortController();
  const follow = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const { Messages: messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
      );
      for (const { Body: body = '', ReceiptHandle } of messages) {
        await work(objectOf(JSON.parse(body)));
        await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
      }
      if (messages.length === 0)
        await new Promise((resolve) => {
          setTimeout(resolve, PAUSE);
        });
    }
  };
  const running = follow().catch((error: unknown) => {
    if (!stop.signal.aborted)
      process.stderr.write(`The command queue is not followed any more: ${String(error)}\n`);
  });
  return {
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}
