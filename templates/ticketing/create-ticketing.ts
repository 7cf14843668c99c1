import { openTicket } from './open-ticket.ts';
import type { Failed, Tried } from './open-ticket.ts';
import { parseRequest } from './request.ts';
import type { TicketRequest } from './request.ts';
import { backOff } from './retry.ts';
import { createSecretReader, isProblem } from './secret.ts';
import type { SecretOptions, SecretProblem, SecretReader } from './secret.ts';
import type { Credentials, Ticket } from './service.ts';

export interface TicketingOptions extends SecretOptions {
  readonly pause: (milliseconds: number) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Milliseconds for one request. */
  readonly requestTimeout: number;
  readonly log: (line: string) => void;
}

/** What Lambda gives a handler besides the event. */
export interface LambdaContext {
  readonly getRemainingTimeInMillis: () => number;
}

/** The answer of a ticket function. */
export type TicketAnswer =
  | { readonly Ok: true; readonly TicketURL: string; readonly TicketId: string }
  | { readonly Ok: false; readonly ResponseCode: string; readonly ResponseReason: string };

const TRIES = 5;
/** Milliseconds kept for the answer. */
const RESERVE = 2000;
/** Milliseconds without which no request begins: a creation cut short may have happened. */
const LEAST = 1000;
/** Tickets remembered between invocations. */
const REMEMBERED = 200;

/**
 * A ticket function: opens one ticket for an attempt, however often it is asked. Waits and tries again on 429, 5xx and
 * lost connections as long as its time lasts. Never throws, and its one log line holds no text of the finding.
 */
export function createTicketing(
  options: TicketingOptions,
): (event: unknown, context: LambdaContext) => Promise<TicketAnswer> {
  const secret = createSecretReader(options);
  // A new ticket may take seconds to show up in a search; this function knows it at once.
  const opened = new Map<string, Ticket>();
  return async (event, context) => {
    const request = parseRequest(event);
    if (request === undefined)
      return refusal(
        'invalid-request',
        'The event has no RemediationInfo with a Message or an AffectedResource.',
      );
    const known = opened.get(request.key);
    const { result, tries } =
      known === undefined
        ? await tryRepeatedly(request, options, secret, context)
        : { result: { is: 'ticket', ticket: known, isNew: false } as const, tries: 0 };
    options.log(JSON.stringify({ key: request.key, tries, ...logged(result) }));
    if (result.is === 'failed') return refusal(result.code, result.reason);
    opened.set(request.key, result.ticket);
    forgetOldest(opened);
    return { Ok: true, TicketURL: result.ticket.url, TicketId: result.ticket.id };
  };
}

interface Ended {
  readonly result: Tried;
  readonly tries: number;
}

async function tryRepeatedly(
  request: TicketRequest,
  options: TicketingOptions,
  secret: SecretReader,
  context: LambdaContext,
): Promise<Ended> {
  const left = (): number => context.getRemainingTimeInMillis() - RESERVE;
  const timeout = (): number => (left() < LEAST ? 0 : Math.min(options.requestTimeout, left()));
  let credentials = await secret.read();
  let isRenewed = false;
  for (let tries = 1; ; tries += 1) {
    if (isProblem(credentials)) return { result: secretFailure(credentials), tries };
    const result = await openTicket(request, { ...options, credentials, timeout });
    if (result.is === 'ticket') return { result, tries };
    switch (result.helps) {
      case 'nothing':
        return { result, tries };
      case 'credentials': {
        if (isRenewed) return { result, tries };
        const renewed = await secret.renew();
        // Asking again with the same credentials may lock the account.
        if (!isProblem(renewed) && isSame(renewed, credentials)) return { result, tries };
        credentials = renewed;
        isRenewed = true;
        break;
      }
      case 'time': {
        const wait = backOff(tries, result.wait, options.random);
        if (tries >= TRIES || wait + 2 * LEAST > left())
          return { result: givenUp(result, tries), tries };
        await options.pause(wait);
      }
    }
  }
}

function isSame(one: Credentials, other: Credentials): boolean {
  return JSON.stringify(one.headers) === JSON.stringify(other.headers);
}

function secretFailure({ code, reason }: SecretProblem): Failed {
  return { is: 'failed', code, reason, helps: 'nothing', wait: 0 };
}

function givenUp(result: Failed, tries: number): Failed {
  const count = tries === 1 ? 'one try' : `${tries} tries`;
  return { ...result, reason: `${result.reason} Given up after ${count}.` };
}

function logged(result: Tried): Readonly<Record<string, string>> {
  return result.is === 'ticket'
    ? { result: result.isNew ? 'opened' : 'found', ticket: result.ticket.id }
    : { result: 'failed', code: result.code };
}

function refusal(code: string, reason: string): TicketAnswer {
  return { Ok: false, ResponseCode: code, ResponseReason: reason };
}

function forgetOldest(opened: Map<string, Ticket>): void {
  const [oldest] = opened.keys();
  if (opened.size > REMEMBERED && oldest !== undefined) opened.delete(oldest);
}
