import type {
  Change,
  DescribeChangeSetCommandOutput,
  OperationEvent,
  Stack,
  StackEvent as SdkEvent,
  StackStatus,
} from '@aws-sdk/client-cloudformation';
import type { Template } from '../emit/types.ts';
import { DeployError } from './deploy-error.ts';
import { isFields } from './intrinsics.ts';
import type { Failure, StackEvent } from './stack-progress.ts';

/** A stack as it is in AWS. */
export interface DeployedStack {
  /** The ARN, which goes on naming the stack when it is deleted. */
  readonly id: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly status: StackStatus;
  readonly description: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly outputs: readonly StackOutput[];
  readonly isProtected: boolean;
}

export interface StackOutput {
  readonly name: string;
  readonly value: string;
}

/** A change set whose creation has ended. */
export interface ChangeSet {
  readonly isUsable: boolean;
  readonly reason: string;
  readonly changes: readonly Change[];
}

/** The account and Region that a stack's ARN names. */
export function placeOf(stackId: string): { readonly account: string; readonly region: string } {
  const [, , , region = '', account = ''] = stackId.split(':');
  return { account, region };
}

export function toStack(stack: Stack): DeployedStack {
  const id = stack.StackId ?? '';
  const { Parameters: parameters = [], Outputs: outputs = [] } = stack;
  return {
    id,
    ...placeOf(id),
    name: stack.StackName ?? '',
    status: stack.StackStatus ?? 'REVIEW_IN_PROGRESS',
    description: stack.Description ?? '',
    parameters: new Map(
      parameters.map(({ ParameterKey: name = '', ParameterValue: value = '' }) => [name, value]),
    ),
    outputs: outputs.map(({ OutputKey: name = '', OutputValue: value = '' }) => ({ name, value })),
    isProtected: stack.EnableTerminationProtection === true,
  };
}

/** Throws `DeployError` when a template is not JSON, as ours are. */
export function toTemplate(body: string): Template {
  try {
    const template: unknown = JSON.parse(body);
    if (isFields(template) && isFields(template['Resources']))
      return template as unknown as Template;
  } catch {
    // Written by hand in YAML, or by somebody else.
  }
  throw new DeployError(
    'The deployed template is not JSON, so this project has not made it. Compare it by hand, or choose another --stack-name.',
  );
}

/** Undefined while the change set is being made. The changes are those of this page. */
export function toChangeSet(answer: DescribeChangeSetCommandOutput): ChangeSet | undefined {
  const { StatusReason: reason = '', Changes: changes = [] } = answer;
  switch (answer.Status) {
    case 'CREATE_PENDING':
    case 'CREATE_IN_PROGRESS':
    case undefined:
      return undefined;
    case 'CREATE_COMPLETE':
      return { isUsable: true, reason, changes };
    case 'FAILED':
    case 'DELETE_COMPLETE':
    case 'DELETE_FAILED':
    case 'DELETE_IN_PROGRESS':
    case 'DELETE_PENDING':
      return {
        isUsable: false,
        reason: reason === '' ? `It is ${answer.Status}.` : reason,
        changes,
      };
  }
}

export function toEvent(event: SdkEvent, stackId: string): StackEvent {
  return {
    id: event.EventId ?? '',
    at: event.Timestamp ?? new Date(0),
    logicalId: event.LogicalResourceId ?? '',
    ...(event.PhysicalResourceId === undefined ? {} : { physicalId: event.PhysicalResourceId }),
    type: event.ResourceType ?? '',
    status: event.ResourceStatus ?? 'CREATE_IN_PROGRESS',
    ...(event.ResourceStatusReason === undefined ? {} : { reason: event.ResourceStatusReason }),
    isStack: event.PhysicalResourceId === stackId,
  };
}

/** What a check before deployment found; warnings don't stop a change set, so they are no failures. */
export function toValidationFailure(event: OperationEvent): Failure | undefined {
  const reason = event.ValidationStatusReason ?? event.HookStatusReason;
  if (reason === undefined || event.ValidationFailureMode === 'WARN') return undefined;
  return {
    logicalId: event.LogicalResourceId ?? '',
    ...(event.PhysicalResourceId === undefined ? {} : { physicalId: event.PhysicalResourceId }),
    type: event.ResourceType ?? '',
    reason,
  };
}
