import { isEnabled } from './hub.ts';
import type { HubFacts } from './hub-facts.ts';
import { count, few, LEVELS } from './judgement.ts';
import type { Judgement, Level } from './judgement.ts';

/** Rows of the table of members: one for each account, with its status in each Region. */
export function memberRows(
  { account, regions, organization }: HubFacts,
  onlyMissing: boolean,
): readonly (readonly string[])[] {
  const read = regions.flatMap(({ region, members }) =>
    members.known
      ? [{ region, statuses: new Map(members.value.map((one) => [one.account, one.status])) }]
      : [],
  );
  const known = organization.known ? (organization.value ?? []) : [];
  const names = new Map(known.map(({ id, name }) => [id, name]));
  const active = known.filter(({ isActive }) => isActive).map(({ id }) => id);
  const accounts = [
    ...new Set([...read.flatMap(({ statuses }) => [...statuses.keys()]), ...active]),
  ]
    .filter((id) => id !== account)
    .toSorted();
  const rows = accounts.map((id) => ({
    id,
    statuses: read.map(({ statuses }) => statuses.get(id) ?? '-'),
  }));
  const shown = onlyMissing
    ? rows.filter(({ statuses }) => statuses.some((status) => !isEnabled(status)))
    : rows;
  return [
    ['ACCOUNT', ...read.map(({ region }) => region), 'NAME'],
    ...shown.map(({ id, statuses }) => [id, ...statuses, names.get(id) ?? '']),
  ];
}

const WORDS: Readonly<Record<Level, string>> = {
  problem: 'PROBLEM',
  unknown: 'UNKNOWN',
  warn: 'WARNING',
  ok: 'OK',
};

/** A judgement of which it is known by what it was made. */
export interface Finding extends Judgement {
  readonly check: string;
}

/** Judgements for people, the worst first: what, why, what to do, where. */
export function describeFindings(findings: readonly Finding[]): string {
  return sorted(findings)
    .map(({ level, check, what, why, do: todo, where }) =>
      [
        `${WORDS[level]} ${check}: ${what}`,
        ...[why, todo, where.length === 0 ? '' : `Where: ${few(where)}.`]
          .filter((line) => line !== '')
          .map((line) => `  ${line}`),
      ].join('\n'),
    )
    .join('\n\n');
}

/** The worst first; among equals the order stays. */
export function sorted(findings: readonly Finding[]): readonly Finding[] {
  return LEVELS.flatMap((level) => findings.filter((one) => one.level === level));
}

/** How many there are of each level. */
export function tally(findings: readonly Judgement[]): Readonly<Record<Level, number>> {
  const of = (level: Level): number => findings.filter((one) => one.level === level).length;
  return { problem: of('problem'), unknown: of('unknown'), warn: of('warn'), ok: of('ok') };
}

export function describeTally({ problem, unknown, warn, ok }: ReturnType<typeof tally>): string {
  return `${count(problem, 'problem')}, ${unknown} unknown, ${count(warn, 'warning')}, ${ok} in order.`;
}
