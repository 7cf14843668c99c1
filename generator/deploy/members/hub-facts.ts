import type { Access } from './access.ts';
import {
  administratorOf,
  isHubOn,
  listConfigFailures,
  listMembers,
  listOrganizationAccounts,
  listStandards,
  readAggregation,
} from './hub.ts';
import type { Aggregation, EnabledStandard, HubMember, OrganizationAccount } from './hub.ts';
import { known, read } from './read.ts';
import type { Read } from './read.ts';

/** Security Hub in one account and Region, seen from inside the account. */
export interface Inside {
  readonly account: string;
  readonly region: string;
  readonly isOn: Read<boolean>;
  /** Empty while Security Hub is off. */
  readonly standards: Read<readonly EnabledStandard[]>;
}

/** What the administrator account sees in one Region. */
export interface HubInRegion extends Inside {
  readonly members: Read<readonly HubMember[]>;
}

/** Security Hub as the account sees it that this command works for: the administrator account, if all is well. */
export interface HubFacts {
  readonly account: string;
  /** Where the administrator stack is, or is to be. */
  readonly home: string;
  /** The Regions to look at, with the home Region. */
  readonly regions: readonly HubInRegion[];
  /** Account that administers this one; undefined when none does. */
  readonly administrator: Read<string | undefined>;
  readonly aggregation: Read<Aggregation | undefined>;
  /** `<account> <Region>` where Config.1 fails. */
  readonly configFailures: Read<readonly string[]>;
  /** Undefined without an organization. */
  readonly organization: Read<readonly OrganizationAccount[] | undefined>;
}

/** Reads all of it; what is refused is a fact. */
export async function readHubFacts(access: Access, regions: readonly string[]): Promise<HubFacts> {
  const { account, region: home, securityHub } = access;
  const [administrator, aggregation, organization, inRegions] = await Promise.all([
    read('securityhub:GetAdministratorAccount', "Reading this account's administrator", () =>
      orNothing(administratorOf(securityHub(home))),
    ),
    read('securityhub:GetFindingAggregator', 'Reading the aggregation of findings', () =>
      orNothing(readAggregation(securityHub, home)),
    ),
    read('organizations:ListAccounts', 'Listing the accounts of the organization', () =>
      listOrganizationAccounts(access.organizations()),
    ),
    Promise.all(regions.map(async (region) => readRegion(access, region))),
  ]);
  const isOnAtHome = inRegions.some(
    ({ region, isOn }) => region === home && isOn.known && isOn.value,
  );
  const configFailures = isOnAtHome
    ? await read('securityhub:GetFindings', 'Looking for findings of Config.1', () =>
        listConfigFailures(securityHub(home)),
      )
    : { known: false as const, why: `Security Hub in ${home} tells nothing.` };
  return {
    account,
    home,
    regions: inRegions,
    administrator,
    aggregation,
    configFailures,
    organization,
  };
}

/** Looks at Security Hub from inside an account. */
export async function lookInside(access: Access, region: string): Promise<Inside> {
  const { account, securityHub } = access;
  const isOn = await read('securityhub:DescribeHub', 'Looking for Security Hub', () =>
    isHubOn(securityHub(region)),
  );
  const standards =
    isOn.known && isOn.value
      ? await read('securityhub:GetEnabledStandards', 'Listing the standards', () =>
          listStandards(securityHub(region)),
        )
      : known([]);
  return { account, region, isOn, standards };
}

async function readRegion(access: Access, region: string): Promise<HubInRegion> {
  const inside = await lookInside(access, region);
  const members =
    inside.isOn.known && inside.isOn.value
      ? await read('securityhub:ListMembers', 'Listing the members', () =>
          listMembers(access.securityHub(region)),
        )
      : known([]);
  return { ...inside, members };
}

/** Where Security Hub is off, there is nothing to know; that it is off is told elsewhere. */
async function orNothing<T>(answer: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidAccessException') return undefined;
    throw error;
  }
}

/**
 * The Regions to look at when nobody names any: the home Region, and those that its aggregation lists. Undefined stands
 * for Regions that only AWS can list: all of them, or all but a few.
 */
export function aggregatedRegions(
  home: string,
  aggregation: Read<Aggregation | undefined>,
): readonly string[] | undefined {
  if (!aggregation.known || aggregation.value === undefined) return [home];
  const { mode, regions } = aggregation.value;
  if (mode === 'SPECIFIED_REGIONS') return [...new Set([home, ...regions])];
  return mode.startsWith('ALL_REGIONS') ? undefined : [home];
}
