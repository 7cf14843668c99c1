/** A kind of AWS resource: the ARN (or id) that findings name, and how IAM calls it. */
export interface ResourceKind {
  readonly name: string;
  /** `Resources[].Type` values in findings. */
  readonly finding: readonly string[];
  /** Pattern with `{partition} {region} {account}` and the fields. */
  readonly arn: string;
  /** Field name to regular expression, without anchors. */
  readonly fields: ReadonlyMap<string, string>;
  /** Name under which the whole ARN can be referenced. */
  readonly whole?: string;
  /** IAM resource types, `service:type`. */
  readonly iam: readonly string[];
  readonly accepts: readonly string[];
  readonly refuses: readonly string[];
}

export type ParameterType = 'string' | 'integer' | 'boolean' | 'list' | 'integer-list';

/** A kind of parameter: type, bounds and what it means. */
export interface ParameterKind {
  readonly name: string;
  readonly type: ParameterType;
  readonly pattern?: string;
  readonly values?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly maxItems?: number;
  /** Completes the sentence "<Name> is ...". */
  readonly describes: string;
  readonly accepts: readonly (string | readonly string[])[];
  readonly refuses: readonly (string | readonly string[])[];
}

export interface Kinds {
  readonly resources: ReadonlyMap<string, ResourceKind>;
  readonly parameters: ReadonlyMap<string, ParameterKind>;
}

/** Patterns of the places that every kind's ARN may name. */
export const PLACES: Readonly<Record<string, string>> = {
  partition: 'aws|aws-us-gov|aws-cn',
  region: '[a-z]{2,}(?:-[a-z]+)+-[0-9]{1,2}',
  account: '[0-9]{12}',
};

/**
 * The regular expression (anchored) for the ARN of a resource kind. With `named`, each field is a named group in the
 * given dialect; JavaScript and Python spell these differently, and Systems Manager's patterns go without.
 */
export function arnPattern(kind: ResourceKind, named: 'javascript' | 'python' | 'none'): string {
  const body = splitArn(kind.arn)
    .map((part) => {
      if (part.field === undefined) return escapeRegExp(part.text);
      const expression = kind.fields.get(part.field) ?? PLACES[part.field] ?? '(?!)';
      if (named === 'none') return expression.includes('|') ? `(?:${expression})` : expression;
      return named === 'python'
        ? `(?P<${part.field}>${expression})`
        : `(?<${part.field}>${expression})`;
    })
    .join('');
  return `^${body}$`;
}

/** The Python pattern of a kind in a script, where `{partition}` and the other places stand for `PLACES`. */
export function scriptPattern(kind: ResourceKind): string {
  return Object.entries(PLACES).reduce(
    (pattern, [name, place]) => pattern.replace(`(?P<${name}>${place})`, `{${name}}`),
    arnPattern(kind, 'python').slice(1, -1),
  );
}

/** The ARN as an IAM resource: fields become `*`, account and partition stay references. */
export function arnScope(kind: ResourceKind): string {
  return splitArn(kind.arn)
    .map((part) => {
      switch (part.field) {
        case undefined:
          return part.text;
        case 'partition':
          return '${AWS::Partition}';
        case 'account':
          return '${AWS::AccountId}';
        default:
          return '*';
      }
    })
    .join('')
    .replaceAll(/\*+/gu, '*');
}

/** Values of the ARN's fields when `arn` is of this kind. */
export function matchArn(
  kind: ResourceKind,
  arn: string,
): Readonly<Record<string, string>> | undefined {
  const match = new RegExp(arnPattern(kind, 'javascript'), 'u').exec(arn);
  return match === null ? undefined : { ...match.groups };
}

/** The regular expression (anchored) for one value of a parameter kind; integers by number of digits only. */
export function valuePattern(kind: ParameterKind): string {
  if (kind.values !== undefined) return `^(?:${kind.values.map(escapeRegExp).join('|')})$`;
  if (kind.type === 'boolean') return '^(?:true|false)$';
  if (kind.type === 'integer' || kind.type === 'integer-list') return '^-?[0-9]{1,9}$';
  return `^(?:${kind.pattern ?? '[^{}]*'})$`;
}

/** Whether a parameter value, as Automation passes it, is acceptable for a kind. */
export function acceptsValue(kind: ParameterKind, value: string | readonly string[]): boolean {
  const isList = kind.type === 'list' || kind.type === 'integer-list';
  if (isList !== (typeof value !== 'string')) return false;
  const items = typeof value === 'string' ? [value] : value;
  if (kind.maxItems !== undefined && items.length > kind.maxItems) return false;
  const pattern = new RegExp(valuePattern(kind), 'u');
  return items.every((item) => pattern.test(item) && isWithin(kind, item));
}

function isWithin(kind: ParameterKind, item: string): boolean {
  if (kind.type !== 'integer' && kind.type !== 'integer-list') return true;
  const number = Number(item);
  return number >= (kind.min ?? -Infinity) && number <= (kind.max ?? Infinity);
}

function splitArn(arn: string): readonly { readonly text: string; readonly field?: string }[] {
  return arn
    .split(/(\{[A-Za-z]+\})/u)
    .filter((text) => text !== '')
    .map((text) => (text.startsWith('{') ? { text, field: text.slice(1, -1) } : { text }));
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
}
