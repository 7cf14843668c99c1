import { screen } from '../../templates/admin/functions/decide/decide.ts';
import { matchesException } from '../../templates/admin/functions/decide/exceptions.ts';
import type { Exception, Verdict } from '../../templates/admin/functions/decide/types.ts';
import type { Catalog } from '../../templates/admin/functions/model/catalog.ts';
import { parseFinding } from '../../templates/admin/functions/model/finding.ts';
import type { Finding } from '../../templates/admin/functions/model/finding.ts';
import { objectOf } from '../../templates/admin/functions/model/json.ts';
import { impactOf, isWorse } from '../../templates/admin/functions/model/impact.ts';
import { parsePolicy } from '../../templates/admin/functions/model/policy.ts';
import { isRefusal, refuse } from '../../templates/admin/functions/model/refusal.ts';
import type { Refusal } from '../../templates/admin/functions/model/refusal.ts';
import type { Mode } from '../../templates/admin/functions/model/request.ts';
import { resolve, resolveControl } from '../../templates/admin/functions/model/resolve.ts';
import type { Resolved } from '../../templates/admin/functions/model/resolve.ts';
import { isSameControl } from '../../templates/admin/functions/model/same-control.ts';
import type { Settings } from '../../templates/admin/functions/model/settings.ts';
import { CONSOLIDATED } from '../model/standard.ts';
import type { ImpactWord } from '../model/runbook.ts';
import type { Installation } from './installation.ts';
import { fitsResource } from './query.ts';
import type { FindingName, Query } from './query.ts';
import { EVERY_CONTROL } from './rows.ts';
import type { ConfigurationRows } from './rows.ts';

/** What the administrator account says about all requests. */
export interface Situation {
  readonly installation: Pick<Installation, 'partition' | 'account'>;
  readonly catalog: Catalog;
  readonly settings: Settings | Refusal;
  readonly rows: ConfigurationRows;
  readonly exceptions: readonly Exception[] | Refusal;
  readonly now: Date;
}

/** A finding that a command can be sent about. */
export interface Candidate {
  readonly finding: FindingName;
  readonly control: string;
  readonly account: string;
  readonly region: string;
  /** ARN. */
  readonly resource: string;
  readonly remediation: string;
  readonly title: string;
  readonly impact: ImpactWord;
  /** As far as the finding, the settings and the row tell; the administrator account decides again. */
  readonly verdict: Exclude<Verdict, 'deny'>;
  readonly why: string;
}

/** A finding that no command is sent about, and why. */
export interface LeftOut {
  readonly id: string;
  readonly reason: string;
  readonly why: string;
}

export type Judged =
  | { readonly result: 'candidate'; readonly candidate: Candidate }
  | { readonly result: 'left-out'; readonly leftOut: LeftOut }
  /** The query doesn't mean it. */
  | { readonly result: 'not-meant' };

/** Judges a finding as Security Hub gave it, as a command of a person. Pure; never throws. */
export function judgeFinding(
  raw: unknown,
  mode: Exclude<Mode, 'Undo'>,
  query: Query,
  situation: Situation,
): Judged {
  const finding = parseFinding(raw);
  if (isRefusal(finding)) return leftOut(idOf(raw), finding);
  const { resolved, policy } = meaningOf(finding, situation);
  if (isRefusal(resolved)) return leftOut(finding.id, resolved);
  if (!isMeant(finding, resolved, query, situation)) return { result: 'not-meant' };
  const remediation = situation.catalog.remediations[resolved.remediation];
  if (remediation === undefined)
    return leftOut(finding.id, refuse('no-remediation', 'It has no remediation.'));
  const impact = impactOf(remediation, resolved);
  if (query.impact !== undefined && isWorse(impact, query.impact)) return { result: 'not-meant' };
  const excepted = mode === 'Remediate' ? exceptionOf(finding, resolved, situation) : undefined;
  if (excepted !== undefined) return leftOut(finding.id, excepted);
  const { installation, settings, catalog, now } = situation;
  const { verdict, reason, message } = screen({
    now,
    environment: { partition: installation.partition, adminAccount: installation.account },
    request: { id: 'asr', origin: 'command', mode, actor: 'asr', force: false, ticket: false },
    finding,
    settings,
    catalog,
    resolved,
    policy,
    stage: 'claim',
  });
  if (verdict === 'deny') return leftOut(finding.id, { reason, message });
  const { account, region, title, id, productArn } = finding;
  return {
    result: 'candidate',
    candidate: {
      finding: { id, productArn },
      control: resolved.securityControlId,
      account,
      region,
      resource: resolved.resource,
      remediation: resolved.remediation,
      title,
      impact,
      verdict,
      why: message,
    },
  };
}

/** What a finding means by the settings and its control's row. Pure. */
function meaningOf(
  finding: Finding,
  { settings, rows, catalog }: Pick<Situation, 'settings' | 'rows' | 'catalog'>,
) {
  const control = resolveControl(finding, settings, catalog);
  const policy = isRefusal(control)
    ? control
    : parsePolicy({ control: rows.get(control.id), defaults: rows.get(EVERY_CONTROL) });
  return { policy, resolved: resolve(finding, settings, policy, catalog) };
}

function leftOut(
  id: string,
  { reason, message }: { readonly reason: string; readonly message: string },
): Judged {
  return { result: 'left-out', leftOut: { id, reason, why: message } };
}

/** Id of a finding in either format, at most 512 characters. Pure. */
export function idOf(raw: unknown): string {
  const { Id: asff, finding_info: info } = objectOf(raw);
  const id = asff ?? objectOf(info)['uid'];
  return typeof id === 'string' ? id.slice(0, 512) : 'a finding without an id';
}

/** Security Hub filtered already, but by what any account may write into its own findings. */
function isMeant(
  finding: Finding,
  { standard, securityControlId, resource }: Resolved,
  query: Query,
  { catalog }: Situation,
): boolean {
  const { accounts, regions, controls, severities, resources } = query;
  return (
    isAmong(finding.account, accounts) &&
    isAmong(finding.region, regions) &&
    isAmong(finding.severity, severities) &&
    (controls.length === 0 || controls.some((one) => isSameControl(one, securityControlId))) &&
    fitsResource(resource, resources) &&
    isOfStandard(standard, securityControlId, query.standard, catalog)
  );
}

function isAmong(value: string, entries: readonly string[]): boolean {
  return entries.length === 0 || entries.includes(value);
}

/** A consolidated finding belongs to every standard that has its control; any other one to its own. */
export function isOfStandard(
  standard: string,
  control: string,
  wanted: string | undefined,
  { standards }: Pick<Catalog, 'standards'>,
): boolean {
  if (wanted === undefined || wanted === standard) return true;
  if (standard !== CONSOLIDATED) return false;
  const { controls = {} } = standards.find(({ id }) => id === wanted) ?? {};
  return Object.values(controls).some((one) => isSameControl(one, control));
}

/** The request would only wait until the exception ends, and then surprise. */
function exceptionOf(
  { account, region }: Finding,
  { securityControlId: control, resource }: Resolved,
  { exceptions, now }: Situation,
): { readonly reason: string; readonly message: string } | undefined {
  if ('status' in exceptions) return exceptions;
  const found = exceptions.find(
    (one) =>
      Date.parse(one.expiresAt) > now.getTime() &&
      matchesException(one, { control, account, region, resource }),
  );
  return found === undefined
    ? undefined
    : {
        reason: 'excepted',
        message: `The exception ${found.id} of ${found.owner} applies until ${found.expiresAt}.`,
      };
}
