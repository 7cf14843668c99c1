import { isList, isObject } from './json.ts';
import type { Json } from './json.ts';

/** Types of parameters, variables and outputs of an Automation document. */
export const valueTypes = [
  'Boolean',
  'Integer',
  'MapList',
  'String',
  'StringList',
  'StringMap',
] as const;

/** One of `valueTypes`. */
export type ValueType = (typeof valueTypes)[number];

/** Whether the text names a type. */
export function isValueType(text: string): text is ValueType {
  return valueTypes.some((type) => type === text);
}

/** Whether a value is of a type, without conversion. */
export function isOfType(value: Json, type: ValueType): boolean {
  switch (type) {
    case 'Boolean':
      return typeof value === 'boolean';
    case 'Integer':
      return Number.isInteger(value);
    case 'String':
      return typeof value === 'string';
    case 'StringList':
      return isList(value) && value.every((item) => typeof item === 'string');
    case 'StringMap':
      return isObject(value);
    case 'MapList':
      return isList(value) && value.every(isObject);
    default:
      return type satisfies never;
  }
}
