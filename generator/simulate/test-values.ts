import { isList, isObject, member, textOfJson } from './json.ts';
import type { Json } from './json.ts';

// Other braces are literal: policies and patterns hold many.
const reference = /\{([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[\d+\])*)\}/g;

/**
 * Puts values in the place of `{name.path[0]}` in all text. Text that is exactly one reference takes the value with its type.
 * @throws Error when a reference names nothing
 */
export function fill(template: Json, values: ReadonlyMap<string, Json>): Json {
  if (isList(template)) return template.map((item) => fill(item, values));
  if (isObject(template)) {
    return Object.fromEntries(
      Object.entries(template).map(([key, item]) => [key, fill(item, values)]),
    );
  }
  return typeof template === 'string' ? fillText(template, values) : template;
}

function fillText(template: string, values: ReadonlyMap<string, Json>): Json {
  const [first, ...others] = template.matchAll(reference);
  if (first !== undefined && others.length === 0 && first[0] === template)
    return lookUp(first[1] ?? '', values);
  return template.replaceAll(reference, (_, path: string) => textOfJson(lookUp(path, values)));
}

function lookUp(path: string, values: ReadonlyMap<string, Json>): Json {
  const [root = '', ...keys] = path.split(/[.[\]]+/).filter((key) => key !== '');
  let value = values.get(root);
  for (const key of keys) {
    value = isList(value) ? value[Number(key)] : isObject(value) ? member(value, key) : undefined;
  }
  if (value === undefined) throw new Error(`{${path}} names nothing`);
  return value;
}
