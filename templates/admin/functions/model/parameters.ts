import { acceptsValue } from '../../../../generator/model/kinds/kinds.ts';
import type { ParameterKind } from '../../../../generator/model/kinds/kinds.ts';
import type { CatalogParameter, CatalogRemediation } from './catalog.ts';
import { isRefusal, refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { Resolved } from './resolve.ts';

type Values = Readonly<Record<string, readonly string[]>>;

/**
 * Whether values may be passed to a document: 1-512 characters, up to 50 values (SSM API, AutomationParameterValue),
 * of the parameter's kind, and without `{{`, which Systems Manager would read as a reference.
 */
export function acceptsParameter(kind: ParameterKind, given: readonly string[]): boolean {
  const fits =
    given.length <= 50 &&
    given.every((one) => one !== '' && one.length <= 512 && !one.includes('{{'));
  if (!fits) return false;
  const [only] = given;
  return isList(kind)
    ? acceptsValue(kind, given)
    : only !== undefined && given.length === 1 && acceptsValue(kind, only);
}

/**
 * Completes the values with what Security Hub answered for the control (Security Hub API, BatchGetSecurityControls), by
 * Security Hub's names. What it doesn't name keeps the document's own value, or is refused when there is none; so is
 * everything when it gave no answer (`undefined`).
 */
export function acceptControlParameters(
  resolved: Pick<Resolved, 'document' | 'parameters' | 'parametersToRead'>,
  remediation: Pick<CatalogRemediation, 'parameters'>,
  answers: Values | undefined,
): { readonly parameters: Values } | Refusal {
  const parameters: Record<string, readonly string[]> = { ...resolved.parameters };
  for (const [own, name] of Object.entries(resolved.parametersToRead)) {
    const parameter = remediation.parameters.find((one) => one.name === own);
    if (parameter === undefined || answers === undefined)
      return refuse(
        'parameters-unknown',
        `The control's value of ${name} could not be read from Security Hub.`,
      );
    const answer = Object.hasOwn(answers, name) ? answers[name] : [];
    const value = controlValue(parameter, name, answer, resolved);
    if (isRefusal(value)) return value;
    if (value.given !== undefined) parameters[own] = value.given;
  }
  return { parameters };
}

/**
 * A control's value for a parameter of the document. A single value that nobody set is an empty list: then the document
 * uses its own, or there is a refusal when it has none. `undefined` stands for a value that isn't understood.
 */
export function controlValue(
  { kind, hasValue }: Pick<CatalogParameter, 'kind' | 'hasValue'>,
  name: string,
  given: readonly string[] | undefined,
  { document }: { readonly document: string },
): { readonly given: readonly string[] | undefined } | Refusal {
  const isUnset = given?.length === 0 && !isList(kind);
  if (isUnset && hasValue) return { given: undefined };
  if (isUnset)
    return refuse(
      'parameters-unknown',
      `Nobody set ${name} of the control, and ${document} has no value of its own.`,
    );
  return given !== undefined && acceptsParameter(kind, given)
    ? { given }
    : refuse(
        'parameters-refused',
        `The control's value of ${name} isn't one that ${document} takes.`,
      );
}

function isList({ type }: ParameterKind): boolean {
  return type === 'list' || type === 'integer-list';
}
