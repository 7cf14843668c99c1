import type { Standard, Standards } from './standard.ts';

/** What the compiler and the run time read of an ASFF finding; everything else is ignored. */
export interface FindingFacts {
  readonly id: string;
  readonly productArn: string;
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  readonly generatorId: string;
  readonly securityControlId: string | undefined;
  readonly resourceId: string;
  /** Values of the control's parameters, by name, as the finding carries them. */
  readonly controlParameters: ReadonlyMap<string, readonly string[]>;
}

/** Security Hub's own product, in the finding's Region, and nobody else's. */
const PRODUCT =
  /^arn:(aws|aws-us-gov|aws-cn):securityhub:([a-z]{2,}(?:-[a-z]+)+-\d{1,2})::product\/aws\/securityhub$/u;

const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/u;

/** Text of a finding for a sentence: what others wrote may be endless or hold control characters. */
export function excerpt(text: string): string {
  const start = text.slice(0, 200);
  return `${printable(start)}${start.length < text.length ? '...' : ''}`;
}

/** The same text with a ? for each control character, which could steer a terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}

/** Why something is not a finding that can be handled, as a sentence. */
export class NotAFinding extends Error {}

/** The findings in a bare finding, in a list, or in an EventBridge event. Throws NotAFinding for anything else. */
export function unwrapFindings(input: unknown): readonly unknown[] {
  if (isRecord(input) && isRecord(input['detail']) && Array.isArray(input['detail']['findings']))
    return nonEmpty(input['detail']['findings']);
  if (isRecord(input) && Array.isArray(input['Findings'])) return nonEmpty(input['Findings']);
  if (Array.isArray(input)) return nonEmpty(input);
  if (isRecord(input)) return [input];
  throw new NotAFinding('The input is neither a finding nor an event that holds one.');
}

function nonEmpty(findings: readonly unknown[]): readonly unknown[] {
  if (findings.length === 0) throw new NotAFinding('The event holds no finding.');
  return findings;
}

/** Reads a finding strictly; throws NotAFinding with the first thing that is missing or contradicts itself. */
export function parseFinding(input: unknown): FindingFacts {
  if (!isRecord(input)) throw new NotAFinding('A finding is a JSON object.');
  const id = text(input, 'Id');
  const productArn = text(input, 'ProductArn');
  const product = PRODUCT.exec(productArn);
  if (product === null)
    throw new NotAFinding(
      `Only findings of Security Hub's own product count, this one is of ${excerpt(productArn)}.`,
    );
  const account = text(input, 'AwsAccountId');
  if (!/^\d{12}$/u.test(account))
    throw new NotAFinding('AwsAccountId is not a 12-digit account id.');
  const [resource] = Array.isArray(input['Resources'])
    ? (input['Resources'] as readonly unknown[])
    : [];
  if (!isRecord(resource)) throw new NotAFinding('The finding names no resource.');
  const compliance = isRecord(input['Compliance']) ? input['Compliance'] : {};
  const partition = product[1] ?? '';
  const region = resource['Region'] ?? product[2];
  if (typeof region !== 'string' || !REGION.test(region))
    throw new NotAFinding("The resource's Region is not the name of a Region.");
  return {
    id,
    productArn,
    partition,
    account,
    region,
    generatorId: text(input, 'GeneratorId'),
    securityControlId:
      typeof compliance['SecurityControlId'] === 'string'
        ? compliance['SecurityControlId']
        : undefined,
    resourceId: text(resource, 'Id'),
    controlParameters: parameters(compliance['SecurityControlParameters']),
  };
}

/** The standard and control that a finding is of, by its generator id; undefined when no standard knows it. */
export function controlOf(
  finding: FindingFacts,
  standards: Standards,
):
  | { readonly standard: Standard; readonly control: string; readonly securityControlId: string }
  | undefined {
  for (const standard of standards.all) {
    const named = matchGenerator(standard, finding);
    const control = named === undefined ? undefined : spelled(standard, named);
    const securityControlId = control === undefined ? undefined : standard.controls.get(control);
    if (control !== undefined && securityControlId !== undefined)
      return { standard, control, securityControlId };
  }
  return undefined;
}

/** Whether two control ids are the same: AWS itself writes both AutoScaling.5 and Autoscaling.5. */
export function isSameControl(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** A control id as the standard spells it; undefined when it has no such control. */
function spelled(standard: Standard, named: string): string | undefined {
  if (standard.controls.has(named)) return named;
  return [...standard.controls.keys()].find((control) => isSameControl(control, named));
}

/** The standard that a generator id belongs to, whether it knows the control or not. */
export function standardOf(
  finding: FindingFacts,
  standards: Standards,
): { readonly standard: Standard; readonly control: string } | undefined {
  for (const standard of standards.all) {
    const control = matchGenerator(standard, finding);
    if (control !== undefined) return { standard, control };
  }
  return undefined;
}

function matchGenerator(standard: Standard, finding: FindingFacts): string | undefined {
  // CIS 1.2.0 has an ARN there; which partition it names outside of aws is not documented, so both are known.
  for (const partition of [finding.partition, 'aws']) {
    const [before = '', after = ''] = standard.generatorId
      .replaceAll('{partition}', partition)
      .replaceAll('{region}', finding.region)
      .split('{control}');
    const { generatorId } = finding;
    if (!generatorId.startsWith(before) || !generatorId.endsWith(after)) continue;
    const control = generatorId.slice(before.length, generatorId.length - after.length);
    if (/^[A-Za-z0-9.]+$/u.test(control)) return control;
  }
  return undefined;
}

function parameters(raw: unknown): ReadonlyMap<string, readonly string[]> {
  if (!Array.isArray(raw)) return new Map();
  const entries = raw.flatMap((entry: unknown): (readonly [string, readonly string[]])[] => {
    if (!isRecord(entry) || typeof entry['Name'] !== 'string' || !Array.isArray(entry['Value']))
      return [];
    const values: readonly unknown[] = entry['Value'];
    const isScalar = (value: unknown): boolean =>
      ['string', 'number', 'boolean'].includes(typeof value);
    return values.every(isScalar) ? [[entry['Name'], values.map(String)]] : [];
  });
  return new Map(entries);
}

function text(record: Readonly<Record<string, unknown>>, key: string): string {
  const value = record[key];
  if (typeof value !== 'string' || value === '')
    throw new NotAFinding(`The finding has no ${key}.`);
  return value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
