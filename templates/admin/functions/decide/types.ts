import type { Catalog } from '../model/catalog.ts';
import type { Finding } from '../model/finding.ts';
import type { Policy } from '../model/policy.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Request } from '../model/request.ts';
import type { Resolved } from '../model/resolve.ts';
import type { Settings } from '../model/settings.ts';

export const VERDICTS = ['allow', 'needs-approval', 'hold', 'deny'] as const;
/** In rising order: of several rules' verdicts the last one in this list counts. */
export type Verdict = (typeof VERDICTS)[number];

export interface RuleResult {
  readonly rule: string;
  readonly verdict: Verdict;
  /** Machine-readable word: the reason of a verdict other than allow. */
  readonly reason: string;
  /** One sentence for people, without text that others wrote. */
  readonly why: string;
  /** Verdict `hold`: ISO 8601, not to be tried again before. */
  readonly notBefore?: string;
}

/** What is decided about a request, and by which rules. */
export interface Decision {
  readonly verdict: Verdict;
  /** Of the rule that decided; `allowed` when all allow. */
  readonly reason: string;
  readonly message: string;
  /** Verdict `hold`: the latest of the rules' times. */
  readonly notBefore?: string;
  /** Every rule that was looked at, in the order of the rules. */
  readonly trace: readonly RuleResult[];
}

/** A fact that was looked up: its value, that it could not be read, or that it will be read before the start. */
export type Looked<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: 'unreadable' | 'later' };

/** Facts about the account and the resource that no finding proves. */
export interface Facts {
  /** Whether the account is a current member of the administrator, or the administrator itself. */
  readonly isMember: Looked<boolean>;
  /** Ids of the organizational units from the account up to the root, the root's id last. */
  readonly unitPath: Looked<readonly string[]>;
  readonly tags: Looked<Readonly<Record<string, string>>>;
  /** Name of the CloudFormation stack that owns the resource; empty when none does. */
  readonly stack: Looked<string>;
}

export interface Lease {
  readonly attempt: string;
  readonly remediation: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** What is remembered about (remediation, resource). */
export interface TargetState {
  /**
   * Failed attempts in a row, and verified fixes that didn't last. They count only until a fix is verified after
   * `failedAt`, and again when that one doesn't last either.
   */
  readonly failures: number;
  /** ISO 8601; of the last failure, or of the last fix that didn't last. */
  readonly failedAt?: string;
  /** ISO 8601; when a fix was last verified, by the document or by finding it compliant. */
  readonly verifiedAt?: string;
  /** A finding's format and id, as `findingKey` writes them, to the `UpdatedAt` that was dealt with last. */
  readonly seen: Readonly<Record<string, string>>;
}

/** Written by Undo, so that the automatic path doesn't redo the fix at once. */
export interface Hold {
  readonly owner: string;
  readonly reason: string;
  readonly expiresAt: string;
}

/** What somebody excepted, until when and why. All members that are given must match; each list matches by any entry. */
export interface Exception {
  readonly id: string;
  readonly owner: string;
  readonly reason: string;
  readonly expiresAt: string;
  /** Security control ids. */
  readonly controls?: readonly string[];
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  /** Resource ARNs; `*` stands for any characters. */
  readonly resources?: readonly string[];
}

export interface Breaker {
  /** ISO 8601 times of the latest failures, oldest first. */
  readonly failures: readonly string[];
  /** While open: ISO 8601. */
  readonly openUntil?: string;
}

/** What the state table says; read together, right before a decision. */
export interface Remembered {
  readonly lease: Lease | undefined;
  readonly target: TargetState | undefined;
  readonly hold: Hold | undefined;
  /** Attempt of this remediation on this resource that waits for an approval. */
  readonly awaiting: { readonly id: string; readonly expiresAt: string } | undefined;
  /** An earlier attempt that can be taken back, for Undo. */
  readonly undoable: { readonly id: string; readonly state: readonly string[] } | undefined;
  /** Starts in the current hour. */
  readonly counts: { readonly control: number; readonly account: number };
  readonly breaker: Breaker | undefined;
  readonly exceptions: readonly Exception[];
}

/** All that a decision rests on. A member that could not be read is a Refusal, which denies. */
export interface DecideInput {
  readonly now: Date;
  readonly environment: { readonly partition: string; readonly adminAccount: string };
  readonly request: Request;
  readonly finding: Finding | Refusal;
  readonly settings: Settings | Refusal;
  readonly catalog: Catalog;
  /** What the finding means; made by `resolve`. */
  readonly resolved: Resolved | Refusal;
  readonly policy: Policy | Refusal;
  readonly facts: Facts;
  readonly remembered: Remembered | Refusal;
  /** Attempt under way (at the start, or an approval): whose request it is, and who approved it. */
  readonly attempt?: { readonly id: string; readonly actor: string; readonly approver?: string };
  /** `claim`: facts may follow `later`. `start`: what isn't known by now denies. */
  readonly stage: 'claim' | 'start';
}
