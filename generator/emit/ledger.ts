import { createHash } from 'node:crypto';
import { fixedProperties } from '../data/fixed-properties.ts';
import type { Template, TemplateFile, TemplateResource } from './types.ts';

/** What the ledger remembers of a resource: all that decides whether an update can keep it. */
export interface LedgerResource {
  readonly type: string;
  /** Its name in the account and Region, where the template gives one; `%SOLUTION_ID%` stands for the solution's id. */
  readonly name?: string;
  /** It stays when it is no longer in the template. */
  readonly kept?: true;
  /** Values that an update can't change, as JSON; long ones as a hash. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** Of a DynamoDB table: types of the key attributes, and its indexes. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly indexes?: Readonly<Record<string, string>>;
}

/** The resources of one template by logical id. */
export type LedgerTemplate = Readonly<Record<string, LedgerResource>>;

/** One version: its templates by file name. */
export type Release = Readonly<Record<string, LedgerTemplate>>;

/** All released versions, oldest first. */
export type Ledger = ReadonlyMap<string, Release>;

/** What the ledger would remember of these templates. */
export function releaseOf(templates: readonly TemplateFile[], solutionId: string): Release {
  const entries = templates.map(
    ({ fileName, json }) => [fileName, ledgerTemplate(json, solutionId)] as const,
  );
  return Object.fromEntries(entries.toSorted(([a], [b]) => order(a, b)));
}

function ledgerTemplate({ Resources: resources }: Template, solutionId: string): LedgerTemplate {
  return Object.fromEntries(
    Object.entries(resources)
      .toSorted(([a], [b]) => order(a, b))
      .map(([id, resource]) => [id, ledgerResource(resource, solutionId)]),
  );
}

function ledgerResource(resource: TemplateResource, solutionId: string): LedgerResource {
  const { Type: type, Properties: properties = {}, DeletionPolicy: deletion = '' } = resource;
  const known = fixedProperties(type);
  const name = properties[known?.name ?? ''];
  const fixed = (known?.fixed ?? []).flatMap((property) => {
    const value = properties[property];
    return value === undefined ? [] : [[property, brief(value, solutionId)] as const];
  });
  return {
    type,
    ...(name === undefined ? {} : { name: nameText(name, solutionId) }),
    ...(deletion.startsWith('Retain') ? { kept: true as const } : {}),
    ...(fixed.length === 0 ? {} : { fixed: Object.fromEntries(fixed) }),
    ...(type === 'AWS::DynamoDB::Table' ? ofTable(properties, solutionId) : {}),
  };
}

/** CloudFormation adds or removes one index in an update, and edits none (AWS::DynamoDB::Table, GlobalSecondaryIndexes). */
function ofTable(
  properties: Readonly<Record<string, unknown>>,
  solutionId: string,
): Pick<LedgerResource, 'attributes' | 'indexes'> {
  const attributes = (properties['AttributeDefinitions'] ?? []) as readonly {
    readonly AttributeName: string;
    readonly AttributeType: string;
  }[];
  const indexes = (properties['GlobalSecondaryIndexes'] ?? []) as readonly {
    readonly IndexName: string;
    readonly KeySchema: unknown;
    readonly Projection: unknown;
  }[];
  return {
    attributes: Object.fromEntries(
      attributes.map(({ AttributeName: attribute, AttributeType: kind }) => [attribute, kind]),
    ),
    indexes: Object.fromEntries(
      indexes.map(({ IndexName: index, KeySchema: keys, Projection: projection }) => [
        index,
        brief([keys, projection], solutionId),
      ]),
    ),
  };
}

/** A name as text, with references as `Fn::Sub` writes them. */
function nameText(name: unknown, solutionId: string): string {
  if (typeof name === 'string') return neutral(name, solutionId);
  const { 'Fn::Sub': text, Ref: reference } = name as {
    readonly 'Fn::Sub'?: unknown;
    readonly Ref?: unknown;
  };
  if (typeof text === 'string') return neutral(text, solutionId);
  return typeof reference === 'string'
    ? `\${${reference}}`
    : neutral(JSON.stringify(name), solutionId);
}

const LONGEST = 60;

function brief(value: unknown, solutionId: string): string {
  const text = neutral(JSON.stringify(value), solutionId);
  return text.length <= LONGEST
    ? text
    : `sha256:${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}

/** A second copy beside another has other names, but each is updated under its own. */
function neutral(text: string, solutionId: string): string {
  return text.replaceAll(
    new RegExp(`(?<![A-Za-z0-9])${solutionId}(?![A-Za-z0-9])`, 'gu'),
    '%SOLUTION_ID%',
  );
}

/** The ledger's file as data. Throws `SyntaxError` when it is no JSON, and `TypeError` when it holds something else. */
export function parseLedger(text: string): Ledger {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError('The ledger must be a JSON object with a release for each version');
  return new Map(Object.entries(value as Readonly<Record<string, Release>>));
}

/** The ledger's file: one line for each fact, so that a difference shows what changed. */
export function ledgerText(ledger: Ledger): string {
  return `${JSON.stringify(Object.fromEntries(ledger), undefined, 2)}\n`;
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
