import {
  AcceptAdministratorInvitationCommand,
  CreateMembersCommand,
  EnableSecurityHubCommand,
  InviteMembersCommand,
  paginateListInvitations,
} from '@aws-sdk/client-securityhub';
import type { Result, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { awsProblem } from '../aws-problem.ts';
import { batches } from './pool.ts';
import type { WantedMember } from './plan-members.ts';

/** Accounts in one call. The API names no maximum; the console works with 50 at a time. */
const BATCH = 50;

/** An account that Security Hub did not take, with its reason. */
export interface Refused {
  readonly account: string;
  readonly why: string;
}

/** Adds members; accounts of the own organization become enabled by it, others wait to be invited. Throws `AwsProblem`. */
export function addMembers(
  client: SecurityHubClient,
  members: readonly WantedMember[],
  onBatch: (done: number) => void,
): Promise<readonly Refused[]> {
  return inBatches(members, onBatch, 'Adding members', async (batch) => {
    const details = batch.map(({ account, email }) => ({
      AccountId: account,
      ...(email === undefined ? {} : { Email: email }),
    }));
    const answer = await client.send(new CreateMembersCommand({ AccountDetails: details }));
    return answer.UnprocessedAccounts;
  });
}

/** Throws `AwsProblem`. */
export function inviteMembers(
  client: SecurityHubClient,
  accounts: readonly string[],
  onBatch: (done: number) => void,
): Promise<readonly Refused[]> {
  return inBatches(accounts, onBatch, 'Inviting members', async (batch) => {
    const answer = await client.send(new InviteMembersCommand({ AccountIds: [...batch] }));
    return answer.UnprocessedAccounts;
  });
}

async function inBatches<T>(
  items: readonly T[],
  onBatch: (done: number) => void,
  doing: string,
  call: (batch: readonly T[]) => Promise<readonly Result[] | undefined>,
): Promise<readonly Refused[]> {
  const refused: Refused[] = [];
  let done = 0;
  for (const batch of batches(items, BATCH)) {
    onBatch(done);
    try {
      for (const { AccountId: account = '', ProcessingResult: why = '' } of (await call(batch)) ??
        [])
        refused.push({ account, why });
    } catch (error) {
      throw awsProblem(error, doing);
    }
    done += batch.length;
  }
  return refused;
}

/** The invitation that an administrator sent to this account. Throws the SDK's error. */
export async function findInvitation(
  client: SecurityHubClient,
  administrator: string,
): Promise<string | undefined> {
  for await (const page of paginateListInvitations({ client }, {}))
    for (const { AccountId: from, InvitationId: id } of page.Invitations ?? [])
      if (from === administrator && id !== undefined) return id;
  return undefined;
}

/** Throws the SDK's error. */
export async function acceptInvitation(
  client: SecurityHubClient,
  administrator: string,
  invitation: string,
): Promise<void> {
  await client.send(
    new AcceptAdministratorInvitationCommand({
      AdministratorId: administrator,
      InvitationId: invitation,
    }),
  );
}

/** Turns Security Hub on; which standards it brings stays to the user. Throws the SDK's error. */
export async function enableHub(client: SecurityHubClient, withStandards: boolean): Promise<void> {
  await client.send(new EnableSecurityHubCommand({ EnableDefaultStandards: withStandards }));
}
