import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { DeployError, Interrupted } from '../deploy/deploy-error.ts';
import type { Sleep } from '../deploy/terminal.ts';
import { asking } from './asking.ts';
import type { Command } from './commands.ts';
import type { Connection } from './connect.ts';

/** Messages in one call (SQS API, SendMessageBatch). */
export const MESSAGES = 10;
const TRIES = 5;
const PAUSE = 500;

interface SendPorts {
  readonly connection: Pick<Connection, 'sqs' | 'installation'>;
  readonly sleep: Sleep;
  readonly signal: AbortSignal;
}

/** What Amazon SQS took, by the place of the command in the list, and what it did not. */
export interface Sent {
  readonly messageIds: ReadonlyMap<number, string>;
  /** A sentence; with one, some commands of the batch were not sent. */
  readonly problem?: string;
}

/**
 * Sends up to ten commands. Amazon SQS may take some and refuse others, which are tried again when it was busy: what it
 * took is told in any case, so that nothing is sent twice. Throws `AwsProblem` when nothing of them was taken.
 */
export async function sendCommands(
  { connection, sleep, signal }: SendPorts,
  commands: readonly Command[],
): Promise<Sent> {
  const { sqs, installation } = connection;
  const messageIds = new Map<number, string>();
  let left = commands.map((command, at) => ({ at, body: JSON.stringify(command) }));
  for (let tries = 1; ; tries += 1) {
    let refused: readonly BatchResultErrorEntry[];
    try {
      const { Successful: taken = [], Failed: failed = [] } = await asking('Sending commands', () =>
        sqs.send(
          new SendMessageBatchCommand({
            QueueUrl: installation.commandQueueUrl,
            Entries: left.map(({ at, body }) => ({ Id: String(at), MessageBody: body })),
          }),
        ),
      );
      for (const { Id, MessageId } of taken) messageIds.set(Number(Id), MessageId ?? '');
      refused = failed;
    } catch (error) {
      if (messageIds.size === 0 || !(error instanceof DeployError)) throw error;
      return { messageIds, problem: error.message };
    }
    left = left.filter(({ at }) => !messageIds.has(at));
    if (left.length === 0) return { messageIds };
    const fault = refused.find(({ SenderFault }) => SenderFault === true) ?? refused[0];
    if (fault?.SenderFault === true || tries === TRIES)
      return {
        messageIds,
        problem: `Amazon SQS did not take ${left.length} of the commands (${fault?.Code ?? 'unknown'}). Try again in a minute.`,
      };
    try {
      await sleep(PAUSE * 2 ** tries, signal);
    } catch (error) {
      if (messageIds.size === 0 || !(error instanceof Interrupted)) throw error;
      return { messageIds, problem: error.message };
    }
  }
}
