import { merge, okIn, problem, unread, warn } from '../../members/judgement.ts';
import type { Judgement } from '../../members/judgement.ts';
import type { Check } from '../check.ts';
import { placeOf, regionsOf } from '../facts.ts';
import type { AccountFacts, Facts } from '../facts.ts';
import { adminParameter, isInstalled, memberParameter } from '../installation.ts';
import { plainVersion } from '../installed-build.ts';

export const versions: Check = {
  id: 'versions',
  title: 'All stacks have the version of this build.',
  reads: [
    'ssm:GetParametersByPath',
    'cloudformation:DescribeStackResources',
    'cloudformation:DescribeStacks',
  ],
  facts: ['admin', 'accounts'],
  judge: (facts) => {
    const found = [
      ...judgeAdmin(facts),
      ...facts.accounts.flatMap((one) => judgeAccount(one, facts)),
    ];
    return found.length > 0
      ? merge(found)
      : okIn(installedIn(facts), `All stacks have version ${facts.build.version}.`);
  },
};

/** Stacks whose version was compared. */
function installedIn(facts: Facts): number {
  const version = adminParameter(facts, 'version');
  const isAdmin = version.known && version.value !== undefined;
  const members = regionsOf(facts).filter((one) => isInstalled(one, facts.build.solutionId));
  const roles = facts.accounts.filter((one) => one.roles.known && one.roles.value.length > 0);
  return (isAdmin ? 1 : 0) + members.length + roles.length;
}

function judgeAdmin(facts: Facts): readonly Judgement[] {
  const version = adminParameter(facts, 'version');
  const where = [`${facts.hub.account} ${facts.hub.home}`];
  if (!version.known) return [unread('The version of the administrator stack', version, where)];
  // That it is missing is told by another check.
  if (version.value === undefined) return [];
  return differs('administrator', version.value, { facts, where, do: 'asr deploy admin' });
}

function judgeAccount({ regions, roles }: AccountFacts, facts: Facts): readonly Judgement[] {
  const { solutionId } = facts.build;
  const members = regions
    .filter((region) => isInstalled(region, solutionId))
    .flatMap((region) =>
      differs('member', memberParameter(region, solutionId, 'version'), {
        facts,
        where: [placeOf(region)],
        do: 'asr deploy member',
      }),
    );
  if (!roles.known || roles.value.length === 0) return members;
  const found = regions.flatMap(({ rolesStack }) =>
    rolesStack.known && rolesStack.value !== undefined ? [rolesStack.value] : [],
  );
  const [description] = found;
  const where = regions.slice(0, 1).map(({ account }) => account);
  if (description !== undefined)
    return [
      ...members,
      ...differs('member-roles', versionIn(description), {
        facts,
        where,
        do: 'asr deploy member-roles',
      }),
    ];
  const refused = regions.find(({ rolesStack }) => !rolesStack.known)?.rolesStack;
  const why =
    refused === undefined || refused.known
      ? { known: false as const, why: 'The stack is in none of the Regions that were looked at.' }
      : refused;
  return [...members, unread('The version of the member-roles stack', why, where)];
}

interface About {
  readonly facts: Facts;
  readonly where: readonly string[];
  readonly do: string;
}

/** The orchestrator refuses members of another major version; other differences only leave old documents. */
function differs(stack: string, installed: string | undefined, about: About): readonly Judgement[] {
  const { version: built } = about.facts.build;
  const version = installed === undefined ? undefined : plainVersion(installed);
  if (version === built) return [];
  const isMajor = majorOf(version) !== majorOf(built);
  const what =
    version === undefined
      ? `The ${stack} stack does not say its version.`
      : `The ${stack} stack has version ${version}, this build ${built}.`;
  const told = {
    what,
    why: isMajor
      ? 'Stacks of different major versions do not work together.'
      : 'Its documents, roles or functions are those of another version.',
    do: `Update it (${about.do}), or use the build of the installed version.`,
    where: about.where,
  };
  return [isMajor ? problem(told) : warn(told)];
}

function majorOf(version: string | undefined): string {
  return version?.split('.')[0] ?? '';
}

function versionIn(description: string): string | undefined {
  return /\bversion (?<version>v?\d+\.\d+\.\d+(?:-[\w.]*\w)?)/u.exec(description)?.groups?.[
    'version'
  ];
}
