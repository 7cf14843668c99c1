import { few, merge, okIn, problem, unread } from '../../members/judgement.ts';
import type { Judgement } from '../../members/judgement.ts';
import { isFields } from '../../intrinsics.ts';
import type { Check } from '../check.ts';
import { OWN_ACCOUNT } from '../facts.ts';
import type { AccountFacts, Facts, RoleFacts } from '../facts.ts';
import { namespacesOf } from '../installation.ts';

export const trust: Check = {
  id: 'trust',
  title: 'The roles trust whom they should, and nobody else.',
  reads: ['iam:ListRoles'],
  facts: ['accounts'],
  judge: (facts) => {
    const found = facts.accounts.flatMap((one) => judgeAccount(one, facts));
    return found.length > 0
      ? merge(found)
      : okIn(
          facts.accounts.filter(({ roles }) => roles.known && roles.value.length > 0).length,
          'The roles trust this administrator account and Systems Manager only.',
        );
  },
};

function judgeAccount(
  { account, entered, roles }: AccountFacts,
  facts: Facts,
): readonly Judgement[] {
  const where = [account];
  if (!entered.known) return [];
  if (!roles.known) return [unread('Whom the roles trust', roles, where)];
  const { build, hub, partition } = facts;
  const admin = account === hub.account ? OWN_ACCOUNT : hub.account;
  const hand = roles.value.find(
    ({ name }) => name === `${build.solutionId}-ASR-Orchestrator-Member`,
  );
  const found: Judgement[] = [];
  if (hand !== undefined)
    found.push(...judgeHand(hand, { admin, partition, solutionId: build.solutionId, where }));
  const remediations = new Set(build.controls.map(({ remediation }) => remediation));
  const namespaces = namespacesOf(roles.value, build.roleStems);
  const wide = roles.value.filter(
    (role) => remediations.has(stemOf(role.name, build.solutionId, namespaces)) && !isClosed(role),
  );
  if (wide.length > 0)
    found.push(
      problem({
        what: `Roles trust others than Systems Manager for automations of the account: ${few(wide.map(({ name }) => name))}.`,
        why: 'Whoever they trust can use the permissions of a remediation for something else.',
        do: 'Update the member-roles stack; if its template is right, somebody edited the roles: see who, then have CloudFormation detect the drift.',
        where,
      }),
    );
  return found;
}

function stemOf(name: string, solutionId: string, namespaces: readonly string[]): string {
  const namespace = namespaces.find((one) => name.endsWith(`-${one}`));
  return name.slice(
    solutionId.length + 1,
    namespace === undefined ? undefined : -(namespace.length + 1),
  );
}

interface Hand {
  readonly admin: string;
  readonly partition: string;
  readonly solutionId: string;
  readonly where: readonly string[];
}

/** The orchestrator's member role: the administrator account, narrowed to one role of it. */
function judgeHand(
  { name, trust: text }: RoleFacts,
  { admin, partition, solutionId, where }: Hand,
): readonly Judgement[] {
  const statements = statementsOf(text);
  const root = `arn:${partition}:iam::${admin}:root`;
  const role = `arn:${partition}:iam::${admin}:role/${solutionId}-ASR-Orchestrator-Admin`;
  const principals = statements.flatMap(({ Principal }) => principalsOf(Principal));
  const isNarrow = statements.every(({ Condition: condition }) => hasValue(condition, role));
  if (principals.length > 0 && principals.every((one) => one === root) && isNarrow) return [];
  const others = principals.filter((one) => one !== root);
  const told = {
    what: `${name} does not trust exactly the orchestrator of ${admin === OWN_ACCOUNT ? 'this account' : `account ${admin}`}.`,
    do: `Update the member-roles stack with SecHubAdminAccount=${admin === OWN_ACCOUNT ? '<this account>' : admin}.`,
    where,
  };
  if (!principals.includes(root))
    return [
      problem({
        ...told,
        why: `It trusts ${few(others)} instead, so the orchestrator cannot enter the account.`,
      }),
    ];
  return [
    problem({
      ...told,
      why:
        others.length > 0
          ? `It trusts ${few(others)} too, who could start remediations there.`
          : 'Every principal of that account that may assume roles could start remediations there.',
    }),
  ];
}

/** A remediation role: Systems Manager alone, for executions of its own account. */
function isClosed({ trust: text }: RoleFacts): boolean {
  const statements = statementsOf(text);
  return (
    statements.length > 0 &&
    statements.every(({ Principal, Condition: condition }) => {
      const principals = principalsOf(Principal);
      return (
        principals.length === 1 &&
        principals[0] === 'ssm.amazonaws.com' &&
        hasValue(condition, OWN_ACCOUNT)
      );
    })
  );
}

type Fields = Readonly<Record<string, unknown>>;

/** The statements that allow something. */
function statementsOf(text: string): readonly Fields[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const all = isFields(value) ? value['Statement'] : undefined;
  return (Array.isArray(all) ? (all as readonly unknown[]) : [all]).filter(
    (one): one is Fields => isFields(one) && one['Effect'] === 'Allow',
  );
}

/** All principals, of whatever kind. IAM keeps one as text, several as a list. */
function principalsOf(principal: unknown): readonly string[] {
  if (typeof principal === 'string') return [principal];
  if (Array.isArray(principal)) return principal.flatMap(principalsOf);
  return isFields(principal) ? Object.values(principal).flatMap(principalsOf) : [];
}

/** Whether a condition demands a value, under whichever operator and key. */
function hasValue(condition: unknown, value: string): boolean {
  if (typeof condition === 'string') return condition === value;
  if (Array.isArray(condition)) return condition.length === 1 && hasValue(condition[0], value);
  return isFields(condition) && Object.values(condition).some((one) => hasValue(one, value));
}
