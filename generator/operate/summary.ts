import type { ImpactWord } from '../model/runbook.ts';
import type { LeftOut } from './judge.ts';

/** What a command would be sent about, as far as people are shown it. */
export interface Countable {
  readonly control: string;
  readonly account: string;
  readonly region: string;
  readonly resource: string;
  readonly impact?: ImpactWord;
  readonly verdict?: string;
  readonly why?: string;
}

/** Lines of a list before it is cut short. */
const LINES = 15;

/** Rows of a table, heading first: how many of each control, in how many accounts and Regions, with which impact. Pure. */
export function controlTable(
  chosen: readonly Countable[],
  undoOf: (control: string) => string,
): readonly (readonly string[])[] {
  const rows = [...groupedBy(chosen, ({ control }) => control)].map(([control, all]) => [
    control,
    String(all.length),
    String(distinct(all, ({ account }) => account)),
    String(distinct(all, ({ region }) => region)),
    [...new Set(all.flatMap(({ impact }) => impact ?? []))].join(', ') || '-',
    undoOf(control),
  ]);
  return [['CONTROL', 'COUNT', 'ACCOUNTS', 'REGIONS', 'IMPACT', 'UNDO'], ...rows];
}

/** Rows of a table, heading first: the accounts with the most. Pure. */
export function accountTable(chosen: readonly Countable[]): readonly (readonly string[])[] {
  const groups = [...groupedBy(chosen, ({ account }) => account)].toSorted(
    ([one, a], [other, b]) => b.length - a.length || (one < other ? -1 : 1),
  );
  const rows = groups.slice(0, LINES).map(([account, all]) => [account, String(all.length)]);
  const rest = groups.length - rows.length;
  return [['ACCOUNT', 'COUNT'], ...rows, ...(rest > 0 ? [[`and ${rest} more accounts`, '']] : [])];
}

/** One line for each reason why findings are left out, with an example. Pure. */
export function leftOutLines(leftOut: readonly LeftOut[]): readonly string[] {
  return [...groupedBy(leftOut, ({ reason }) => reason)]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .flatMap(([reason, all]) => {
      const [first] = all;
      if (first === undefined) return [];
      return [
        all.length === 1
          ? `  ${reason}: ${first.id}\n    ${first.why}`
          : `  ${reason}: ${all.length} of them, such as ${first.id}\n    ${first.why}`,
      ];
    });
}

/** One line for each verdict other than allow. Pure. */
export function verdictLines(chosen: readonly Countable[]): readonly string[] {
  const lines = { 'needs-approval': 'wait for an approval', hold: 'wait' } as const;
  return Object.entries(lines).flatMap(([verdict, text]) => {
    const all = chosen.filter((one) => one.verdict === verdict);
    const [first] = all;
    return first === undefined
      ? []
      : [`${count(all.length, 'of them', 'of them')} will ${text}: ${first.why ?? ''}`];
  });
}

/** `1 finding`, `2 findings`. */
export function count(amount: number, one: string, many: string = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}

/** Groups in the order in which they appear. */
export function groupedBy<T>(
  all: readonly T[],
  keyOf: (one: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

function distinct<T>(all: readonly T[], keyOf: (one: T) => string): number {
  return new Set(all.map(keyOf)).size;
}
