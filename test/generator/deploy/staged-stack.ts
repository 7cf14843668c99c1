import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeEventsCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import type {
  Change,
  OperationEvent,
  Stack,
  StackEvent,
  StackResourceSummary,
  StackStatus,
} from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';

export const STACK_ID =
  'arn:aws:cloudformation:eu-west-1:111122223333:stack/automated-security-response-member/1a2b';
export const CHANGE_SET_ID = 'arn:aws:cloudformation:eu-west-1:111122223333:changeSet/asr-1/3c4d';

/** What AWS has and how it will answer; the rest follows from what is called. */
export interface Situation {
  /** The stack before anything is done; none by default. */
  readonly stack?: Partial<Stack>;
  /** Its template; by default one without resources. */
  readonly template?: object;
  readonly resources?: readonly StackResourceSummary[];
  /** How the change set ends. */
  readonly changeSet?: { readonly status?: 'FAILED'; readonly reason?: string };
  readonly changes?: readonly Change[];
  /** What the checks before deployment found. */
  readonly validation?: readonly OperationEvent[];
  /** Events of the operation, the oldest first, each as id of a resource, status and reason. */
  readonly events?: readonly (readonly [id: string, status: string, reason?: string])[];
  /** The stack's status when the operation has ended. */
  readonly end?: StackStatus;
  readonly outputs?: Readonly<Record<string, string>>;
}

/** An error as the services send them. */
export function awsError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

export type StagedStack = ReturnType<typeof stageStack>;

/** A CloudFormation of one stack. Which calls were made is asked of the returned stub. */
export function stageStack(situation: Situation) {
  const cloudFormation = mockClient(CloudFormationClient);
  const { stack, template = { Resources: {} }, end = 'CREATE_COMPLETE', events = [] } = situation;
  let phase: 'before' | 'during' | 'deleting' | 'deleted' = 'before';
  let existing = stack;
  const described = (): Stack | undefined => {
    const base = { StackName: 'automated-security-response-member', StackId: STACK_ID };
    const CreationTime = new Date(0);
    if (phase === 'before')
      return existing === undefined
        ? undefined
        : { ...base, CreationTime, StackStatus: 'CREATE_COMPLETE', ...existing };
    const StackStatus = phase === 'during' ? end : phase === 'deleted' ? end : 'DELETE_COMPLETE';
    const Outputs = Object.entries(situation.outputs ?? {}).map(([OutputKey, OutputValue]) => ({
      OutputKey,
      OutputValue,
    }));
    return { ...base, CreationTime, ...existing, StackStatus, Outputs };
  };
  cloudFormation
    .on(DescribeStacksCommand)
    .callsFake(({ StackName: name }: { StackName: string }) => {
      const found = described();
      const isGone = phase === 'deleting' && name !== STACK_ID;
      if (found === undefined || isGone)
        throw awsError('ValidationError', `Stack with id ${name} does not exist`);
      return { Stacks: [found] };
    });
  cloudFormation.on(GetTemplateCommand).resolves({ TemplateBody: JSON.stringify(template) });
  cloudFormation
    .on(ListStackResourcesCommand)
    .resolves({ StackResourceSummaries: [...(situation.resources ?? [])] });
  cloudFormation.on(CreateChangeSetCommand).callsFake(() => {
    existing ??= { StackStatus: 'REVIEW_IN_PROGRESS' };
    return { Id: CHANGE_SET_ID, StackId: STACK_ID };
  });
  cloudFormation.on(DescribeChangeSetCommand).resolves({
    Status: situation.changeSet?.status ?? 'CREATE_COMPLETE',
    ...(situation.changeSet?.reason === undefined
      ? {}
      : { StatusReason: situation.changeSet.reason }),
    Changes: [...(situation.changes ?? [])],
  });
  cloudFormation
    .on(DescribeEventsCommand)
    .resolves({ OperationEvents: [...(situation.validation ?? [])] });
  cloudFormation.on(DeleteChangeSetCommand).resolves({});
  cloudFormation.on(ExecuteChangeSetCommand).callsFake(() => {
    phase = 'during';
    return {};
  });
  cloudFormation.on(DeleteStackCommand).callsFake(() => {
    phase = 'deleting';
    return {};
  });
  const marker = event(-1, 'the-stack', 'REVIEW_IN_PROGRESS');
  cloudFormation.on(DescribeStackEventsCommand).callsFake(() => {
    if (phase === 'before') return { StackEvents: [marker] };
    if (phase === 'deleting')
      return { StackEvents: [event(99, 'the-stack', 'DELETE_COMPLETE'), marker] };
    const all = [
      ...events.map(([id, status, reason], index) => event(index, id, status, reason)),
      event(98, 'the-stack', end),
    ];
    return { StackEvents: [...all.toReversed(), marker] };
  });
  return {
    cloudFormation,
    /** What the named operation was called with, call by call. */
    inputs: (operation: string): readonly Readonly<Record<string, unknown>>[] =>
      cloudFormation
        .calls()
        .filter(({ args: [command] }) => command.constructor.name === `${operation}Command`)
        .map(({ args: [command] }) => command.input as Readonly<Record<string, unknown>>),
    /** Deletes the stack outside the tool, or starts one anew. */
    become: (next: Partial<Stack> | undefined) => {
      existing = next;
      phase = 'before';
    },
  };
}

function event(index: number, id: string, status: string, reason?: string): StackEvent {
  const isStack = id === 'the-stack';
  return {
    StackId: STACK_ID,
    EventId: `event-${index}`,
    StackName: 'automated-security-response-member',
    LogicalResourceId: isStack ? 'automated-security-response-member' : id,
    PhysicalResourceId: isStack ? STACK_ID : `${id}-in-aws`,
    ResourceType: isStack ? 'AWS::CloudFormation::Stack' : 'AWS::SSM::Parameter',
    Timestamp: new Date(Date.UTC(2027, 0, 2, 3, 4, 5 + index)),
    ResourceStatus: status as NonNullable<StackEvent['ResourceStatus']>,
    ...(reason === undefined ? {} : { ResourceStatusReason: reason }),
  };
}
