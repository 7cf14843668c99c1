import { listOf, objectOf, textOf } from '../model/json.ts';
import type { Environment } from '../run/environment.ts';
import { parseCommand } from './commands.ts';
import type { Command } from './commands.ts';
import type { Request } from '../model/request.ts';

/** A record that Lambda hands over from Amazon SQS (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
export interface SqsRecord {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly eventSourceARN: string;
}

/** A finding that came with its event. */
export interface Arrival {
  readonly type: 'finding';
  readonly request: Request;
  readonly finding: unknown;
}

/** What can't be worked on, however often it is tried. */
export interface Poison {
  readonly type: 'poison';
  /** One sentence for people, without text from the message. */
  readonly reason: string;
}

export type Message = Arrival | Command | Poison;

export interface Queues extends Pick<Environment, 'partition' | 'region' | 'adminAccount'> {
  readonly eventQueueArn: string;
  readonly commandQueueArn: string;
  /** Unique id of the web console's role; empty when there is none. */
  readonly consoleRoleId: string;
}

/** Custom actions of this solution, by their ids. */
const ACTIONS: ReadonlyMap<string, Pick<Request, 'mode' | 'ticket'>> = new Map([
  ['ASRRemediation', { mode: 'Remediate', ticket: false }],
  ['ASRTicketing', { mode: 'Remediate', ticket: true }],
  ['ASRPreview', { mode: 'Preview', ticket: false }],
  ['ASRUndo', { mode: 'Undo', ticket: false }],
]);
const IMPORTED: ReadonlySet<unknown> = new Set([
  'Security Hub Findings - Imported',
  'Findings Imported V2',
]);
const CUSTOM_ACTION = 'Security Hub Findings - Custom Action';

/**
 * Reads a record of either queue. The event queue takes events of Security Hub and nothing else, the command queue
 * commands and nothing else; an event holds one finding or more (Security Hub User Guide, "EventBridge event formats").
 * Never throws.
 */
export function parseRecord(record: SqsRecord, queues: Queues): readonly Message[] {
  const body = parseJson(record.body);
  if (body === undefined) return [poison('The message is no JSON object.')];
  switch (record.eventSourceARN) {
    case queues.eventQueueArn:
      return parseEvent(body, queues);
    case queues.commandQueueArn:
      return [parseCommand(body, record, queues.consoleRoleId)];
    default:
      return [poison('The message comes from a queue that is not known.')];
  }
}

function poison(reason: string): Poison {
  return { type: 'poison', reason };
}

function parseJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && !Array.isArray(body)
      ? objectOf(body)
      : undefined;
  } catch {
    return undefined;
  }
}

function parseEvent(event: Readonly<Record<string, unknown>>, queues: Queues): readonly Message[] {
  const id = textOf(event['id'], 128);
  if (event['source'] !== 'aws.securityhub' || id === undefined)
    return [poison('The event does not come from Security Hub.')];
  const asked = askedBy(event, queues);
  if (typeof asked === 'string') return [poison(asked)];
  const findings = listOf(objectOf(event['detail'])['findings']);
  if (findings.length === 0) return [poison('The event holds no finding.')];
  return findings.map((finding, index) => ({
    type: 'finding',
    request: { ...asked, id: `${id}#${index}`, force: false },
    finding,
  }));
}

type Asked = Omit<Request, 'id' | 'force'>;

/** What the event asks for, or why that isn't understood. */
function askedBy(
  { 'detail-type': type, resources }: Readonly<Record<string, unknown>>,
  { partition, region, adminAccount }: Queues,
): Asked | string {
  if (IMPORTED.has(type))
    return { origin: 'automatic', mode: 'Remediate', actor: 'Security Hub', ticket: false };
  if (type !== CUSTOM_ACTION) return 'The event is of a type that is not worked on.';
  const [action] = listOf(resources);
  const own = `arn:${partition}:securityhub:${region}:${adminAccount}:action/custom/`;
  const asked =
    typeof action === 'string' && action.startsWith(own)
      ? ACTIONS.get(action.slice(own.length))
      : undefined;
  return asked === undefined
    ? 'The event names no custom action of this solution.'
    : { origin: 'custom-action', actor: 'a custom action of Security Hub', ...asked };
}
