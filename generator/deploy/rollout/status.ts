import { DeployError, throwIfInterrupted } from '../deploy-error.ts';
import { coverageOf, leftOutLines } from './coverage.ts';
import type { Coverage } from './coverage.ts';
import { versionIn } from './definition.ts';
import type { Permissions } from './definition.ts';
import { findAudience } from './find-accounts.ts';
import type { AccountQuery, Audience } from './find-accounts.ts';
import { ROLLOUT_KINDS } from './model.ts';
import type { PerKind } from './model.ts';
import { readSets, rolesRegionOf, setNames } from './read-sets.ts';
import type { KnownSets } from './read-sets.ts';
import { coverageTable, failureLines, summaryLines } from './render-coverage.ts';
import type { RolloutPorts } from './rollout.ts';

export interface StatusRequest {
  readonly region: string;
  readonly query: AccountQuery;
  /** Regions of the member stack; those that it is in when it is empty. */
  readonly regions: readonly string[];
  readonly rolesRegion: string | undefined;
  readonly name: string;
  /** Version of the build at hand, for example `0.1.0`; undefined when there is none. */
  readonly buildVersion: string | undefined;
}

/** What is rolled out, against the accounts of the organization. */
export interface RolloutStatus {
  readonly coverage: Coverage;
  readonly isComplete: boolean;
  /** Version of each stack set, as its description tells; undefined when there is none. */
  readonly versions: PerKind<string | undefined>;
  /** Sentences that stand above the table. */
  readonly notes: readonly string[];
}

/** Reads what is rolled out; changes nothing. Throws `DeployError` with what to do, and `Interrupted`. */
export async function readStatus(
  request: StatusRequest,
  ports: RolloutPorts,
): Promise<RolloutStatus> {
  const names = setNames(request.name);
  const { audience, known, isDerived } = await readSeen(request, names, ports);
  const present = [...new Set(known.member?.instances.map(({ region }) => region))].toSorted();
  const regions = request.regions.length > 0 ? request.regions : present;
  if (regions.length === 0)
    throw new DeployError(
      `No member stack is rolled out from here yet, so its Regions are not known. Name them with --regions, or another Region of the stack sets with --region (now ${request.region}).`,
      { isUsage: true },
    );
  const coverage = coverageOf(
    {
      accounts: audience.choice.accounts,
      canary: audience.choice.canary,
      rolesRegion: rolesRegionOf(known, request.rolesRegion, regions),
      regions,
    },
    audience.members,
    {
      'member-roles': known['member-roles']?.instances ?? [],
      member: known.member?.instances ?? [],
    },
  );
  const versions: PerKind<string | undefined> = {
    'member-roles': versionIn(known['member-roles']?.set.description ?? ''),
    member: versionIn(known.member?.set.description ?? ''),
  };
  return {
    coverage,
    isComplete: coverage.rows.every(({ isComplete }) => isComplete),
    versions,
    notes: [
      ...setLines(known, { names, versions, build: request.buildVersion }),
      ...(audience.permissions.type === 'organization' ? automaticLines(known) : []),
      ...(isDerived
        ? [
            'No organization is asked, so the accounts are those in which the stack sets have stacks. One that was never rolled out to can not be seen; name all of them with --accounts.',
          ]
        : []),
      ...leftOutLines(audience.choice, regions),
    ],
  };
}

interface Seen {
  readonly audience: Audience;
  readonly known: KnownSets;
  /** The accounts are those that the stack sets have, because nobody named any. */
  readonly isDerived: boolean;
}

/** With self-managed permissions the stack sets come first: they alone know accounts. */
async function readSeen(
  { query, region }: StatusRequest,
  names: PerKind<string>,
  { organization, stackSets, signal }: RolloutPorts,
): Promise<Seen> {
  const isAlone =
    query.selfManaged !== undefined || (await organization.organization()) === undefined;
  if (!isAlone) {
    const audience = await findAudience(organization, query, region);
    throwIfInterrupted(signal);
    const { permissions } = audience;
    const known = await readSets(stackSets(permissions), names, permissions);
    return { audience, known, isDerived: false };
  }
  const selfManaged = query.selfManaged ?? {};
  const permissions: Permissions = { type: 'self-managed', ...selfManaged };
  const known = await readSets(stackSets(permissions), names, permissions);
  throwIfInterrupted(signal);
  const accounts = query.accounts ?? accountsIn(known);
  if (accounts.length === 0)
    throw new DeployError(
      `No stack is rolled out from Region ${region} of this account, and no organization is asked, so no accounts are known. Sign in to the account that rolls out, name another Region of the stack sets with --region, or name the accounts with --accounts.`,
      { isUsage: true },
    );
  const audience = await findAudience(organization, { ...query, selfManaged, accounts }, region);
  return { audience, known, isDerived: query.accounts === undefined };
}

function accountsIn(known: KnownSets): readonly string[] {
  const all = ROLLOUT_KINDS.flatMap((kind) => known[kind]?.instances ?? []);
  return [...new Set(all.map(({ account }) => account))].toSorted();
}

function setLines(
  known: KnownSets,
  {
    names,
    versions,
    build,
  }: {
    readonly names: PerKind<string>;
    readonly versions: PerKind<string | undefined>;
    readonly build: string | undefined;
  },
): readonly string[] {
  return ROLLOUT_KINDS.map((kind) => {
    if (known[kind] === undefined) return `${names[kind]} does not exist. Run asr rollout.`;
    const version = versions[kind] ?? 'unknown';
    const isOther = build !== undefined && version.replace(/^v/u, '') !== build.replace(/^v/u, '');
    return isOther
      ? `${names[kind]} has version ${version}; this build is ${build}. Run asr rollout to bring it to all accounts.`
      : `${names[kind]} has version ${version}.`;
  });
}

function automaticLines(known: KnownSets): readonly string[] {
  const { member, 'member-roles': roles } = known;
  if (member === undefined || roles === undefined) return [];
  if (!member.set.autoDeployment.isEnabled || !roles.set.autoDeployment.isEnabled)
    return ['Accounts that join do not get the stacks by themselves.'];
  return member.set.autoDeployment.dependsOn.includes(roles.set.arn)
    ? ['Accounts that join get the roles, then the member stack, by themselves.']
    : [
        'Accounts that join get both stacks by themselves, but in no order. Run asr rollout to have the roles first.',
      ];
}

/** The status for people. @param isWhole shows complete accounts, too */
export function statusText(
  { coverage, notes, isComplete }: RolloutStatus,
  {
    isWhole,
    table,
  }: {
    readonly isWhole: boolean;
    readonly table: (rows: readonly (readonly string[])[]) => string;
  },
): string {
  const rows = isWhole ? coverage.rows : coverage.rows.filter((row) => !row.isComplete);
  const failures = failureLines(coverage.rows, { 'member-roles': undefined, member: undefined });
  return [
    ...notes,
    ...summaryLines(coverage),
    ...(rows.length === 0 ? [] : ['', table(coverageTable(rows))]),
    ...(failures.length === 0 ? [] : ['', 'Failed:', ...failures]),
    ...(isComplete
      ? []
      : ['', 'asr rollout with the same accounts and Regions brings what is missing.']),
  ].join('\n');
}
