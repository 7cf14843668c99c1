import type { Mapping } from '../../generator/emit/shared-script.ts';

/** A part of a template with its scripts as CloudFormation makes them: the pieces of the mappings, joined. */
export function joined(value: unknown, mappings: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(value)) return value.map((item) => joined(item, mappings));
  if (typeof value !== 'object' || value === null) return value;
  const { 'Fn::Join': join, 'Fn::FindInMap': find } = value as {
    readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
    readonly 'Fn::FindInMap'?: readonly [string, string, string];
  };
  if (join !== undefined) return join[1].map((part) => joined(part, mappings)).join(join[0]);
  if (find !== undefined) return findInMap(find, mappings);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, joined(item, mappings)]),
  );
}

function findInMap(
  [mapping, name, key]: readonly [string, string, string],
  mappings: Readonly<Record<string, unknown>>,
): string {
  const found = (mappings as Readonly<Record<string, Mapping>>)[mapping]?.[name]?.[key];
  if (found === undefined) throw new Error(`there is no ${mapping} ${name} ${key}`);
  return found;
}
