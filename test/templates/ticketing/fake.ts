import type { Answer, LocalServer, Reaction, Received } from './local-server.ts';

/** What a ticket system stores: the fields of one ticket. */
export type Stored = Readonly<Record<string, unknown>>;

/** Something that goes wrong once, in the order of the list. */
export interface Fault {
  readonly on: 'lookUp' | 'creation';
  /** Answered in place of the system's own answer. */
  readonly reaction: Reaction;
  /** The system does what was asked, and only its answer is lost. */
  readonly isCarriedOut?: true;
}

/** A ticket system on this machine. */
export interface Fake {
  readonly url: string;
  readonly received: readonly Received[];
  readonly tickets: readonly Stored[];
  /** Push what goes wrong next. */
  readonly faults: Fault[];
  close(): Promise<void>;
}

export function withFaults(
  faults: Fault[],
  operation: Fault['on'],
  answer: () => Answer,
): Reaction {
  const index = faults.findIndex(({ on }) => on === operation);
  const [fault] = index === -1 ? [] : faults.splice(index, 1);
  if (fault === undefined) return answer();
  if (fault.isCarriedOut === true) answer();
  return fault.reaction;
}

export function fakeOf(server: LocalServer, tickets: readonly Stored[], faults: Fault[]): Fake {
  const close = async (): Promise<void> => server.close();
  return { url: server.url, received: server.received, tickets, faults, close };
}

export function objectOf(value: unknown): Stored {
  return typeof value === 'object' && value !== null ? (value as Stored) : {};
}
