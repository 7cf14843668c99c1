import {
  CreateActionTargetCommand,
  DeleteActionTargetCommand,
  UpdateActionTargetCommand,
} from '@aws-sdk/client-securityhub';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';

/** A custom action in Security Hub's console; name and id have up to 20 characters. */
export interface ActionTarget {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly arn: string;
}

/** Creates the custom action, or takes over one of the same id. Throws when Security Hub isn't enabled here. */
export async function putActionTarget(
  securityHub: SecurityHubClient,
  target: ActionTarget,
): Promise<void> {
  try {
    await securityHub.send(
      new CreateActionTargetCommand({
        Id: target.id,
        Name: target.name,
        Description: target.description,
      }),
    );
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name === 'InvalidAccessException')
      throw new Error(
        'Security Hub is not enabled in this account and Region. Enable it, then launch the stack again.',
        { cause: error },
      );
    if (name !== 'ResourceConflictException') throw error;
    await securityHub.send(
      new UpdateActionTargetCommand({
        ActionTargetArn: target.arn,
        Name: target.name,
        Description: target.description,
      }),
    );
  }
}

/** Deletes the custom action; none there is as good. */
export async function deleteActionTarget(
  securityHub: SecurityHubClient,
  arn: string,
): Promise<void> {
  try {
    await securityHub.send(new DeleteActionTargetCommand({ ActionTargetArn: arn }));
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name !== 'ResourceNotFoundException' && name !== 'InvalidAccessException') throw error;
  }
}
