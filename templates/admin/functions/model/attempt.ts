import type { Decision } from '../decide/types.ts';
import type { Policy } from './policy.ts';
import type { Mode, Origin } from './request.ts';

/** Where one resource is: the unit of leases, holds and history. */
export interface Target {
  readonly account: string;
  readonly region: string;
  /** ARN of the resource. */
  readonly resource: string;
}

/** A finding that an attempt answers; several when duplicates joined. */
export interface AttemptFinding {
  readonly id: string;
  readonly productArn: string;
  readonly format: 'asff' | 'ocsf';
  /** OCSF only: `metadata.uid`, by which Security Hub updates the finding. */
  readonly metadataUid?: string;
  /** ISO 8601; when Security Hub's check last wrote it. */
  readonly updatedAt: string;
  readonly title: string;
  readonly description: string;
  readonly severity: string;
}

/**
 * `claimed`: taken, an execution of the orchestrator works on it. `awaiting-approval`: its preview is made.
 * `ended`: its outcome says how.
 */
export const ATTEMPT_STATUSES = ['claimed', 'awaiting-approval', 'ended'] as const;
export type AttemptStatus = (typeof ATTEMPT_STATUSES)[number];

/** What an execution of the orchestrator does now: the asked mode, or the preview that an approver needs. */
export type Phase = 'run' | 'approval-preview';

/** How an attempt ended. The first six are answers of the document; each is a sentence that a person understands. */
export const OUTCOMES = [
  'compliant',
  'would-change',
  'changed',
  'mitigated',
  'undone',
  'failed',
  'not-verified',
  'changed-since',
  'denied',
  'timed-out',
  'cancelled',
  'unreadable',
  'not-started',
  'role-missing',
  'member-missing',
  'foreign-member',
  'document-missing',
  'document-foreign',
  'parameters-unknown',
  'refused',
  'rejected',
  'approval-expired',
  'orchestrator-failed',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** One item of the history, and all that the orchestrator needs to go on. */
export interface Attempt extends Target {
  /** 32 hexadecimal digits; the same for each delivery of one event. */
  readonly id: string;
  readonly status: AttemptStatus;
  readonly phase: Phase;
  readonly origin: Origin;
  readonly actor: string;
  readonly mode: Mode;
  readonly force: boolean;
  readonly ticketAsked: boolean;
  readonly standard: string;
  readonly control: string;
  readonly remediation: string;
  readonly document: string;
  readonly roleStem: string;
  readonly partition: string;
  /** Values for the remediation's own parameters that are known when it is claimed. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  /** Parameters to be read from Security Hub in the finding's account: parameter to the control's name for it. */
  readonly parametersToRead: Readonly<Record<string, string>>;
  readonly findings: readonly AttemptFinding[];
  /** Tags of the resource that the finding carries; absent when it says nothing of them. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Organizational units as they were read for the claim, so that the start can judge the filter again; absent when they weren't. */
  readonly unitPath?: readonly string[];
  readonly decision: Decision;
  readonly policy: Policy;
  /** ISO 8601. */
  readonly claimedAt: string;
  /** Undo: the attempt that is taken back, and its `State`. */
  readonly undoes?: { readonly id: string; readonly state: readonly string[] };
  readonly approver?: string;
  /** While an approval is awaited: when it lapses. */
  readonly approvalExpiresAt?: string;
  /** From the preview that an approver saw, or of a Preview: the calls, as JSON. */
  readonly preview?: string;
  readonly endedAt?: string;
  readonly outcome?: Outcome;
  readonly message?: string;
  readonly note?: string;
  readonly error?: string;
  /** The calls that were made, as JSON. */
  readonly changes?: string;
  /** What Undo needs; the document's `State`. */
  readonly state?: readonly string[];
  readonly automation?: string;
  readonly execution?: string;
  /** Name of the CloudFormation stack that owns the resource. */
  readonly stack?: string;
  /** URL of the ticket, and the ticket system's own id for it. */
  readonly ticket?: string;
  readonly ticketId?: string;
  /** Id of the attempt that took this one back. */
  readonly undoneBy?: string;
}
