import { inputOf } from './api-request.ts';
import type { Stand } from './front.ts';
import type { Members } from './places.ts';
import type { Sessions } from './sessions.ts';

/** The emulator names the same sender for all messages: remembers who really sent each. */
export function createSqs(sessions: Sessions, senders: Map<string, string>): Stand {
  return async (request, forward) => {
    if (request.service !== 'sqs' || !request.operation.startsWith('SendMessage')) return undefined;
    const { userId } = sessions.of(request.accessKey);
    const reply = await forward();
    const answer = inputOf(reply);
    const sent =
      request.operation === 'SendMessage' ? [answer] : (answer['Successful'] as readonly Members[]);
    for (const { MessageId: id } of sent) senders.set(String(id), userId);
    return reply;
  };
}
