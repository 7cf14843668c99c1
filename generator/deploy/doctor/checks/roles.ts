import { count, few, merge, okIn, problem, unread } from '../../members/judgement.ts';
import type { Judgement } from '../../members/judgement.ts';
import type { Check } from '../check.ts';
import type { AccountFacts, Facts } from '../facts.ts';
import { isInstalled, memberParameter, namespacesOf } from '../installation.ts';

export const roles: Check = {
  id: 'roles',
  title: 'Every account has the roles that remediations run under.',
  reads: ['iam:ListRoles'],
  facts: ['accounts'],
  judge: (facts) => {
    const entered = facts.accounts.filter((one) => one.entered.known);
    const found = entered.flatMap((one) => judgeAccount(one, facts));
    const having = entered.filter(({ roles: read }) => read.known && read.value.length > 0).length;
    return found.length > 0
      ? merge(found)
      : okIn(having, `The roles are complete in ${count(having, 'account')}.`);
  },
};

function judgeAccount(facts: AccountFacts, { build, hub }: Facts): readonly Judgement[] {
  const { account, roles: read, regions } = facts;
  const where = [account];
  if (!read.known) return [unread('Which roles there are', read, where)];
  const isUsed = regions.some((region) => isInstalled(region, build.solutionId));
  const names = new Set(read.value.map(({ name }) => name));
  const hand = `${build.solutionId}-ASR-Orchestrator-Member`;
  const namespace =
    regions.map((region) => memberParameter(region, build.solutionId, 'namespace')).find(Boolean) ??
    namespacesOf(read.value, build.roleStems)[0];
  if (!names.has(hand) && namespacesOf(read.value, build.roleStems).length === 0) {
    // An administrator account that is not remediated itself needs none.
    if (account === hub.account && !isUsed) return [];
    return [
      problem({
        what: 'The member-roles stack is not installed.',
        why: 'Findings of the account end with role-missing.',
        do: 'Launch it there: asr deploy member-roles, or asr rollout.',
        where,
      }),
    ];
  }
  const expected = [
    hand,
    ...(namespace === undefined ? [] : build.roleStems.map((stem) => `${stem}-${namespace}`)),
  ];
  const missing = expected.filter((name) => !names.has(name));
  if (missing.length === 0) return [];
  return [
    problem({
      what: `${count(missing.length, 'role')} ${missing.length === 1 ? 'is' : 'are'} missing: ${few(missing)}.`,
      why: 'Their remediations cannot run there.',
      do: 'Update the member-roles stack; if its version is right, somebody removed them by hand.',
      where,
    }),
  ];
}
