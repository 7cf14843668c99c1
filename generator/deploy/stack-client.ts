import {
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  paginateDescribeEvents,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import type {
  CloudFormationClient,
  CreateChangeSetCommandInput,
} from '@aws-sdk/client-cloudformation';
import type { Template } from '../emit/types.ts';
import { awsProblem } from './aws-problem.ts';
import type { Failure, StackEvent } from './stack-progress.ts';
import { toChangeSet, toEvent, toStack, toTemplate, toValidationFailure } from './stack-records.ts';
import type { ChangeSet, DeployedStack } from './stack-records.ts';

/** A resource of a deployed stack. */
export interface DeployedResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}

/** What deployments need of CloudFormation. Every method throws `AwsProblem`. */
export interface StackClient {
  /** Undefined when there is no such stack; a deleted stack is found by its id only. */
  readonly describe: (nameOrId: string) => Promise<DeployedStack | undefined>;
  /** The template as it was sent. Throws `DeployError` when it is not JSON, as ours are. */
  readonly template: (nameOrId: string) => Promise<Template>;
  readonly resources: (nameOrId: string) => Promise<readonly DeployedResource[]>;
  readonly createChangeSet: (
    input: CreateChangeSetCommandInput,
  ) => Promise<{ readonly id: string; readonly stackId: string }>;
  /** Undefined while CloudFormation still works on it. All pages. */
  readonly changeSet: (id: string) => Promise<ChangeSet | undefined>;
  /** What the checks before deployment found wrong; empty when that can't be read. */
  readonly validationFailures: (changeSetId: string) => Promise<readonly Failure[]>;
  readonly deleteChangeSet: (id: string) => Promise<void>;
  readonly execute: (changeSetId: string, token: string) => Promise<void>;
  readonly deleteStack: (id: string, token: string) => Promise<void>;
  /** Events after the one with the given id, the oldest first; all events when it is undefined. */
  readonly eventsSince: (
    stackId: string,
    eventId: string | undefined,
  ) => Promise<readonly StackEvent[]>;
  /** Id of the latest event. */
  readonly lastEvent: (stackId: string) => Promise<string | undefined>;
}

/** Talks to CloudFormation; what is wrong comes back as sentences. */
export function createStackClient(client: CloudFormationClient): StackClient {
  const changeSetPage = (id: string, token: string | undefined) =>
    client.send(
      new DescribeChangeSetCommand({
        ChangeSetName: id,
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
  const eventPage = (stackId: string, token: string | undefined) =>
    client.send(
      new DescribeStackEventsCommand({
        StackName: stackId,
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
  return {
    describe: (nameOrId) =>
      attempt('Looking for the stack', async () => {
        try {
          const { Stacks: stacks } = await client.send(
            new DescribeStacksCommand({ StackName: nameOrId }),
          );
          return stacks?.map(toStack)[0];
        } catch (error) {
          if (isMissingStack(error)) return undefined;
          throw error;
        }
      }),
    template: async (nameOrId) => {
      const { TemplateBody: body = '' } = await attempt("Reading the stack's template", () =>
        client.send(new GetTemplateCommand({ StackName: nameOrId, TemplateStage: 'Original' })),
      );
      return toTemplate(body);
    },
    resources: (nameOrId) =>
      attempt("Listing the stack's resources", async () => {
        const found: DeployedResource[] = [];
        for await (const page of paginateListStackResources({ client }, { StackName: nameOrId }))
          for (const one of page.StackResourceSummaries ?? [])
            if (one.ResourceStatus !== 'DELETE_COMPLETE')
              found.push({
                logicalId: one.LogicalResourceId ?? '',
                physicalId: one.PhysicalResourceId ?? '',
                type: one.ResourceType ?? '',
              });
        return found;
      }),
    createChangeSet: (input) =>
      attempt('Creating the change set', async () => {
        const { Id: id = '', StackId: stackId = '' } = await client.send(
          new CreateChangeSetCommand(input),
        );
        return { id, stackId };
      }),
    changeSet: (id) =>
      attempt('Reading the change set', async () => {
        const first = await changeSetPage(id, undefined);
        const changeSet = toChangeSet(first);
        if (changeSet === undefined) return undefined;
        const changes = [...changeSet.changes];
        for (let token = first.NextToken; token !== undefined;) {
          const page = await changeSetPage(id, token);
          changes.push(...(page.Changes ?? []));
          token = page.NextToken;
        }
        return { ...changeSet, changes };
      }),
    validationFailures: async (changeSetId) => {
      const found: Failure[] = [];
      try {
        for await (const page of paginateDescribeEvents(
          { client },
          { ChangeSetName: changeSetId, Filters: { FailedEvents: true } },
        ))
          found.push(
            ...(page.OperationEvents ?? []).flatMap((one) => toValidationFailure(one) ?? []),
          );
      } catch {
        // Details only: the reason of the change set is told anyway, and not everybody may read these events.
        return [];
      }
      return found;
    },
    deleteChangeSet: (id) =>
      attempt('Deleting the change set', async () => {
        await client.send(new DeleteChangeSetCommand({ ChangeSetName: id }));
      }),
    execute: (changeSetId, token) =>
      attempt('Executing the change set', async () => {
        await client.send(
          new ExecuteChangeSetCommand({
            ChangeSetName: changeSetId,
            ClientRequestToken: token,
            // Said, because the pages of CreateChangeSet and ExecuteChangeSet differ about the default.
            DisableRollback: false,
          }),
        );
      }),
    deleteStack: (id, token) =>
      attempt('Deleting the stack', async () => {
        await client.send(new DeleteStackCommand({ StackName: id, ClientRequestToken: token }));
      }),
    eventsSince: (stackId, eventId) =>
      attempt("Reading the stack's events", async () => {
        const events: StackEvent[] = [];
        // The newest come first, page by page.
        for (let token: string | undefined; ;) {
          const page = await eventPage(stackId, token);
          for (const event of page.StackEvents ?? []) {
            if (event.EventId === eventId) return events.toReversed();
            events.push(toEvent(event, stackId));
          }
          token = page.NextToken;
          if (token === undefined) return events.toReversed();
        }
      }),
    lastEvent: (stackId) =>
      attempt("Reading the stack's events", async () => {
        const { StackEvents: events } = await eventPage(stackId, undefined);
        return events?.[0]?.EventId;
      }),
  };
}

async function attempt<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw awsProblem(error, doing);
  }
}

/** CloudFormation has no error code of its own for it: a ValidationError whose text says so. */
function isMissingStack(error: unknown): boolean {
  return error instanceof Error && /Stack (?:with id|:|\[).*does not exist/u.test(error.message);
}
