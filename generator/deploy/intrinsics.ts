import type { Template } from '../emit/types.ts';

/** What is known about a template's inputs. */
export interface Scope {
  /** Values by parameter name; pseudo parameters such as `AWS::Region` too, when known. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly mappings: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;

export function scopeOf(template: Template, parameters: ReadonlyMap<string, string>): Scope {
  return {
    parameters,
    conditions: template.Conditions ?? {},
    mappings: template.Mappings ?? {},
  };
}

/**
 * Whether a condition holds; undefined when that can't be known here. Knows the functions of conditions and, of those
 * for rules, `Fn::Contains` [CloudFormation Template Reference, "Condition functions" and "Rule-specific intrinsic functions"].
 */
export function evaluateCondition(expression: unknown, scope: Scope): boolean | undefined {
  const call = callOf(expression);
  if (call === undefined) return undefined;
  const [name, input] = call;
  const all = (): readonly (boolean | undefined)[] =>
    (Array.isArray(input) ? input : []).map((one) => evaluateCondition(one, scope));
  switch (name) {
    case 'Condition':
      return evaluateCondition(scope.conditions[String(input)], scope);
    case 'Fn::Not': {
      const [only] = all();
      return only === undefined ? undefined : !only;
    }
    case 'Fn::And':
      return every(all());
    case 'Fn::Or': {
      const none = every(all().map((one) => (one === undefined ? undefined : !one)));
      return none === undefined ? undefined : !none;
    }
    case 'Fn::Equals': {
      const [left, right] = texts(input, scope);
      return left === undefined || right === undefined ? undefined : left === right;
    }
    case 'Fn::Contains': {
      const [list, value] = Array.isArray(input) ? (input as readonly unknown[]) : [];
      const [wanted] = texts([value], scope);
      return Array.isArray(list) && wanted !== undefined ? list.includes(wanted) : undefined;
    }
    default:
      return undefined;
  }
}

/** A value with everything put in that is known; functions whose inputs are unknown stay as they are. */
export function resolveValue(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value))
    return value.map((one) => resolveValue(one, scope)).filter((one) => !isNoValue(one));
  if (!isFields(value)) return value;
  const call = callOf(value);
  if (call !== undefined) return resolveCall(value, call, scope);
  const entries = Object.entries(value).map(
    ([key, one]) => [key, resolveValue(one, scope)] as const,
  );
  return Object.fromEntries(entries.filter(([, one]) => !isNoValue(one)));
}

function resolveCall(value: Fields, [name, input]: Call, scope: Scope): unknown {
  switch (name) {
    case 'Ref':
      return scope.parameters.get(String(input)) ?? value;
    case 'Fn::Sub':
      return substituted(input, scope);
    case 'Fn::If': {
      const [condition, yes, no] = Array.isArray(input) ? (input as readonly unknown[]) : [];
      const holds = evaluateCondition({ Condition: condition }, scope);
      if (holds !== undefined) return resolveValue(holds ? yes : no, scope);
      return { [name]: resolveValue(input, scope) };
    }
    case 'Fn::FindInMap': {
      const keys = texts(input, scope);
      const found = keys.reduce<unknown>(
        (at, key) => (isFields(at) && key !== undefined ? at[key] : undefined),
        scope.mappings,
      );
      return found ?? { [name]: resolveValue(input, scope) };
    }
    case 'Fn::Join': {
      const [separator, list] = (resolveValue(input, scope) ?? []) as readonly unknown[];
      return Array.isArray(list) && list.every((one) => typeof one === 'string')
        ? list.join(String(separator))
        : { [name]: [separator, list] };
    }
    default:
      return { [name]: resolveValue(input, scope) };
  }
}

const REFERENCE = /\$\{(?<literal>!?)(?<name>[^}]+)\}/gu;

function substituted(input: unknown, scope: Scope): unknown {
  const [text, own] = Array.isArray(input) ? (input as readonly unknown[]) : [input, {}];
  const names = isFields(own) ? own : {};
  let isWhole = true;
  const put = String(text).replaceAll(REFERENCE, (whole, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    const known = name in names ? resolveValue(names[name], scope) : scope.parameters.get(name);
    if (typeof known === 'string') return known;
    isWhole = false;
    return whole;
  });
  if (isWhole) return put;
  return { 'Fn::Sub': Object.keys(names).length === 0 ? put : [put, resolveValue(names, scope)] };
}

type Call = readonly [name: string, input: unknown];

function callOf(value: unknown): Call | undefined {
  if (!isFields(value)) return undefined;
  const [first, second] = Object.entries(value);
  if (first === undefined || second !== undefined) return undefined;
  const [name] = first;
  return name === 'Ref' ||
    name.startsWith('Fn::') ||
    (name === 'Condition' && typeof first[1] === 'string')
    ? first
    : undefined;
}

function texts(input: unknown, scope: Scope): readonly (string | undefined)[] {
  return (Array.isArray(input) ? (input as readonly unknown[]) : []).map((one) => {
    const known = resolveValue(one, scope);
    return textOf(known);
  });
}

function every(all: readonly (boolean | undefined)[]): boolean | undefined {
  if (all.includes(false)) return false;
  return all.includes(undefined) ? undefined : true;
}

function isNoValue(value: unknown): boolean {
  return isFields(value) && value['Ref'] === 'AWS::NoValue';
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A plain value as CloudFormation compares it; undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
