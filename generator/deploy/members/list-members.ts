import { throwIfInterrupted } from '../deploy-error.ts';
import type { Display } from '../terminal.ts';
import type { Access } from './access.ts';
import { isEnabled } from './hub.ts';
import { aggregatedRegions, lookInside, readHubFacts } from './hub-facts.ts';
import type { HubFacts, Inside } from './hub-facts.ts';
import { judgeAggregation, judgeConfig, judgeHub, judgeMembers } from './judge-hub.ts';
import { merge, unread } from './judgement.ts';
import type { Judgement } from './judgement.ts';
import { pool } from './pool.ts';
import { read } from './read.ts';
import type { Finding } from './render.ts';

/** Accounts that are entered at the same time. */
const AT_ONCE = 8;

interface ListOptions {
  /** @default the home Region and those whose findings are aggregated there */
  readonly regions?: readonly string[];
  /** Role in the members; without it, they are seen from outside only. */
  readonly role?: string;
}

/** The members, and what is missing. */
export interface MemberState {
  readonly facts: HubFacts;
  readonly findings: readonly Finding[];
}

/** Reads and judges the members of the administrator account. What is refused is told, not thrown; throws `Interrupted`. */
export async function listState(
  access: Access,
  { regions: named, role }: ListOptions,
  { display, signal }: { readonly display: Display; readonly signal: AbortSignal },
): Promise<MemberState> {
  const { facts, notes } = await readRegions(access, named);
  const inside: Inside[] = [];
  const closed: Judgement[] = [...notes];
  if (role !== undefined) {
    const accounts = enabledMembers(facts);
    let done = 0;
    const looked = await pool(accounts, AT_ONCE, async (account) => {
      throwIfInterrupted(signal);
      const entered = await read('sts:AssumeRole', `Entering ${account}`, () =>
        access.enter(account, role),
      );
      done += 1;
      display.live(`${done} of ${accounts.length} accounts`);
      if (!entered.known)
        return [unread('What a member looks like from inside', entered, [account])];
      return Promise.all(facts.regions.map(({ region }) => lookInside(entered.value, region)));
    });
    display.live('');
    for (const one of looked.flat())
      if ('level' in one) closed.push(one);
      else inside.push(one);
  }
  return {
    facts,
    findings: [
      ...judgeHub(facts, inside).map(of('security-hub')),
      ...judgeConfig(facts, inside).map(of('aws-config')),
      ...judgeAggregation(facts).map(of('aggregation')),
      ...judgeMembers(facts).map(of('members')),
      ...merge(closed).map(of('access')),
    ],
  };
}

/** Facts of the named Regions, or of those that are aggregated. */
export async function readRegions(
  access: Access,
  named: readonly string[] | undefined,
): Promise<{ readonly facts: HubFacts; readonly notes: readonly Judgement[] }> {
  if (named !== undefined)
    return {
      facts: await readHubFacts(access, [...new Set([access.region, ...named])]),
      notes: [],
    };
  const first = await readHubFacts(access, [access.region]);
  const regions = aggregatedRegions(access.region, first.aggregation);
  if (regions === undefined)
    return {
      facts: first,
      notes: [
        {
          level: 'unknown',
          what: `Only ${access.region} was looked at.`,
          why: 'Findings of all Regions are aggregated, and the aggregation does not list them.',
          do: 'Name the Regions that you use with --regions.',
          where: [],
        },
      ],
    };
  return {
    facts: regions.length > 1 ? await readHubFacts(access, regions) : first,
    notes: [],
  };
}

/** Enabled members of the home Region, without this account. */
export function enabledMembers({ account, home, regions }: HubFacts): readonly string[] {
  const members = regions.find(({ region }) => region === home)?.members;
  if (members === undefined || !members.known) return [];
  return members.value
    .filter((member) => isEnabled(member.status) && member.account !== account)
    .map((member) => member.account)
    .toSorted();
}

function of(check: string): (judgement: Judgement) => Finding {
  return (judgement) => ({ check, ...judgement });
}
