/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Tells objects from lists and null. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** Array.isArray for readonly lists. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** An own member of an object; a key such as `constructor` finds nothing inherited. */
export function member(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/**
 * Copies a value as JSON; members that are undefined are left out.
 * @throws TypeError when it holds anything that JSON can't hold.
 */
export function asJson(value: unknown): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value === 'object') {
    const kept = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(kept.map(([key, item]) => [key, asJson(item)]));
  }
  throw new TypeError(`a ${typeof value} is not JSON`);
}

/** What a value is, for messages: "text", "a list" ... */
export function kindOf(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (isList(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
}

/** Text with sorted keys. Lists that hold objects are sorted too: AWS gives them in any order. */
function canonical(value: Json): string {
  if (isList(value)) {
    const items = value.map(canonical);
    return `[${(value.some(isObject) ? items.toSorted() : items).join(',')}]`;
  }
  if (isObject(value)) {
    const members = Object.keys(value).toSorted();
    return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** Deep equality; the order of lists of objects doesn't count, nor does that of keys. */
export function isSame(one: Json, other: Json): boolean {
  return canonical(one) === canonical(other);
}

/** Whether `part` is found in `whole`: its members equal, in lists of equal length. */
export function isPartOf(part: Json, whole: Json | undefined): boolean {
  if (isObject(part)) {
    if (!isObject(whole)) return false;
    return Object.entries(part).every(([key, item]) => isPartOf(item, member(whole, key)));
  }
  if (isList(part)) {
    if (!isList(whole) || whole.length !== part.length) return false;
    return part.every((item, index) => isPartOf(item, whole[index]));
  }
  return part === whole;
}

/** Text as it is, anything else as JSON. */
export function textOfJson(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
