import {
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DescribeOrganizationsAccessCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
  ListStackSetOperationsCommand,
  paginateListStackInstances,
  paginateListStackSetOperationResults,
  UpdateStackSetCommand,
} from '@aws-sdk/client-cloudformation';
import type {
  CloudFormationClient,
  StackSetOperationPreferences,
} from '@aws-sdk/client-cloudformation';
import { AwsProblem } from '../aws-problem.ts';
import type { Definition, Permissions } from './definition.ts';
import type { Instance, Rectangle } from './model.ts';
import {
  autoDeploymentInput,
  contentInput,
  permissionInput,
  targetsInput,
} from './stack-set-input.ts';
import { stackSetProblem } from './stack-set-problem.ts';
import { isActive, toDeployedSet, toInstance } from './stack-set-records.ts';
import type {
  AutoDeployment,
  DeployedSet,
  Operation,
  OperationResult,
} from './stack-set-records.ts';
import type { Targets } from './targeting.ts';

/** An update of a stack set [API UpdateStackSet]. */
export interface SetUpdate {
  readonly definition: Definition;
  /** False keeps the template and the values that the stack set has. */
  readonly hasContent: boolean;
  /** Undefined updates every stack, and changes the settings too. */
  readonly part?: { readonly targets: Targets; readonly regions: readonly string[] };
  readonly autoDeployment: AutoDeployment;
  readonly preferences: StackSetOperationPreferences;
}

/**
 * What a rollout needs of StackSets. Every method throws `AwsProblem`, and those that start something `StackSetBusy` when
 * another operation is at work.
 */
export interface StackSetClient {
  /** Undefined when there is no such stack set. */
  readonly describe: (name: string) => Promise<DeployedSet | undefined>;
  readonly instances: (name: string) => Promise<readonly Instance[]>;
  /** An operation that goes on or waits for its turn. */
  readonly activeOperation: (name: string) => Promise<Operation | undefined>;
  readonly operation: (name: string, id: string) => Promise<Operation>;
  /** What the operation has done so far; only results of one status when it is given. */
  readonly results: (
    name: string,
    id: string,
    status?: OperationResult['status'],
  ) => Promise<readonly OperationResult[]>;
  readonly make: (definition: Definition, autoDeployment: AutoDeployment) => Promise<void>;
  /** Gives the operation's id, as the next method does. */
  readonly update: (update: SetUpdate) => Promise<string>;
  readonly deploy: (
    name: string,
    where: { readonly targets: Targets; readonly regions: Rectangle['regions'] },
    preferences: StackSetOperationPreferences,
  ) => Promise<string>;
  /** Whether StackSets may act in the organization; undefined when that can't be asked. */
  readonly hasTrustedAccess: () => Promise<boolean | undefined>;
}

/** Results and instances of a page [API ListStackInstances, MaxResults]. */
const PAGE = 100;

/**
 * Talks to StackSets as one kind of administrator; what is wrong comes back as sentences.
 * @param newId makes the id of an operation, by which AWS knows a request that is sent again after an unclear answer
 */
export function createStackSetClient(
  client: CloudFormationClient,
  { permissions, newId }: { readonly permissions: Permissions; readonly newId: () => string },
): StackSetClient {
  const caller = permissions.type === 'organization' ? { CallAs: permissions.callAs } : {};
  return {
    describe: (name) =>
      attempt('Looking at the stack set (cloudformation:DescribeStackSet)', async () => {
        try {
          const { StackSet: found } = await client.send(
            new DescribeStackSetCommand({ StackSetName: name, ...caller }),
          );
          return found === undefined ? undefined : toDeployedSet(found);
        } catch (error) {
          if (error instanceof Error && error.name === 'StackSetNotFoundException')
            return undefined;
          throw error;
        }
      }),
    instances: (name) =>
      attempt('Listing the stacks (cloudformation:ListStackInstances)', async () => {
        const found: Instance[] = [];
        const input = { StackSetName: name, MaxResults: PAGE, ...caller };
        for await (const page of paginateListStackInstances({ client }, input))
          found.push(...(page.Summaries ?? []).map(toInstance));
        return found;
      }),
    activeOperation: (name) =>
      attempt('Listing operations (cloudformation:ListStackSetOperations)', async () => {
        // Operations are listed from the latest on, so those that go on are on the first page.
        const { Summaries: summaries = [] } = await client.send(
          new ListStackSetOperationsCommand({ StackSetName: name, MaxResults: PAGE, ...caller }),
        );
        return summaries
          .map(({ OperationId: id = '', Status: status = 'SUCCEEDED' }) => ({ id, status }))
          .find(isActive);
      }),
    operation: (name, id) =>
      attempt('Following the operation (cloudformation:DescribeStackSetOperation)', async () => {
        const { StackSetOperation: found } = await client.send(
          new DescribeStackSetOperationCommand({ StackSetName: name, OperationId: id, ...caller }),
        );
        const { Status: status = 'RUNNING', StatusReason: reason } = found ?? {};
        return { id, status, ...(reason === undefined ? {} : { reason }) };
      }),
    results: (name, id, status) =>
      attempt('Listing results (cloudformation:ListStackSetOperationResults)', async () => {
        const found: OperationResult[] = [];
        const filter =
          status === undefined
            ? {}
            : { Filters: [{ Name: 'OPERATION_RESULT_STATUS' as const, Values: status }] };
        const input = { StackSetName: name, OperationId: id, MaxResults: PAGE, ...filter };
        const all = paginateListStackSetOperationResults({ client }, { ...input, ...caller });
        for await (const page of all)
          for (const one of page.Summaries ?? [])
            if (status === undefined || one.Status === status)
              found.push({
                account: one.Account ?? '',
                region: one.Region ?? '',
                status: one.Status ?? 'PENDING',
                ...(one.StatusReason === undefined ? {} : { reason: one.StatusReason }),
              });
        return found;
      }),
    make: (definition, autoDeployment) =>
      attempt('Making the stack set (cloudformation:CreateStackSet)', async () => {
        await client.send(
          new CreateStackSetCommand({
            StackSetName: definition.name,
            ...contentInput(definition),
            ...permissionInput(permissions),
            ...(permissions.type === 'organization'
              ? { AutoDeployment: autoDeploymentInput(autoDeployment) }
              : {}),
            ManagedExecution: { Active: true },
            ClientRequestToken: newId(),
          }),
        );
      }),
    update: ({ definition, hasContent, part, autoDeployment, preferences }) =>
      attempt('Updating the stack set (cloudformation:UpdateStackSet)', async () => {
        const settings = {
          ManagedExecution: { Active: true },
          ...(permissions.type === 'organization'
            ? { AutoDeployment: autoDeploymentInput(autoDeployment) }
            : {}),
        };
        return startOperation(newId(), (OperationId) =>
          client.send(
            new UpdateStackSetCommand({
              StackSetName: definition.name,
              ...contentInput(definition, hasContent),
              ...permissionInput(permissions),
              // A request may change the settings, or name some of the stacks.
              ...(part === undefined
                ? settings
                : { ...targetsInput(part.targets), Regions: [...part.regions] }),
              OperationPreferences: preferences,
              OperationId,
            }),
          ),
        );
      }),
    deploy: (name, { targets, regions }, preferences) =>
      attempt('Deploying stacks (cloudformation:CreateStackInstances)', () =>
        startOperation(newId(), (OperationId) =>
          client.send(
            new CreateStackInstancesCommand({
              StackSetName: name,
              ...targetsInput(targets),
              Regions: [...regions],
              OperationPreferences: preferences,
              OperationId,
              ...caller,
            }),
          ),
        ),
      ),
    hasTrustedAccess: async () => {
      try {
        return await attempt(
          'Looking at trusted access (cloudformation:DescribeOrganizationsAccess)',
          async () => {
            const answer = await client.send(new DescribeOrganizationsAccessCommand(caller));
            return answer.Status === 'ENABLED';
          },
        );
      } catch (error) {
        // Whoever may not look at it may still roll out; AWS says so when it is missing.
        if (error instanceof AwsProblem && error.kind === 'denied') return undefined;
        throw error;
      }
    },
  };
}

/** The id of an operation. When AWS knows it already, the answer to the first request was lost, and the operation goes on. */
async function startOperation(
  id: string,
  send: (id: string) => Promise<{ readonly OperationId?: string | undefined }>,
): Promise<string> {
  try {
    const { OperationId: given = id } = await send(id);
    return given;
  } catch (error) {
    if (error instanceof Error && error.name === 'OperationIdAlreadyExistsException') return id;
    throw error;
  }
}

async function attempt<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw stackSetProblem(error, doing);
  }
}
