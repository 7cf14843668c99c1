import { awsProblem } from '../aws-problem.ts';
import { DeployError, throwIfInterrupted } from '../deploy-error.ts';
import type { Outcome } from '../ports.ts';
import type { Display, Prompter, Sleep } from '../terminal.ts';
import { accept } from './accept.ts';
import type { Access } from './access.ts';
import { ask } from './ask.ts';
import { isHubOn, listMembers } from './hub.ts';
import type { HubMember } from './hub.ts';
import { count, few } from './judgement.ts';
import { addMembers, enableHub, inviteMembers } from './member-calls.ts';
import type { Refused } from './member-calls.ts';
import { planMembers } from './plan-members.ts';
import type { MemberPlan, WantedMember } from './plan-members.ts';
import { pool } from './pool.ts';

export interface MemberPorts {
  readonly access: Access;
  readonly display: Display;
  readonly prompter: Prompter;
  readonly sleep: Sleep;
  readonly signal: AbortSignal;
}

export interface AddMembersOptions {
  readonly members: readonly WantedMember[];
  readonly regions: readonly string[];
  /** Role in each member to accept under; without it, the members accept themselves. */
  readonly role?: string;
  /** Turn Security Hub on where it is off, here and in members that are entered. */
  readonly isEnabling: boolean;
  readonly withStandards: boolean;
  readonly isYes: boolean;
}

/** Accounts that are entered at the same time. */
const AT_ONCE = 8;

/**
 * Adds accounts, invites them and, with a role, accepts there: whatever is left to do in each Region. Throws
 * `DeployError`, and `Interrupted` on Ctrl-C; a second run goes on where this one stopped.
 */
export async function addAndInvite(
  options: AddMembersOptions,
  ports: MemberPorts,
): Promise<Outcome> {
  const { access, display, prompter, signal } = ports;
  const plans = new Map<string, MemberPlan>();
  for (const region of options.regions) {
    const existing = await existingMembers(access, region, options.isEnabling);
    plans.set(region, planMembers(options.members, existing, access.account));
  }
  for (const [region, plan] of plans) display.note(describePlan(region, plan));
  const isWork = [...plans.values()].some(
    ({ add, invite, accept: waiting }) =>
      add.length + invite.length > 0 || (options.role !== undefined && waiting.length > 0),
  );
  if (!isWork) {
    const isWaiting = [...plans.values()].some(({ accept: waiting }) => waiting.length > 0);
    if (isWaiting) display.note(acceptHint(access.account));
    return 'nothing';
  }
  if (!(await ask('Do it?', { prompter, isYes: options.isYes, signal }))) return 'declined';
  let isComplete = true;
  for (const [region, plan] of plans)
    isComplete = (await work(region, plan, options, ports)) && isComplete;
  return isComplete ? 'done' : 'failed';
}

async function existingMembers(
  access: Access,
  region: string,
  isEnabling: boolean,
): Promise<readonly HubMember[]> {
  const client = access.securityHub(region);
  try {
    if (await isHubOn(client)) return await listMembers(client);
  } catch (error) {
    throw awsProblem(error, `Listing the members in ${region}`);
  }
  if (isEnabling) return [];
  throw new DeployError(
    `Security Hub is off in account ${access.account}, Region ${region}. Say --enable-security-hub to turn it on; checks are billed.`,
  );
}

/** Whether everybody has become a member, or is invited as far as this command can. */
async function work(
  region: string,
  plan: MemberPlan,
  options: AddMembersOptions,
  ports: MemberPorts,
): Promise<boolean> {
  const { access, display, signal } = ports;
  const client = access.securityHub(region);
  const live = (doing: string, total: number) => (done: number) => {
    throwIfInterrupted(signal);
    display.live(`${region}: ${doing} ${done} of ${total}`);
  };
  await prepare(access, region, options);
  const refused = [...(await addMembers(client, plan.add, live('adding', plan.add.length)))];
  // Who belongs to the own organization is enabled by now, and gets no invitation.
  const existing = await existingMembers(access, region, false);
  const now = planMembers(options.members, existing, access.account);
  const invite = without(now.invite, refused);
  refused.push(...(await inviteMembers(client, invite, live('inviting', invite.length))));
  const waiting = without([...now.accept, ...invite], refused);
  display.live('');
  tellRefused(region, refused, display);
  if (options.role !== undefined) {
    const failures = await acceptEverywhere(waiting, options.role, { region, ...options }, ports);
    return refused.length + failures === 0;
  }
  if (waiting.length > 0)
    display.note(
      `${region}: ${count(waiting.length, 'account')} invited. ${acceptHint(access.account)}`,
    );
  return refused.length === 0;
}

async function prepare(
  access: Access,
  region: string,
  { isEnabling, withStandards }: Pick<AddMembersOptions, 'isEnabling' | 'withStandards'>,
): Promise<void> {
  const client = access.securityHub(region);
  try {
    if (isEnabling && !(await isHubOn(client))) await enableHub(client, withStandards);
  } catch (error) {
    throw awsProblem(error, `Turning Security Hub on in ${region}`);
  }
}

/** The number of accounts that did not become members. */
async function acceptEverywhere(
  accounts: readonly string[],
  role: string,
  options: Pick<AddMembersOptions, 'isEnabling' | 'withStandards'> & { readonly region: string },
  { access, display, sleep, signal }: MemberPorts,
): Promise<number> {
  const { region, isEnabling, withStandards } = options;
  const administrator = access.account;
  let done = 0;
  const failures = await pool(accounts, AT_ONCE, async (account) => {
    throwIfInterrupted(signal);
    const why = await acceptIn(account);
    done += 1;
    display.live(`${region}: ${done} of ${accounts.length} accounts entered`);
    return why === undefined ? [] : [{ account, why }];
  });
  const failed = failures.flat();
  display.live('');
  tellRefused(region, failed, display);
  display.note(
    `${region}: ${count(accounts.length - failed.length, 'account')} accepted the invitation.`,
  );
  return failed.length;

  async function acceptIn(account: string): Promise<string | undefined> {
    let member: Access;
    try {
      member = await access.enter(account, role);
    } catch (error) {
      return error instanceof Error ? error.message.trim() : String(error);
    }
    const given = { administrator, region, isEnabling, withStandards, sleep, signal };
    const accepted = await accept(member, given);
    return accepted.outcome === 'failed' ? accepted.why : undefined;
  }
}

function without(accounts: readonly string[], refused: readonly Refused[]): readonly string[] {
  const gone = new Set(refused.map(({ account }) => account));
  return accounts.filter((account) => !gone.has(account));
}

function tellRefused(region: string, refused: readonly Refused[], display: Display): void {
  for (const { account, why } of refused)
    display.note(`${region}: account ${account} failed. ${why}`);
}

function acceptHint(administrator: string): string {
  return `Accept in each account, with its own credentials: asr members accept --administrator ${administrator}. Or name a role in them with --role.`;
}

function describePlan(
  region: string,
  { add, invite, accept: waiting, enabled, skipped }: MemberPlan,
): string {
  const parts: readonly (readonly [readonly string[], string])[] = [
    [add.map(({ account }) => account), 'to be added'],
    [invite, 'to be invited'],
    [waiting, 'to accept'],
    [enabled, 'enabled already'],
  ];
  return [
    ...parts
      .filter(([accounts]) => accounts.length > 0)
      .map(([accounts, what]) => `${region}: ${accounts.length} ${what}: ${few(accounts)}`),
    ...skipped.map(({ account, why }) => `${region}: account ${account} is left out: ${why}.`),
  ].join('\n');
}
