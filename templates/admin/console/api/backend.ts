import type { Breaker, Exception, Facts, Remembered } from '../../functions/decide/types.ts';
import type { Attempt, Target } from '../../functions/model/attempt.ts';
import type { Finding } from '../../functions/model/finding.ts';
import type { Row } from '../../functions/model/policy.ts';
import type { Refusal } from '../../functions/model/refusal.ts';
import type { Settings } from '../../functions/model/settings.ts';

// What the API reads and writes, without any limit to accounts: only `scope` may touch it. Each method throws `Busy` when
// AWS is, and the SDK's error.

/** Filters of Security Hub; an empty list stands for everything. */
export interface HubQuery {
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly controls: readonly string[];
  readonly severities: readonly string[];
  readonly workflows: readonly string[];
}

export interface FindingName {
  readonly id: string;
  readonly productArn: string;
}

export interface Hub {
  /** One page of failed, active findings, as Security Hub gives them: whoever uses them parses them first. */
  findings(
    query: HubQuery,
    next?: string,
  ): Promise<{ readonly findings: readonly unknown[]; readonly next?: string }>;
  finding(name: FindingName): Promise<unknown>;
  facts(finding: Finding, resource: string, settings: Settings | Refusal): Promise<Facts>;
  /** Enabled members, counted up to `atMost`. */
  members(atMost: number): Promise<number>;
}

/** Where to look for attempts: in accounts, or in all of them. */
export interface HistoryQuery {
  /** Undefined: all accounts. An empty list: none. */
  readonly accounts: readonly string[] | undefined;
  /** ISO 8601, both inclusive. */
  readonly from: string;
  readonly to: string;
}

/** An answer to `settings`, the rows and so on may be a refusal: it is shown, and denies. */
export interface Tables {
  /** The newest first, as they are read. */
  attempts(query: HistoryQuery): AsyncIterable<Attempt>;
  findAttempt(id: string): Promise<Attempt | undefined>;
  attemptsOf(target: Target): Promise<readonly Attempt[]>;
  remembered(
    key: Target & { readonly remediation: string; readonly control: string },
    now: Date,
  ): Promise<Remembered | Refusal>;
  /** What waits, counted up to `atMost` of each. */
  waiting(atMost: number): Promise<{ readonly approvals: number; readonly held: number }>;
  /** Remediations that began in the hour of `now`, as the limits count them; what has none may be absent. */
  starts(
    of: 'control' | 'account',
    ids: readonly string[],
    now: Date,
  ): Promise<ReadonlyMap<string, number>>;
  settings(): Promise<Settings | Refusal>;
  /** Rows of the configuration table by control id. */
  rows(): Promise<ReadonlyMap<string, Row>>;
  /** False when there is no such row. */
  changeRow(control: string, change: Readonly<Record<string, boolean | string>>): Promise<boolean>;
  breakers(controls: readonly string[]): Promise<ReadonlyMap<string, Breaker>>;
  exceptions(): Promise<readonly Exception[] | Refusal>;
  putException(exception: Exception): Promise<void>;
  deleteException(id: string): Promise<void>;
  /** Accounts of account operators, by the user's sub. */
  operators(): Promise<ReadonlyMap<string, readonly string[]>>;
  putOperator(sub: string, email: string, accounts: readonly string[]): Promise<void>;
  deleteOperator(sub: string): Promise<void>;
}

export interface Person {
  readonly username: string;
  readonly sub: string;
  readonly email: string;
  /** As Cognito says it: `CONFIRMED`, `FORCE_CHANGE_PASSWORD`, ... */
  readonly status: string;
  readonly enabled: boolean;
}

/** The user pool. */
export interface People {
  /** Undefined when there is no such user. */
  find(username: string): Promise<Person | undefined>;
  inGroup(group: string): Promise<readonly Person[]>;
  groupsOf(username: string): Promise<readonly string[]>;
  /** Undefined when somebody has this address already. */
  invite(email: string): Promise<Person | undefined>;
  addToGroup(username: string, group: string): Promise<void>;
  remove(username: string): Promise<void>;
}

export interface Queues {
  /** Sends to the command queue; throws when one was not taken. */
  send(commands: readonly Readonly<Record<string, unknown>>[]): Promise<void>;
  waiting(): Promise<readonly { readonly name: string; readonly waiting: number }[]>;
}

export interface Backend {
  readonly hub: Hub;
  readonly tables: Tables;
  readonly people: People;
  readonly queues: Queues;
}

/** A control as the pages show it; made by the build. */
export interface ShownControl {
  readonly title: string;
  readonly impact: string;
  readonly impactText: string;
  readonly undo: string;
  readonly permissions: readonly string[];
  /** Ids of standards. */
  readonly standards: readonly string[];
}
