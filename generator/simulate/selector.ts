import type { OutputDeclaration } from './document.ts';
import { Failure } from './failure.ts';
import { isList, isObject, kindOf, member } from './json.ts';
import type { Json } from './json.ts';
import { isOfType, isValueType } from './value-types.ts';

const part = /\.([A-Za-z_][\w-]*)|\[(\d+)\]|\['([^']+)'\]/y;

/**
 * Picks a value by a JSONPath of names and indexes, such as `$.Payload.list[0]`.
 * @returns undefined when nothing is there, or null is
 * @throws Failure on a path with anything else in it
 */
export function select(value: Json, selector: string): Json | undefined {
  let found: Json | undefined = value;
  for (const key of pathOf(selector)) {
    if (found === undefined) return undefined;
    found =
      typeof key === 'number'
        ? itemAt(found, key)
        : isObject(found)
          ? member(found, key)
          : undefined;
  }
  return found ?? undefined;
}

function itemAt(value: Json, index: number): Json | undefined {
  return isList(value) ? value[index] : undefined;
}

function pathOf(selector: string): readonly (string | number)[] {
  const keys: (string | number)[] = [];
  if (!selector.startsWith('$')) throw new Failure(`selector ${selector}: it must begin with $`);
  part.lastIndex = 1;
  while (part.lastIndex < selector.length) {
    const match = part.exec(selector);
    if (match === null)
      throw new Failure(`selector ${selector}: the simulator knows .name, ['name'] and [0] only`);
    keys.push(match[2] === undefined ? (match[1] ?? match[3] ?? '') : Number(match[2]));
  }
  return keys;
}

/**
 * Picks a step's output from its result, strictly: AWS says neither what an unmatched selector gives nor how it converts types.
 * @throws Failure when nothing is there or the value isn't of the declared type
 */
export function pickOutput(result: Json, output: OutputDeclaration): Json {
  const { name, selector, type } = output;
  const value = select(result, selector);
  if (value === undefined) throw new Failure(`output ${name}: ${selector} matches nothing`);
  if (!isValueType(type)) throw new Failure(`output ${name}: there is no type ${type}`);
  if (!isOfType(value, type))
    throw new Failure(`output ${name}: ${selector} gives ${kindOf(value)}, not a ${type}`);
  return value;
}
