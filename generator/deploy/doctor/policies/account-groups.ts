import type { EvaluationInput } from './evaluation.ts';
import type { PolicyTree } from './organization-facts.ts';
import { parsePolicy } from './statement.ts';
import type { Statement } from './statement.ts';

export interface Policy {
  readonly id: string;
  readonly statements: readonly Statement[];
}

/** The root, a unit or an account, with what is attached to it. */
export interface Level {
  readonly id: string;
  readonly policies: readonly Policy[];
}

/** The policies as statements; our own counts as empty, because it spares our roles by design. */
export function parsePolicies({ tree, ownPolicy }: EvaluationInput): {
  readonly policies: ReadonlyMap<string, Policy>;
  readonly unreadable: readonly string[];
} {
  const policies = new Map<string, Policy>();
  const unreadable: string[] = [];
  const own = canonical(ownPolicy);
  for (const [id, { text }] of tree.policies) {
    const statements = parsePolicy(text);
    if (statements === undefined) unreadable.push(id);
    else if (own === undefined || canonical(text) !== own) policies.set(id, { id, statements });
    else policies.set(id, { id, statements: [] });
  }
  return { policies, unreadable };
}

function canonical(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Accounts that are under the same policies. */
export interface Group {
  readonly levels: readonly Level[];
  readonly accounts: EvaluationInput['accounts'];
}

/** Accounts under the same policies are judged once, unless a policy names accounts. */
export function groups(
  accounts: EvaluationInput['accounts'],
  tree: PolicyTree,
  policies: ReadonlyMap<string, Policy>,
): readonly Group[] {
  const namesAccounts = new Set(
    [...policies.values()]
      .filter(({ statements }) => /\d{12}/u.test(JSON.stringify(statements)))
      .map(({ id }) => id),
  );
  const all = new Map<
    string,
    { levels: readonly Level[]; accounts: EvaluationInput['accounts'][number][] }
  >();
  for (const one of accounts) {
    const levels = levelsOf(one.account, tree, policies);
    const ids = levels.map((level) => level.policies.map(({ id }) => id));
    const isNamed = ids.flat().some((id) => namesAccounts.has(id));
    const path = levels.map(({ id }) => id);
    const key = JSON.stringify([path, ids, one.namespace, isNamed ? one.account : '']);
    const group = all.get(key) ?? { levels, accounts: [] };
    all.set(key, group);
    group.accounts.push(one);
  }
  return [...all.values()];
}

/** Stands for the account at the end of its path, so that accounts under the same policies are the same. */
export const OWN_LEVEL = 'account';

/** From the root down to the account. Without a parent the account isn't in this organization, so nothing binds it. */
function levelsOf(
  account: string,
  { parents, attached }: PolicyTree,
  policies: ReadonlyMap<string, Policy>,
): readonly Level[] {
  const path: string[] = [];
  for (let id: string | undefined = account; id !== undefined; id = parents.get(id))
    path.unshift(id);
  if (path.length === 1) return [];
  return path.map((id) => ({
    id: id === account ? OWN_LEVEL : id,
    policies: (attached.get(id) ?? []).flatMap((policy) => policies.get(policy) ?? []),
  }));
}
