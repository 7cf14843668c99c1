import {
  DescribeOrganizationConfigurationCommand,
  EnableOrganizationAdminAccountCommand,
  paginateListOrganizationAdminAccounts,
  UpdateOrganizationConfigurationCommand,
} from '@aws-sdk/client-securityhub';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { awsProblem } from '../aws-problem.ts';
import { DeployError, throwIfInterrupted } from '../deploy-error.ts';
import type { Outcome } from '../ports.ts';
import { addAndInvite } from './add-members.ts';
import type { MemberPorts } from './add-members.ts';
import { ask } from './ask.ts';
import { isEnabled, listOrganizationAccounts } from './hub.ts';

export interface OrganizationOptions {
  readonly regions: readonly string[];
  /** Account to make the administrator; done in the management account. */
  readonly delegate?: string;
  /** Turn Security Hub on in accounts that join the organization; done in the administrator account. */
  readonly autoEnable: boolean;
  /** Whether new accounts get the default standards too. */
  readonly withStandards: boolean;
  /** Make every account of the organization a member; done in the administrator account. */
  readonly addAll: boolean;
  readonly isYes: boolean;
}

/** How new accounts of the organization are treated in one Region. */
export interface OrganizationState {
  readonly autoEnable: boolean;
  readonly autoEnableStandards: string;
  /** LOCAL, or CENTRAL: then policies of Security Hub decide. */
  readonly type: string;
}

/**
 * Sets up the organization's way: the administrator account, what happens to new accounts, and the accounts that are
 * there. Does what is left to do. Throws `DeployError` and `Interrupted`.
 */
export async function setUpOrganization(
  options: OrganizationOptions,
  ports: MemberPorts,
): Promise<Outcome> {
  const { access } = ports;
  const outcomes: Outcome[] = [];
  if (options.delegate !== undefined)
    outcomes.push(await delegate(options.delegate, options, ports));
  if (options.autoEnable) outcomes.push(await autoEnable(options, ports));
  if (options.addAll) {
    const accounts = await attempt('Listing the accounts of the organization', () =>
      listOrganizationAccounts(access.organizations()),
    );
    if (accounts === undefined)
      throw new DeployError(
        'This account belongs to no organization. Invite the accounts one by one: asr members add --accounts <ids>.',
      );
    const members = accounts
      .filter(({ id, isActive }) => isActive && id !== access.account)
      .map(({ id, email }) => ({ account: id, ...(email === '' ? {} : { email }) }));
    const { regions, withStandards, isYes } = options;
    outcomes.push(
      await addAndInvite({ members, regions, withStandards, isYes, isEnabling: false }, ports),
    );
  }
  return worst(outcomes);
}

async function delegate(
  account: string,
  { regions, isYes }: OrganizationOptions,
  { access, display, prompter, signal }: MemberPorts,
): Promise<Outcome> {
  const open: string[] = [];
  for (const region of regions) {
    const present = await attempt(
      `Listing the administrator accounts in ${region} (only the management account may)`,
      () => administrators(access.securityHub(region)),
    );
    const other = present.find((one) => one !== account);
    if (other !== undefined)
      throw new DeployError(
        `Account ${other} administers Security Hub for the organization in ${region}. Remove it first: aws securityhub disable-organization-admin-account --admin-account-id ${other} --region ${region}`,
      );
    if (present.includes(account))
      display.note(`${region}: account ${account} is the administrator already.`);
    else open.push(region);
  }
  if (open.length === 0) return 'nothing';
  const question = `Make account ${account} the Security Hub administrator of the organization in ${open.join(', ')}?`;
  if (!(await ask(question, { prompter, isYes, signal }))) return 'declined';
  for (const region of open) {
    throwIfInterrupted(signal);
    await attempt(`Making ${account} the administrator in ${region}`, () =>
      access
        .securityHub(region)
        .send(new EnableOrganizationAdminAccountCommand({ AdminAccountId: account })),
    );
    display.note(`${region}: account ${account} is the administrator now.`);
  }
  return 'done';
}

async function autoEnable(
  { regions, withStandards, isYes }: OrganizationOptions,
  { access, display, prompter, signal }: MemberPorts,
): Promise<Outcome> {
  const standards = withStandards ? 'DEFAULT' : 'NONE';
  const open: string[] = [];
  for (const region of regions) {
    const state = await readOrganization(access.securityHub(region), region);
    if (state.type === 'CENTRAL')
      display.note(
        `${region}: the organization has central configuration, so policies of Security Hub decide about new accounts. Nothing to do here.`,
      );
    else if (state.autoEnable && state.autoEnableStandards === standards)
      display.note(`${region}: new accounts get Security Hub already.`);
    else open.push(region);
  }
  if (open.length === 0) return 'nothing';
  const question = `Turn Security Hub on in every account that joins the organization, ${withStandards ? 'with' : 'without'} the default standards, in ${open.join(', ')}? Checks are billed.`;
  if (!(await ask(question, { prompter, isYes, signal }))) return 'declined';
  for (const region of open) {
    throwIfInterrupted(signal);
    await attempt(`Changing the configuration of the organization in ${region}`, () =>
      access.securityHub(region).send(
        new UpdateOrganizationConfigurationCommand({
          AutoEnable: true,
          AutoEnableStandards: standards,
        }),
      ),
    );
    display.note(`${region}: new accounts get Security Hub.`);
  }
  return 'done';
}

async function administrators(client: SecurityHubClient): Promise<readonly string[]> {
  const accounts: string[] = [];
  for await (const page of paginateListOrganizationAdminAccounts({ client }, {}))
    for (const { AccountId: account, Status: status = '' } of page.AdminAccounts ?? [])
      if (account !== undefined && isEnabled(status)) accounts.push(account);
  return accounts;
}

/** Only the administrator account may ask. Throws `AwsProblem`. */
function readOrganization(client: SecurityHubClient, region: string): Promise<OrganizationState> {
  return attempt(
    `Reading the configuration of the organization in ${region} (only its administrator account may)`,
    async () => {
      const found = await client.send(new DescribeOrganizationConfigurationCommand({}));
      return {
        autoEnable: found.AutoEnable === true,
        autoEnableStandards: found.AutoEnableStandards ?? '',
        type: found.OrganizationConfiguration?.ConfigurationType ?? 'LOCAL',
      };
    },
  );
}

async function attempt<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw awsProblem(error, doing);
  }
}

const WORST: readonly Outcome[] = ['interrupted', 'failed', 'declined', 'done', 'nothing'];

function worst(outcomes: readonly Outcome[]): Outcome {
  return WORST.find((one) => outcomes.includes(one)) ?? 'nothing';
}
