import type { Hold, TargetState } from '../../functions/decide/types.ts';
import type { Attempt, Target } from '../../functions/model/attempt.ts';
import type { Held } from '../../functions/store/store.ts';
import type { Backend, Person } from '../api/backend.ts';
import type { Role } from '../contract.ts';

/** What the administrator stack would write, and the API only reads. */
export interface Records {
  /** A new attempt, or a known one as it is now. */
  putAttempt(attempt: Attempt): Promise<void>;
  putTarget(target: Target, remediation: string, state: TargetState): Promise<void>;
  putHold(target: Target, remediation: string, hold: Hold): Promise<void>;
  putHeld(held: Held): Promise<void>;
  /** Counts one start of a control and in an account. */
  countStart(attempt: Attempt, now: Date): Promise<void>;
  /** Puts a finding as Security Hub gives it, in place of the one with its id. */
  putFinding(raw: Readonly<Record<string, unknown>>): Promise<void>;
}

export type LocalUser = Pick<Person, 'sub' | 'username' | 'email'>;

/** All that the local console works on: in memory, or in an emulator of AWS. */
export interface World {
  readonly backend: Backend;
  /** One user of each role. */
  readonly users: Readonly<Record<Role, LocalUser>>;
  /** What is different from AWS, a sentence each. */
  readonly differences: readonly string[];
  readonly close: () => Promise<void>;
}

/** Works on a command that was sent to the command queue. */
export type Worker = (command: Readonly<Record<string, unknown>>) => Promise<void>;
