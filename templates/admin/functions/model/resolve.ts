import type { Catalog, CatalogParameter, CatalogRemediation } from './catalog.ts';
import type { Finding } from './finding.ts';
import { acceptsParameter, controlValue } from './parameters.ts';
import { isSameControl } from './same-control.ts';
import type { Policy } from './policy.ts';
import { isRefusal, refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { Settings } from './settings.ts';

/** What a finding means: its control, the remediation, and the values that are known so far. */
export interface Resolved {
  readonly standard: string;
  readonly securityControlId: string;
  readonly remediation: string;
  readonly document: string;
  readonly roleStem: string;
  readonly resource: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  /** Parameter to Security Hub's name for it: to be read from Security Hub in the finding's account. */
  readonly parametersToRead: Readonly<Record<string, string>>;
}

export interface ResolvedControl {
  /** Id of the standard. */
  readonly standard: string;
  /** The standard's own control id. */
  readonly control: string;
  /** Security control id, spelled as the catalogue does. */
  readonly id: string;
}

type Values = Readonly<Record<string, readonly string[]>>;

/**
 * Says what a finding means, without any I/O. Whatever isn't understood is refused; a refusal that is handed in is
 * handed on. Never throws.
 */
export function resolve(
  finding: Finding | Refusal,
  settings: Settings | Refusal,
  policy: Pick<Policy, 'parameters'> | Refusal,
  catalog: Catalog,
): Resolved | Refusal {
  if (isRefusal(finding)) return finding;
  if (isRefusal(settings)) return settings;
  if (isRefusal(policy)) return policy;
  const control = resolveControl(finding, settings, catalog);
  if (isRefusal(control)) return control;
  const chosen = remediationOf(control.id, catalog);
  if (isRefusal(chosen)) return chosen;
  const { name, remediation } = chosen;
  const resource = findResource(finding, remediation);
  if (typeof resource !== 'string') return resource;
  const read = readParameters(finding, control.id, remediation, policy.parameters);
  if (isRefusal(read)) return read;
  return {
    standard: control.standard,
    securityControlId: control.id,
    remediation: name,
    document: remediation.document,
    roleStem: remediation.roleStem,
    resource,
    ...read,
  };
}

/** The control that a finding is of, of a standard that is loaded. Needed to read the control's row. Never throws. */
export function resolveControl(
  finding: Finding | Refusal,
  settings: Settings | Refusal,
  catalog: Catalog,
): ResolvedControl | Refusal {
  if (isRefusal(finding)) return finding;
  if (isRefusal(settings)) return settings;
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
    const [control, id] =
      Object.entries(standard.controls).find(([name]) => isSameControl(name, own)) ?? [];
    if (control === undefined || id === undefined)
      return refuse(
        'unknown-control',
        `The finding names a control that ${standard.name} doesn't have in this version.`,
      );
    if (!isSameControl(finding.securityControlId ?? id, id))
      return refuse(
        'unknown-control',
        `The finding contradicts itself: its generator id means ${id}, its security control id is another one.`,
      );
    return { standard: standard.id, control, id };
  }
  return refuse(
    'unknown-standard',
    'The finding belongs to none of the standards of this version.',
  );
}

function remediationOf(
  control: string,
  catalog: Catalog,
): { readonly name: string; readonly remediation: CatalogRemediation } | Refusal {
  const name = Object.hasOwn(catalog.controls, control) ? catalog.controls[control] : undefined;
  const remediation = name === undefined ? undefined : catalog.remediations[name];
  return name === undefined || remediation === undefined || remediation.deprecated
    ? refuse('no-remediation', `No remediation exists for ${control}.`)
    : { name, remediation };
}

/** The one resource of the finding that the remediation can work on, in the account and Region that the finding names. */
function findResource(finding: Finding, remediation: CatalogRemediation): string | Refusal {
  const matches = new Map<string, Readonly<Record<string, string | undefined>>>();
  for (const pattern of remediation.resources)
    for (const { id } of finding.resources) {
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

type Read = Pick<Resolved, 'parameters' | 'parametersToRead'>;

function readParameters(
  finding: Finding,
  control: string,
  remediation: CatalogRemediation,
  configured: Values,
): Read | Refusal {
  const parameters: Record<string, readonly string[]> = {};
  const parametersToRead: Record<string, string> = {};
  for (const parameter of remediation.parameters) {
    const name = parameter.finding[control];
    if (name === undefined) {
      const value = ownValue(parameter, remediation, configured);
      if (isRefusal(value)) return value;
      if (value.given !== undefined) parameters[parameter.name] = value.given;
      continue;
    }
    const given = Object.hasOwn(finding.parameters, name) ? finding.parameters[name] : undefined;
    // Findings carry defaults, too, and name what nobody set with an empty list: one that isn't named is not known.
    if (given === undefined) {
      parametersToRead[parameter.name] = name;
      continue;
    }
    const value = controlValue(parameter, name, given ?? undefined, remediation);
    if (isRefusal(value)) return value;
    if (value.given !== undefined) parameters[parameter.name] = value.given;
  }
  return { parameters, parametersToRead };
}

/** A value for a parameter that no control parameter stands for: the configured one, or the document's own. */
function ownValue(
  { name, kind, hasValue }: CatalogParameter,
  { document }: CatalogRemediation,
  configured: Values,
): { readonly given: readonly string[] | undefined } | Refusal {
  const given = Object.hasOwn(configured, name) ? configured[name] : undefined;
  if (given === undefined)
    return hasValue
      ? { given }
      : refuse(
          'parameters-unknown',
          `${document} needs a value for ${name}; set it in the attribute parameters of the control's row.`,
        );
  return acceptsParameter(kind, given)
    ? { given }
    : refuse(
        'parameters-refused',
        `The row's value of ${name} isn't one that ${document} takes: it must be ${kind.describes}.`,
      );
}
