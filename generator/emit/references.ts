/** Logical ids (and parameters) that a piece of a template refers to, pseudo parameters left out. */
export function referencedNames(value: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  collect(value, names);
  return names;
}

function collect(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, names);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      for (const name of namesAt(key, item)) if (!name.startsWith('AWS::')) names.add(name);
      collect(item, names);
    }
  }
}

function namesAt(key: string, value: unknown): readonly string[] {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  switch (key) {
    case 'Ref':
      return typeof value === 'string' ? [value] : [];
    case 'Fn::GetAtt':
      return typeof first === 'string' ? [first.split('.')[0] ?? first] : [];
    case 'Fn::Sub':
      return typeof first === 'string'
        ? namesInSub(first, Array.isArray(value) ? value[1] : {})
        : [];
    default:
      return [];
  }
}

function namesInSub(text: string, own: unknown): readonly string[] {
  const local = typeof own === 'object' && own !== null ? Object.keys(own) : [];
  return [...text.matchAll(/\$\{([^}!][^}]*)\}/gu)]
    .map((match) => match[1]?.split('.')[0] ?? '')
    .filter((name) => !local.includes(name));
}
