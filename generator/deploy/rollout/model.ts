import type { StackKind } from '../stack-kind.ts';

/** The stacks that go to every account, in the order in which they are rolled out. */
export const ROLLOUT_KINDS = ['member-roles', 'member'] as const satisfies readonly StackKind[];

export type RolloutKind = (typeof ROLLOUT_KINDS)[number];

/** Something for each of the two stack sets. */
export type PerKind<T> = Readonly<Record<RolloutKind, T>>;

export function perKind<T>(make: (kind: RolloutKind) => T): PerKind<T> {
  return { 'member-roles': make('member-roles'), member: make('member') };
}

/**
 * One stack of a stack set [API StackInstanceSummary].
 */
export interface Instance {
  readonly account: string;
  readonly region: string;
  /** `outdated`: not as the stack set wants it, or not there yet; `inoperable`: a deletion failed, and no update reaches it. */
  readonly status: 'current' | 'outdated' | 'inoperable';
  /** How the last operation on it ended [API StackInstanceComprehensiveStatus], for example `FAILED`. */
  readonly detail: string;
  readonly reason?: string;
}

/** An account and a Region. */
export interface Cell {
  readonly account: string;
  readonly region: string;
}

/** A cell as a key of maps. */
export function cellKey({ account, region }: Cell): string {
  return `${account}/${region}`;
}

/** Every one of the accounts in every one of the Regions. */
export interface Rectangle {
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
}

export function cellsOf({ accounts, regions }: Rectangle): readonly Cell[] {
  return accounts.flatMap((account) => regions.map((region) => ({ account, region })));
}

/** Who is to have what. */
export interface Wanted {
  /** Ids, sorted. */
  readonly accounts: readonly string[];
  /** Those that get everything first; empty without a canary. */
  readonly canary: ReadonlySet<string>;
  /** Roles exist once for an account, so their stack stands in one Region. */
  readonly rolesRegion: string;
  /** Regions of the member stack, in the order of their deployment. */
  readonly regions: readonly string[];
  /** Only these are touched, each `account` or `account/region`; everything when it is undefined. */
  readonly only?: ReadonlySet<string>;
}

/** Regions in which an account is to have a kind of stack. */
export function regionsOf(kind: RolloutKind, wanted: Wanted): readonly string[] {
  switch (kind) {
    case 'member-roles':
      return [wanted.rolesRegion];
    case 'member':
      return wanted.regions;
  }
}

/** Whether `only` names a cell; an account's roles belong to each of its Regions. */
export function isAsked(kind: RolloutKind, { account, region }: Cell, { only }: Wanted): boolean {
  if (only === undefined || only.has(account) || only.has(cellKey({ account, region })))
    return true;
  return kind === 'member-roles' && [...only].some((one) => one.startsWith(`${account}/`));
}

/** What is known of a stack set before the plan. */
export interface SetState {
  /** The template or its parameters are others than wanted. */
  readonly contentDiffers: boolean;
  /** Automatic deployment or managed execution are others than wanted. */
  readonly settingsDiffer: boolean;
  readonly instances: readonly Instance[];
}
