import type { Choice, OrganizationAccount } from './choose-accounts.ts';
import { cellKey, regionsOf, ROLLOUT_KINDS } from './model.ts';
import type { Instance, PerKind, RolloutKind, Wanted } from './model.ts';

/**
 * What an account has in a Region: `ok`, `missing` (no stack), `outdated` (another version, or not tried), `failed`, or
 * `inoperable` (a deletion failed, and StackSets does not touch it any more).
 */
export type CellState = 'ok' | 'missing' | 'outdated' | 'failed' | 'inoperable';

export interface CoverageCell {
  readonly kind: RolloutKind;
  readonly region: string;
  readonly state: CellState;
  readonly detail: string;
  readonly reason?: string;
}

export interface CoverageRow {
  readonly account: string;
  readonly name: string;
  /** The roles first, then the member stack in each Region. */
  readonly cells: readonly CoverageCell[];
  readonly isComplete: boolean;
}

/** What the accounts have, against what they are to have. */
export interface Coverage {
  readonly rows: readonly CoverageRow[];
  /** Stacks in accounts or Regions that are not wanted; nothing removes them by itself. */
  readonly unwanted: readonly (Instance & { readonly kind: RolloutKind })[];
}

/** Compares the stacks with the accounts that are to have them. Pure. */
export function coverageOf(
  wanted: Wanted,
  members: readonly OrganizationAccount[],
  instances: PerKind<readonly Instance[]>,
): Coverage {
  const names = new Map(members.map(({ id, name }) => [id, name]));
  const found: PerKind<ReadonlyMap<string, Instance>> = {
    'member-roles': byCell(instances['member-roles']),
    member: byCell(instances.member),
  };
  const meant = new Set<string>();
  const rows = wanted.accounts.map((account): CoverageRow => {
    const cells = ROLLOUT_KINDS.flatMap((kind) =>
      regionsOf(kind, wanted).map((region) => {
        meant.add(`${kind}:${cellKey({ account, region })}`);
        return toCell(kind, region, found[kind].get(cellKey({ account, region })));
      }),
    );
    const isComplete = cells.every(({ state }) => state === 'ok');
    return { account, name: names.get(account) ?? '', cells, isComplete };
  });
  const unwanted = ROLLOUT_KINDS.flatMap((kind) =>
    instances[kind].flatMap((one) =>
      meant.has(`${kind}:${cellKey(one)}`) ? [] : [{ ...one, kind }],
    ),
  );
  return { rows, unwanted };
}

function byCell(instances: readonly Instance[]): ReadonlyMap<string, Instance> {
  return new Map(instances.map((one) => [cellKey(one), one]));
}

function toCell(kind: RolloutKind, region: string, instance: Instance | undefined): CoverageCell {
  const { detail = '', reason } = instance ?? {};
  return {
    kind,
    region,
    state: stateOf(instance),
    detail,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Instances that an update left out are outdated and pending, though nothing is about to happen to them. */
function stateOf(instance: Instance | undefined): CellState {
  switch (instance?.status) {
    case undefined:
      return 'missing';
    case 'current':
      return 'ok';
    case 'inoperable':
      return 'inoperable';
    case 'outdated':
      return instance.detail === 'FAILED' || instance.detail === 'SKIPPED_SUSPENDED_ACCOUNT'
        ? 'failed'
        : 'outdated';
  }
}

/** The accounts that get nothing, as sentences. */
export function leftOutLines({ leftOut }: Choice, regions: readonly string[]): readonly string[] {
  const { closed, excluded, management } = leftOut;
  const list = (ids: readonly string[]): string =>
    ids.length > 5 ? `${ids.slice(0, 5).join(', ')} and ${ids.length - 5} more` : ids.join(', ');
  return [
    ...(closed.length === 0
      ? []
      : [`Closed or suspended, so left out: ${list(closed.map(({ id }) => id))}.`]),
    ...(excluded.length === 0 ? [] : [`Excluded: ${list(excluded)}.`]),
    ...(management === undefined
      ? []
      : [
          `The management account ${management} is left out by stack sets of an organization. Deploy to it by itself, signed in there:`,
          `  asr deploy member-roles --region ${regions[0] ?? ''}`,
          ...regions.map((region) => `  asr deploy member --region ${region}`),
        ]),
  ];
}
