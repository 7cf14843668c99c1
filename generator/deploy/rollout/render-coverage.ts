import type { Template } from '../../emit/types.ts';
import { count } from '../members/judgement.ts';
import type { Coverage, CoverageCell, CoverageRow } from './coverage.ts';
import { explainResult } from './explain-result.ts';
import { ROLLOUT_KINDS } from './model.ts';
import type { PerKind, RolloutKind } from './model.ts';

/** Rows of the table of accounts and Regions, its head first; the caller aligns them. */
export function coverageTable(rows: readonly CoverageRow[]): readonly (readonly string[])[] {
  const [first] = rows;
  if (first === undefined) return [];
  const heads = first.cells.map(({ kind, region }) =>
    kind === 'member-roles' ? `roles (${region})` : region,
  );
  return [
    ['account', ...heads, 'name'],
    ...rows.map(({ account, cells, name }) => [account, ...cells.map(({ state }) => state), name]),
  ];
}

/** How many accounts have what, as sentences. */
export function summaryLines({ rows, unwanted }: Coverage): readonly string[] {
  const complete = rows.filter(({ isComplete }) => isComplete).length;
  const gaps = ROLLOUT_KINDS.flatMap((kind) => gapsOf(rows, kind));
  const strange = new Set(unwanted.map(({ account }) => account)).size;
  return [
    `${complete} of ${rows.length} accounts have everything.`,
    ...gaps,
    ...(strange === 0
      ? []
      : [
          `Outside the accounts and Regions that are asked about: ${count(unwanted.length, 'stack')} in ${count(strange, 'account')}. What is there stays as it is.`,
        ]),
  ];
}

function gapsOf(rows: readonly CoverageRow[], kind: RolloutKind): readonly string[] {
  const what = kind === 'member-roles' ? 'Roles' : 'Member stacks';
  const counts = new Map<string, number>();
  for (const { cells } of rows)
    for (const { kind: own, state } of cells)
      if (own === kind && state !== 'ok') counts.set(state, (counts.get(state) ?? 0) + 1);
  if (counts.size === 0) return [];
  const list = [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
  return [`${what}: ${list}.`];
}

/** What failed, with account, Region, reason and what to do, and how to try it alone. */
export function failureLines(
  rows: readonly CoverageRow[],
  templates: PerKind<Template | undefined>,
): readonly string[] {
  return rows.flatMap(({ account, name, cells }) =>
    cells.flatMap((cell) => {
      if (cell.state !== 'failed' && cell.state !== 'inoperable') return [];
      const who = name === '' ? account : `${account} (${name})`;
      const what = cell.kind === 'member-roles' ? 'roles' : 'member';
      const reason = cell.reason ?? (cell.detail === '' ? 'no reason given' : cell.detail);
      const hint = hintOf(cell, templates[cell.kind]);
      return [
        `  ${who}, ${cell.region}, ${what}: ${reason}`,
        ...(hint === undefined ? [] : [`    ${hint}`]),
        ...(cell.state === 'failed'
          ? [`    To try it alone: the same command with --only ${account}/${cell.region}`]
          : []),
      ];
    }),
  );
}

function hintOf(cell: CoverageCell, template: Template | undefined): string | undefined {
  if (cell.state === 'inoperable')
    return 'A deletion failed here, and StackSets leaves it alone since. Remove it from the stack set with its stack retained (aws cloudformation delete-stack-instances --retain-stacks), delete the stack in the account, then run this again.';
  return explainResult(cell.reason ?? '', cell.detail, template ?? { Resources: {} });
}
