import { AwsProblem } from '../aws-problem.ts';
import { DeployError } from '../deploy-error.ts';
import { partitionOf } from '../../../templates/launch/links.ts';
import { chooseAccounts } from './choose-accounts.ts';
import type { Choice, OrganizationAccount } from './choose-accounts.ts';
import type { Permissions } from './definition.ts';
import type { Organization, OrganizationClient } from './organization-client.ts';
import { notAdministrator } from './stack-set-problem.ts';
import type { Scope } from './targeting.ts';

/** Which accounts are asked about. */
export interface AccountQuery {
  /** Roots or organizational units; the root of the organization when it is empty. */
  readonly units: readonly string[];
  readonly canaryUnits: readonly string[];
  /** Only these. */
  readonly accounts: readonly string[] | undefined;
  readonly excluded: readonly string[];
  /** Set without an organization, or where StackSets can't use it. */
  readonly selfManaged:
    | { readonly administrationRole?: string; readonly executionRole?: string }
    | undefined;
}

/** Who rolls out, and to whom. */
export interface Audience {
  readonly permissions: Permissions;
  /** The account that calls. */
  readonly account: string;
  readonly members: readonly OrganizationAccount[];
  readonly choice: Choice;
  readonly scope: Scope;
}

/** StackSets takes at most so many units in a request [API CreateStackInstances]. */
const MOST_UNITS = 50;

/**
 * Finds out who calls, as what, and which accounts are meant. Throws `DeployError` with what to do: no organization, not
 * an administrator of it, accounts that don't exist.
 */
export async function findAudience(
  client: OrganizationClient,
  query: AccountQuery,
  region: string,
): Promise<Audience> {
  const account = await client.account();
  const found =
    query.selfManaged === undefined
      ? await inOrganization(client, query, { account, region })
      : byName(query, query.selfManaged, account);
  const { problems } = found.choice;
  if (problems.length > 0) throw new DeployError(problems.join('\n'), { isUsage: true });
  return found;
}

function byName(
  { accounts, excluded, canaryUnits }: AccountQuery,
  roles: NonNullable<AccountQuery['selfManaged']>,
  account: string,
): Audience {
  if (canaryUnits.length > 0)
    throw new DeployError(
      '--canary-ou needs an organization. With --self-managed, roll out to a few accounts first by naming only them.',
      { isUsage: true },
    );
  if (accounts === undefined)
    throw new DeployError('--self-managed needs the accounts by name. Add --accounts.', {
      isUsage: true,
    });
  const members = accounts.map((id) => ({ id, name: '', isActive: true }));
  const choice = chooseAccounts({
    members,
    management: '',
    asked: undefined,
    excluded,
    canary: [],
  });
  return {
    permissions: { type: 'self-managed', ...roles },
    account,
    members,
    choice,
    scope: { type: 'accounts' },
  };
}

async function inOrganization(
  client: OrganizationClient,
  query: AccountQuery,
  { account, region }: { readonly account: string; readonly region: string },
): Promise<Audience> {
  // CloudFormation User Guide, "Prerequisites for using CloudFormation StackSets".
  if (partitionOf(region) === 'aws-cn')
    throw new DeployError(
      'StackSets has no trusted access to organizations in the China Regions. Use --self-managed with --accounts.',
      { isUsage: true },
    );
  const organization = usable(await client.organization(), account);
  const { management } = organization;
  if (query.units.length > MOST_UNITS)
    throw new DeployError(
      `StackSets takes at most ${MOST_UNITS} units in a request. Name a unit above them with --ou.`,
      { isUsage: true },
    );
  const { units, members, canary } = await readUnits(client, query, { account, management });
  const choice = chooseAccounts({
    members,
    management,
    asked: query.accounts,
    excluded: query.excluded,
    canary: canary.map(({ id }) => id),
  });
  return {
    permissions: {
      type: 'organization',
      callAs: account === management ? 'SELF' : 'DELEGATED_ADMIN',
    },
    account,
    members,
    choice,
    scope: {
      type: 'units',
      units,
      members: members.map(({ id }) => id).filter((id) => id !== management),
      isFiltered: query.accounts !== undefined,
    },
  };
}

function usable(organization: Organization | undefined, account: string): Organization {
  if (organization === undefined)
    throw new DeployError(
      `The account ${account} is in no organization. Sign in to the management account or to a delegated administrator of StackSets, or use --self-managed with --accounts.`,
    );
  if (!organization.hasAllFeatures)
    throw new DeployError(
      'The organization has consolidated billing only, which StackSets can not work with. Enable all features in AWS Organizations > Settings, or use --self-managed with --accounts.',
    );
  return organization;
}

interface Units {
  readonly units: readonly string[];
  readonly members: readonly OrganizationAccount[];
  readonly canary: readonly OrganizationAccount[];
}

/** Only the management account and delegated administrators may look around in the organization [API ListAccounts, ListRoots]. */
async function readUnits(
  client: OrganizationClient,
  query: AccountQuery,
  { account, management }: { readonly account: string; readonly management: string },
): Promise<Units> {
  try {
    const units = await targetUnits(client, query);
    const members = units.some(isRoot)
      ? await client.allAccounts()
      : await client.accountsUnder(units);
    const canary =
      query.canaryUnits.length === 0 ? [] : await client.accountsUnder(query.canaryUnits);
    return { units, members, canary };
  } catch (error) {
    if (!(error instanceof AwsProblem) || error.kind !== 'denied' || account === management)
      throw error;
    throw new DeployError(`${error.message}\n${notAdministrator(account)}`);
  }
}

/** The root stands for all accounts, so another organization's would not be noticed when the accounts are listed. */
async function targetUnits(
  client: OrganizationClient,
  { units }: AccountQuery,
): Promise<readonly string[]> {
  const roots = units.filter(isRoot);
  if (units.length > 0 && roots.length === 0) return units;
  const root = await client.root();
  const strange = roots.find((one) => one !== root);
  if (strange !== undefined)
    throw new DeployError(
      `--ou: ${strange} is not the root of this organization, which is ${root}. Check the id, or the account that you are signed in to.`,
      { isUsage: true },
    );
  return units.length > 0 ? units : [root];
}

function isRoot(unit: string): boolean {
  return unit.startsWith('r-');
}
