import type { Display } from '../../terminal.ts';
import type { Access } from '../../members/access.ts';
import { enabledMembers, readRegions } from '../../members/list-members.ts';
import type { Judgement } from '../../members/judgement.ts';
import { pool } from '../../members/pool.ts';
import { read } from '../../members/read.ts';
import type { Unread } from '../../members/read.ts';
import type { FactGroup } from '../check.ts';
import type { AccountFacts, Facts } from '../facts.ts';
import type { InstalledBuild } from '../installed-build.ts';
import { readOrganizationFacts } from '../policies/organization-facts.ts';
import { closedAccount, createIntern, readAccount } from './account.ts';
import type { LookOptions } from './account.ts';
import { readAdmin } from './admin.ts';
import { readServices } from './services.ts';

export interface GatherOptions {
  readonly build: InstalledBuild;
  /** @default all enabled members, and the account itself */
  readonly accounts?: readonly string[];
  /** @default the home Region and those whose findings are aggregated there */
  readonly regions?: readonly string[];
  /** Role to enter the accounts by; without it only this account is looked into. */
  readonly role?: string;
  /** What is judged later. */
  readonly wanted: ReadonlySet<FactGroup>;
}

/** Stands for what no chosen check judges. */
const SKIPPED: Unread = { known: false, why: 'It was not looked at.' };

/** Accounts that are looked into at the same time. */
const AT_ONCE = 8;

/** Reads everything that the checks judge. Only reads; what is refused is a fact. */
export async function gather(
  access: Access,
  { build, accounts: named, regions: given, role, wanted }: GatherOptions,
  display: Display,
): Promise<{ readonly facts: Facts; readonly notes: readonly Judgement[] }> {
  const { facts: hub, notes } = await readRegions(access, given);
  const regions = hub.regions.map(({ region }) => region);
  const [admin, organization, services] = await Promise.all([
    wanted.has('admin')
      ? readAdmin(access, build.solutionId)
      : { parameters: SKIPPED, stacks: SKIPPED },
    wanted.has('organization')
      ? readOrganizationFacts(access.organizations(), access.account)
      : { organization: SKIPPED, isReader: SKIPPED, tree: SKIPPED },
    wanted.has('services')
      ? read('ssm:GetParametersByPath', "Reading AWS's list of services and Regions", () =>
          readServices(access.ssm, regions, access.partition),
        )
      : SKIPPED,
  ]);
  const ids = named ?? [access.account, ...enabledMembers(hub)];
  const options = { regions, solutionId: build.solutionId, intern: createIntern() };
  let done = 0;
  const accounts = await pool(ids, AT_ONCE, async (account): Promise<AccountFacts> => {
    if (!wanted.has('accounts')) return closedAccount(account, SKIPPED);
    const looked = await lookInto(access, { account, role, options });
    done += 1;
    display.live(`${done} of ${ids.length} accounts`);
    return looked;
  });
  display.live('');
  const { partition } = access;
  return {
    facts: { build, partition, hub, admin, organization, accounts, regions, services },
    notes,
  };
}

interface Target {
  readonly account: string;
  readonly role: string | undefined;
  readonly options: LookOptions;
}

async function lookInto(access: Access, { account, role, options }: Target): Promise<AccountFacts> {
  if (account === access.account) return readAccount(access, options);
  if (role === undefined)
    return closedAccount(account, {
      known: false,
      why: 'No role was named to enter the accounts by (--role).',
    });
  const entered = await read('sts:AssumeRole', `Entering ${account}`, () =>
    access.enter(account, role),
  );
  return entered.known ? readAccount(entered.value, options) : closedAccount(account, entered);
}
