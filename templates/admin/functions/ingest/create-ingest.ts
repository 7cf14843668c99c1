import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { parseFinding } from '../model/finding.ts';
import { isRefusal } from '../model/refusal.ts';
import { errorName } from '../run/aws-errors.ts';
import { approve, expire, reject } from './approvals.ts';
import { createBatch } from './batch.ts';
import type { Ask } from './commands.ts';
import { consider } from './consider.ts';
import { createFacts } from './facts.ts';
import { findFinding } from './find-finding.ts';
import { recover, release, resume } from './look-after.ts';
import { parseRecord } from './messages.ts';
import type { Arrival, Message, SqsRecord } from './messages.ts';
import { metricsLine } from './metrics.ts';
import type { Counted, IngestOptions, Work } from './options.ts';

export interface SqsEvent {
  readonly Records: readonly SqsRecord[];
}

/** Records to be delivered again (Lambda Developer Guide, "Reporting batch item failures"). */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * The function that takes in events and commands, decides about them and starts the orchestrator. A record that can't
 * be worked on is put aside in the dead-letter queue, with the reason; one that failed is delivered again. Never throws.
 */
export function createIngest(options: IngestOptions): (event: SqsEvent) => Promise<BatchAnswer> {
  const lookUp = createFacts(options);
  return async ({ Records: records }) => {
    const counts = new Map<Counted, number>();
    const work: Work = {
      ...options,
      lookUp,
      batch: createBatch(options),
      count: (what) => void counts.set(what, (counts.get(what) ?? 0) + 1),
    };
    const failures: { readonly itemIdentifier: string }[] = [];
    // One after the other: records of one batch are often about one resource.
    for (const record of records)
      try {
        for (const message of parseRecord(record, options)) await handle(work, record, message);
      } catch (error) {
        options.log(
          JSON.stringify({ message: record.messageId, failed: errorName(error), again: true }),
        );
        failures.push({ itemIdentifier: record.messageId });
      }
    const line = options.metrics ? metricsLine(options, counts) : undefined;
    if (line !== undefined) options.log(line);
    return { batchItemFailures: failures };
  };
}

async function handle(work: Work, record: SqsRecord, message: Message): Promise<void> {
  switch (message.type) {
    case 'poison':
      return putAside(work, record, message.reason);
    case 'finding':
      return arrive(work, record, message);
    case 'ask':
      return asked(work, message);
    case 'approve':
      return approve(work, message);
    case 'reject':
      return reject(work, message);
    case 'expire':
      return expire(work, message);
    case 'recover':
      return recover(work, message);
    case 'resume':
      return resume(work, message);
    case 'release':
      return release(work, message);
  }
}

/** Only findings of Security Hub itself reach the queue, so one that contradicts itself deserves a look. */
async function arrive(
  work: Work,
  record: SqsRecord,
  { request, finding: raw }: Arrival,
): Promise<void> {
  const finding = parseFinding(raw);
  return isRefusal(finding)
    ? putAside(work, record, finding.message)
    : consider(work, { request, finding });
}

async function asked(work: Work, { request, finding: key }: Ask): Promise<void> {
  const finding = parseFinding(await findFinding(work.securityHub, key));
  if (!isRefusal(finding)) return consider(work, { request, finding });
  work.log(
    JSON.stringify({
      request: request.id,
      actor: request.actor,
      finding: key.id,
      verdict: 'deny',
      reason: finding.reason,
      message: `Security Hub has no such finding, or: ${finding.message}`,
    }),
  );
  work.count('denied');
}

/** Sends the message to the dead-letter queue as it came, with the reason. Throws the SDK's error. */
async function putAside(work: Work, record: SqsRecord, reason: string): Promise<void> {
  const { messageId, body, attributes } = record;
  const text = (value: string) => ({ DataType: 'String', StringValue: value });
  await work.sqs.send(
    new SendMessageCommand({
      QueueUrl: work.deadLetterQueueUrl,
      MessageBody: body === '' ? '(empty)' : body,
      MessageAttributes: {
        reason: text(reason),
        message: text(messageId),
        sender: text(attributes['SenderId'] ?? 'unknown'),
      },
    }),
  );
  work.log(JSON.stringify({ message: messageId, putAside: reason }));
  work.count('unreadable');
}
