import type { HubFacts, Inside } from '../members/hub-facts.ts';
import type { Read } from '../members/read.ts';
import type { InstalledBuild } from './installed-build.ts';
import type { OrganizationFacts } from './policies/organization-facts.ts';

/** Everything that checks judge. Gathered once; what was refused is part of it. */
export interface Facts {
  readonly build: InstalledBuild;
  readonly partition: string;
  readonly hub: HubFacts;
  readonly admin: AdminFacts;
  readonly organization: OrganizationFacts;
  /** The accounts that were to be looked into. */
  readonly accounts: readonly AccountFacts[];
  /** Regions in which remediations are to run. */
  readonly regions: readonly string[];
  readonly services: Read<ServiceList>;
}

/** The administrator account, in the home Region. */
export interface AdminFacts {
  /** Parameters under `/Solutions/<id>/` (not the member's) and `/ASR/Filters/`, by name. */
  readonly parameters: Read<ReadonlyMap<string, string>>;
  readonly stacks: Read<readonly StackSummary[]>;
}

export interface StackSummary {
  readonly name: string;
  readonly description: string;
  readonly status: string;
  readonly outputs: ReadonlyMap<string, string>;
}

/** One account. */
export interface AccountFacts {
  readonly account: string;
  /** Whether this account could be looked into; when not, the lists below are empty. */
  readonly entered: Read<true>;
  /** Roles whose names begin with the solution id. */
  readonly roles: Read<readonly RoleFacts[]>;
  readonly regions: readonly RegionFacts[];
}

export interface RoleFacts {
  readonly name: string;
  /** The trust policy as text, with `OWN_ACCOUNT` in place of the account's id. */
  readonly trust: string;
}

export const OWN_ACCOUNT = '<account>';

/** One account in one Region. */
export interface RegionFacts {
  readonly account: string;
  readonly region: string;
  readonly hub: Inside;
  /** Parameters under `/Solutions/<id>/`, by name. */
  readonly parameters: Read<ReadonlyMap<string, string>>;
  /** Names of all Automation and other documents that the account owns. */
  readonly documents: Read<readonly string[]>;
  readonly automation: Read<AutomationFacts>;
  /** Description of the stack that the orchestrator's member role belongs to; undefined when it is of no stack here. */
  readonly rolesStack: Read<string | undefined>;
}

export interface AutomationFacts {
  readonly running: number;
  readonly pending: number;
  /** Whether Systems Manager may raise the limit of concurrent automations by itself. */
  readonly isAdaptive: Read<boolean>;
}

/** Which services AWS offers where, by its own list. */
export interface ServiceList {
  /** All ids that the list knows. */
  readonly all: ReadonlySet<string>;
  readonly byRegion: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The members of accounts that could be looked into, flat. */
export function regionsOf({ accounts }: Pick<Facts, 'accounts'>): readonly RegionFacts[] {
  return accounts.flatMap(({ regions }) => regions);
}

/** `<account> <Region>`. */
export function placeOf({ account, region }: Pick<RegionFacts, 'account' | 'region'>): string {
  return `${account} ${region}`;
}
