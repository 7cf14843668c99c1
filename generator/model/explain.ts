import { screen } from '../../templates/admin/functions/decide/decide.ts';
import type { ScreenInput } from '../../templates/admin/functions/decide/rule.ts';
import type { Verdict } from '../../templates/admin/functions/decide/types.ts';
import type { Catalog } from '../../templates/admin/functions/model/catalog.ts';
import { parseFinding } from '../../templates/admin/functions/model/finding.ts';
import type { Finding } from '../../templates/admin/functions/model/finding.ts';
import { parsePolicy } from '../../templates/admin/functions/model/policy.ts';
import { isRefusal } from '../../templates/admin/functions/model/refusal.ts';
import type { Refusal } from '../../templates/admin/functions/model/refusal.ts';
import { resolve, resolveControl } from '../../templates/admin/functions/model/resolve.ts';
import type { Resolved } from '../../templates/admin/functions/model/resolve.ts';
import type { Settings } from '../../templates/admin/functions/model/settings.ts';
import { excerpt } from './finding.ts';

/** What happens to a finding and why; members that can't be known are null. */
export interface Explanation {
  readonly finding: string | null;
  readonly standard: string | null;
  /** The standard's own control id. */
  readonly control: string | null;
  readonly securityControlId: string | null;
  readonly remediation: string | null;
  readonly document: string | null;
  readonly account: string | null;
  readonly region: string | null;
  /** Parameters of the document, in the form that StartAutomationExecution takes. */
  readonly parameters: Readonly<Record<string, readonly string[]>> | null;
  readonly decision: ExplainedDecision;
  /** Why, as sentences. */
  readonly because: string;
}

/** What the orchestrator would decide, as far as the finding alone tells. */
export interface ExplainedDecision {
  /** For the finding as it comes by itself, once the control is switched to automatic. */
  readonly automatic: ExplainedVerdict;
  /** For a person who selects it in Security Hub. */
  readonly click: ExplainedVerdict;
  /** What is taken for granted, and what only the stacks know. */
  readonly assumes: string;
}

export interface ExplainedVerdict {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly message: string;
}

export interface ExplainContext {
  /** As it is built into the orchestrator. */
  readonly catalog: Catalog;
  /** Suffix of the roles, when it is known. */
  readonly namespace?: string;
  readonly now: Date;
}

const ASSUMES =
  'With the built-in policy, automatic remediation switched on (it is off by default), all standards loaded and no ' +
  'filters. Not known here: the settings and the configuration table, the membership of the account, tags and stack ' +
  'of the resource, exceptions, limits and earlier attempts.';

type Facts = Omit<Explanation, 'decision' | 'because'>;

const NOTHING: Facts = {
  finding: null,
  standard: null,
  control: null,
  securityControlId: null,
  remediation: null,
  document: null,
  account: null,
  region: null,
  parameters: null,
};

/** Says which control a finding is of, which remediation applies and with which parameters, or why none does. Pure; never throws. */
export function explainFinding(input: unknown, context: ExplainContext): Explanation {
  const { catalog } = context;
  const finding = parseFinding(input);
  const settings = everything(catalog);
  const policy = parsePolicy({
    control: { automatedRemediationEnabled: true },
    defaults: undefined,
  });
  const resolved = resolve(finding, settings, policy, catalog);
  const meaning = { finding, settings, policy, resolved, catalog, now: context.now };
  const explained = isRefusal(resolved)
    ? { because: `${resolved.message}${detail(resolved, finding, input)}` }
    : { because: because(resolved), parameters: parametersOf(finding, resolved, context) };
  return {
    ...factsOf(finding, settings, catalog),
    ...explained,
    decision: {
      automatic: decideOffline('automatic', meaning),
      click: decideOffline('custom-action', meaning),
      assumes: ASSUMES,
    },
  };
}

type Meaning = Omit<ScreenInput, 'environment' | 'request' | 'attempt' | 'stage'>;

function decideOffline(origin: 'automatic' | 'custom-action', meaning: Meaning): ExplainedVerdict {
  const { finding } = meaning;
  const { verdict, reason, message } = screen({
    ...meaning,
    environment: { partition: isRefusal(finding) ? '' : finding.partition, adminAccount: '' },
    request: { id: '', origin, mode: 'Remediate', actor: '', force: false, ticket: false },
    stage: 'claim',
  });
  return { verdict, reason, message };
}

/** All standards and no filters. */
function everything({ standards }: Catalog): Settings {
  const off = { mode: 'Disabled', values: [] } as const;
  return { standards: standards.map(({ id }) => id), filters: { Account: off, OU: off, Tag: off } };
}

function factsOf(finding: Finding | Refusal, settings: Settings, catalog: Catalog): Facts {
  if (isRefusal(finding)) return NOTHING;
  const { id, account, region } = finding;
  const known = { ...NOTHING, finding: id, account, region };
  const control = resolveControl(finding, settings, catalog);
  if (isRefusal(control)) return known;
  const document = catalog.remediations[catalog.controls[control.id] ?? '']?.document;
  return {
    ...known,
    standard: control.standard,
    control: control.control,
    securityControlId: control.id,
    // The unit's name; what is remembered may hang on a name for this control only.
    remediation: document?.slice('ASR-'.length) ?? null,
    document: document ?? null,
  };
}

function parametersOf(
  finding: Finding | Refusal,
  { roleStem, securityControlId, resource, parameters }: Resolved,
  { namespace = '<Namespace>' }: ExplainContext,
): Explanation['parameters'] {
  if (isRefusal(finding)) return null;
  const { partition, account } = finding;
  return {
    AutomationAssumeRole: [`arn:${partition}:iam::${account}:role/${roleStem}-${namespace}`],
    ControlId: [securityControlId],
    AccountId: [account],
    ResourceArn: [resource],
    ...parameters,
  };
}

function because({ securityControlId, remediation, parametersToRead }: Resolved): string {
  const notes = Object.values(parametersToRead).map(
    (name) =>
      `The finding carries no ${name}: it is read from Security Hub in the finding's account before the document starts.`,
  );
  return [`${securityControlId} is remediated by ${remediation}.`, ...notes].join(' ');
}

/** What the finding says where a refusal only says what is wrong: the terminal is its reader's own. */
function detail({ reason }: Refusal, finding: Finding | Refusal, input: unknown): string {
  if (isRefusal(finding)) return reason === 'foreign-product' ? product(input) : '';
  const { generatorId, securityControlId, resources, parameters } = finding;
  const [generator, control] = [generatorId, securityControlId ?? 'none'].map(excerpt);
  const details: Partial<Record<Refusal['reason'], string>> = {
    'unknown-standard': `It has the generator id ${generator}.`,
    'unknown-control': `It has the generator id ${generator} and the security control id ${control}.`,
    'unknown-resource': `It names ${names(resources)}.`,
    mismatch: `It names ${names(resources)}.`,
    'parameters-refused': `The finding's values are ${excerpt(JSON.stringify(parameters))}.`,
  };
  const text = details[reason];
  return text === undefined ? '' : ` ${text}`;
}

function names(resources: Finding['resources']): string {
  return excerpt(resources.map(({ id }) => id).join(', ') || 'none');
}

function product(input: unknown): string {
  const { ProductArn: arn } = (input ?? {}) as { readonly ProductArn?: unknown };
  return typeof arn === 'string' ? ` Its product is ${excerpt(arn)}.` : '';
}
