import type { Change, ResourceChange } from '@aws-sdk/client-cloudformation';
import type { ResourceAction, ResourceDiff } from './stack-diff.ts';

/**
 * The resources of a change set as people read them, by logical id.
 * [API DescribeChangeSet, data types ResourceChange, ResourceChangeDetail and ResourceTargetDefinition]
 */
export function describeChanges(changes: readonly Change[]): readonly ResourceDiff[] {
  return changes
    .flatMap(({ ResourceChange: change }) => (change === undefined ? [] : [describe(change)]))
    .toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function describe(change: ResourceChange): ResourceDiff {
  const details = change.Details ?? [];
  const properties = details.flatMap(
    ({ Target: target }) => target?.Name ?? target?.Attribute ?? [],
  );
  const causes = details.flatMap(({ ChangeSource: source, CausingEntity: cause }) =>
    source === 'ParameterReference' && cause !== undefined ? [cause] : [],
  );
  return {
    id: change.LogicalResourceId ?? '',
    type: change.ResourceType ?? '',
    action: actionOf(change),
    ...(change.PhysicalResourceId === undefined ? {} : { physicalId: change.PhysicalResourceId }),
    properties: [...new Set<string>(details.length > 0 ? properties : change.Scope)].toSorted(),
    causes: [...new Set(causes)].toSorted(),
    keepsOld: change.PolicyAction === 'ReplaceAndRetain',
  };
}

function actionOf(change: ResourceChange): ResourceAction {
  switch (change.Action) {
    case 'Add':
      return 'add';
    case 'Import':
      return 'import';
    case 'Remove':
      return change.PolicyAction === 'Retain' ? 'leave' : 'remove';
    case 'Modify':
      return modification(change);
    case 'SyncWithActual':
      return 'change';
    case 'Dynamic':
    case undefined:
      return 'unknown';
  }
}

function modification({ Replacement: replacement }: ResourceChange): ResourceAction {
  switch (replacement) {
    case 'True':
      return 'replace';
    case 'Conditional':
      return 'maybe-replace';
    case 'False':
    case undefined:
      return 'change';
  }
}
