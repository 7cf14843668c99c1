import type {
  StackInstanceSummary,
  StackSet,
  StackSetOperationResultStatus,
  StackSetOperationStatus,
} from '@aws-sdk/client-cloudformation';
import type { Instance } from './model.ts';

/** A stack set as it is in AWS [API StackSet]. */
export interface DeployedSet {
  readonly arn: string;
  readonly description: string;
  readonly templateText: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly isServiceManaged: boolean;
  readonly autoDeployment: AutoDeployment;
  readonly isManagedExecution: boolean;
}

/** What happens to accounts that join or leave the target units. */
export interface AutoDeployment {
  readonly isEnabled: boolean;
  /** ARNs of the stack sets that a new account gets before. */
  readonly dependsOn: readonly string[];
}

/** An operation on a stack set. */
export interface Operation {
  readonly id: string;
  readonly status: StackSetOperationStatus;
  readonly reason?: string;
}

/** What an operation has done in one account and Region. */
export interface OperationResult {
  readonly account: string;
  readonly region: string;
  readonly status: StackSetOperationResultStatus;
  readonly reason?: string;
}

export function toDeployedSet(set: StackSet): DeployedSet {
  const { Parameters: parameters = [], AutoDeployment: auto } = set;
  return {
    arn: set.StackSetARN ?? '',
    description: set.Description ?? '',
    templateText: set.TemplateBody ?? '',
    parameters: new Map(
      parameters.map(({ ParameterKey: name = '', ParameterValue: value = '' }) => [name, value]),
    ),
    isServiceManaged: set.PermissionModel === 'SERVICE_MANAGED',
    autoDeployment: { isEnabled: auto?.Enabled ?? false, dependsOn: auto?.DependsOn ?? [] },
    isManagedExecution: set.ManagedExecution?.Active ?? false,
  };
}

export function toInstance(summary: StackInstanceSummary): Instance {
  const { Account: account = '', Region: region = '', StatusReason: reason } = summary;
  return {
    account,
    region,
    status: toStatus(summary.Status),
    detail: summary.StackInstanceStatus?.DetailedStatus ?? '',
    ...(reason === undefined || reason === '' ? {} : { reason }),
  };
}

/** A status that this version doesn't know is not taken for a good one. */
function toStatus(status: StackInstanceSummary['Status']): Instance['status'] {
  if (status === 'CURRENT') return 'current';
  return status === 'INOPERABLE' ? 'inoperable' : 'outdated';
}

/** Whether an operation goes on, or waits for its turn. */
export function isActive({ status }: Operation): boolean {
  switch (status) {
    case 'RUNNING':
    case 'QUEUED':
    case 'STOPPING':
      return true;
    case 'SUCCEEDED':
    case 'FAILED':
    case 'STOPPED':
      return false;
  }
}
