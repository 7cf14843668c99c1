import { decide } from '../../functions/decide/decide.ts';
import { IMPACTS } from '../../../../generator/model/runbook.ts';
import { impactOf } from '../../functions/model/impact.ts';
import { objectOf, plainText, textOf } from '../../functions/model/json.ts';
import { parsePolicy } from '../../functions/model/policy.ts';
import { isRefusal } from '../../functions/model/refusal.ts';
import type { Refusal } from '../../functions/model/refusal.ts';
import { resolve, resolveControl } from '../../functions/model/resolve.ts';
import { isSameControl } from '../../functions/model/same-control.ts';
import type { Settings } from '../../functions/model/settings.ts';
import type { FindingDetail, FindingSummary, Page } from '../contract.ts';
import { attemptSummary, newestFirst } from './attempts.ts';
import type { HubQuery } from './backend.ts';
import type { Context } from './context.ts';
import type { Seen } from './scope.ts';
import { formed, formedList } from './validate.ts';

/** A page is full from this length on; pages of Security Hub that are read for one at most. */
const FULL = 50;
const MOST_PAGES = 5;

export const FINDING_QUERY = [
  'account',
  'region',
  'control',
  'severity',
  'workflow',
  'standard',
  'search',
  'next',
] as const;

/**
 * Failed findings, straight from Security Hub. What it can't filter by is filtered here, so a page may be short, or even
 * empty with more behind it. Throws as `Scope` does.
 */
export async function listFindings(
  context: Context,
  { full = FULL, pages = MOST_PAGES } = {},
): Promise<Page<FindingSummary>> {
  const { query, scope } = context;
  const settings = await scope.settings();
  const filters = hubQuery(query);
  const standards = formedList('standard', query['standard']);
  const search =
    query['search'] === undefined ? '' : formed('search', query['search']).toLowerCase();
  const items: FindingSummary[] = [];
  let next = query['next'] === undefined ? undefined : formed('next', query['next']);
  for (let read = 0; read < pages; read += 1) {
    const page = await scope.findings(filters, next);
    for (const seen of page.findings) {
      const one = summary(seen, settings, context);
      const text = `${one.title} ${one.resource}`.toLowerCase();
      if (text.includes(search) && isOfStandards(one, standards, context)) items.push(one);
    }
    next = page.next;
    if (next === undefined || items.length >= full) break;
  }
  return { items, ...(next === undefined ? {} : { next }) };
}

/** Throws `Refused`. */
function hubQuery(query: Context['query']): HubQuery {
  const workflows = formedList('workflow', query['workflow']);
  return {
    accounts: formedList('account', query['account']),
    regions: formedList('region', query['region']),
    controls: formedList('control', query['control']),
    severities: formedList('severity', query['severity']),
    workflows: workflows.length === 0 ? ['NEW', 'NOTIFIED'] : workflows,
  };
}

/** A consolidated finding belongs to every standard that has its control; any other one to its own. */
function isOfStandards(
  { standard, control }: FindingSummary,
  wanted: readonly string[],
  { catalog }: Context,
): boolean {
  if (wanted.length === 0 || wanted.includes(standard)) return true;
  return (
    standard === 'SC' &&
    catalog.standards.some(
      ({ id, controls }) =>
        wanted.includes(id) && Object.values(controls).some((one) => isSameControl(one, control)),
    )
  );
}

function summary(
  { finding }: Seen,
  settings: Settings | Refusal,
  { catalog }: Pick<Context, 'catalog'>,
): FindingSummary {
  const control = resolveControl(finding, settings, catalog);
  const id = isRefusal(control) ? (finding.securityControlId ?? '') : control.id;
  const name = Object.hasOwn(catalog.controls, id) ? catalog.controls[id] : undefined;
  const remediation = name === undefined ? undefined : catalog.remediations[name];
  const resolved = resolve(finding, settings, { parameters: {} }, catalog);
  return {
    id: finding.id,
    productArn: finding.productArn,
    title: finding.title,
    severity: finding.severity,
    workflow: finding.workflow ?? '',
    compliance: finding.compliance ?? '',
    account: finding.account,
    region: finding.region,
    control: id,
    standard: isRefusal(control) ? '' : control.standard,
    resource: isRefusal(resolved) ? (finding.resources[0]?.id ?? '') : resolved.resource,
    updatedAt: finding.updatedAt,
    ...(name === undefined || remediation === undefined || remediation.deprecated
      ? {}
      : {
          remediation: name,
          impact: isRefusal(resolved) ? worst(remediation.impact) : impactOf(remediation, resolved),
        }),
  };
}

function worst({
  then,
  else: otherwise,
}: {
  readonly then: string;
  readonly else: string;
}): string {
  return IMPACTS.findLast((one) => one === then || one === otherwise) ?? then;
}

/** One finding with what `decide` says if this user asked for its remediation now. Throws as `Scope` does. */
export async function showFinding(context: Context): Promise<FindingDetail> {
  const { query, scope, catalog, controls, now, partition, adminAccount } = context;
  const seen = await scope.finding({
    id: formed('findingId', query['id']),
    productArn: formed('productArn', query['productArn']),
  });
  const { finding } = seen;
  const settings = await scope.settings();
  const shown = summary(seen, settings, context);
  const policy = parsePolicy(await scope.rowsOf(shown.control));
  const resolved = resolve(finding, settings, policy, catalog);
  const later = { known: false, why: 'later' } as const;
  const [facts, remembered, attempts] = isRefusal(resolved)
    ? [{ isMember: later, unitPath: later, tags: later, stack: later }, resolved, []]
    : await Promise.all([
        scope.facts(seen, resolved.resource, settings),
        scope.remembered(seen, resolved, now),
        scope.attemptsOf(seen, resolved.resource),
      ]);
  const { verdict, message, trace } = decide({
    now,
    environment: { partition, adminAccount },
    request: {
      id: 'console',
      origin: 'console',
      mode: 'Remediate',
      actor: scope.principal.email,
      force: false,
      ticket: false,
    },
    finding,
    settings,
    catalog,
    resolved,
    policy,
    facts,
    remembered,
    stage: 'claim',
  });
  const note = textOf(objectOf(objectOf(seen.raw)['Note'])['Text'], 512);
  const undo = Object.hasOwn(controls, shown.control) ? controls[shown.control]?.undo : undefined;
  return {
    ...shown,
    description: finding.description,
    ...(note === undefined ? {} : { note: plainText(note, 512) }),
    decision: {
      verdict,
      message,
      trace: trace.map(({ rule, verdict: one, reason, why }) => ({
        rule,
        verdict: one,
        reason,
        why,
      })),
    },
    attempts: attempts.toSorted(newestFirst).slice(0, FULL).map(attemptSummary),
    ...(undo === undefined ? {} : { undo }),
  };
}
