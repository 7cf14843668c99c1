import { DeployError } from '../deploy/deploy-error.ts';
import { describesKind } from '../deploy/stack-kind.ts';
import type { DeployedStack, StackOutput } from '../deploy/stack-records.ts';

/** The administrator stack that the commands work on, by its outputs. */
export interface Installation {
  readonly stackName: string;
  readonly partition: string;
  /** The administrator account. */
  readonly account: string;
  readonly region: string;
  /** `SO0111` unless the stack was built with another one. */
  readonly solutionId: string;
  readonly configurationTable: string;
  readonly stateTable: string;
  readonly commandQueueUrl: string;
}

/** Outputs of the administrator stack (`templates/admin/template.yaml`). */
const OUTPUTS = {
  configurationTable: 'RemediationConfigurationDynamoDBTable',
  stateTable: 'RemediationHistoryDynamoDBTable',
  commandQueueUrl: 'CommandQueueUrl',
} as const;

/** Reads what the stack says of itself. Throws `DeployError` when it isn't an administrator stack that is installed. */
export function installationOf(stack: DeployedStack): Installation {
  const { name, id, account, region, description, outputs, status } = stack;
  if (!describesKind('admin', description))
    throw new DeployError(
      `The stack ${name} isn't the administrator stack. Name that one with --stack-name.`,
      { isUsage: true },
    );
  const missing = Object.values(OUTPUTS).filter((one) => outputOf(outputs, one) === undefined);
  if (missing.length > 0)
    throw new DeployError(
      `The stack ${name} (${status}) has no output ${missing.join(', ')}. Wait until it is installed, or update it: asr deploy admin.`,
    );
  return {
    stackName: name,
    partition: id.split(':')[1] ?? '',
    account,
    region,
    solutionId: /^\((?<id>[A-Z][A-Z0-9]{1,5})\)/u.exec(description)?.groups?.['id'] ?? '',
    configurationTable: outputOf(outputs, OUTPUTS.configurationTable) ?? '',
    stateTable: outputOf(outputs, OUTPUTS.stateTable) ?? '',
    commandQueueUrl: outputOf(outputs, OUTPUTS.commandQueueUrl) ?? '',
  };
}

function outputOf(outputs: readonly StackOutput[], name: string): string | undefined {
  const value = outputs.find((one) => one.name === name)?.value;
  return value === '' ? undefined : value;
}
