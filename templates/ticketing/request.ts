import { createHash } from 'node:crypto';
import { objectOf, plainText } from '../admin/functions/model/json.ts';

/** What a ticket is about. Texts are single lines of bounded length without control characters; absent ones are empty. */
export interface TicketRequest {
  /** By it a ticket is found again. Letters, digits, hyphens and underscores only, so it is safe in any query. */
  readonly key: string;
  /** How the remediation ended, in sentences. */
  readonly message: string;
  readonly description: string;
  readonly severity: string;
  readonly control: string;
  readonly account: string;
  readonly resource: string;
  readonly finding: string;
  readonly outcome: string;
}

const ATTEMPT_ID = /^[A-Za-z0-9_-]{1,64}$/u;

/**
 * Reads `{ RemediationInfo }`, the payload of a ticket function. Everything in it is data that others may have written.
 * Answers undefined when it names neither a result nor a resource.
 */
export function parseRequest(event: unknown): TicketRequest | undefined {
  const info = objectOf(objectOf(event)['RemediationInfo']);
  const request: TicketRequest = {
    key: keyOf(info),
    message: line(info['Message'], 1200),
    description: line(info['FindingDescription'], 1000),
    severity: line(info['FindingSeverity'], 16),
    control: line(info['SecurityControlId'], 64),
    account: line(info['FindingAccountId'], 12),
    resource: line(info['AffectedResource'], 700),
    finding: line(info['FindingId'], 512),
    outcome: line(info['Outcome'], 32),
  };
  return request.message === '' && request.resource === '' ? undefined : request;
}

/** A caller that gives no usable id of an attempt still gets one ticket for one payload. */
function keyOf(info: Readonly<Record<string, unknown>>): string {
  const id = info['AttemptId'];
  if (typeof id === 'string' && ATTEMPT_ID.test(id)) return `asr-${id}`;
  return `asr-${createHash('sha256').update(JSON.stringify(info)).digest('hex').slice(0, 32)}`;
}

function line(value: unknown, longest: number): string {
  return typeof value === 'string' ? cut(value, longest) : '';
}

/** One line of at most `longest` characters; no character is cut in half. */
export function cut(text: string, longest: number): string {
  return plainText(text, longest).replaceAll(/\p{Cs}/gu, '');
}
