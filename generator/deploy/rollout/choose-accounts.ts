/** An account of an organization [API Account]. */
export interface OrganizationAccount {
  readonly id: string;
  readonly name: string;
  /** False for accounts that are closed, suspended, or not activated yet. */
  readonly isActive: boolean;
}

export interface Choice {
  /** Ids of the accounts that are to have stacks, sorted. */
  readonly accounts: readonly string[];
  readonly canary: ReadonlySet<string>;
  /** Members of the target units that get nothing, by the reason. */
  readonly leftOut: {
    readonly closed: readonly OrganizationAccount[];
    readonly excluded: readonly string[];
    /** Set when the management account is among the members: stack sets of an organization leave it out. */
    readonly management?: string;
  };
  /** Sentences; with any, nothing may be rolled out. */
  readonly problems: readonly string[];
}

/**
 * Who gets stacks. An id that is in none of the target units is a problem and no accident to pass over: with a typing
 * error in an exclusion, the account that should be spared would not be.
 * @param members accounts of the target units and the units below them
 * @param asked only these, when given
 */
export function chooseAccounts({
  members,
  management,
  asked,
  excluded,
  canary,
}: {
  readonly members: readonly OrganizationAccount[];
  readonly management: string;
  readonly asked: readonly string[] | undefined;
  readonly excluded: readonly string[];
  readonly canary: readonly string[];
}): Choice {
  const byId = new Map(members.map((account) => [account.id, account]));
  const spared = new Set(excluded);
  const only = asked === undefined ? undefined : new Set(asked);
  const isMeant = ({ id }: OrganizationAccount): boolean =>
    id !== management && !spared.has(id) && (only === undefined || only.has(id));
  const meant = members.filter(isMeant);
  const accounts = meant.flatMap(({ id, isActive }) => (isActive ? [id] : [])).toSorted();
  const chosen = new Set(accounts);
  const first = canary.filter((account) => chosen.has(account));
  return {
    accounts,
    canary: new Set(first),
    leftOut: {
      closed: meant.filter(({ isActive }) => !isActive),
      excluded: members.flatMap(({ id }) => (spared.has(id) ? [id] : [])),
      ...(byId.has(management) ? { management } : {}),
    },
    problems: [
      ...unknown(asked ?? [], byId, '--accounts'),
      ...unknown(excluded, byId, '--exclude'),
      ...(asked?.includes(management) === true ? [refuseManagement(management)] : []),
      ...(accounts.length === 0
        ? ['No account is left to roll out to. Look at --ou, --accounts and --exclude.']
        : []),
      ...(canary.length > 0 && first.length === 0
        ? [
            'None of the accounts of --canary-ou gets stacks. Name a unit inside the target units, with an active account.',
          ]
        : []),
    ],
  };
}

function unknown(
  ids: readonly string[],
  byId: ReadonlyMap<string, unknown>,
  option: string,
): readonly string[] {
  return ids.flatMap((id) =>
    byId.has(id)
      ? []
      : [`${option}: the account ${id} is in none of the target units. Check the number, or --ou.`],
  );
}

function refuseManagement(account: string): string {
  return `--accounts: ${account} is the management account, which stack sets of an organization leave out. Deploy to it with asr deploy member-roles and asr deploy member.`;
}
