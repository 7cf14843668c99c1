import type { HubMember } from './hub.ts';

/** An account that is to become a member. Security Hub takes the address of its root user, and works without it. */
export interface WantedMember {
  readonly account: string;
  readonly email?: string;
}

/** What is left to do until accounts are enabled members, in one Region. Each account is in exactly one list. */
export interface MemberPlan {
  /** Not known yet: add, then invite unless the organization makes it a member at once. */
  readonly add: readonly WantedMember[];
  /** Known, but not invited, or a member no more. */
  readonly invite: readonly string[];
  /** Invited: the account has to accept. */
  readonly accept: readonly string[];
  /** Nothing to do. */
  readonly enabled: readonly string[];
  /** Nothing can be done, with the reason. */
  readonly skipped: readonly { readonly account: string; readonly why: string }[];
}

/**
 * Compares what is wanted with what is. Running it again after an interruption leaves only the rest.
 * @param administrator the account that administers; it is in no list of members
 */
export function planMembers(
  wanted: readonly WantedMember[],
  existing: readonly HubMember[],
  administrator: string,
): MemberPlan {
  const statuses = new Map(existing.map(({ account, status }) => [account, status.toLowerCase()]));
  const plan = {
    add: [] as WantedMember[],
    invite: [] as string[],
    accept: [] as string[],
    enabled: [] as string[],
    skipped: [] as { account: string; why: string }[],
  };
  const unique = new Map(wanted.map((member) => [member.account, member]));
  for (const member of unique.values()) {
    const { account } = member;
    if (account === administrator) {
      plan.skipped.push({ account, why: 'it is the administrator account itself' });
      continue;
    }
    const status = statuses.get(account);
    switch (status) {
      // A deleted member is forgotten but for its name.
      case undefined:
      case 'deleted':
        plan.add.push(member);
        break;
      case 'created':
      case 'removed':
      case 'resigned':
        plan.invite.push(account);
        break;
      case 'invited':
        plan.accept.push(account);
        break;
      case 'enabled':
        plan.enabled.push(account);
        break;
      case 'accountsuspended':
        plan.skipped.push({ account, why: 'it is suspended from AWS' });
        break;
      default:
        plan.skipped.push({ account, why: `its status ${status} is not known to this version` });
    }
  }
  return plan;
}
