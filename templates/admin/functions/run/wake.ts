import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Target } from '../model/attempt.ts';
import type { Store } from '../store/store.ts';
import { errorName } from './aws-errors.ts';

interface WakeOptions {
  readonly store: Pick<Store, 'listHeld'>;
  readonly sqs: SQSClient;
  readonly commandQueueUrl: string;
}

/**
 * Sends the request that waits longest for this resource to the command queue, where it is decided anew; those that
 * wait for something else keep waiting. Answers why that failed; the sweep finds it a minute later then. Never throws.
 */
export async function wake(options: WakeOptions, target: Target): Promise<string | undefined> {
  try {
    const held = await options.store.listHeld(target);
    const next = held.find(({ reason }) => reason === 'resource-busy');
    if (next === undefined) return undefined;
    const { account, region, resource, remediation, request } = next;
    const command = { asr: 1, command: 'resume', account, region, resource, remediation };
    await options.sqs.send(
      new SendMessageCommand({
        QueueUrl: options.commandQueueUrl,
        MessageBody: JSON.stringify({ ...command, mode: request.mode }),
      }),
    );
    return undefined;
  } catch (error) {
    return `The next request on the resource could not be woken (${errorName(error)}).`;
  }
}
