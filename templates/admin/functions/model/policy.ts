import type { Refusal } from './refusal.ts';

export const APPROVALS = ['by-impact', 'always', 'never'] as const;
export const TICKETS = ['asked', 'failed', 'always'] as const;
export const STACK_OWNED = ['remediate', 'approve', 'refuse'] as const;

/**
 * What may be done for one control: its row of the configuration table over the row `*` over the built-in defaults.
 * Each member but `automatedRemediationEnabled` is an optional attribute of either row, under the same name.
 */
export interface Policy {
  /** Findings are remediated as they come. Only a control's own row can say so. */
  readonly automatedRemediationEnabled: boolean;
  /** Kill switch: nothing is changed, by nobody. */
  readonly paused: boolean;
  /** Whether a named person must approve: by the remediation's impact, always, or never. @default by-impact */
  readonly approval: (typeof APPROVALS)[number];
  /** How long an approval may take, in hours. @default 72 */
  readonly approvalHours: number;
  /** Failed attempts on one resource before only a person may try again. @default 3 */
  readonly attempts: number;
  /** Remediations of this control in one hour, over all accounts. @default 100 */
  readonly perHour: number;
  /** Remediations in one account in one hour, over all controls. @default 50 */
  readonly accountPerHour: number;
  /** Failures within `breakerMinutes` that stop the control for `breakerPauseMinutes`. @default 5 in 60, stopped for 1440 */
  readonly breakerFailures: number;
  readonly breakerMinutes: number;
  readonly breakerPauseMinutes: number;
  /** When changes may be made, such as `Mon-Fri 09:00-17:00 Europe/Berlin; Sat 10:00-12:00 UTC`; empty is always. */
  readonly changeWindow: string;
  /** What to do with a resource that a CloudFormation stack owns. @default remediate */
  readonly stackOwned: (typeof STACK_OWNED)[number];
  /** When a ticket is opened: when asked for, also when an attempt fails, or always. @default asked */
  readonly tickets: (typeof TICKETS)[number];
  /** Days that a hold after Undo lasts. @default 30 */
  readonly holdDays: number;
  /** Values of the remediation's own parameters, by name. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
}

/** An attribute of a row as plain data: DynamoDB's types are gone, its numbers are numbers. */
export type Row = Readonly<Record<string, unknown>>;

/** The rows that apply; undefined where the table has none. */
export interface Rows {
  readonly control: Row | undefined;
  readonly defaults: Row | undefined;
}

export type PolicyOrRefusal = Policy | Refusal;
