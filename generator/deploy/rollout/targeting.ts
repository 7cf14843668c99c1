/** Which accounts an operation is for [API DeploymentTargets]. */
export type Targets =
  | { readonly type: 'accounts'; readonly accounts: readonly string[] }
  | {
      readonly type: 'units';
      /** Roots or organizational units. */
      readonly units: readonly string[];
      readonly filter: 'NONE' | 'DIFFERENCE' | 'INTERSECTION';
      /** Empty with `NONE`. */
      readonly accounts: readonly string[];
    };

/** Where the wanted accounts are looked for. */
export type Scope =
  | { readonly type: 'accounts' }
  | {
      readonly type: 'units';
      readonly units: readonly string[];
      /** Every account in the units that a stack set could reach, closed ones too. */
      readonly members: readonly string[];
      /** Accounts were chosen by name, so whoever joins meanwhile is not meant. */
      readonly isFiltered: boolean;
    };

/** Accounts named in one request. AWS documents no limit of the list; this keeps a request far under any size of HTTP. */
const ACCOUNTS_PER_REQUEST = 500;

/**
 * The smallest requests that reach exactly the given accounts: the whole units when all are meant, the units without a few,
 * else the accounts by name, in several requests when there are many. Units always stand in the request, because
 * automatic deployment goes by them (CloudFormation User Guide, "Enable or disable automatic deployments for StackSets in
 * AWS Organizations").
 */
export function targetsFor(accounts: readonly string[], scope: Scope): readonly Targets[] {
  if (scope.type === 'accounts')
    return chunks(accounts).map((some) => ({ type: 'accounts', accounts: some }));
  const { units } = scope;
  const meant = new Set(accounts);
  const others = scope.members.filter((account) => !meant.has(account));
  if (!scope.isFiltered && others.length === 0)
    return [{ type: 'units', units, filter: 'NONE', accounts: [] }];
  const isShorter = others.length < accounts.length && others.length <= ACCOUNTS_PER_REQUEST;
  if (!scope.isFiltered && isShorter)
    return [{ type: 'units', units, filter: 'DIFFERENCE', accounts: others }];
  return chunks(accounts).map((some) => ({
    type: 'units',
    units,
    filter: 'INTERSECTION',
    accounts: some,
  }));
}

/** The accounts by name, in one request; for updates, which must reach existing stacks only. */
export function namedTargets(accounts: readonly string[], scope: Scope): Targets {
  return scope.type === 'accounts'
    ? { type: 'accounts', accounts }
    : { type: 'units', units: scope.units, filter: 'INTERSECTION', accounts };
}

/** The accounts of each request of `targetsFor`, in the same order. */
export function accountsOf(targets: Targets, all: readonly string[]): readonly string[] {
  if (targets.type === 'accounts') return targets.accounts;
  switch (targets.filter) {
    case 'NONE':
    case 'DIFFERENCE':
      return all;
    case 'INTERSECTION':
      return targets.accounts;
  }
}

function chunks(accounts: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(accounts.length / ACCOUNTS_PER_REQUEST);
  return Array.from({ length: count }, (_, index) =>
    accounts.slice(index * ACCOUNTS_PER_REQUEST, (index + 1) * ACCOUNTS_PER_REQUEST),
  );
}
