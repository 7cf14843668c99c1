import type { Outcome } from '../ports.ts';
import type { Display } from '../terminal.ts';
import { coverageOf, leftOutLines } from './coverage.ts';
import type { CoverageRow } from './coverage.ts';
import type { Definition } from './definition.ts';
import type { Audience } from './find-accounts.ts';
import { isAsked, ROLLOUT_KINDS } from './model.ts';
import type { PerKind, Wanted } from './model.ts';
import type { KnownSets } from './read-sets.ts';
import { failureLines, summaryLines } from './render-coverage.ts';

/** What stands above the plan. */
export function headingText(
  { account, permissions, members, choice }: Audience,
  wanted: Wanted,
  { definitions, region }: { readonly definitions: PerKind<Definition>; readonly region: string },
): string {
  const values = new Set(
    ROLLOUT_KINDS.flatMap((kind) =>
      definitions[kind].parameters.flatMap(({ origin, name, value }) =>
        origin === 'default' ? [] : [`${name}=${value}`],
      ),
    ),
  );
  const canary = choice.canary.size === 0 ? '' : `, ${choice.canary.size} of them first as canary`;
  return [
    `Rollout of version ${definitions.member.build.version} from account ${account} (${roleText(permissions)}), Region ${region}`,
    `  accounts    ${wanted.accounts.length} of ${members.length}${canary}`,
    `  Regions     roles in ${wanted.rolesRegion}, member stack in ${wanted.regions.join(', ')}`,
    `  parameters  ${values.size === 0 ? 'defaults' : [...values].join(' ')}`,
    ...leftOutLines(choice, wanted.regions),
    ...(choice.leftOut.excluded.length > 0 && definitions.member.isAutomatic !== false
      ? [
          'Automatic deployment does not know exclusions: an account that joins or moves into a target unit gets the stacks even if it is excluded here. Add --no-auto-deploy where that must not happen.',
        ]
      : []),
  ].join('\n');
}

function roleText(permissions: Audience['permissions']): string {
  switch (permissions.type) {
    case 'self-managed':
      return 'self-managed permissions';
    case 'organization':
      return permissions.callAs === 'SELF' ? 'the management account' : 'a delegated administrator';
  }
}

/** Prints what the accounts have, and what failed. Gives `nothing` when nothing is missing, else `failed`. */
export function tellCoverage(
  { members }: Audience,
  wanted: Wanted,
  { known, definitions }: { readonly known: KnownSets; readonly definitions: PerKind<Definition> },
  display: Display,
): Outcome {
  const coverage = coverageOf(wanted, members, {
    'member-roles': known['member-roles']?.instances ?? [],
    member: known.member?.instances ?? [],
  });
  const rows = coverage.rows.map((row) => asked(row, wanted));
  const failures = failureLines(rows, {
    'member-roles': definitions['member-roles'].build.template,
    member: definitions.member.build.template,
  });
  if (failures.length > 0) display.note(`Failed:\n${failures.join('\n')}`);
  display.result(summaryLines(coverage).join('\n'));
  return rows.every(({ isComplete }) => isComplete) ? 'nothing' : 'failed';
}

/** The row with the cells that `--only` names; all of them without it. */
function asked(row: CoverageRow, wanted: Wanted): CoverageRow {
  const cells = row.cells.filter(({ kind, region }) =>
    isAsked(kind, { account: row.account, region }, wanted),
  );
  return { ...row, cells, isComplete: cells.every(({ state }) => state === 'ok') };
}
