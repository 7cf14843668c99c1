import type {
  CompositeFilter,
  OcsfFindingFilters,
  OcsfNumberField,
  OcsfStringField,
} from '@aws-sdk/client-securityhub';
import { chunksOf } from './chunks.ts';
import type { Query } from './query.ts';

/** Values of one kind in a composite filter (Security Hub API, GetFindingsV2). */
const VALUES = 20;

/** OCSF, `severity_id`, for each label of the AWS Security Finding Format. */
const SEVERITY_IDS: Readonly<Record<string, readonly number[]>> = {
  INFORMATIONAL: [0, 1],
  LOW: [2],
  MEDIUM: [3],
  HIGH: [4],
  CRITICAL: [5, 6],
};
/** OCSF, `compliance.status_id` of what failed, and `status_id` of what is new or in progress. */
const FAILED = 3;
const OPEN = [1, 2];

/**
 * Filters of GetFindingsV2 that together find what fails now, for these controls only. Resources aren't among them: of
 * some the ARN stands in `resources.uid_alt`, which can't be filtered by. Each finding fits at most one of them. Pure.
 */
export function ocsfFiltersOf(
  { accounts, regions, severities }: Query,
  controls: readonly string[],
): readonly OcsfFindingFilters[] {
  const fixed = [
    numbers('compliance.status_id', [FAILED]),
    numbers('status_id', OPEN),
    ...(severities.length === 0
      ? []
      : [
          numbers(
            'severity_id',
            severities.flatMap((one) => SEVERITY_IDS[one] ?? []),
          ),
        ]),
  ];
  return [['cloud.account.uid', accounts] as const, ['cloud.region', regions] as const]
    .reduce<readonly (readonly CompositeFilter[])[]>(
      (all, [name, values]) => (values.length === 0 ? all : combined(all, name, values)),
      combined([fixed], 'compliance.control', controls),
    )
    .map((all) => ({ CompositeFilters: [...all], CompositeOperator: 'AND' }));
}

/** Filters that find findings by their ids, whatever their status is. Pure. */
export function ocsfFiltersOfIds(ids: readonly string[]): readonly OcsfFindingFilters[] {
  return chunksOf(ids, VALUES).map((chunk) => ({
    CompositeFilters: [texts('finding_info.uid', chunk)],
  }));
}

/** Each of the filters with each part of the values. */
function combined(
  all: readonly (readonly CompositeFilter[])[],
  name: OcsfStringField,
  values: readonly string[],
): readonly (readonly CompositeFilter[])[] {
  return all.flatMap((one) =>
    chunksOf(values, VALUES).map((chunk) => [...one, texts(name, chunk)]),
  );
}

function texts(FieldName: OcsfStringField, values: readonly string[]): CompositeFilter {
  return {
    StringFilters: values.map((Value) => ({ FieldName, Filter: { Value, Comparison: 'EQUALS' } })),
    Operator: 'OR',
  };
}

function numbers(FieldName: OcsfNumberField, values: readonly number[]): CompositeFilter {
  return {
    NumberFilters: values.map((Eq) => ({ FieldName, Filter: { Eq } })),
    Operator: 'OR',
  };
}
