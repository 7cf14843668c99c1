import { ListParentsCommand } from '@aws-sdk/client-organizations';
import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import { GetMembersCommand } from '@aws-sdk/client-securityhub';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { Facts, Looked } from '../decide/types.ts';
import type { Finding } from '../model/finding.ts';
import { isRefusal } from '../model/refusal.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Settings } from '../model/settings.ts';
import { isBusy, rethrow } from '../run/aws-errors.ts';

interface FactsOptions {
  readonly securityHub: SecurityHubClient;
  readonly organizations: OrganizationsClient;
  readonly adminAccount: string;
  readonly now: () => Date;
}

export type LookUp = (
  finding: Finding,
  resource: string,
  settings: Settings | Refusal,
) => Promise<Facts>;

const LATER = { known: false, why: 'later' } as const;
const UNREADABLE = { known: false, why: 'unreadable' } as const;

/** Milliseconds for which a membership or a path is believed. */
const BELIEVED = 60_000;
/** A root has organizational units five levels deep (AWS Organizations User Guide, Quotas); more is a wrong answer. */
const DEEPEST = 10;
/** CloudFormation puts the stack's name on resources (CloudFormation User Guide, "Resource tag"). */
const STACK_TAG = 'aws:cloudformation:stack-name';

/**
 * Looks up what no finding proves: whether the account is a member, and, when the filter is on, its organizational
 * units. Tags are those that the finding carries; what it lacks is read before the start. What can't be read is a fact.
 * Throws `Busy` when AWS is.
 */
export function createFacts(options: FactsOptions): LookUp {
  const { now } = options;
  const members = believed(now, async (account) => readMembership(options, account));
  const paths = believed(now, async (account) => readUnitPath(options, account));
  return async (finding, resource, settings) => {
    const { account } = finding;
    const wantsPath = !isRefusal(settings) && settings.filters.OU.mode !== 'Disabled';
    const tags = finding.resources.find(({ id }) => id === resource)?.tags;
    const stack = tags?.[STACK_TAG];
    return {
      isMember: await members(account),
      unitPath: wantsPath ? await paths(account) : LATER,
      tags: tags === undefined ? LATER : { known: true, value: tags },
      // Security Hub may leave out tags that AWS makes, so their absence says nothing.
      stack: stack === undefined ? LATER : { known: true, value: stack },
    };
  };
}

/** Remembers what was read for a while; not that something couldn't be read. */
function believed<T>(
  now: () => Date,
  read: (account: string) => Promise<Looked<T>>,
): (account: string) => Promise<Looked<T>> {
  const known = new Map<string, { readonly until: number; readonly value: Looked<T> }>();
  return async (account) => {
    const time = now().getTime();
    const old = known.get(account);
    if (old !== undefined && old.until > time) return old.value;
    const value = await read(account);
    if (value.known) known.set(account, { until: time + BELIEVED, value });
    return value;
  };
}

/** Security Hub API, GetMembers: `Enabled` is a current member. The administrator's own account is in no list. */
async function readMembership(
  { securityHub, adminAccount }: FactsOptions,
  account: string,
): Promise<Looked<boolean>> {
  if (account === adminAccount) return { known: true, value: true };
  try {
    const { Members: members = [] } = await securityHub.send(
      new GetMembersCommand({ AccountIds: [account] }),
    );
    const member = members.find(({ AccountId }) => AccountId === account);
    return { known: true, value: member?.MemberStatus?.toLowerCase() === 'enabled' };
  } catch (error) {
    return isBusy(error) ? rethrow(error) : UNREADABLE;
  }
}

/** From the account's unit up to the root, whose id is last (AWS Organizations API, ListParents). */
async function readUnitPath(
  { organizations }: FactsOptions,
  account: string,
): Promise<Looked<readonly string[]>> {
  const path: string[] = [];
  try {
    for (let child = account; path.length < DEEPEST;) {
      const { Parents: parents = [] } = await organizations.send(
        new ListParentsCommand({ ChildId: child }),
      );
      const [parent] = parents;
      if (parents.length !== 1 || parent?.Id === undefined) return UNREADABLE;
      path.push(parent.Id);
      if (parent.Type === 'ROOT') return { known: true, value: path };
      child = parent.Id;
    }
    return UNREADABLE;
  } catch (error) {
    return isBusy(error) ? rethrow(error) : UNREADABLE;
  }
}
