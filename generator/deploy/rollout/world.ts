import { cellKey } from './model.ts';
import type { Cell, Instance, Rectangle, SetState } from './model.ts';

/** A stack set as a plan goes on: what its steps have made of it so far, if they all go well. */
export interface World {
  contentDiffers: boolean;
  settingsDiffer: boolean;
  /** Status by cell. */
  readonly cells: Map<string, Instance['status']>;
}

export function worldOf(set: SetState | undefined): World {
  return {
    contentDiffers: set?.contentDiffers ?? false,
    settingsDiffer: set?.settingsDiffer ?? false,
    cells: new Map(set?.instances.map((one) => [cellKey(one), one.status])),
  };
}

/**
 * Cells as rectangles: accounts that share the same Regions together. Accounts and Regions stay in the order in which they
 * are given; the rectangle with most accounts comes first.
 */
export function rectangles(cells: readonly Cell[]): readonly Rectangle[] {
  const regionsByAccount = new Map<string, string[]>();
  for (const { account, region } of cells) {
    const regions = regionsByAccount.get(account);
    if (regions === undefined) regionsByAccount.set(account, [region]);
    else regions.push(region);
  }
  const groups = new Map<string, { readonly regions: readonly string[]; accounts: string[] }>();
  for (const [account, regions] of regionsByAccount) {
    const key = regions.join(',');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { regions, accounts: [account] });
    else group.accounts.push(account);
  }
  return [...groups.values()].toSorted((a, b) => b.accounts.length - a.accounts.length);
}
