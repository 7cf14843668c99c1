import { count, few, ok, problem, unread, warn } from '../../members/judgement.ts';
import type { Judgement } from '../../members/judgement.ts';
import type { Check } from '../check.ts';
import { regionsOf } from '../facts.ts';
import type { Facts } from '../facts.ts';
import { memberParameter } from '../installation.ts';
import { OWN_LEVEL } from '../policies/account-groups.ts';
import { evaluateTree } from '../policies/evaluate-tree.ts';
import type { Obstacle } from '../policies/evaluation.ts';
import type { PolicyTree } from '../policies/organization-facts.ts';

export const serviceControlPolicies: Check = {
  id: 'service-control-policies',
  title: 'No service control policy denies what a remediation needs.',
  reads: [
    'organizations:DescribeOrganization',
    'organizations:DescribePolicy',
    'organizations:ListAccountsForParent',
    'organizations:ListDelegatedAdministrators',
    'organizations:ListOrganizationalUnitsForParent',
    'organizations:ListPolicies',
    'organizations:ListRoots',
    'organizations:ListTargetsForPolicy',
  ],
  facts: ['organization'],
  judge: (facts) => {
    const { organization, isReader, tree } = facts.organization;
    if (!organization.known) return [unread('Whether there is an organization', organization)];
    if (organization.value === undefined)
      return [ok('There is no organization, so there are no service control policies.')];
    if (isReader.known && !isReader.value)
      return [
        unread('What service control policies deny', {
          known: false,
          why: 'This account is neither the management account nor a delegated administrator, so AWS Organizations tells it nothing.',
          permission:
            'organizations:ListPolicies in the management account (or by its resource policy)',
        }),
      ];
    if (!tree.known) return [unread('What service control policies deny', tree)];
    if (tree.value === undefined || !tree.value.isOn)
      return [ok('Service control policies are not turned on.')];
    return judgeTree(facts, tree.value, organization.value);
  },
};

function judgeTree(
  facts: Facts,
  tree: PolicyTree,
  { id, managementAccount }: { readonly id: string; readonly managementAccount: string },
): readonly Judgement[] {
  const { build, accounts, regions, partition } = facts;
  const namespaces = new Map(
    regionsOf(facts).map((region) => [
      region.account,
      memberParameter(region, build.solutionId, 'namespace'),
    ]),
  );
  const { obstacles, unreadable } = evaluateTree({
    tree,
    needs: build.needs,
    accounts: accounts.map(({ account }) => ({ account, namespace: namespaces.get(account) })),
    regions,
    partition,
    organization: id,
    managementAccount,
    ownPolicy: build.ownPolicy,
  });
  const found = [
    ...obstacles.map((one) => describe(one, tree)),
    ...unreadable.map((policy) =>
      unread(`What the policy ${nameOf(policy, tree)} denies`, {
        known: false,
        why: 'Its text is not a policy that can be read here.',
      }),
    ),
  ];
  return found.length > 0
    ? found
    : [
        ok(
          `No service control policy hinders remediations in ${count(accounts.length, 'account')}.`,
        ),
      ];
}

function describe(
  { by, match, actions, roles, onlyUndo, accounts }: Obstacle,
  tree: PolicyTree,
): Judgement {
  const isCertain = match === 'yes';
  const what = few([...actions].toSorted());
  const told = {
    what:
      by.type === 'statement'
        ? `The policy ${nameOf(by.policy, tree)} (${by.statement}) ${isCertain ? 'denies' : 'may deny'} ${what}.`
        : `The policies of ${levelName(by.level, tree)} ${isCertain ? 'do not allow' : 'may not allow'} ${what}.`,
    why: `${onlyUndo ? 'Undo needs it' : 'Remediations need it'}: ${few([...roles].map(plainRole).toSorted())}.${isCertain ? '' : ' It depends on the resource, or on a condition that only AWS can judge.'}`,
    do: isCertain
      ? 'Except these roles in the policy (ArnNotLike on aws:PrincipalArn), or leave these controls out: the remediations end with denied and change nothing, or not all.'
      : 'Read the statement. Preview a finding there: what is denied ends with denied.',
    where: [...accounts].toSorted(),
  };
  return isCertain && !onlyUndo ? problem(told) : warn(told);
}

function plainRole(role: string): string {
  return role.replace(`\${Namespace}`, '*');
}

function nameOf(policy: string, { policies }: PolicyTree): string {
  const name = policies.get(policy)?.name ?? '';
  return name === '' ? policy : `${name} [${policy}]`;
}

function levelName(level: string, { names }: PolicyTree): string {
  if (level === OWN_LEVEL) return 'the account itself';
  const name = names.get(level);
  return name === undefined ? level : `${name} [${level}]`;
}
