/** What the web console's pages and its API say to each other, as JSON. All times are ISO 8601. */

export const ROLES = ['administrator', 'delegated-administrator', 'account-operator'] as const;
/**
 * `administrator`: everything. `delegated-administrator`: everything but users who are administrators.
 * `account-operator`: findings and attempts of the listed accounts; neither controls nor users.
 */
export type Role = (typeof ROLES)[number];

export interface Me {
  readonly name: string;
  readonly role: Role;
  /** Accounts that an account operator may see; absent for the others. */
  readonly accounts?: readonly string[];
  readonly version: string;
  readonly adminAccount: string;
  readonly region: string;
}

/** A list that goes on where `next` says. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** Query parameters of GET /api/findings; lists are separated by commas. */
export interface FindingQuery {
  readonly account?: string;
  readonly region?: string;
  readonly control?: string;
  readonly severity?: string;
  readonly workflow?: string;
  /** Id of a standard, such as AFSBP. */
  readonly standard?: string;
  /** Part of title or resource id. */
  readonly search?: string;
  readonly next?: string;
}

export interface FindingSummary {
  readonly id: string;
  readonly productArn: string;
  readonly title: string;
  readonly severity: string;
  readonly workflow: string;
  readonly compliance: string;
  readonly account: string;
  readonly region: string;
  readonly control: string;
  readonly standard: string;
  readonly resource: string;
  readonly updatedAt: string;
  /** Name of the remediation; absent when there is none. */
  readonly remediation?: string;
  readonly impact?: string;
}

export interface Rule {
  readonly rule: string;
  readonly verdict: 'allow' | 'needs-approval' | 'hold' | 'deny';
  readonly reason: string;
  readonly why: string;
}

export interface FindingDetail extends FindingSummary {
  readonly description: string;
  readonly note?: string;
  /** What `decide` says if this user asks for a remediation now. */
  readonly decision: {
    readonly verdict: Rule['verdict'];
    readonly message: string;
    readonly trace: readonly Rule[];
  };
  readonly attempts: readonly AttemptSummary[];
  readonly undo?: string;
}

/** POST /api/findings/actions */
export interface FindingAction {
  readonly action: 'preview' | 'remediate' | 'undo';
  /** Up to 20. */
  readonly findings: readonly { readonly id: string; readonly productArn: string }[];
  readonly force?: boolean;
  readonly ticket?: boolean;
}
export interface Accepted {
  readonly accepted: number;
}

/** Query parameters of GET /api/attempts. */
export interface AttemptQuery {
  readonly account?: string;
  readonly control?: string;
  readonly outcome?: string;
  /** Only those of this status: the approvals page asks for `awaiting-approval`. */
  readonly status?: AttemptSummary['status'];
  /** Dates, inclusive. @default the last 7 days */
  readonly from?: string;
  readonly to?: string;
  readonly next?: string;
}

export interface AttemptSummary {
  readonly id: string;
  readonly status: 'claimed' | 'awaiting-approval' | 'ended';
  readonly mode: 'Remediate' | 'Preview' | 'Undo';
  readonly origin: string;
  readonly actor: string;
  readonly account: string;
  readonly region: string;
  readonly resource: string;
  readonly control: string;
  readonly remediation: string;
  readonly claimedAt: string;
  readonly endedAt?: string;
  readonly outcome?: string;
  readonly message?: string;
  readonly approvalExpiresAt?: string;
  readonly undoneBy?: string;
  readonly canUndo: boolean;
}

export interface AttemptDetail extends AttemptSummary {
  readonly findings: readonly string[];
  readonly trace: readonly Rule[];
  /** Calls that were made; in a preview those that would be made, with what is there now. */
  readonly changes: readonly Difference[];
  readonly automation?: string;
  readonly execution?: string;
  readonly ticket?: string;
  readonly stack?: string;
  readonly approver?: string;
  readonly error?: string;
}

/** A call of the AWS API and what it changes. */
export interface Difference {
  readonly call: string;
  /** Whether it takes something away. */
  readonly removes: boolean;
  /** Request members that stay as they are, such as the resource's name. */
  readonly given: Readonly<Record<string, unknown>>;
  /** `now` is absent where nothing is there or nothing is known of it, `after` where it will be gone. */
  readonly members: readonly {
    readonly name: string;
    readonly now?: unknown;
    readonly after?: unknown;
  }[];
}

export interface Control {
  readonly id: string;
  readonly title: string;
  readonly remediation: string;
  readonly impact: string;
  readonly impactText: string;
  readonly undo: string;
  readonly permissions: readonly string[];
  readonly standards: readonly string[];
  readonly automatic: boolean;
  readonly paused: boolean;
  readonly breakerOpenUntil?: string;
}
/** GET /api/controls/{id}/open: asked before a control is switched to automatic. */
export interface OpenFindings {
  readonly open: number;
  /** The count stopped here, there are more. */
  readonly isMore: boolean;
}
/** PUT /api/controls/{id} */
export interface ControlChange {
  readonly automatic?: boolean;
  readonly paused?: boolean;
}

export interface ExceptionItem {
  readonly id: string;
  readonly owner: string;
  readonly reason: string;
  readonly expiresAt: string;
  readonly controls?: readonly string[];
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  readonly resources?: readonly string[];
}
/** POST /api/exceptions, answered with the item; DELETE /api/exceptions/{id} ends one. The API chooses the id and names the user as owner unless one is given. */
export type NewException = Omit<ExceptionItem, 'id' | 'owner'> & { readonly owner?: string };

export interface Health {
  readonly paused: boolean;
  /** Controls that have a remediation. */
  readonly controls: number;
  /** Places whose latest attempt of the last 7 days found no member stack, role or document: `outcome` says what. */
  readonly gaps: readonly {
    readonly account: string;
    readonly region: string;
    readonly outcome: string;
  }[];
  /** What counts against a limit in this hour, the fullest first. */
  readonly limits: readonly {
    readonly of: 'control' | 'account';
    readonly id: string;
    readonly starts: number;
    readonly limit: number;
  }[];
  readonly openBreakers: readonly { readonly control: string; readonly until: string }[];
  readonly queues: readonly { readonly name: string; readonly waiting: number }[];
  readonly members: number;
  readonly automaticControls: number;
  readonly awaitingApproval: number;
  readonly held: number;
  readonly warnings: readonly Said[];
}

/** GET /api/statistics, with `from` and `to` as dates, inclusive (up to 366 days; default: the last 30). */
export interface Statistics {
  readonly from: string;
  readonly to: string;
  readonly days: readonly {
    readonly day: string;
    readonly fixed: number;
    readonly failed: number;
    readonly other: number;
  }[];
  readonly byControl: readonly {
    readonly control: string;
    readonly fixed: number;
    readonly failed: number;
  }[];
  readonly byAccount: readonly {
    readonly account: string;
    readonly fixed: number;
    readonly failed: number;
  }[];
  /** Not all attempts were read. */
  readonly isPartial: boolean;
}

export interface User {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly accounts?: readonly string[];
  readonly status: string;
}
/** POST /api/users, answered with the user; DELETE /api/users/{name} removes one. */
export interface Invitation {
  readonly email: string;
  readonly role: Role;
  readonly accounts?: readonly string[];
}

/** GET /config.json, without signing in. */
export interface WebConfig {
  /** No sign-in: the local server says who the user is. */
  readonly local: boolean;
  /** Host name of managed login and id of the app client; empty when local. */
  readonly domain: string;
  readonly clientId: string;
}

/** Every request but GET needs this header, and a body needs the content type application/json. */
export const REQUEST_HEADER = { name: 'x-asr-request', value: '1' } as const;

/** A sentence for people, which the pages say in their language: by `reason` and `values`, else the message itself. */
export interface Said {
  /** Machine-readable word. */
  readonly reason: string;
  /** What is wrong and what to do, in English. */
  readonly message: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** Every answer that is no success. */
export interface Problem extends Said {
  /** What kind of problem it is, such as `forbidden`; several reasons may have the same. */
  readonly code: string;
}
