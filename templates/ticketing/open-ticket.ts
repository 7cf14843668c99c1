import { send } from './http.ts';
import type { Reply } from './http.ts';
import { cut } from './request.ts';
import type { TicketRequest } from './request.ts';
import { retryAfter } from './retry.ts';
import type { Call, Credentials, Ticket, TicketService } from './service.ts';

/** What one try came to. */
export type Tried =
  | { readonly is: 'ticket'; readonly ticket: Ticket; readonly isNew: boolean }
  | Failed;

export interface Failed {
  readonly is: 'failed';
  readonly code: string;
  /** One sentence; holds nothing of the credentials. */
  readonly reason: string;
  /** What helps: other credentials, time, or nothing that we can do. */
  readonly helps: 'credentials' | 'time' | 'nothing';
  /** Milliseconds that must pass before the next try. */
  readonly wait: number;
}

export interface TryOptions {
  readonly service: TicketService;
  readonly credentials: Credentials;
  readonly now: () => Date;
  /** Milliseconds for the next request; 0 when it must not begin. */
  readonly timeout: () => number;
}

/**
 * Looks for the request's ticket and opens it when there is none. Safe to repeat: a try that lost the answer to its
 * creation is followed by one that finds the ticket. Never throws.
 */
export async function openTicket(request: TicketRequest, options: TryOptions): Promise<Tried> {
  const { service } = options;
  const looked = await call(service.lookUp(request.key), options);
  if (looked.is === 'failed') return looked;
  const found = service.readFound(looked.body, request.key);
  switch (found.is) {
    case 'there':
      return { is: 'ticket', ticket: found.ticket, isNew: false };
    case 'unclear':
      return failed('unclear-answer', found.reason, 'nothing');
    case 'none': {
      const made = await call(service.creation(request), options, service.settleTime);
      if (made.is === 'failed') return made;
      const ticket = service.readCreated(made.body);
      return ticket === undefined
        ? failed(
            'unclear-answer',
            `${service.name} answered ${made.status} to the creation, but named no ticket. Look for ${request.key}.`,
            'nothing',
          )
        : { is: 'ticket', ticket, isNew: true };
    }
  }
}

interface Good {
  readonly is: 'good';
  readonly status: number;
  readonly body: unknown;
}

/** One request, and what its answer means. `settleTime` is waited when the request may have been carried out. */
async function call(
  { method, url, body }: Call,
  options: TryOptions,
  settleTime = 0,
): Promise<Good | Failed> {
  const { credentials, service } = options;
  const timeout = options.timeout();
  if (timeout === 0)
    return failed('out-of-time', `There was no time left to ask ${service.name}.`, 'nothing');
  const reply = await send({
    method,
    url,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...credentials.headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    timeout,
  });
  return judge(reply, options, settleTime);
}

function judge(reply: Reply, options: TryOptions, settleTime: number): Good | Failed {
  const { service, credentials, now } = options;
  const { name } = service;
  if (reply.is === 'lost')
    return failed('no-answer', `${name}: ${reply.reason}.`, 'time', settleTime);
  const { status, headers, body } = reply;
  const said = quoted(service.explain(body), credentials);
  if (service.isUnauthorized(status, headers)) {
    const reason = `${name} did not accept the credentials of the secret${said}`;
    return failed('401', reason, 'credentials');
  }
  if (status === 429 || status >= 500) {
    const asked = retryAfter(headers.get('retry-after'), now()) ?? 0;
    const wait = status === 429 ? asked : Math.max(asked, settleTime);
    const when = asked === 0 ? '' : ` It asks to wait ${Math.ceil(asked / 1000)} seconds.`;
    return failed(String(status), `${name} answered ${status}${said}${when}`, 'time', wait);
  }
  if (status >= 200 && status <= 299) return { is: 'good', status, body };
  const hint = status === 404 ? ` ${service.notFoundHint}` : '';
  // A system that hides what the caller may not see answers 400, 403 or 404 to outdated credentials, too.
  return failed(String(status), `${name} answered ${status}${said}${hint}`, 'credentials');
}

function failed(code: string, reason: string, helps: Failed['helps'], wait = 0): Failed {
  return { is: 'failed', code, reason, helps, wait };
}

/** The system's own words, at most 200 characters of them. It might repeat in an error what it was sent. */
function quoted(words: string, { secrets }: Credentials): string {
  const safe = secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), words);
  const text = cut(safe, 200);
  return text === '' ? '.' : `: ${text.replace(/\.?$/u, '.')}`;
}
