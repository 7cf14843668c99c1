import type { Template, TemplateResource } from './types.ts';

type Entry = readonly [string, unknown];

const SECTIONS = [
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Resources',
  'Outputs',
] as const satisfies readonly (keyof Template)[];

const RESOURCE_KEYS = ['Type', 'Condition', 'DependsOn', 'DeletionPolicy', 'UpdateReplacePolicy'];

/**
 * Puts a synthesized template in a fixed order: sections as people know them, entries of the base
 * template as its file has them, then the generated ones by name.
 */
export function tidyTemplate(synthesized: Template, base: Template): Template {
  const sections = SECTIONS.flatMap((section): readonly Entry[] => {
    const value: unknown = synthesized[section];
    if (value === undefined) return [];
    if (!isRecord(value)) return [[section, value]];
    const entries = inOrder(value, Object.keys(base[section] ?? {}));
    return [
      [section, Object.fromEntries(section === 'Resources' ? entries.map(tidyResource) : entries)],
    ];
  });
  return Object.fromEntries(sections) as unknown as Template;
}

/** The bytes of a template: JSON with one parameter, condition, resource or output per line. */
export function templateText(template: Template): string {
  const sections = SECTIONS.flatMap((section): readonly string[] => {
    const value: unknown = template[section];
    if (value === undefined) return [];
    if (!isRecord(value)) return [`${JSON.stringify(section)}: ${JSON.stringify(value)}`];
    const lines = Object.entries(value).map(
      ([name, entry]) => `  ${JSON.stringify(name)}: ${JSON.stringify(entry)}`,
    );
    return [`${JSON.stringify(section)}: {\n${lines.join(',\n')}\n}`];
  });
  return `{\n${sections.join(',\n')}\n}\n`;
}

function tidyResource([name, resource]: Entry): Entry {
  const { Properties: properties, ...rest } = resource as TemplateResource;
  const entries = inOrder(rest, RESOURCE_KEYS);
  return [
    name,
    Object.fromEntries(
      properties === undefined ? entries : [...entries, ['Properties', properties]],
    ),
  ];
}

function inOrder(
  value: Readonly<Record<string, unknown>>,
  first: readonly string[],
): readonly Entry[] {
  const known = first.flatMap((name): readonly Entry[] =>
    name in value ? [[name, value[name]]] : [],
  );
  const others = Object.entries(value).filter(([name]) => !first.includes(name));
  return [...known, ...others.toSorted(([a], [b]) => (a < b ? -1 : 1))];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
