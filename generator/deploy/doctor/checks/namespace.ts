import { count, few, merge, okIn, problem, warn } from '../../members/judgement.ts';
import type { Judgement } from '../../members/judgement.ts';
import type { Check } from '../check.ts';
import { placeOf } from '../facts.ts';
import type { AccountFacts, Facts } from '../facts.ts';
import { memberParameter, namespacesOf } from '../installation.ts';

export const namespace: Check = {
  id: 'namespace',
  title: 'The member stacks of an account have the Namespace of its roles.',
  reads: ['ssm:GetParametersByPath', 'iam:ListRoles'],
  facts: ['accounts'],
  judge: (facts) => {
    const found = facts.accounts.flatMap((one) => judgeAccount(one, facts));
    const seen = facts.accounts.filter(
      ({ roles }) => roles.known && namespacesOf(roles.value, facts.build.roleStems).length > 0,
    ).length;
    return found.length > 0
      ? merge(found)
      : okIn(seen, `Member stacks and roles agree in ${count(seen, 'account')}.`);
  },
};

/** What could not be read is told by the checks of roles and member stacks. */
function judgeAccount({ roles, regions }: AccountFacts, { build }: Facts): readonly Judgement[] {
  if (!roles.known) return [];
  const ofRoles = namespacesOf(roles.value, build.roleStems);
  // Without roles, that they are missing is the thing to tell.
  if (ofRoles.length === 0) return [];
  const found = regions.flatMap((region): readonly Judgement[] => {
    const own = memberParameter(region, build.solutionId, 'namespace');
    if (own === undefined || ofRoles.includes(own)) return [];
    return [
      problem({
        what: `The member stack has the Namespace ${own}, the roles of the account end in ${few(ofRoles)}.`,
        why: 'The documents look for roles that do not exist, so no remediation can run.',
        do: `Update the member stack with Namespace=${ofRoles[0] ?? own}, or the member-roles stack with Namespace=${own}.`,
        where: [placeOf(region)],
      }),
    ];
  });
  if (ofRoles.length > 1)
    found.push(
      warn({
        what: `Roles of ${ofRoles.length} Namespaces are there: ${few(ofRoles)}.`,
        why: 'Roles that nobody uses are permissions that nobody watches.',
        do: 'Remove the member-roles stack of the Namespace that no member stack has.',
        where: regions.slice(0, 1).map(({ account }) => account),
      }),
    );
  return found;
}
