import type { Template } from '../emit/types.ts';

export type ParameterDeclaration = NonNullable<Template['Parameters']>[string];

/**
 * What is wrong with a value, as a sentence that follows the parameter's name; undefined when CloudFormation would take
 * it. Checks what a template can demand of a String or Number [CloudFormation Template Reference, "Parameters"]; a
 * pattern must match the whole value, and one that JavaScript can't read is left to CloudFormation.
 */
export function checkValue(declaration: ParameterDeclaration, value: string): string | undefined {
  const wrong = wrongOf(declaration, value);
  if (wrong === undefined) return undefined;
  const hint = declaration['ConstraintDescription'];
  return typeof hint === 'string' ? `${wrong} ${hint.replace(/\.?$/u, '.')}` : wrong;
}

function wrongOf(declaration: ParameterDeclaration, value: string): string | undefined {
  const { AllowedValues: values, AllowedPattern: pattern } = declaration;
  if (Array.isArray(values) && !values.map(String).includes(value))
    return `can't be ${quoted(value)}; it is one of ${values.map(String).join(', ')}.`;
  if (declaration['Type'] === 'Number') return wrongNumber(declaration, value);
  const { MinLength: shortest, MaxLength: longest } = declaration;
  if (typeof shortest === 'number' && value.length < shortest)
    return `has ${value.length} characters in ${quoted(value)} and needs at least ${shortest}.`;
  if (typeof longest === 'number' && value.length > longest)
    return `has ${value.length} characters in ${quoted(value)} and may have ${longest}.`;
  if (typeof pattern === 'string' && matchesWhole(pattern, value) === false)
    return `can't be ${quoted(value)}.`;
  return undefined;
}

function wrongNumber(declaration: ParameterDeclaration, text: string): string | undefined {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    return `can't be ${quoted(text)}; it is a number.`;
  const { MinValue: least, MaxValue: most } = declaration;
  if (typeof least === 'number' && value < least)
    return `can't be ${text}; it is ${least} or more.`;
  if (typeof most === 'number' && value > most) return `can't be ${text}; it is ${most} or less.`;
  return undefined;
}

function matchesWhole(pattern: string, value: string): boolean | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`, 'su').test(value);
  } catch {
    return undefined;
  }
}

const SHOWN = 60;

function quoted(value: string): string {
  return JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}...` : value);
}
