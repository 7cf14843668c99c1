import { DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import {
  DeleteDocumentCommand,
  DescribeDocumentCommand,
  GetParameterCommand,
  StopAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import type { Clients } from './clients.ts';
import type { Names } from './names.ts';
import { errorName, errorText, until } from './patience.ts';
import type { Patience } from './patience.ts';

export interface CleanUpInput {
  readonly clients: Clients;
  readonly names: Names;
  /** Automations that were started. */
  readonly executions: readonly string[];
  readonly sleep: Patience['sleep'];
}

/**
 * Stops what runs and removes everything that the proof could have made, whether it got so far or not. Never throws.
 * @returns what is left, in words for a person; empty when nothing is
 */
export async function cleanUp(input: CleanUpInput): Promise<readonly string[]> {
  const { clients, names, executions } = input;
  for (const id of executions) await attempt(() => stop(clients, id));
  const failures = [
    await attempt(() => deleteStack(input)),
    await attempt(() => deleteDocument(clients, names.documents.large)),
  ].flatMap((failure) => (failure === undefined ? [] : [failure]));
  return [...failures, ...(await leftovers(input))];
}

async function attempt(action: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}

async function stop({ ssm }: Clients, id: string): Promise<void> {
  await ssm.send(new StopAutomationExecutionCommand({ AutomationExecutionId: id, Type: 'Cancel' }));
}

async function deleteDocument({ ssm }: Clients, name: string): Promise<void> {
  await ssm.send(new DeleteDocumentCommand({ Name: name })).catch(unless('InvalidDocument'));
}

async function deleteStack({ clients, names, sleep }: CleanUpInput): Promise<void> {
  const { cloudformation } = clients;
  // Deleting a stack that isn't there is no error (CloudFormation API, DeleteStack).
  await cloudformation.send(new DeleteStackCommand({ StackName: names.stack }));
  // Not interrupted a second time: what is begun is cleaned up.
  const patience = { sleep, signal: new AbortController().signal };
  await until(patience, {
    what: `Deletion of stack ${names.stack}`,
    every: 10,
    tries: 60,
    look: async () => {
      const status = await stackStatus(cloudformation, names.stack);
      if (status === undefined || status === 'DELETE_COMPLETE') return true;
      if (status === 'DELETE_FAILED') throw new Error(`Stack ${names.stack} is ${status}.`);
      return undefined;
    },
  });
}

async function stackStatus(
  cloudformation: Clients['cloudformation'],
  stack: string,
): Promise<string | undefined> {
  try {
    const answer = await cloudformation.send(new DescribeStacksCommand({ StackName: stack }));
    return answer.Stacks?.[0]?.StackStatus;
  } catch (error) {
    // CloudFormation says so of a stack that isn't there.
    if (errorName(error) === 'ValidationError') return undefined;
    throw error;
  }
}

async function leftovers({ clients, names }: CleanUpInput): Promise<readonly string[]> {
  const { iam, ssm } = clients;
  const looks: readonly (readonly [string, string, () => Promise<unknown>])[] = [
    ...Object.values(names.documents).map(
      (name) =>
        [
          `document ${name}`,
          'InvalidDocument',
          () => ssm.send(new DescribeDocumentCommand({ Name: name })),
        ] as const,
    ),
    [
      `parameter ${names.parameter}`,
      'ParameterNotFound',
      () => ssm.send(new GetParameterCommand({ Name: names.parameter })),
    ],
    [
      `role ${names.role}`,
      'NoSuchEntityException',
      () => iam.send(new GetRoleCommand({ RoleName: names.role })),
    ],
  ];
  const found: string[] = [];
  for (const [what, gone, look] of looks) {
    try {
      await look();
      found.push(`${what} is still there`);
    } catch (error) {
      if (errorName(error) !== gone) found.push(`${what}: can't tell (${errorText(error)})`);
    }
  }
  return found;
}

function unless(name: string): (error: unknown) => void {
  return (error) => {
    if (errorName(error) !== name) throw error;
  };
}
