import type { Finding } from '../model/finding.ts';
import type { Mode } from './plan.ts';
import type { Refusal } from '../model/refusal.ts';

/** The item that the state machine hands to `start`. */
export interface StartInput {
  readonly finding: unknown;
  /** ARN of the custom action that a person chose. */
  readonly action: unknown;
  /** ARN of the state machine's execution, and the finding's place in it. */
  readonly execution: string;
  readonly index: number;
}

/** What people need to know about the finding; checked and bounded. */
export type Subject = Pick<
  Finding,
  'id' | 'productArn' | 'account' | 'region' | 'title' | 'description' | 'severity'
>;

export interface Running {
  readonly status: 'running';
  readonly subject: Subject;
  readonly mode: Mode;
  readonly standard: string;
  readonly securityControlId: string;
  readonly remediation: string;
  readonly document: string;
  readonly resource: string;
  readonly automation: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Seconds until the next look. */
  readonly wait: number;
}

/** What a document's step `Result` answers, or what stands for it when there is no answer. */
export const OUTCOMES = ['compliant', 'would-change', 'changed', 'mitigated', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number] | 'timed-out' | 'cancelled' | 'unreadable';

export interface Ended extends Omit<Running, 'status'> {
  readonly status: 'ended';
  readonly outcome: Outcome;
  readonly note: string;
  readonly error: string;
  /** Number of calls made, or planned in a preview. */
  readonly changes: number;
}

/** Nothing was started. Without a subject, the finding's origin is in doubt and the finding stays untouched. */
export interface Refused extends Refusal {
  readonly subject?: Subject;
  readonly mode?: Mode;
  readonly securityControlId?: string;
}

export type Run = Running | Ended | Refused;

export function subjectOf(finding: Finding): Subject {
  const { id, productArn, account, region, title, description, severity } = finding;
  return { id, productArn, account, region, title, description, severity };
}
