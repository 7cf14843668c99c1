import { groups, parsePolicies } from './account-groups.ts';
import type { Level } from './account-groups.ts';
import type { Evaluation, EvaluationInput, Obstacle } from './evaluation.ts';
import { callsOf } from './our-calls.ts';
import type { OurCall } from './our-calls.ts';
import { any, matches, matchesAction } from './statement.ts';
import type { Match, Statement } from './statement.ts';

/**
 * Evaluates the service control policies of the organization for what our roles do. A call needs an Allow at every
 * level from the root to the account, and no Deny at any (AWS Organizations User Guide, "SCP evaluation").
 */
export function evaluateTree(input: EvaluationInput): Evaluation {
  const { tree, accounts, managementAccount } = input;
  const { policies, unreadable } = parsePolicies(input);
  const found = new Map<string, Found>();
  const bound = accounts.filter(({ account }) => account !== managementAccount);
  for (const group of groups(bound, tree, policies)) {
    const [first] = group.accounts;
    if (first === undefined) continue;
    const calls = input.needs.flatMap((need) => callsOf(need, first, input));
    for (const [key, one] of hindrances(group.levels, calls)) {
      const before = found.get(key) ?? { ...one, accounts: new Set<string>() };
      found.set(key, before);
      for (const { account } of group.accounts) before.accounts.add(account);
      for (const action of one.actions) before.actions.add(action);
      for (const role of one.roles) before.roles.add(role);
      before.onlyUndo &&= one.onlyUndo;
    }
  }
  return { obstacles: [...found.values()], unreadable };
}

interface Found {
  readonly by: Obstacle['by'];
  readonly match: Obstacle['match'];
  readonly actions: Set<string>;
  readonly roles: Set<string>;
  readonly accounts: Set<string>;
  onlyUndo: boolean;
}

function hindrances(
  levels: readonly Level[],
  calls: readonly OurCall[],
): ReadonlyMap<string, Found> {
  const found = new Map<string, Found>();
  const note = (by: Obstacle['by'], match: Match, { need }: OurCall): void => {
    if (match === 'no') return;
    const key = JSON.stringify([by, match]);
    const one = found.get(key) ?? {
      ...{ by, match, actions: new Set<string>(), roles: new Set<string>() },
      ...{ accounts: new Set<string>(), onlyUndo: true },
    };
    found.set(key, one);
    one.actions.add(need.action);
    one.roles.add(need.role);
    one.onlyUndo &&= need.onlyUndo;
  };
  for (const level of levels) {
    const statements = level.policies.flatMap((policy) =>
      policy.statements.map((statement) => ({ policy: policy.id, statement })),
    );
    const allows = statements.filter(({ statement }) => statement.effect === 'Allow');
    const isOpen = allows.some(({ statement }) => isFullAccess(statement));
    for (const call of isOpen ? [] : calls) {
      const allowed = any(allows.map(({ statement }) => matches(statement, call)));
      if (allowed !== 'yes')
        note({ type: 'level', level: level.id }, allowed === 'no' ? 'yes' : 'maybe', call);
    }
    for (const { policy, statement } of statements) {
      if (statement.effect === 'Allow') continue;
      const about = new Map<string, boolean>();
      for (const call of calls) {
        const isAbout =
          about.get(call.action) ?? matchesAction(statement.elements, call.action) !== 'no';
        about.set(call.action, isAbout);
        if (isAbout)
          note(
            { type: 'statement', policy, statement: statement.name },
            matches(statement, call),
            call,
          );
      }
    }
  }
  return found;
}

function isFullAccess({ elements }: Statement): boolean {
  const { Action: action, Resource: resource, Condition: condition } = elements;
  return String(action) === '*' && String(resource) === '*' && condition === undefined;
}
