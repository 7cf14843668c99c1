import { isEnabled } from './hub.ts';
import type { Aggregation, HubMember } from './hub.ts';
import type { HubFacts, Inside } from './hub-facts.ts';
import { count, few, merge, ok, okIn, problem, unread, warn } from './judgement.ts';
import type { Judgement } from './judgement.ts';

/** Whether Security Hub is on, in this account and in those that were looked into. */
export function judgeHub(
  { account, administrator, regions }: Pick<HubFacts, 'account' | 'administrator' | 'regions'>,
  inside: readonly Inside[] = [],
): readonly Judgement[] {
  const all = [...regions, ...inside];
  const found = all.flatMap(({ account: one, region, isOn }) => {
    const where = [`${one} ${region}`];
    if (!isOn.known) return [unread('Whether Security Hub is on', isOn, where)];
    if (isOn.value) return [];
    return [
      problem({
        what: 'Security Hub is off.',
        why: 'Without it nothing is checked, so there are no findings to remediate.',
        do: 'Turn it on there: aws securityhub enable-security-hub --region <Region>. Checks are billed.',
        where,
      }),
    ];
  });
  if (administrator.known && administrator.value !== undefined)
    found.push(
      problem({
        what: `This account is a member itself: ${administrator.value} administers it.`,
        why: 'Only the administrator account sees the findings of all members, and may change them.',
        do: `Work in account ${administrator.value}, and launch the administrator stack there.`,
        where: [account],
      }),
    );
  if (!administrator.known)
    found.push(unread('Which account administers this one', administrator, [account]));
  return found.length > 0
    ? merge(found)
    : [ok(`Security Hub is on in ${count(all.length, 'place')} that could be looked into.`)];
}

/** Whether AWS Config records what the checks need. */
export function judgeConfig(
  { configFailures, regions }: Pick<HubFacts, 'configFailures' | 'regions'>,
  inside: readonly Inside[] = [],
): readonly Judgement[] {
  const told = (where: readonly string[]): Judgement =>
    problem({
      what: 'AWS Config is off, or does not record what the checks of Security Hub need.',
      why: 'Most controls are checked by rules of AWS Config; without it they bring no findings.',
      do: 'Turn the recorder on there for the resources of the enabled controls (Security Hub User Guide, "Enabling and configuring AWS Config for Security Hub CSPM").',
      where,
    });
  const found: Judgement[] = [];
  if (!configFailures.known) found.push(unread('Where Config.1 fails', configFailures));
  else if (configFailures.value.length > 0) found.push(told(configFailures.value));
  for (const { account, region, isOn, standards } of [...regions, ...inside]) {
    const where = [`${account} ${region}`];
    if (!standards.known) found.push(unread('How the standards are doing', standards, where));
    else if (isOn.known && isOn.value && standards.value.length === 0)
      found.push(
        warn({
          what: 'No standard is on.',
          why: 'Security Hub checks nothing there, so it does not notice either whether AWS Config is on.',
          do: 'Turn on the standards whose controls are to be remediated (Security Hub, Security standards).',
          where,
        }),
      );
    else if (standards.value.some(({ reason }) => reason === 'NO_AVAILABLE_CONFIGURATION_RECORDER'))
      found.push(told(where));
    else if (
      standards.value.some(({ reason }) => reason === 'MAXIMUM_NUMBER_OF_CONFIG_RULES_EXCEEDED')
    )
      found.push(
        problem({
          what: 'There are too many rules of AWS Config for all controls.',
          why: 'Controls without their rule are not checked.',
          do: 'Have the quota of rules raised, or turn off controls that nobody needs.',
          where,
        }),
      );
  }
  return found.length > 0
    ? merge(found)
    : [ok('Security Hub reports no place where AWS Config is off.')];
}

/** Whether the findings of all Regions come here. */
export function judgeAggregation({
  home,
  aggregation,
  regions,
}: Pick<HubFacts, 'home' | 'aggregation' | 'regions'>): readonly Judgement[] {
  if (!aggregation.known) return [unread('Where findings are aggregated', aggregation)];
  const others = regions.map(({ region }) => region).filter((region) => region !== home);
  const found = aggregation.value;
  if (found !== undefined && found.home !== home)
    return [
      problem({
        what: `Findings are aggregated in ${found.home}, not in ${home}.`,
        why: 'The administrator stack sees the findings of its own Region only, and those that are aggregated there.',
        do: `Launch the administrator stack in ${found.home} and look again with --region ${found.home}, or move the aggregation.`,
      }),
    ];
  const missing = others.filter((region) => !isLinked(found, region));
  if (missing.length > 0)
    return [
      problem({
        what: `Findings of ${few(missing)} are not aggregated in ${home}.`,
        why: 'They never reach the administrator stack, so nothing there is remediated.',
        do:
          found === undefined
            ? `Link the Regions: aws securityhub create-finding-aggregator --region ${home} --region-linking-mode SPECIFIED_REGIONS --regions ${others.join(' ')}`
            : 'Add the Regions to the finding aggregator (Security Hub, Settings, Regions).',
      }),
    ];
  return [
    ok(
      found === undefined
        ? `Findings are not aggregated; only those of ${home} are remediated.`
        : `Findings are aggregated in ${home} (${found.mode}).`,
    ),
  ];
}

/** Security Hub API, GetFindingAggregator: `Regions` lists what is left out, or what is linked. */
function isLinked(aggregation: Aggregation | undefined, region: string): boolean {
  if (aggregation === undefined) return false;
  switch (aggregation.mode) {
    case 'ALL_REGIONS':
      return true;
    case 'ALL_REGIONS_EXCEPT_SPECIFIED':
      return !aggregation.regions.includes(region);
    case 'SPECIFIED_REGIONS':
      return aggregation.regions.includes(region);
    default:
      return false;
  }
}

/** What is to be done about each member that is not enabled. */
export function judgeMembers(facts: HubFacts): readonly Judgement[] {
  const { account, home, regions, organization } = facts;
  const found: Judgement[] = [];
  const read = regions.flatMap(({ region, members, isOn }) => {
    if (!members.known)
      found.push(unread('Who the members are', members, [`${account} ${region}`]));
    return members.known && isOn.known && isOn.value ? [{ region, members: members.value }] : [];
  });
  for (const { region, members } of read)
    for (const member of members) {
      const judged = judgeMember(member, `${member.account} ${region}`);
      if (judged !== undefined) found.push(judged);
    }
  const enabled = new Map(read.map(({ region, members }) => [region, enabledOf(members)]));
  const atHome = enabled.get(home) ?? new Set<string>();
  for (const { region, members } of read) {
    const all = new Set(members.map((member) => member.account));
    for (const one of [...atHome].filter((id) => !all.has(id)))
      found.push(
        problem({
          what: `An account is a member in ${home}, but not in another Region.`,
          why: 'Membership is regional: its findings of that Region do not arrive.',
          do: 'Add it there: asr members add --accounts <account> --regions <Region>.',
          where: [`${one} ${region}`],
        }),
      );
  }
  if (!organization.known) found.push(unread('Which accounts the organization has', organization));
  else if (organization.value !== undefined && read.some(({ region }) => region === home)) {
    const outside = organization.value.filter(
      ({ id, isActive }) => isActive && id !== account && !atHome.has(id),
    );
    if (outside.length > 0)
      found.push(
        warn({
          what: `${count(outside.length, 'account')} of the organization ${outside.length === 1 ? 'is' : 'are'} no enabled member in ${home}.`,
          why: 'Their findings do not arrive, so nothing in them is remediated.',
          do: 'Add them: asr members organization --add-all. The management account needs Security Hub turned on by hand first.',
          where: outside.map(({ id }) => id),
        }),
      );
  }
  return found.length > 0
    ? merge(found)
    : okIn(Number(enabled.has(home)), `Every member is enabled (${atHome.size}).`);
}

function enabledOf(members: readonly HubMember[]): ReadonlySet<string> {
  return new Set(members.filter(({ status }) => isEnabled(status)).map(({ account }) => account));
}

/** Security Hub API, Member: the meaning of `MemberStatus`. Undefined when all is well. */
function judgeMember({ status, account }: HubMember, place: string): Judgement | undefined {
  const where = [place];
  const why = 'Its findings do not arrive, so nothing in it is remediated.';
  switch (status.toLowerCase()) {
    case 'enabled':
      return undefined;
    case 'created':
      return problem({
        what: 'A member was added, but not invited.',
        why,
        do: 'Invite it: asr members add --accounts <account>.',
        where,
      });
    case 'invited':
      return problem({
        what: 'A member has not accepted the invitation.',
        why,
        do: 'Accept it in that account: asr members accept --administrator <this account>, or asr members add --accounts <account> --role <a role there>.',
        where,
      });
    case 'removed':
    case 'resigned':
    case 'deleted':
      return warn({
        what: `A former member is ${status.toLowerCase()}.`,
        why,
        do: 'If it is to come back: asr members add --accounts <account>.',
        where,
      });
    case 'accountsuspended':
      return warn({
        what: 'A member is suspended from AWS.',
        why,
        do: 'Nothing, as long as the account is suspended.',
        where,
      });
    default:
      return {
        level: 'unknown',
        what: `Member ${account} has a status that this version does not know: ${status}.`,
        why,
        do: 'Look at it in the console of Security Hub.',
        where,
      };
  }
}
