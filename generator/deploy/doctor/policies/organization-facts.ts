import {
  DescribeOrganizationCommand,
  DescribePolicyCommand,
  ListDelegatedAdministratorsCommand,
  paginateListAccountsForParent,
  paginateListOrganizationalUnitsForParent,
  paginateListPolicies,
  paginateListRoots,
  paginateListTargetsForPolicy,
} from '@aws-sdk/client-organizations';
import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import { errorName, known, read } from '../../members/read.ts';
import type { Read } from '../../members/read.ts';
import { pool } from '../../members/pool.ts';

/** AWS Organizations, as the administrator account sees it. */
export interface OrganizationFacts {
  /** Undefined without an organization. */
  readonly organization: Read<
    { readonly id: string; readonly managementAccount: string } | undefined
  >;
  /** Whether this account may read the organization: the management account, and delegated administrators. */
  readonly isReader: Read<boolean>;
  readonly tree: Read<PolicyTree | undefined>;
}

/** The organization's units and its service control policies. */
export interface PolicyTree {
  /** Whether service control policies are turned on. */
  readonly isOn: boolean;
  /** Account or unit to its parent; the root has none. */
  readonly parents: ReadonlyMap<string, string>;
  readonly names: ReadonlyMap<string, string>;
  readonly policies: ReadonlyMap<string, { readonly name: string; readonly text: string }>;
  /** Root, unit or account to the ids of the policies attached to it. */
  readonly attached: ReadonlyMap<string, readonly string[]>;
}

/** Units and policies that are asked about at the same time; AWS Organizations allows few calls in a second. */
const AT_ONCE = 4;

/** Reads it; calls grow with units and policies, not with accounts. */
export async function readOrganizationFacts(
  client: OrganizationsClient,
  account: string,
): Promise<OrganizationFacts> {
  const organization = await read(
    'organizations:DescribeOrganization',
    'Looking for the organization',
    async () => describeOrganization(client),
  );
  if (!organization.known) return { organization, isReader: organization, tree: organization };
  if (organization.value === undefined)
    return { organization, isReader: known(false), tree: known(undefined) };
  const isReader =
    organization.value.managementAccount === account
      ? known(true)
      : await read(
          'organizations:ListDelegatedAdministrators',
          'Looking whether this account may read the organization',
          async () => isDelegated(client),
        );
  if (!isReader.known) return { organization, isReader, tree: isReader };
  if (!isReader.value) return { organization, isReader, tree: known(undefined) };
  const tree = await read(
    'organizations:ListPolicies',
    'Reading the service control policies (organizations:ListRoots, ListOrganizationalUnitsForParent, ListAccountsForParent, ListPolicies, ListTargetsForPolicy and DescribePolicy)',
    async () => readTree(client),
  );
  return { organization, isReader, tree };
}

async function describeOrganization(client: OrganizationsClient) {
  try {
    const { Organization: found } = await client.send(new DescribeOrganizationCommand({}));
    const { Id: id = '', MasterAccountId: managementAccount = '' } = found ?? {};
    return { id, managementAccount };
  } catch (error) {
    if (errorName(error) === 'AWSOrganizationsNotInUseException') return undefined;
    throw error;
  }
}

/**
 * The call is open to the management account and delegated administrators only (Organizations API,
 * ListDelegatedAdministrators). A refusal by IAM names the action, so it says nothing about the account.
 */
async function isDelegated(client: OrganizationsClient): Promise<boolean> {
  try {
    await client.send(new ListDelegatedAdministratorsCommand({ MaxResults: 1 }));
    return true;
  } catch (error) {
    const isByIam = error instanceof Error && error.message.includes('not authorized to perform');
    if (errorName(error) === 'AccessDeniedException' && !isByIam) return false;
    throw error;
  }
}

async function readTree(client: OrganizationsClient): Promise<PolicyTree> {
  const parents = new Map<string, string>();
  const names = new Map<string, string>();
  let isOn = false;
  const roots: string[] = [];
  for await (const page of paginateListRoots({ client }, {}))
    for (const { Id: id, Name: name = '', PolicyTypes: types = [] } of page.Roots ?? []) {
      if (id === undefined) continue;
      roots.push(id);
      names.set(id, name);
      isOn ||= types.some(
        ({ Type, Status }) => Type === 'SERVICE_CONTROL_POLICY' && Status === 'ENABLED',
      );
    }
  for (let level: readonly string[] = roots; level.length > 0;) {
    const below = await pool(level, AT_ONCE, async (parent) => {
      const units: string[] = [];
      for await (const page of paginateListOrganizationalUnitsForParent(
        { client },
        { ParentId: parent },
      ))
        for (const { Id: id, Name: name = '' } of page.OrganizationalUnits ?? [])
          if (id !== undefined) {
            units.push(id);
            names.set(id, name);
            parents.set(id, parent);
          }
      for await (const page of paginateListAccountsForParent({ client }, { ParentId: parent }))
        for (const { Id: id } of page.Accounts ?? []) if (id !== undefined) parents.set(id, parent);
      return units;
    });
    level = below.flat();
  }
  return { isOn, parents, names, ...(isOn ? await readPolicies(client) : NO_POLICIES) };
}

const NO_POLICIES: Pick<PolicyTree, 'policies' | 'attached'> = {
  policies: new Map(),
  attached: new Map(),
};

async function readPolicies(
  client: OrganizationsClient,
): Promise<Pick<PolicyTree, 'policies' | 'attached'>> {
  const ids: { readonly id: string; readonly name: string }[] = [];
  for await (const page of paginateListPolicies({ client }, { Filter: 'SERVICE_CONTROL_POLICY' }))
    for (const { Id: id, Name: name = '' } of page.Policies ?? [])
      if (id !== undefined) ids.push({ id, name });
  const attached = new Map<string, string[]>();
  const policies = await pool(ids, AT_ONCE, async ({ id, name }) => {
    for await (const page of paginateListTargetsForPolicy({ client }, { PolicyId: id }))
      for (const { TargetId: target } of page.Targets ?? [])
        if (target !== undefined) attached.set(target, [...(attached.get(target) ?? []), id]);
    const { Policy: policy } = await client.send(new DescribePolicyCommand({ PolicyId: id }));
    return [id, { name, text: policy?.Content ?? '' }] as const;
  });
  return { policies: new Map(policies), attached };
}
