import { awsProblem } from '../aws-problem.ts';
import type { Sleep } from '../terminal.ts';
import type { Access } from './access.ts';
import { administratorOf, isHubOn } from './hub.ts';
import { acceptInvitation, enableHub, findInvitation } from './member-calls.ts';

/** How an account fared; `why` says what to do when it has not become a member. */
export type Accepted =
  | { readonly outcome: 'accepted' | 'already' }
  | { readonly outcome: 'failed'; readonly why: string };

export interface AcceptOptions {
  readonly administrator: string;
  readonly region: string;
  /** Turn Security Hub on where it is off, which costs. */
  readonly isEnabling: boolean;
  /** Turn the default standards on with it. */
  readonly withStandards: boolean;
  readonly sleep: Sleep;
  readonly signal: AbortSignal;
}

/** A fresh invitation takes a moment to arrive. */
const LOOKS = 5;
const PAUSE_MS = 2000;

/** Accepts the administrator's invitation, with credentials of the member. Throws `Interrupted` only. */
export async function accept(access: Access, options: AcceptOptions): Promise<Accepted> {
  const { administrator, region, isEnabling, withStandards, sleep, signal } = options;
  const client = access.securityHub(region);
  try {
    if (!(await isHubOn(client))) {
      if (!isEnabling)
        return failed(
          `Security Hub is off in account ${access.account}, Region ${region}. Say --enable-security-hub to turn it on; checks are billed.`,
        );
      await enableHub(client, withStandards);
    }
    const present = await administratorOf(client);
    if (present === administrator) return { outcome: 'already' };
    if (present !== undefined)
      return failed(
        `Account ${access.account} has another administrator, ${present}. Disassociate it there first: aws securityhub disassociate-from-administrator-account --region ${region}`,
      );
    for (let look = 1; look <= LOOKS; look += 1) {
      const invitation = await findInvitation(client, administrator);
      if (invitation !== undefined) {
        await acceptInvitation(client, administrator, invitation);
        return { outcome: 'accepted' };
      }
      if (look < LOOKS) await sleep(PAUSE_MS, signal);
    }
    return failed(
      `Account ${access.account} has no invitation of ${administrator} in Region ${region}. Send one from there: asr members add --accounts ${access.account} --regions ${region}`,
    );
  } catch (error) {
    if (signal.aborted) throw error;
    return failed(
      awsProblem(error, `Accepting in account ${access.account}, Region ${region}`).message.trim(),
    );
  }
}

function failed(why: string): Accepted {
  return { outcome: 'failed', why };
}
