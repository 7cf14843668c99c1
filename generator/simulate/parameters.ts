import type { ParameterDeclaration } from './document.ts';
import { Failure } from './failure.ts';
import { isList, isObject, isSame } from './json.ts';
import type { Json } from './json.ts';
import { javaQuirk } from './java-pattern.ts';
import { isOfType, isValueType, valueTypes } from './value-types.ts';
import type { ValueType } from './value-types.ts';

// Limits of StartAutomationExecution (API reference: Parameters, AutomationParameterValue).
const maxValueLength = 512;
const maxValues = 50;

/**
 * Binds the values of a start request to a document's parameters.
 * @param given values as in StartAutomationExecution: a list of texts per parameter
 * @throws Failure naming the parameter and what is wrong with it
 */
export function bindParameters(
  declared: ReadonlyMap<string, ParameterDeclaration>,
  given: Readonly<Record<string, readonly string[]>>,
): Map<string, Json> {
  const unknown = Object.keys(given).find((name) => !declared.has(name));
  if (unknown !== undefined)
    throw new Failure(`parameter ${unknown}: the document has no such parameter`);
  return new Map(
    [...declared].map(([name, declaration]) => {
      const values = Object.hasOwn(given, name) ? given[name] : undefined;
      return [name, bind(name, declaration, values)];
    }),
  );
}

function bind(
  name: string,
  declaration: ParameterDeclaration,
  values: readonly string[] | undefined,
): Json {
  const { type } = declaration;
  if (!isValueType(type)) {
    throw new Failure(
      `parameter ${name}: the simulator knows the types ${valueTypes.join(', ')}, not ${type}`,
    );
  }
  const value =
    values === undefined ? defaultOf(name, declaration) : read(name, declaration, type, values);
  if (!isOfType(value, type))
    throw new Failure(`parameter ${name}: ${JSON.stringify(value)} is not of type ${type}`);
  checkCount(name, declaration, value);
  for (const item of isList(value) ? value : [value]) checkItem(name, declaration, item);
  return value;
}

function defaultOf(name: string, declaration: ParameterDeclaration): Json {
  if (declaration.default === undefined)
    throw new Failure(`parameter ${name}: it is required and has no value`);
  return declaration.default;
}

function read(
  name: string,
  declaration: ParameterDeclaration,
  type: ValueType,
  values: readonly string[],
): Json {
  checkTexts(name, declaration, values);
  switch (type) {
    case 'StringList':
      return values;
    case 'MapList':
      return values.map((text) => readMap(name, text));
    case 'String':
      return single(name, values);
    case 'StringMap':
      return readMap(name, single(name, values));
    case 'Boolean':
      return readBoolean(name, single(name, values));
    case 'Integer':
      return readInteger(name, single(name, values));
    default:
      return type satisfies never;
  }
}

function checkTexts(
  name: string,
  declaration: ParameterDeclaration,
  values: readonly string[],
): void {
  if (values.length > maxValues)
    throw new Failure(`parameter ${name}: ${values.length} values, more than ${maxValues}`);
  for (const text of values) {
    if (text === '' && declaration.default === '') continue;
    if (text.length < 1 || text.length > maxValueLength) {
      throw new Failure(
        `parameter ${name}: a value of ${text.length} characters; 1 to ${maxValueLength} are allowed`,
      );
    }
    if (text.includes('{{'))
      throw new Failure(`parameter ${name}: a value holds {{, which Automation would resolve`);
  }
}

function single(name: string, values: readonly string[]): string {
  const [text] = values;
  if (text === undefined || values.length > 1) {
    throw new Failure(`parameter ${name}: it takes one value, not ${values.length}`);
  }
  return text;
}

function readBoolean(name: string, text: string): boolean {
  if (text !== 'true' && text !== 'false')
    throw new Failure(`parameter ${name}: ${text} is neither true nor false`);
  return text === 'true';
}

function readInteger(name: string, text: string): number {
  if (!/^-?\d{1,15}$/.test(text))
    throw new Failure(`parameter ${name}: ${text} is not a whole number`);
  return Number(text);
}

function readMap(name: string, text: string): Json {
  const value = parsed(text);
  if (!isObject(value)) throw new Failure(`parameter ${name}: ${text} is not a JSON map`);
  return value;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function checkCount(name: string, { minItems, maxItems }: ParameterDeclaration, value: Json): void {
  const count = isList(value)
    ? value.length
    : isObject(value)
      ? Object.keys(value).length
      : undefined;
  if (count === undefined) return;
  if (count < (minItems ?? 0))
    throw new Failure(`parameter ${name}: ${count} items, fewer than ${minItems}`);
  if (count > (maxItems ?? count))
    throw new Failure(`parameter ${name}: ${count} items, more than ${maxItems}`);
}

function checkItem(name: string, declaration: ParameterDeclaration, item: Json): void {
  const { allowedValues, allowedPattern, minChars, maxChars } = declaration;
  if (allowedValues !== undefined && !allowedValues.some((allowed) => isSame(allowed, item))) {
    throw new Failure(
      `parameter ${name}: ${JSON.stringify(item)} is not one of ${JSON.stringify(allowedValues)}`,
    );
  }
  if (typeof item !== 'string') return;
  if (allowedPattern !== undefined && !patternOf(name, allowedPattern).test(item)) {
    throw new Failure(
      `parameter ${name}: ${JSON.stringify(item)} does not match ${allowedPattern}`,
    );
  }
  if (item.length < (minChars ?? 0))
    throw new Failure(`parameter ${name}: shorter than ${minChars} characters`);
  if (item.length > (maxChars ?? item.length))
    throw new Failure(`parameter ${name}: longer than ${maxChars} characters`);
}

function patternOf(name: string, pattern: string): RegExp {
  const quirk = javaQuirk(pattern);
  if (quirk !== undefined) {
    throw new Failure(
      `parameter ${name}: ${quirk} in ${pattern} has a meaning in Java only; write it without`,
    );
  }
  try {
    return new RegExp(pattern);
  } catch (error) {
    throw new Failure(`parameter ${name}: ${pattern} can't be compiled: ${String(error)}`);
  }
}
