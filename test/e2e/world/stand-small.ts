import { randomUUID } from 'node:crypto';
import { inputOf } from './api-request.ts';
import { AwsError } from './front.ts';
import type { Stand } from './front.ts';
import type { Members } from './places.ts';

/** An event that a function put on the default bus. */
export interface PutEvent {
  readonly source: string;
  readonly type: string;
  readonly detail: Members;
}

/** A message to the topic: its subject, and the JSON that programs get. */
export interface Notice {
  readonly subject: string;
  readonly body: Members;
  readonly text: string;
}

/** What the world remembers of events and messages. */
export interface Told {
  readonly events: PutEvent[];
  readonly notices: Notice[];
  /** Payloads that the ticket function was invoked with. */
  readonly tickets: Members[];
}

/** Records what is put on the event bus; the emulator would fail on rules with functions as targets. */
export function createEvents(told: Told): Stand {
  return async (request) => {
    if (request.service !== 'events' || request.operation !== 'PutEvents') return undefined;
    const { Entries: entries } = inputOf(request) as { readonly Entries: readonly Members[] };
    for (const { Source, DetailType, Detail } of entries)
      told.events.push({
        source: String(Source),
        type: String(DetailType),
        detail: JSON.parse(String(Detail)) as Members,
      });
    return { FailedEntryCount: 0, Entries: entries.map(() => ({ EventId: randomUUID() })) };
  };
}

/** Reads along what is published; the topic is the emulator's. */
export function createSns(told: Told): Stand {
  return async (request, forward) => {
    if (request.service !== 'sns' || request.operation !== 'Publish') return undefined;
    const form = new URLSearchParams(request.body.toString('utf8'));
    const reply = await forward();
    if (reply.status !== 200) return reply;
    const message = JSON.parse(form.get('Message') ?? '{}') as Readonly<Record<string, string>>;
    told.notices.push({
      subject: form.get('Subject') ?? '',
      body: JSON.parse(message['default'] ?? '{}') as Members,
      text: message['email'] ?? '',
    });
    return reply;
  };
}

/** Units above an account or unit, nearest first: `[parent, its parent, ...]`, the root last. */
export type Parents = Map<string, string>;

/** AWS Organizations API, ListParents: a child has one parent, a unit or the root. */
export function createOrganizations(parents: Parents): Stand {
  return async (request) => {
    if (request.service !== 'organizations') return undefined;
    if (request.operation !== 'ListParents')
      throw new Error(`organizations:${request.operation} is not played.`);
    const parent = parents.get(String(inputOf(request)['ChildId']));
    if (parent === undefined) throw new AwsError('ChildNotFoundException', 'No such child.');
    return {
      Parents: [{ Id: parent, Type: parent.startsWith('r-') ? 'ROOT' : 'ORGANIZATIONAL_UNIT' }],
    };
  };
}

/** The customer's ticket function. */
export const TICKET_FUNCTION = 'asr-tickets';

/** AWS Lambda API, Invoke: the answer is what the function returns. */
export function createLambda(told: Told): Stand {
  return async (request) => {
    if (request.service !== 'lambda' || request.operation !== 'Invoke') return undefined;
    if (!request.path.includes(`/functions/${TICKET_FUNCTION}/`))
      throw new AwsError('ResourceNotFoundException', 'No such function.', 404);
    told.tickets.push(inputOf(request));
    return { Ok: true, TicketURL: 'https://tickets.example.com/7', TicketId: 'SEC-7' };
  };
}

/** Tags of resources, by ARN. */
export type Tags = Map<string, Readonly<Record<string, string>>>;

/** Resource Groups Tagging API, GetResources: leaves out what has no tags. The emulator fails on it. */
export function createTagging(tags: Tags): Stand {
  return async (request) => {
    if (request.service !== 'tagging' || request.operation !== 'GetResources') return undefined;
    const { ResourceARNList: arns } = inputOf(request) as {
      readonly ResourceARNList: readonly string[];
    };
    return {
      ResourceTagMappingList: arns.flatMap((ResourceARN) => {
        const found = Object.entries(tags.get(ResourceARN) ?? {});
        const Tags = found.map(([Key, Value]) => ({ Key, Value }));
        return Tags.length === 0 ? [] : [{ ResourceARN, Tags }];
      }),
    };
  };
}
