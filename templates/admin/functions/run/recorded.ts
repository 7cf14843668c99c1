import type { Outcome } from '../model/attempt.ts';

/** Kinds of ends, for metrics and subject lines. */
export type Kind = 'Succeeded' | 'Failed' | 'Refused' | 'Previewed' | 'Undone';

/** What became of writing down how an attempt ended. */
export interface Recorded {
  readonly result: Kind;
  readonly outcome: Outcome;
  readonly message: string;
  /** False when a finding, the history or the notification could not be written. */
  readonly recorded: boolean;
  readonly problems: readonly string[];
  readonly ticket?: string;
}
