import type { ErrorObject } from 'ajv';

/** Violations that say one thing: where an alternative fits nowhere, what each of its branches wants. */
export type Violation = readonly [ErrorObject, ...ErrorObject[]];

/** Keywords that only repeat what their branches say. */
const ECHOES: ReadonlySet<string> = new Set(['oneOf', 'anyOf', 'allOf', 'if', 'propertyNames']);

/** A step whose members do not go together; the branches of its alternative would only confuse. */
export function isStepViolation({ keyword, parentSchema }: ErrorObject): boolean {
  return keyword === 'oneOf' && 'compute' in ((parentSchema?.['properties'] ?? {}) as object);
}

/**
 * Reduces what ajv reports to what people can act on. An alternative that doesn't fit reports all its branches: of
 * these the deepest errors are the useful ones, and what the branches want at one place is said together.
 */
export function usefulViolations(errors: readonly ErrorObject[]): readonly Violation[] {
  const alternatives = new Set(
    errors
      .filter(({ keyword }) => keyword === 'oneOf' || keyword === 'anyOf')
      .map(({ instancePath }) => instancePath),
  );
  const steps = new Set(errors.filter(isStepViolation).map(({ instancePath }) => instancePath));
  const plain = errors.filter(
    (error) =>
      isStepViolation(error) ||
      !(
        ECHOES.has(error.keyword) ||
        (steps.has(error.instancePath) && ['required', 'not'].includes(error.keyword))
      ),
  );
  const useful = plain.filter((error) => {
    const { instancePath: at, keyword, params } = error;
    if (!alternatives.has(at) || isStepViolation(error)) return true;
    const isAbove = (start: string): boolean =>
      plain.some((other) => `${other.instancePath}/`.startsWith(start));
    if (keyword === 'additionalProperties')
      return !isAbove(`${at}/${String(params['additionalProperty'])}/`);
    if (plain.some((other) => other.instancePath.startsWith(`${at}/`))) return false;
    const here = plain.filter((other) => other.instancePath === at).map((other) => other.keyword);
    if (keyword === 'type') return here.every((other) => other === 'type');
    return keyword !== 'required' || !here.includes('additionalProperties');
  });
  return grouped(useful, alternatives);
}

function grouped(
  errors: readonly ErrorObject[],
  alternatives: ReadonlySet<string>,
): readonly Violation[] {
  const groups = new Map<string, Violation>();
  for (const error of errors) {
    const key = groupKey(error, alternatives);
    const group = groups.get(key);
    groups.set(key, group === undefined ? [error] : [...group, error]);
  }
  return [...groups.values()];
}

function groupKey(error: ErrorObject, alternatives: ReadonlySet<string>): string {
  const { keyword, instancePath: at, params, propertyName } = error;
  const of =
    keyword === 'required' && alternatives.has(at)
      ? ''
      : String(params['missingProperty'] ?? params['additionalProperty'] ?? propertyName ?? '');
  return JSON.stringify([keyword, at, of]);
}
