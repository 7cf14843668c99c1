import type { Attempt } from '../../templates/admin/functions/model/attempt.ts';
import type { Catalog } from '../../templates/admin/functions/model/catalog.ts';
import { findingIdOf } from '../../templates/admin/functions/model/finding-parts.ts';
import type { Mode } from '../../templates/admin/functions/model/request.ts';
import type { Display } from '../deploy/terminal.ts';
import type { Connection } from './connect.ts';
import { findFindings } from './find-findings.ts';
import { listAttempts } from './history.ts';
import type { AttemptFilter, Period } from './history.ts';
import { isOfStandard, judgeFinding } from './judge.ts';
import type { Candidate, Judged, LeftOut, Situation } from './judge.ts';
import { fitsResource, searchOf, searchOfIds } from './query.ts';
import type { FindingName, Query } from './query.ts';
import type { Entry } from './run-file.ts';
import { canUndo } from './state-queries.ts';
import { CONSOLIDATED } from '../model/standard.ts';

/** What a bulk command would be sent about. */
export interface Gathered<T> {
  readonly chosen: readonly T[];
  readonly leftOut: readonly LeftOut[];
  /** The limit was reached, so there may be more. */
  readonly isMore: boolean;
}

interface GatherPorts {
  readonly connection: Connection;
  readonly display: Pick<Display, 'live' | 'note'>;
  readonly signal: AbortSignal;
}

/** What people name or ask for. */
export interface Wanted {
  /** Findings by name; without any, the query counts. */
  readonly findings: readonly FindingName[];
  readonly query: Query;
  readonly limit: number;
}

/** Reads and judges findings until the limit is reached. Throws `AwsProblem`, and `Interrupted` on Ctrl-C. */
export async function gatherFindings(
  { connection, display, signal }: GatherPorts,
  mode: Exclude<Mode, 'Undo'>,
  { findings, query, limit }: Wanted,
  situation: Situation,
): Promise<Gathered<Candidate>> {
  const names = new Set(findings.map(({ id }) => id));
  const controls = query.controls.length > 0 ? query.controls : controlsOf(query, situation);
  const search = names.size > 0 ? searchOfIds([...names]) : searchOf(query, controls);
  const chosen = new Map<string, Candidate>();
  const leftOut = new Map<string, LeftOut>();
  let read = 0;
  let isMore = false;
  const { note } = display;
  for await (const page of findFindings(connection, search, { signal, note })) {
    for (const raw of page) {
      const judged = judgeFinding(raw, mode, query, situation);
      if (names.size > 0 && !isNamed(judged, names)) continue;
      if (judged.result === 'left-out') leftOut.set(judged.leftOut.id, judged.leftOut);
      // The finding of the same failure in the other format has the same id: one command is enough.
      if (judged.result !== 'candidate' || chosen.has(judged.candidate.finding.id)) continue;
      if (chosen.size >= limit) isMore = true;
      else chosen.set(judged.candidate.finding.id, judged.candidate);
    }
    read += page.length;
    display.live(`Read ${read} findings.`);
    if (isMore) break;
  }
  display.live('');
  for (const id of names)
    if (!chosen.has(id) && !leftOut.has(id))
      leftOut.set(id, { id, reason: 'not-found', why: notFoundText(id, connection.installation) });
  // Another product's finding may have the same id as one that is chosen.
  return {
    chosen: [...chosen.values()],
    leftOut: [...leftOut.values()].filter(({ id }) => !chosen.has(id)),
    isMore,
  };
}

/** Whether it is one of those that people named, whatever Security Hub made of the filter. */
function isNamed(judged: Judged, names: ReadonlySet<string>): boolean {
  switch (judged.result) {
    case 'candidate':
      return names.has(judged.candidate.finding.id);
    case 'left-out':
      return names.has(judged.leftOut.id);
    case 'not-meant':
      return false;
  }
}

/** Why a finding may not be there. */
export function notFoundText(
  id: string,
  { account, region }: Pick<Connection['installation'], 'account' | 'region'>,
): string {
  const own = findingIdOf(id)?.region ?? region;
  const advice =
    own === region
      ? 'Its id is misspelled, its account is no member, or it was archived and deleted since.'
      : `It is one of ${own}: are its findings aggregated here, and is its account a member? See asr doctor --check aggregation --check members.`;
  return `Security Hub of account ${account} has no such finding in ${region}. ${advice}`;
}

function controlsOf({ standard }: Query, { catalog }: Situation): readonly string[] {
  const all = Object.keys(catalog.controls);
  if (standard === undefined) return all;
  return all.filter((control) => isOfStandard(CONSOLIDATED, control, standard, catalog));
}

/**
 * Reads the history for changes that can be taken back: the newest one of each remediation of a resource. Throws
 * `AwsProblem`, and `Interrupted` on Ctrl-C.
 */
export async function gatherAttempts(
  { connection, display, signal }: GatherPorts,
  { findings, query, limit }: Wanted,
  { period, catalog }: { readonly period: Period; readonly catalog: Pick<Catalog, 'standards'> },
): Promise<Gathered<Attempt>> {
  const names = new Set(findings.map(({ id }) => id));
  const isWanted = (attempt: Attempt): boolean =>
    names.size > 0
      ? attempt.findings.some(({ id }) => names.has(id))
      : isMeantAttempt(attempt, query, catalog);
  const chosen = new Map<string, Attempt>();
  let isMore = false;
  let read = 0;
  for (const filter of filtersOfAttempts(names, query))
    for await (const attempt of listAttempts(connection, period, filter, { signal })) {
      read += 1;
      if (read % 100 === 0) display.live(`Read ${read} attempts.`);
      const place = `${attempt.account} ${attempt.region} ${attempt.resource} ${attempt.remediation}`;
      if (chosen.has(place) || !canUndo(attempt) || !isWanted(attempt)) continue;
      if (chosen.size >= limit) {
        isMore = true;
        break;
      }
      chosen.set(place, attempt);
    }
  display.live('');
  const found = new Set([...chosen.values()].flatMap((one) => one.findings.map(({ id }) => id)));
  return {
    chosen: [...chosen.values()],
    leftOut: [...names]
      .filter((id) => !found.has(id))
      .map((id) => ({
        id,
        reason: 'nothing-to-undo',
        why: `No change from ${period.from} to ${period.to} that can be taken back answered it.`,
      })),
    isMore,
  };
}

/** One for each account, so that its index is read; days otherwise. A finding's id names its account. */
function filtersOfAttempts(
  names: ReadonlySet<string>,
  { accounts, controls, regions }: Query,
): readonly AttemptFilter[] {
  const mode = 'Remediate';
  const named = new Set([...names].map((id) => id.split(':')[4] ?? ''));
  if (names.size > 0) return [...named].map((account) => ({ mode, accounts: [account] }));
  return accounts.length === 0
    ? [{ mode, controls, regions }]
    : accounts.map((account) => ({ mode, controls, regions, accounts: [account] }));
}

function isMeantAttempt(
  { account, region, control, resource, standard, findings }: Attempt,
  query: Query,
  catalog: Pick<Catalog, 'standards'>,
): boolean {
  const isAmong = (value: string, entries: readonly string[]): boolean =>
    entries.length === 0 || entries.includes(value);
  return (
    isAmong(account, query.accounts) &&
    isAmong(region, query.regions) &&
    isAmong(control, query.controls) &&
    fitsResource(resource, query.resources) &&
    (query.severities.length === 0 ||
      findings.some(({ severity }) => query.severities.includes(severity))) &&
    isOfStandard(standard, control, query.standard, catalog)
  );
}

/** The command about a finding. */
export function entryOf(candidate: Candidate): Entry {
  const { finding, control, account, region, resource, remediation } = candidate;
  return { finding, control, account, region, resource, remediation };
}

/** The command that takes an attempt back; undefined when it answered no finding, which can't be. */
export function undoEntryOf(attempt: Attempt): readonly Entry[] {
  const { findings, control, account, region, resource, remediation, id } = attempt;
  const [first] = findings;
  if (first === undefined) return [];
  const finding = { id: first.id, productArn: first.productArn };
  return [{ finding, control, account, region, resource, remediation, attempt: id }];
}
