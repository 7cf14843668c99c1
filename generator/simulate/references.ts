import { Failure } from './failure.ts';
import { isList, isObject, textOfJson } from './json.ts';
import type { Json } from './json.ts';

/** What the references of a document can name. */
export interface Scope {
  readonly parameters: ReadonlyMap<string, Json>;
  readonly variables: ReadonlyMap<string, Json>;
  /** Outputs of the steps that have run, by step and output. */
  readonly steps: Map<string, ReadonlyMap<string, Json>>;
  /** Value of `global:NAME` or `automation:NAME`. */
  readonly system: (name: string) => string | undefined;
}

const reference = /\{\{\s*([A-Za-z_][\w.:-]*)\s*\}\}/g;
const anyBraces = /\{\{|\}\}/;

/**
 * Resolves all references in a value. Text that is exactly one reference takes the value with its type, else the value is inserted as text.
 * @throws Failure when a reference names nothing that exists at this point
 */
export function resolve(value: Json, scope: Scope): Json {
  if (typeof value === 'string') return resolveText(value, scope);
  if (isList(value)) return value.map((item) => resolve(item, scope));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, resolve(item, scope)]),
    );
  }
  return value;
}

/** Whether Automation would find a reference in the text. */
export function hasReference(text: string): boolean {
  return text.search(reference) >= 0;
}

function resolveText(text: string, scope: Scope): Json {
  if (!text.includes('{{')) return text;
  const parts = [...text.matchAll(reference)];
  const [first] = parts;
  if (parts.length === 1 && first?.[0] === text.trim()) return lookUp(first[1] ?? '', scope);
  if (anyBraces.test(text.replaceAll(reference, '')))
    throw new Failure(`${text} holds braces that are no reference`);
  return text.replaceAll(reference, (_, name: string) => textOfJson(lookUp(name, scope)));
}

function lookUp(name: string, scope: Scope): Json {
  const found = find(name, scope);
  if (found === undefined) throw new Failure(`{{ ${name} }} names nothing that exists here`);
  return found;
}

function find(name: string, scope: Scope): Json | undefined {
  if (name.startsWith('variable:')) return scope.variables.get(name.slice('variable:'.length));
  if (name.includes(':')) return scope.system(name);
  const dot = name.indexOf('.');
  if (dot < 0) return scope.parameters.get(name);
  return scope.steps.get(name.slice(0, dot))?.get(name.slice(dot + 1));
}
