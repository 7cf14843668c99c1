import { acceptsValue } from '../../../../generator/model/kinds/kinds.ts';
import type { ImpactWord } from '../../../../generator/model/runbook.ts';
import type { Catalog, CatalogParameter, CatalogRemediation } from '../model/catalog.ts';
import type { Finding } from '../model/finding.ts';
import { isRefusal, refuse } from '../model/refusal.ts';
import type { Refusal } from '../model/refusal.ts';
import { filtered } from '../model/settings.ts';
import type { Settings } from '../model/settings.ts';

export type Mode = 'Remediate' | 'Preview';

/** Everything needed to start a remediation, save what only the member account knows. */
export interface Plan {
  readonly standard: string;
  readonly securityControlId: string;
  readonly remediation: string;
  readonly document: string;
  readonly roleStem: string;
  readonly resource: string;
  /** The unit's own parameters that get a value from the finding. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
}

/** Decides, without any I/O, whether and how a finding is remediated. Whatever isn't understood is refused. */
export function plan(
  finding: Finding,
  mode: Mode,
  settings: Settings,
  catalog: Catalog,
): Plan | Refusal {
  const state = wrongState(finding) ?? filtered(settings, finding.account);
  if (state !== undefined) return state;
  const control = resolveControl(finding, settings, catalog);
  if (isRefusal(control)) return control;
  const name = catalog.controls[control.id];
  const remediation = name === undefined ? undefined : catalog.remediations[name];
  if (name === undefined || remediation === undefined || remediation.deprecated)
    return refuse('no-remediation', `No remediation exists for ${control.id}.`);
  const resource = findResource(finding, remediation);
  if (typeof resource !== 'string') return resource;
  const parameters = readParameters(finding, control.id, remediation);
  if (isRefusal(parameters)) return parameters;
  if (mode === 'Remediate' && impactOf(remediation, parameters.values) === 'data-loss')
    return refuse(
      'needs-approval',
      `${name} can delete data, which a click doesn't approve; run the document ${remediation.document} by hand.`,
    );
  return {
    standard: control.standard,
    securityControlId: control.id,
    remediation: name,
    document: remediation.document,
    roleStem: remediation.roleStem,
    resource,
    parameters: parameters.values,
  };
}

/** Why a finding needs no remediation, whatever the settings are. */
export function wrongState(finding: Finding): Refusal | undefined {
  if (finding.recordState !== 'ACTIVE') return refuse('not-failed', 'The finding is archived.');
  if (finding.compliance !== 'FAILED')
    return refuse('not-failed', "The finding's compliance status isn't FAILED.");
  if (finding.workflow === 'SUPPRESSED') return refuse('not-failed', 'The finding is suppressed.');
  return undefined;
}

function resolveControl(
  finding: Finding,
  settings: Settings,
  catalog: Catalog,
): { readonly standard: string; readonly id: string } | Refusal {
  for (const standard of catalog.standards) {
    const own = new RegExp(standard.generatorId, 'u').exec(finding.generatorId)?.groups?.[
      'control'
    ];
    if (own === undefined) continue;
    if (!settings.standards.includes(standard.id))
      return refuse(
        'standard-disabled',
        `${standard.name} isn't loaded in the administrator stack.`,
      );
    // AWS itself writes both AutoScaling.5 and Autoscaling.5.
    const [, id] = Object.entries(standard.controls).find(([name]) => isSame(name, own)) ?? [];
    if (id === undefined || !isSame(finding.securityControlId ?? id, id))
      return refuse(
        'unknown-control',
        `The finding names a control that ${standard.name} doesn't have in this version.`,
      );
    return { standard: standard.id, id };
  }
  return refuse(
    'unknown-standard',
    'The finding belongs to none of the standards of this version.',
  );
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The one resource of the finding that the remediation can work on, in the account and Region that the finding names. */
function findResource(finding: Finding, remediation: CatalogRemediation): string | Refusal {
  const matches = new Map<string, Readonly<Record<string, string | undefined>>>();
  for (const pattern of remediation.resources)
    for (const id of finding.resources) {
      const match = new RegExp(pattern, 'u').exec(id);
      if (match !== null) matches.set(id, match.groups ?? {});
    }
  const [found, ...others] = matches;
  if (found === undefined || others.length > 0)
    return refuse(
      'unknown-resource',
      `The finding must name exactly one resource that ${remediation.document} knows; it names ${matches.size}.`,
    );
  const [arn, { partition, region, account }] = found;
  const agrees =
    (partition ?? finding.partition) === finding.partition &&
    (region ?? finding.region) === finding.region &&
    (account ?? finding.account) === finding.account;
  return agrees
    ? arn
    : refuse(
        'mismatch',
        'The resource lies in another account, Region or partition than the finding.',
      );
}

function readParameters(
  finding: Finding,
  control: string,
  remediation: CatalogRemediation,
): { readonly values: Readonly<Record<string, readonly string[]>> } | Refusal {
  const values: Record<string, readonly string[]> = {};
  const carriesValues = Object.keys(finding.parameters).length > 0;
  for (const parameter of remediation.parameters) {
    const name = parameter.finding[control];
    if (name === undefined) {
      if (parameter.hasValue) continue;
      return refuse(
        'parameters-unknown',
        `${remediation.document} needs a value for ${parameter.name}, and none is configured.`,
      );
    }
    const given = finding.parameters[name];
    // A finding with values leaves out those that nobody set; one without any tells nothing about them.
    if (given === undefined && carriesValues && parameter.hasValue) continue;
    if (given === undefined)
      return refuse(
        'parameters-unknown',
        `The finding doesn't say which ${name} the control checks.`,
      );
    if (given === null || !isAcceptable(parameter, given))
      return refuse(
        'parameters-refused',
        `The control's value of ${name} isn't one that ${remediation.document} takes.`,
      );
    values[parameter.name] = given;
  }
  return { values };
}

/** Automation parameters: 1-512 characters, up to 50 values (SSM API); `{{` would be read as a reference. */
function isAcceptable({ kind }: CatalogParameter, given: readonly string[]): boolean {
  const isList = kind.type === 'list' || kind.type === 'integer-list';
  const fits =
    given.length <= 50 &&
    given.every((one) => one !== '' && one.length <= 512 && !one.includes('{{'));
  const [only] = given;
  if (!fits) return false;
  return isList
    ? acceptsValue(kind, given)
    : only !== undefined && given.length === 1 && acceptsValue(kind, only);
}

/** A parameter whose value isn't known here counts as the worse case. */
function impactOf(
  { impact, parameters }: CatalogRemediation,
  values: Readonly<Record<string, readonly string[]>>,
): ImpactWord {
  const holds = new Set(
    impact.when.map(({ parameter, values: expected, isAmong }) => {
      const own = parameters.find(({ name }) => name === parameter)?.default;
      const value = values[parameter]?.[0] ?? own;
      return value === undefined ? undefined : expected.includes(value) === isAmong;
    }),
  );
  if (holds.has(false)) return impact.else;
  if (!holds.has(undefined)) return impact.then;
  return [impact.then, impact.else].includes('data-loss') ? 'data-loss' : impact.then;
}
