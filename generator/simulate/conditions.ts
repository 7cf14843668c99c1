import { listOf, objectOf } from './document.ts';
import { Failure } from './failure.ts';
import { kindOf, member } from './json.ts';
import type { Json, JsonObject } from './json.ts';

// Operators of aws:branch and aws:loop, from the Systems Manager user guide, "aws:branch - Run conditional automation steps".
const textOperators: Readonly<Record<string, (value: string, constant: string) => boolean>> = {
  StringEquals: (value, constant) => value === constant,
  EqualsIgnoreCase: (value, constant) => value.toLowerCase() === constant.toLowerCase(),
  StartsWith: (value, constant) => value.startsWith(constant),
  EndsWith: (value, constant) => value.endsWith(constant),
  Contains: (value, constant) => value.includes(constant),
};
const numberOperators: Readonly<Record<string, (value: number, constant: number) => boolean>> = {
  NumericEquals: (value, constant) => value === constant,
  NumericGreater: (value, constant) => value > constant,
  NumericLesser: (value, constant) => value < constant,
  NumericGreaterOrEquals: (value, constant) => value >= constant,
  NumericLesserOrEquals: (value, constant) => value <= constant,
};

/**
 * Evaluates a resolved condition: `Variable` with one operator, or And, Or, Not.
 * @throws Failure on an unknown operator or a value of another type than the operator's
 */
export function holds(condition: JsonObject): boolean {
  const and = member(condition, 'And');
  const or = member(condition, 'Or');
  const not = member(condition, 'Not');
  if (and !== undefined) return listOf(and, 'And').every((item) => holds(objectOf(item, 'And')));
  if (or !== undefined) return listOf(or, 'Or').some((item) => holds(objectOf(item, 'Or')));
  if (not !== undefined) return !holds(objectOf(not, 'Not'));
  const operators = Object.keys(condition).filter(
    (key) => key !== 'Variable' && key !== 'NextStep',
  );
  const [operator] = operators;
  if (operator === undefined || operators.length > 1) {
    throw new Failure(`a condition has one operator, not ${operators.length}`);
  }
  return compare(operator, member(condition, 'Variable'), member(condition, operator));
}

function compare(operator: string, value: Json | undefined, constant: Json | undefined): boolean {
  if (operator === 'BooleanEquals') {
    if (typeof value === 'boolean' && typeof constant === 'boolean') return value === constant;
    throw wrongTypes(operator, value, constant);
  }
  const text = Object.hasOwn(textOperators, operator) ? textOperators[operator] : undefined;
  if (text !== undefined) {
    if (typeof value === 'string' && typeof constant === 'string') return text(value, constant);
    throw wrongTypes(operator, value, constant);
  }
  const number = Object.hasOwn(numberOperators, operator) ? numberOperators[operator] : undefined;
  if (number !== undefined) {
    if (typeof value === 'number' && typeof constant === 'number') return number(value, constant);
    throw wrongTypes(operator, value, constant);
  }
  throw new Failure(`there is no operator ${operator}`);
}

function wrongTypes(
  operator: string,
  value: Json | undefined,
  constant: Json | undefined,
): Failure {
  return new Failure(`${operator} can't compare ${kindOf(value)} with ${kindOf(constant)}`);
}
