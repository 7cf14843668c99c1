import type { Clock } from './clock.ts';
import type { SqsRecord } from '../../../templates/admin/functions/ingest/messages.ts';

/** A message in a queue. */
export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  readonly sender: string;
  receives: number;
}

/** A queue that Lambda polls, with a dead-letter queue behind it. */
export interface Queue {
  readonly send: (body: string, sender: string) => void;
  /** Messages that wait, are worked on, or will be delivered again. */
  readonly pending: () => number;
  /** Messages that were delivered as often as they may. */
  readonly dead: QueuedMessage[];
  /** Moves what is dead back, as a person does in the end. */
  readonly redrive: () => void;
}

interface QueueOptions {
  readonly arn: string;
  readonly clock: Clock;
  /** Answers the ids of the records to be delivered again; throws when the whole batch is. */
  readonly invoke: (records: readonly SqsRecord[]) => Promise<readonly string[]>;
}

/* As templates/admin/resources/{queues,ingest}.yaml have it. */
const BATCH = 10;
const CONCURRENCY = 10;
const VISIBILITY = 720_000;
const RECEIVES = 5;

let messages = 0;

export function createQueue({ arn, clock, invoke }: QueueOptions): Queue {
  let visible: QueuedMessage[] = [];
  let next = 0;
  let running = 0;
  let hidden = 0;
  const dead: QueuedMessage[] = [];
  const takeOne = (): QueuedMessage | undefined => {
    const message = visible[next];
    next += 1;
    if (next > 1000 && next * 2 > visible.length) {
      visible = visible.slice(next);
      next = 0;
    }
    return message;
  };
  const waiting = (): number => visible.length - next;
  const show = (message: QueuedMessage): void => {
    hidden -= 1;
    if (message.receives >= RECEIVES) return void dead.push(message);
    visible.push(message);
    poll();
  };
  const work = async (batch: readonly QueuedMessage[]): Promise<void> => {
    const received = clock.now().getTime();
    const records = batch.map(({ id, body, sender }) => ({
      messageId: id,
      body,
      attributes: { SenderId: sender },
      eventSourceARN: arn,
    }));
    const failed = await invoke(records).catch(() => records.map(({ messageId }) => messageId));
    const again = new Set(failed);
    running -= 1;
    for (const message of batch)
      if (again.has(message.id))
        clock.later(received + VISIBILITY - clock.now().getTime(), () => show(message));
      else hidden -= 1;
    poll();
  };
  const poll = (): void => {
    while (running < CONCURRENCY && waiting() > 0) {
      const batch: QueuedMessage[] = [];
      while (batch.length < BATCH && waiting() > 0) {
        const message = takeOne();
        if (message === undefined) break;
        message.receives += 1;
        batch.push(message);
      }
      hidden += batch.length;
      running += 1;
      void work(batch);
    }
  };
  const enqueue = (message: QueuedMessage): void => {
    visible.push(message);
    // Lambda polls a moment later, and finds what came meanwhile in one batch.
    clock.later(20, poll);
  };
  return {
    dead,
    pending: () => waiting() + hidden,
    send: (body, sender) => {
      messages += 1;
      enqueue({ id: `message-${messages}`, body, sender, receives: 0 });
    },
    redrive: () => {
      for (const message of dead.splice(0)) enqueue({ ...message, receives: 0 });
    },
  };
}
