import {
  DescribeHubCommand,
  GetAdministratorAccountCommand,
  GetFindingAggregatorCommand,
  ListFindingAggregatorsCommand,
  paginateGetEnabledStandards,
  paginateGetFindings,
  paginateListMembers,
} from '@aws-sdk/client-securityhub';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { paginateListAccounts } from '@aws-sdk/client-organizations';
import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import { errorName } from './read.ts';

/** A member as its administrator account sees it. */
export interface HubMember {
  readonly account: string;
  readonly email: string;
  /** Security Hub API, Member: Created, Invited, Enabled, Removed, Resigned, Deleted or AccountSuspended. */
  readonly status: string;
}

/** How a standard is doing in one account and Region. */
export interface EnabledStandard {
  readonly arn: string;
  readonly status: string;
  /** Security Hub API, StandardsStatusReason; empty when there is none. */
  readonly reason: string;
}

/** Cross-Region aggregation of findings. */
export interface Aggregation {
  readonly home: string;
  /** ALL_REGIONS, ALL_REGIONS_EXCEPT_SPECIFIED, SPECIFIED_REGIONS or NO_REGIONS. */
  readonly mode: string;
  readonly regions: readonly string[];
}

export interface OrganizationAccount {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly isActive: boolean;
}

/** Whether Security Hub is on (API DescribeHub: InvalidAccessException also when the account isn't subscribed). */
export async function isHubOn(client: SecurityHubClient): Promise<boolean> {
  try {
    await client.send(new DescribeHubCommand({}));
    return true;
  } catch (error) {
    if (/^(?:InvalidAccessException|ResourceNotFoundException)$/u.test(errorName(error)))
      return false;
    throw error;
  }
}

/** All members, also those that are not enabled; empty where Security Hub is off. */
export async function listMembers(client: SecurityHubClient): Promise<readonly HubMember[]> {
  const members: HubMember[] = [];
  for await (const page of paginateListMembers(
    { client },
    { OnlyAssociated: false, MaxResults: 50 },
  ))
    for (const {
      AccountId: account,
      Email: email = '',
      MemberStatus: status = '',
    } of page.Members ?? [])
      if (account !== undefined) members.push({ account, email, status });
  return members;
}

/** The account that administers this one; undefined when none does. */
export async function administratorOf(client: SecurityHubClient): Promise<string | undefined> {
  const { Administrator: administrator } = await client.send(
    new GetAdministratorAccountCommand({}),
  );
  return isEnabled(administrator?.MemberStatus ?? '') ? administrator?.AccountId : undefined;
}

/** Statuses differ in capitals from answer to answer. */
export function isEnabled(status: string): boolean {
  return status.toLowerCase() === 'enabled';
}

export async function listStandards(
  client: SecurityHubClient,
): Promise<readonly EnabledStandard[]> {
  const standards: EnabledStandard[] = [];
  for await (const page of paginateGetEnabledStandards({ client }, {}))
    for (const one of page.StandardsSubscriptions ?? [])
      standards.push({
        arn: one.StandardsArn ?? '',
        status: one.StandardsStatus ?? '',
        reason: one.StandardsStatusReason?.StatusReasonCode ?? '',
      });
  return standards;
}

/**
 * Where findings of several Regions come together; undefined when nowhere. The aggregator is listed from any Region, and
 * read in its own, which its ARN names.
 */
export async function readAggregation(
  clientIn: (region: string) => SecurityHubClient,
  region: string,
): Promise<Aggregation | undefined> {
  const { FindingAggregators: all = [] } = await clientIn(region).send(
    new ListFindingAggregatorsCommand({}),
  );
  const arn = all[0]?.FindingAggregatorArn;
  if (arn === undefined) return undefined;
  const found = await clientIn(arn.split(':')[3] ?? region).send(
    new GetFindingAggregatorCommand({ FindingAggregatorArn: arn }),
  );
  return {
    home: found.FindingAggregationRegion ?? arn.split(':')[3] ?? '',
    mode: found.RegionLinkingMode ?? '',
    regions: found.Regions ?? [],
  };
}

/** The product ARN of Security Hub's own findings; other products may import findings that look the same. */
const OWN_PRODUCT = /^arn:[a-z-]+:securityhub:[a-z0-9-]+::product\/aws\/securityhub$/u;

/**
 * Places where the control Config.1 fails: AWS Config is off there, or doesn't record what checks need (Security Hub
 * User Guide, "Understanding the Config.1 control"). Each is `<account> <Region>`.
 */
export async function listConfigFailures(client: SecurityHubClient): Promise<readonly string[]> {
  const places = new Set<string>();
  const is = (value: string) => [{ Comparison: 'EQUALS' as const, Value: value }];
  for await (const page of paginateGetFindings(
    { client },
    {
      MaxResults: 100,
      Filters: {
        ComplianceSecurityControlId: is('Config.1'),
        ComplianceStatus: is('FAILED'),
        RecordState: is('ACTIVE'),
      },
    },
  ))
    for (const {
      ProductArn: product = '',
      AwsAccountId: account,
      Region: region,
    } of page.Findings ?? [])
      if (OWN_PRODUCT.test(product) && account !== undefined && region !== undefined)
        places.add(`${account} ${region}`);
  return [...places].toSorted();
}

/** All accounts of the organization; undefined without an organization. */
export async function listOrganizationAccounts(
  client: OrganizationsClient,
): Promise<readonly OrganizationAccount[] | undefined> {
  const accounts: OrganizationAccount[] = [];
  try {
    for await (const page of paginateListAccounts({ client }, { MaxResults: 20 }))
      for (const {
        Id: id,
        Name: name = '',
        Email: email = '',
        State: state,
        Status: status,
      } of page.Accounts ?? [])
        if (id !== undefined)
          accounts.push({ id, name, email, isActive: (state ?? status) === 'ACTIVE' });
  } catch (error) {
    if (errorName(error) === 'AWSOrganizationsNotInUseException') return undefined;
    throw error;
  }
  return accounts;
}
