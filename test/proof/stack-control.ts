import {
  CreateStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateDocumentCommand } from '@aws-sdk/client-ssm';
import type { Clients } from './clients.ts';
import { largeDocument } from './documents.ts';
import type { Names } from './names.ts';
import { errorName, errorText, until } from './patience.ts';
import type { Patience } from './patience.ts';

/** Creates the stack and waits for it. Throws when it can't be created. */
export async function createStack(
  { cloudformation }: Clients,
  names: Names,
  template: string,
  patience: Patience,
): Promise<void> {
  await cloudformation.send(
    new CreateStackCommand({
      StackName: names.stack,
      TemplateBody: template,
      Parameters: [{ ParameterKey: 'Namespace', ParameterValue: names.suffix }],
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      OnFailure: 'DO_NOTHING',
    }),
  );
  await settled(cloudformation, names.stack, 'CREATE_COMPLETE', patience);
}

/** Updates the stack and waits for it. Throws when the update fails. */
export async function updateStack(
  { cloudformation }: Clients,
  names: Names,
  template: string,
  patience: Patience,
): Promise<void> {
  await cloudformation.send(
    new UpdateStackCommand({
      StackName: names.stack,
      TemplateBody: template,
      Parameters: [{ ParameterKey: 'Namespace', UsePreviousValue: true }],
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  );
  await settled(cloudformation, names.stack, 'UPDATE_COMPLETE', patience);
}

async function settled(
  cloudformation: Clients['cloudformation'],
  stack: string,
  wanted: string,
  patience: Patience,
): Promise<void> {
  await until(patience, {
    what: `Stack ${stack}`,
    every: 10,
    tries: 60,
    look: async () => {
      const answer = await cloudformation.send(new DescribeStacksCommand({ StackName: stack }));
      const found = answer.Stacks?.[0];
      const status = found?.StackStatus ?? '';
      if (status === wanted) return true;
      if (status.endsWith('_IN_PROGRESS')) return undefined;
      throw new Error(
        `Stack ${stack} is ${status}: ${found?.StackStatusReason ?? 'no reason given'}`,
      );
    },
  });
}

/** Creates the large document. Answers why AWS refused it, or undefined; throws what has nothing to do with its size. */
export async function createLargeDocument(
  { ssm }: Clients,
  names: Names,
): Promise<string | undefined> {
  try {
    await ssm.send(
      new CreateDocumentCommand({
        Name: names.documents.large,
        DocumentType: 'Automation',
        DocumentFormat: 'YAML',
        Content: largeDocument(),
      }),
    );
    return undefined;
  } catch (error) {
    if (!/Document(?:Content|Size)/u.test(errorName(error))) throw error;
    return errorText(error);
  }
}
