import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import { GetFindingsCommand, ListMembersCommand } from '@aws-sdk/client-securityhub';
import type {
  AwsSecurityFindingFilters,
  ListMembersCommandOutput,
  SecurityHubClient,
  StringFilter,
} from '@aws-sdk/client-securityhub';
import { createFacts } from '../../../functions/ingest/facts.ts';
import { findFinding } from '../../../functions/ingest/find-finding.ts';
import { productOf } from '../../../functions/model/finding-parts.ts';
import { errorName, rethrow } from '../../../functions/run/aws-errors.ts';
import type { Hub, HubQuery } from '../backend.ts';
import { Refused } from '../problem.ts';

/** Findings and members on one page (Security Hub API, GetFindings and ListMembers). */
const FINDINGS = 100;
const MEMBERS = 50;

interface HubOptions {
  readonly securityHub: SecurityHubClient;
  readonly organizations: OrganizationsClient;
  readonly adminAccount: string;
  readonly now: () => Date;
}

/** AWS Security Hub, as it is now. */
export function createHub(options: HubOptions): Hub {
  const { securityHub } = options;
  const lookUp = createFacts(options);
  return {
    findings: async (query, token) => {
      try {
        const { Findings: findings = [], NextToken: next = '' } = await securityHub.send(
          new GetFindingsCommand({
            Filters: filtersOf(query),
            MaxResults: FINDINGS,
            SortCriteria: [{ Field: 'UpdatedAt', SortOrder: 'desc' }],
            ...(token === undefined ? {} : { NextToken: token }),
          }),
        );
        return { findings, ...(next === '' ? {} : { next }) };
      } catch (error) {
        // All that a person gives is checked before, but for the token.
        if (token !== undefined && errorName(error) === 'InvalidInputException')
          throw new Refused('lost-place');
        return rethrow(error);
      }
    },
    finding: async ({ id, productArn }) => {
      const format = productOf(productArn, 'asff') === undefined ? 'ocsf' : 'asff';
      return findFinding(securityHub, { format, id, productArn });
    },
    facts: lookUp,
    members: async (atMost) => countMembers(securityHub, atMost),
  };
}

/** What fails now. Any account may import findings that look like these: they are parsed before they are used. */
function filtersOf({
  accounts,
  regions,
  controls,
  severities,
  workflows,
}: HubQuery): AwsSecurityFindingFilters {
  return {
    ProductName: equal(['Security Hub']),
    ComplianceStatus: equal(['FAILED']),
    RecordState: equal(['ACTIVE']),
    ...filter('WorkflowStatus', workflows),
    ...filter('AwsAccountId', accounts),
    ...filter('Region', regions),
    ...filter('ComplianceSecurityControlId', controls),
    ...filter('SeverityLabel', severities),
  };
}

function filter(name: keyof AwsSecurityFindingFilters, values: readonly string[]) {
  return values.length === 0 ? {} : { [name]: equal(values) };
}

function equal(values: readonly string[]): StringFilter[] {
  return values.map((Value) => ({ Value, Comparison: 'EQUALS' }));
}

async function countMembers(securityHub: SecurityHubClient, atMost: number): Promise<number> {
  let count = 0;
  let token: string | undefined;
  do {
    const page: ListMembersCommandOutput = await securityHub
      .send(
        new ListMembersCommand({
          OnlyAssociated: true,
          MaxResults: MEMBERS,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
      )
      .catch(rethrow);
    count += page.Members?.length ?? 0;
    token = page.NextToken === '' ? undefined : page.NextToken;
  } while (token !== undefined && count < atMost);
  return Math.min(count, atMost);
}
