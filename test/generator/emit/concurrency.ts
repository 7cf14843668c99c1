import type { Template } from '../../../generator/emit/types.ts';

/** The member template's documents that exist under the given parameter values, and what each waits for. */
export function survivingDocuments(
  template: Template,
  parameters: Readonly<Record<string, string>>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const holds = (condition: string | undefined): boolean =>
    condition === undefined || evaluate(template.Conditions?.[condition], template, parameters);
  const exists = (id: string): boolean => holds(template.Resources[id]?.Condition);
  const documents = Object.entries(template.Resources).filter(
    ([id, resource]) => resource.Type === 'AWS::SSM::Document' && exists(id),
  );
  return new Map(
    documents.map(([id, resource]) => {
      const { Type: _, Condition: __, DependsOn: dependsOn, ...rest } = resource;
      const plain = typeof dependsOn === 'string' ? [dependsOn] : (dependsOn ?? []);
      for (const one of plain)
        if (!exists(one)) throw new Error(`${id} depends on ${one}, which is not there`);
      const all = [...plain, ...references(rest, holds)];
      return [
        id,
        new Set(all.filter((one) => template.Resources[one]?.Type === 'AWS::SSM::Document')),
      ];
    }),
  );
}

/** How many documents can be made at once at most: the largest set in which none waits for another. */
export function mostAtOnce(graph: ReadonlyMap<string, ReadonlySet<string>>): number {
  const before = closure(graph);
  // Dilworth: the largest such set has as many members as there are chains in the smallest cover by chains,
  // which a maximum matching finds.
  const matched = new Map<string, string>();
  const extend = (id: string, seen: Set<string>): boolean =>
    [...(before.get(id) ?? [])].some((earlier) => {
      if (seen.has(earlier)) return false;
      seen.add(earlier);
      const holder = matched.get(earlier);
      if (holder !== undefined && !extend(holder, seen)) return false;
      matched.set(earlier, id);
      return true;
    });
  const pairs = [...graph.keys()].filter((id) => extend(id, new Set())).length;
  return graph.size - pairs;
}

function closure(
  graph: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const all = new Map<string, Set<string>>();
  const visit = (id: string): Set<string> => {
    const known = all.get(id);
    if (known !== undefined) return known;
    const found = new Set<string>();
    all.set(id, found);
    for (const one of graph.get(id) ?? []) {
      found.add(one);
      for (const further of visit(one)) found.add(further);
    }
    return found;
  };
  for (const id of graph.keys()) visit(id);
  return all;
}

function references(value: unknown, holds: (condition: string) => boolean): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => references(item, holds));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    if (key === 'Ref' && typeof item === 'string') return [item];
    if (key === 'Fn::If' && Array.isArray(item)) {
      const [condition, yes, no] = item as readonly unknown[];
      return references(holds(String(condition)) ? yes : no, holds);
    }
    return references(item, holds);
  });
}

/** Evaluates `Fn::Equals` on a parameter, `Fn::Or`, `Fn::Not` and `Condition`. */
function evaluate(
  condition: unknown,
  template: Template,
  parameters: Readonly<Record<string, string>>,
): boolean {
  const [entry] = Object.entries(condition as Readonly<Record<string, unknown>>);
  const [key, value] = entry ?? ['', undefined];
  const list = Array.isArray(value) ? (value as readonly unknown[]) : [];
  switch (key) {
    case 'Condition':
      return evaluate(template.Conditions?.[String(value)], template, parameters);
    case 'Fn::Or':
      if (list.length < 2 || list.length > 10) throw new Error(`Fn::Or of ${list.length}`);
      return list.some((one) => evaluate(one, template, parameters));
    case 'Fn::Not':
      return !evaluate(list[0], template, parameters);
    case 'Fn::Equals': {
      const { Ref: name } = list[0] as { readonly Ref: string };
      return (parameters[name] ?? template.Parameters?.[name]?.['Default']) === list[1];
    }
    default:
      throw new Error(`unknown condition ${key}`);
  }
}

const STANDARDS = ['SC', 'AFSBP', 'CIS120', 'CIS140', 'CIS300', 'NIST80053', 'PCI321'] as const;

/** The parameters of every subset of the seven standards. */
export function everySubset(): readonly Readonly<Record<string, string>>[] {
  return Array.from({ length: 2 ** STANDARDS.length }, (_, bits) =>
    Object.fromEntries(
      STANDARDS.map((id, index) => [
        `Load${id}MemberStack`,
        (bits >> index) % 2 === 1 ? 'yes' : 'no',
      ]),
    ),
  );
}
