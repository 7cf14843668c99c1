import { textOf } from './json.ts';
import type { Finding } from './finding.ts';

const PARTITION = '(?<partition>aws|aws-us-gov|aws-cn)';
const REGION = String.raw`(?<region>[a-z]{2,}(?:-[a-z]+)+-\d{1,2})`;
/**
 * Security Hub's own product ARN, whole: any account can import findings under its own default product. Control
 * findings in ASFF have the first form, those in OCSF the second (Security Hub User Guide, OCSF findings).
 */
const PRODUCT: Readonly<Record<Finding['format'], RegExp>> = {
  asff: new RegExp(`^arn:${PARTITION}:securityhub:${REGION}::product/aws/securityhub$`, 'u'),
  ocsf: new RegExp(`^arn:${PARTITION}:securityhub:${REGION}::productv2/aws/securityhub$`, 'u'),
};
const FINDING_ID = new RegExp(
  String.raw`^arn:${PARTITION}:securityhub:${REGION}:(?<account>\d{12}):(?<source>[A-Za-z0-9/._-]{1,256})/finding/[A-Za-z0-9-]{1,64}$`,
  'u',
);
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})$/u;

/** One text for each finding: the one of the same failure in the other format has the same id, and is another one. */
export function findingKey({ format, id }: Pick<Finding, 'format' | 'id'>): string {
  return `${format}#${id}`;
}

export interface ProductPlace {
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
}

/** Security Hub's product ARN in this format; undefined for anything else. */
export function productOf(raw: unknown, format: Finding['format']): ProductPlace | undefined {
  const arn = textOf(raw, 256);
  const place = PRODUCT[format].exec(arn ?? '')?.groups;
  const { partition, region } = place ?? {};
  return arn === undefined || partition === undefined || region === undefined
    ? undefined
    : { arn, partition, region };
}

export interface FindingIdParts {
  readonly id: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** What the check belongs to: `security-control/EC2.2`, or `subscription/<standard>/v/<version>/<control>`. */
  readonly source: string;
}

/** The parts of a control finding's id; undefined for anything else. */
export function findingIdOf(raw: unknown): FindingIdParts | undefined {
  const id = textOf(raw, 512);
  const { partition, region, account, source } = FINDING_ID.exec(id ?? '')?.groups ?? {};
  return id === undefined ||
    partition === undefined ||
    region === undefined ||
    account === undefined ||
    source === undefined
    ? undefined
    : { id, partition, region, account, source };
}

/** A timestamp as `toISOString` writes it, so that two of them compare as texts; undefined for anything else. */
export function instantOf(raw: unknown): string | undefined {
  if (typeof raw !== 'string' || raw.length > 40 || !TIMESTAMP.test(raw)) return undefined;
  return isoOf(Date.parse(raw));
}

/** Milliseconds since 1970 as `toISOString` writes them; undefined for anything else. */
export function isoOf(raw: unknown): string | undefined {
  const first = Date.UTC(2000, 0);
  const last = Date.UTC(2100, 0);
  return typeof raw === 'number' && raw >= first && raw < last
    ? new Date(raw).toISOString()
    : undefined;
}

/** A member with its value, or no member at all. */
export function defined<K extends string, V>(
  key: K,
  value: V | undefined,
): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]: V });
}

/** Tags as a map; undefined when there are none, or they are none: then they are looked up. */
export function tagsOf(
  entries: readonly (readonly [unknown, unknown])[],
): Readonly<Record<string, string>> | undefined {
  const tags: (readonly [string, string])[] = [];
  for (const [key, value] of entries) {
    if (textOf(key, 128) === undefined || typeof value !== 'string' || value.length > 256)
      return undefined;
    tags.push([String(key), value]);
  }
  return tags.length === 0 ? undefined : Object.fromEntries(tags);
}
