import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { HOME } from './places.ts';
import type { Members } from './places.ts';
import { userSession } from './sessions.ts';
import type { Sessions } from './sessions.ts';

/** Somebody in the administrator account who may send to the command queue. */
export interface Person {
  /** As Amazon SQS names them. */
  readonly id: string;
  /** Sends a command, version 1. */
  readonly send: (command: Members & { readonly command: string }) => Promise<void>;
}

/** Makes a user of the administrator account who talks to the world as `asr` would. */
export function createPerson(
  name: string,
  {
    endpoint,
    sessions,
    queueUrl,
  }: { readonly endpoint: string; readonly sessions: Sessions; readonly queueUrl: string },
): Person {
  const accessKeyId = `AKIA${name.toUpperCase()}`;
  const session = userSession(name);
  sessions.add(accessKeyId, session);
  const sqs = new SQSClient({
    region: HOME,
    endpoint,
    credentials: { accessKeyId, secretAccessKey: 'secret' },
  });
  return {
    id: session.userId,
    send: async (command) => {
      const MessageBody = JSON.stringify({ asr: 1, ...command });
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
    },
  };
}
