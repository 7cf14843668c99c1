import type {
  AwsSecurityFindingFilters,
  OcsfFindingFilters,
  StringFilter,
} from '@aws-sdk/client-securityhub';
import { findingIdOf } from '../../templates/admin/functions/model/finding-parts.ts';
import { DeployError } from '../deploy/deploy-error.ts';
import type { ImpactWord } from '../model/runbook.ts';
import { chunksOf } from './chunks.ts';
import { ocsfFiltersOf, ocsfFiltersOfIds } from './query-ocsf.ts';

/** Which findings, or which attempts, people mean. All members that are given must fit; each list fits by any entry. */
export interface Query {
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  /** Security control ids as the catalogue spells them. */
  readonly controls: readonly string[];
  readonly severities: readonly string[];
  /** ARNs; one that ends in `*` stands for all that begin so. */
  readonly resources: readonly string[];
  /** Id of a standard. */
  readonly standard?: string;
  /** Impact that is not to be exceeded. */
  readonly impact?: ImpactWord;
}

/** What to ask Security Hub, in both formats of its findings. */
export interface Search {
  /** For GetFindings. */
  readonly asff: readonly AwsSecurityFindingFilters[];
  /** For GetFindingsV2. */
  readonly ocsf: readonly OcsfFindingFilters[];
}

/** Finds what fails now, for these controls only: what has no remediation isn't read. Pure. */
export function searchOf(query: Query, controls: readonly string[]): Search {
  return { asff: filtersOf(query, controls), ocsf: ocsfFiltersOf(query, controls) };
}

/** Finds findings by their ids, whatever their status is. Pure. */
export function searchOfIds(ids: readonly string[]): Search {
  return { asff: filtersOfIds(ids), ocsf: ocsfFiltersOfIds(ids) };
}

export const SEVERITIES = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;

/** Values of one attribute in a filter (Security Hub API, GetFindings). */
const VALUES = 20;

/** Filters of GetFindings that together find what fails now. Each finding fits at most one of them. Pure. */
function filtersOf(
  { accounts, regions, severities, resources }: Query,
  controls: readonly string[],
): readonly AwsSecurityFindingFilters[] {
  const fixed: AwsSecurityFindingFilters = {
    ComplianceStatus: [equal('FAILED')],
    RecordState: [equal('ACTIVE')],
    // RESOLVED and still failing is mostly a fix that the next check will see; one that didn't last becomes NEW again.
    WorkflowStatus: ['NEW', 'NOTIFIED'].map(equal),
  };
  return [
    ['ComplianceSecurityControlId', controls.map(equal)] as const,
    ['AwsAccountId', accounts.map(equal)] as const,
    ['Region', regions.map(equal)] as const,
    ['SeverityLabel', severities.map(equal)] as const,
    ['ResourceId', resources.map(resourceFilter)] as const,
  ].reduce<readonly AwsSecurityFindingFilters[]>(
    (all, [name, values]) =>
      values.length === 0 && name !== 'ComplianceSecurityControlId'
        ? all
        : all.flatMap((one) =>
            chunksOf(values, VALUES).map((chunk) => ({ ...one, [name]: [...chunk] })),
          ),
    [fixed],
  );
}

function filtersOfIds(ids: readonly string[]): readonly AwsSecurityFindingFilters[] {
  return chunksOf(ids, VALUES).map((chunk) => ({ Id: chunk.map(equal) }));
}

function equal(Value: string): StringFilter {
  return { Value, Comparison: 'EQUALS' };
}

function resourceFilter(resource: string): StringFilter {
  return resource.endsWith('*')
    ? { Value: resource.slice(0, -1), Comparison: 'PREFIX' }
    : equal(resource);
}

/** Whether a resource fits one of the entries; every one fits when there are none. */
export function fitsResource(resource: string, entries: readonly string[]): boolean {
  return (
    entries.length === 0 ||
    entries.some((one) =>
      one.endsWith('*') ? resource.startsWith(one.slice(0, -1)) : resource === one,
    )
  );
}

/** A finding as Security Hub names it. */
export interface FindingName {
  readonly id: string;
  readonly productArn: string;
}

/**
 * The name of a control finding by its id: its product is Security Hub in the Region that the id names. The finding of the
 * same failure in OCSF has the same id. Throws `DeployError` when it isn't the id of one.
 */
export function findingNameOf(given: string): FindingName {
  const named = findingIdOf(given);
  if (named === undefined)
    throw new DeployError(
      `${given} isn't the id of a finding of Security Hub's own controls. One begins with arn:aws:securityhub: and holds /finding/.`,
      { isUsage: true },
    );
  const { id, partition, region } = named;
  return { id, productArn: `arn:${partition}:securityhub:${region}::product/aws/securityhub` };
}
