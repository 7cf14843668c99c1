import type { Breaker, Exception, Hold, Remembered, TargetState } from '../decide/types.ts';
import type { Attempt, AttemptFinding, Target } from '../model/attempt.ts';
import type { Finding } from '../model/finding.ts';
import type { Policy, Rows } from '../model/policy.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Request } from '../model/request.ts';

/** A request that is kept until `notBefore`, one for each (remediation, resource, mode). */
export interface Held extends Target {
  readonly remediation: string;
  readonly request: Request;
  readonly finding: Finding;
  /** Findings of the same failure that came while it waited: other standards, the other format. */
  readonly also?: readonly AttemptFinding[];
  readonly reason: string;
  readonly message: string;
  /** ISO 8601. */
  readonly notBefore: string;
  /** ISO 8601; when it was held first. */
  readonly since: string;
  /** How often it was held. */
  readonly times: number;
}

export type Claimed =
  | { readonly result: 'claimed' }
  /** The same attempt exists. `claimed`: its start may not have happened, so start it again; otherwise it is over. */
  | { readonly result: 'exists'; readonly attempt: Attempt }
  /** Another attempt has the resource, or a limit is reached, since the state was read: read it again and decide anew. */
  | { readonly result: 'overtaken' };

export interface ClaimOptions {
  /** Take the resource: not for previews, which change nothing. */
  readonly lease: boolean;
  /** ISO 8601; the lease of a killed execution ends by itself. */
  readonly leaseUntil: string;
  /** Undo: written in the same transaction. */
  readonly hold?: Hold;
  /** The held request that this attempt takes up, as it was read: deleted in the same transaction, or nothing is claimed. */
  readonly takesUp?: Held;
  /** ISO 8601; when to look after it the first time, if it hasn't ended. @default `leaseUntil` */
  readonly checkAt?: string;
  /** An attempt that waited for approval goes on: it exists and must be `awaiting-approval`. */
  readonly approved?: boolean;
}

/** What a claim took besides, for giving it back. */
export interface Taken {
  /** When it was claimed. */
  readonly at: Date;
  /** The request that it took up, to be held again. */
  readonly held?: Held;
}

export interface End {
  readonly attempt: Attempt;
  /** Absent: not written. A preview holds no lease, so it must not overwrite what a change remembers meanwhile. */
  readonly target?: TargetState;
  readonly breaker?: { readonly control: string; readonly value: Breaker };
  readonly undoes?: string;
}

/** What waits for one (remediation, resource, mode), when it was written last and since. */
export interface HeldChange {
  /** What waited before the write. */
  readonly before: Held | undefined;
  readonly held: Held | undefined;
}

/** What is known already, or wanted besides. */
export interface RememberedOptions {
  /** Exceptions that were read before, for several requests. @default they are read */
  readonly exceptions?: readonly Exception[] | Refusal;
  /** Undo: the attempt to take back. @default the newest */
  readonly undo?: string;
}

/** DynamoDB, as the functions use it. Each method throws the SDK's error; `Busy` when AWS throttles. */
export interface Store {
  /** Rows of the configuration table: the control's own and `*`. */
  readRows(control: string): Promise<Rows>;
  /** All that a decision needs, read consistently; a Refusal when an item isn't understood. */
  readRemembered(
    key: Target & { readonly remediation: string; readonly control: string },
    now: Date,
    options?: RememberedOptions,
  ): Promise<Remembered | Refusal>;
  /** Attempt, lease, hold and counts in one transaction. */
  claim(attempt: Attempt, options: ClaimOptions, now: Date): Promise<Claimed>;
  /** Takes a claim back whose execution could not be started: attempt, lease and counts. */
  unclaim(attempt: Attempt, options: ClaimOptions, taken: Taken): Promise<void>;
  /** Adds a finding to a running attempt; false when that has ended, or holds it already. */
  join(
    target: Target,
    attempt: string,
    finding: AttemptFinding,
  ): Promise<'joined' | 'present' | 'ended'>;
  readHeld(target: Target, remediation: string, mode: Request['mode']): Promise<Held | undefined>;
  /** Deletes a held request as it was read; false when it changed since. */
  deleteHeld(held: Held): Promise<boolean>;
  /** Requests on a resource that wait, oldest first. */
  listHeld(target: Target): Promise<readonly Held[]>;
  readAttempt(target: Target, id: string): Promise<Attempt | undefined>;
  /** By id alone, for people. */
  findAttempt(id: string): Promise<Attempt | undefined>;
  /** Preview for an approver: status `awaiting-approval`. */
  awaitApproval(attempt: Attempt): Promise<void>;
  /** Attempt, lease, target, breaker, and the attempt that was taken back, in one transaction. False when it had ended already or a finding joined meanwhile. */
  end(end: End): Promise<boolean>;
  readTarget(target: Target, remediation: string): Promise<TargetState | undefined>;
  putTarget(target: Target, remediation: string, state: TargetState): Promise<void>;
  readBreaker(control: string): Promise<Breaker | undefined>;
  putBreaker(control: string, value: Breaker): Promise<void>;
  /** What is due: held requests, lapsed approvals, attempts that nobody ended. */
  due(now: Date, atMost: number): Promise<readonly Due[]>;
  exceptions(): Promise<readonly Exception[] | Refusal>;
}

export type Due =
  | { readonly type: 'held'; readonly held: Held }
  | { readonly type: 'approval'; readonly attempt: Attempt }
  | { readonly type: 'stuck'; readonly attempt: Attempt };

/** What only those who take requests in and look after what waits need besides. */
export interface IntakeStore extends Store {
  /**
   * Keeps a request, in one write when `before` is what waits there. `keep` says what is kept, given what waits there;
   * undefined leaves that as it is. It is asked again when others wrote meanwhile, so that nothing of theirs gets lost.
   */
  putHeld(
    before: Held | undefined,
    keep: (before: Held | undefined) => Held | undefined,
  ): Promise<HeldChange>;
  /** Counts a failure of a control; says whether that opened its breaker. */
  countFailure(control: string, policy: Policy, now: Date): Promise<{ readonly opened: boolean }>;
  /** Deletes a hold that Undo left; false when there is none. */
  deleteHold(target: Target, remediation: string): Promise<boolean>;
  /** An attempt that waits for approval waits until then. False when it doesn't wait any more. */
  extendApproval(attempt: Attempt, until: string): Promise<boolean>;
  /** What is due is due again at `until` (ISO 8601). False when it changed meanwhile. */
  postpone(due: Due, until: string): Promise<boolean>;
}
