import type { TicketRequest } from './request.ts';

export interface Ticket {
  /** What people call the ticket: `SEC-17`, `INC0010023`. */
  readonly id: string;
  /** Address of the ticket for a person. */
  readonly url: string;
}

/** A request to the ticket system, without its credentials. */
export interface Call {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** What proves who calls. Never logged, and blacked out of every text that leaves the function. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  /** The texts to black out. */
  readonly secrets: readonly string[];
}

/** The answer to the question whether there is a ticket already. `unclear` opens none. */
export type Found =
  | { readonly is: 'there'; readonly ticket: Ticket }
  | { readonly is: 'none' }
  | { readonly is: 'unclear'; readonly reason: string };

/** One ticket system: pure functions that make its requests and read its answers. */
export interface TicketService {
  readonly name: string;
  /** Milliseconds after which a ticket that was just opened is found by `lookUp`, mostly. */
  readonly settleTime: number;
  /** Reads the secret's JSON; undefined when it lacks something, or holds what can't stand in a header. */
  readonly credentials: (secret: Readonly<Record<string, unknown>>) => Credentials | undefined;
  /** What the secret must hold, for the message when it doesn't. */
  readonly secretForm: string;
  readonly lookUp: (key: string) => Call;
  readonly readFound: (body: unknown, key: string) => Found;
  readonly creation: (request: TicketRequest) => Call;
  /** Undefined when the answer names no ticket. */
  readonly readCreated: (body: unknown) => Ticket | undefined;
  /** Whether the system didn't accept the credentials, although the status may say otherwise. */
  readonly isUnauthorized: (status: number, headers: Headers) => boolean;
  /** The system's own words about an error; empty when it has none. */
  readonly explain: (body: unknown) => string;
  /** What to look at when it answers 404. */
  readonly notFoundHint: string;
}
