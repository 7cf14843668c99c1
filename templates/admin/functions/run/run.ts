import type { Decision } from '../decide/types.ts';
import type { Attempt, Outcome } from '../model/attempt.ts';

/** An automation under way, as the state machine carries it from look to look. */
export interface Running {
  readonly status: 'running';
  readonly automation: string;
  /** Name of the CloudFormation stack that owns the resource; absent when none does, or it isn't known. */
  readonly stack?: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601; of the last look. */
  readonly lookedAt: string;
  /** Seconds in which the automation waited for its turn. */
  readonly pending: number;
  /** Seconds until the next look. */
  readonly wait: number;
}

/** How an attempt ends. */
export interface Result {
  readonly outcome: Outcome;
  /** What the document says it did; empty when it says nothing. */
  readonly note: string;
  /** One sentence on what went wrong; empty when nothing did. */
  readonly error: string;
  /** The calls that were made, or would be, as JSON; empty when none is known. */
  readonly changes: string;
  /** What Undo needs; the document's `State`. */
  readonly state: readonly string[];
  readonly automation?: string;
  readonly stack?: string;
  /** The decision right before the start, where that one refused. */
  readonly decision?: Decision;
}

export interface Ended extends Result {
  readonly status: 'ended';
}

/** A result without a word of a document. */
export function without(outcome: Outcome, error: string): Result {
  return { outcome, note: '', error, changes: '', state: [] };
}

/** Whether the attempt changes its resource, and so must hold the lease. */
export function isChange({ mode, phase }: Pick<Attempt, 'mode' | 'phase'>): boolean {
  return mode !== 'Preview' && phase === 'run';
}
