import {
  DescribeOrganizationCommand,
  ListRootsCommand,
  paginateListAccounts,
  paginateListAccountsForParent,
  paginateListOrganizationalUnitsForParent,
} from '@aws-sdk/client-organizations';
import type { Account, OrganizationsClient } from '@aws-sdk/client-organizations';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { STSClient } from '@aws-sdk/client-sts';
import { awsProblem } from '../aws-problem.ts';
import { DeployError } from '../deploy-error.ts';
import type { OrganizationAccount } from './choose-accounts.ts';

export interface Organization {
  readonly id: string;
  readonly management: string;
  /** StackSets needs more than consolidated billing. */
  readonly hasAllFeatures: boolean;
}

/** What a rollout needs to know of the organization. Every method throws `AwsProblem`. */
export interface OrganizationClient {
  /** The account that calls; 12 digits. */
  readonly account: () => Promise<string>;
  /** Undefined when the account is in no organization. */
  readonly organization: () => Promise<Organization | undefined>;
  /** Id of the root, for example `r-ab12`. */
  readonly root: () => Promise<string>;
  readonly allAccounts: () => Promise<readonly OrganizationAccount[]>;
  /** The accounts of units and of all units below them. */
  readonly accountsUnder: (units: readonly string[]) => Promise<readonly OrganizationAccount[]>;
}

/** Reads the organization; every list to its last page. */
export function createOrganizationClient({
  organizations: client,
  sts,
}: {
  readonly organizations: OrganizationsClient;
  readonly sts: STSClient;
}): OrganizationClient {
  const accountsIn = async (unit: string): Promise<readonly OrganizationAccount[]> => {
    const found: OrganizationAccount[] = [];
    for await (const page of paginateListAccountsForParent({ client }, { ParentId: unit }))
      found.push(...(page.Accounts ?? []).map(toAccount));
    return found;
  };
  const unitsIn = async (unit: string): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const page of paginateListOrganizationalUnitsForParent(
      { client },
      { ParentId: unit },
    ))
      found.push(...(page.OrganizationalUnits ?? []).flatMap(({ Id: id }) => id ?? []));
    return found;
  };
  return {
    account: () =>
      attempt('Asking who calls (sts:GetCallerIdentity)', async () => {
        const { Account: account = '' } = await sts.send(new GetCallerIdentityCommand({}));
        return account;
      }),
    organization: () =>
      attempt('Looking at the organization (organizations:DescribeOrganization)', async () => {
        try {
          const { Organization: found } = await client.send(new DescribeOrganizationCommand({}));
          return {
            id: found?.Id ?? '',
            management: found?.MasterAccountId ?? '',
            hasAllFeatures: found?.FeatureSet === 'ALL',
          };
        } catch (error) {
          if (error instanceof Error && error.name === 'AWSOrganizationsNotInUseException')
            return undefined;
          throw error;
        }
      }),
    root: () =>
      attempt('Looking for the root of the organization (organizations:ListRoots)', async () => {
        const { Roots: roots } = await client.send(new ListRootsCommand({}));
        return roots?.[0]?.Id ?? '';
      }),
    allAccounts: () =>
      attempt('Listing the accounts (organizations:ListAccounts)', async () => {
        const found: OrganizationAccount[] = [];
        for await (const page of paginateListAccounts({ client }, {}))
          found.push(...(page.Accounts ?? []).map(toAccount));
        return found;
      }),
    accountsUnder: (units) =>
      attempt(
        'Listing the accounts of the units (organizations:ListAccountsForParent, organizations:ListOrganizationalUnitsForParent)',
        async () => {
          const found = new Map<string, OrganizationAccount>();
          const seen = new Set<string>();
          const open = [...units];
          for (let unit = open.pop(); unit !== undefined; unit = open.pop()) {
            if (seen.has(unit)) continue;
            seen.add(unit);
            try {
              for (const account of await accountsIn(unit)) found.set(account.id, account);
              open.push(...(await unitsIn(unit)));
            } catch (error) {
              if (error instanceof Error && error.name === 'ParentNotFoundException')
                throw noUnit(unit);
              throw error;
            }
          }
          return [...found.values()];
        },
      ),
  };
}

/** `Status` goes away in September 2026 in favour of `State`, which older answers don't have [API Account]. */
function toAccount({ Id: id = '', Name: name = '', State: state, Status: status }: Account) {
  return { id, name, isActive: (state ?? status) === 'ACTIVE' };
}

function noUnit(unit: string): DeployError {
  return new DeployError(
    `The organization has no unit ${unit}. Check the id in the console (AWS Organizations > AWS accounts), and the account that you are signed in to.`,
    { isUsage: true },
  );
}

async function attempt<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof DeployError ? error : awsProblem(error, doing);
  }
}
