import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Message } from '@aws-sdk/client-sqs';
import type { Bridge } from '../../../generator/simulate/bridge.ts';
import { matchesPattern } from '../../templates/admin/event-pattern.ts';
import type { Handler } from './functions.ts';
import type { Meter } from './meter.ts';
import { ADMIN, HOME } from './places.ts';
import type { Members } from './places.ts';

/** EventBridge's rules, and the event source mappings of AWS Lambda, around the emulator's queues. */
export interface Delivery {
  /** Sends an event to the targets of the rules that it meets. */
  readonly deliver: (event: Members) => Promise<void>;
  /** Hands what lies in the queues to the ingest function, once. Answers how many messages there were. */
  readonly pump: (ingest: Handler) => Promise<number>;
  /** Bodies of the messages in a queue, which stay there. */
  readonly peek: (queue: string) => Promise<readonly string[]>;
  readonly purge: (queue: string) => Promise<void>;
}

export interface DeliveryOptions {
  /** URL of the emulator. */
  readonly emulator: string;
  readonly meter: Meter;
  /** Who sent a message, by its id. */
  readonly senders: ReadonlyMap<string, string>;
  readonly rules: () => readonly Rule[];
}

/** A deployed rule. */
export interface Rule {
  readonly pattern: unknown;
  /** Names of the queues that it sends to. */
  readonly queues: readonly string[];
}

/** Queues that the ingest function reads, with the size of its batches. */
const SOURCES = ['SO0111-ASR-Events', 'SO0111-ASR-Commands'] as const;
const BATCH = 10;

export function createDelivery({ emulator, meter, senders, rules }: DeliveryOptions): Delivery {
  const sqs = new SQSClient({
    region: HOME,
    endpoint: emulator,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const receive = async (queue: string): Promise<readonly Message[]> => {
    const { Messages: messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: urlOf(emulator, queue),
        MaxNumberOfMessages: BATCH,
        MessageSystemAttributeNames: ['All'],
        WaitTimeSeconds: 0,
      }),
    );
    return messages;
  };
  /** Lambda Developer Guide, "Using Lambda with Amazon SQS": what is reported as failed comes again, the rest is deleted. */
  const settle = async (
    queue: string,
    messages: readonly Message[],
    answer: unknown,
  ): Promise<void> => {
    const { batchItemFailures: failures } = answer as {
      readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
    };
    const failed = new Set(failures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { MessageId: id = '', ReceiptHandle } of messages) {
      const message = { QueueUrl: urlOf(emulator, queue), ReceiptHandle };
      await (failed.has(id)
        ? sqs.send(new ChangeMessageVisibilityCommand({ ...message, VisibilityTimeout: 0 }))
        : sqs.send(new DeleteMessageCommand(message)));
    }
  };
  return {
    deliver: async (event) => {
      for (const { pattern, queues } of rules())
        if (matchesPattern(pattern, event))
          for (const queue of queues)
            await sqs.send(
              new SendMessageCommand({
                QueueUrl: urlOf(emulator, queue),
                MessageBody: JSON.stringify(event),
              }),
            );
    },
    pump: async (ingest) => {
      let count = 0;
      for (const queue of SOURCES) {
        const messages = await receive(queue);
        if (messages.length === 0) continue;
        count += messages.length;
        meter.turn('ingest');
        meter.add('functionCalls', 1);
        const answer = await ingest({
          Records: messages.map((one) => recordOf(queue, one, senders)),
        });
        meter.turn('nobody');
        await settle(queue, messages, answer);
      }
      return count;
    },
    purge: async (queue) => {
      await sqs.send(new PurgeQueueCommand({ QueueUrl: urlOf(emulator, queue) }));
    },
    peek: async (queue) => {
      const messages = await receive(queue);
      for (const { ReceiptHandle } of messages)
        await sqs.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: urlOf(emulator, queue),
            ReceiptHandle,
            VisibilityTimeout: 0,
          }),
        );
      return messages.map(({ Body = '' }) => Body);
    },
  };
}

function urlOf(emulator: string, queue: string): string {
  return `${emulator}/${ADMIN}/${queue}`;
}

function recordOf(queue: string, message: Message, senders: ReadonlyMap<string, string>): object {
  const { MessageId: messageId = '', Body: body = '', Attributes: attributes = {} } = message;
  return {
    messageId,
    body,
    receiptHandle: message.ReceiptHandle,
    attributes: { ...attributes, SenderId: senders.get(messageId) ?? 'AIDAEVENTBRIDGE' },
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${HOME}:${ADMIN}:${queue}`,
    awsRegion: HOME,
  };
}

/** Rules of the administrator account with a pattern, as they were deployed. */
export async function readRules(bridge: Bridge): Promise<readonly Rule[]> {
  const place = { account: ADMIN, region: HOME };
  const { Rules: found } = (await bridge.call('events', 'ListRules', {}, place)) as {
    readonly Rules: readonly {
      readonly Name: string;
      readonly EventPattern?: string;
      readonly State: string;
    }[];
  };
  const rules: Rule[] = [];
  for (const { Name, EventPattern: pattern, State: state } of found) {
    if (pattern === undefined || state !== 'ENABLED') continue;
    const { Targets: targets } = (await bridge.call(
      'events',
      'ListTargetsByRule',
      { Rule: Name },
      place,
    )) as { readonly Targets: readonly { readonly Arn: string }[] };
    rules.push({
      pattern: JSON.parse(pattern),
      queues: targets.map(({ Arn }) => Arn.slice(Arn.lastIndexOf(':') + 1)),
    });
  }
  return rules;
}
