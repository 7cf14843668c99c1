import { SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { STSClient } from '@aws-sdk/client-sts';
import { refuse } from '../model/refusal.ts';
import type { Refusal } from '../model/refusal.ts';

/** Raised when AWS is busy; the state machine tries again after a while. */
export class Busy extends Error {
  override readonly name = 'Busy';
}

const BUSY: ReadonlySet<string> = new Set([
  'AutomationExecutionLimitExceededException',
  'InternalServerError',
  'RequestLimitExceeded',
  'ServiceUnavailable',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}

/** Passes an error on, as `Busy` when trying again later helps. */
export function rethrow(error: unknown): never {
  if (BUSY.has(errorName(error))) throw new Busy(errorName(error));
  throw error;
}

interface MemberRole {
  readonly partition: string;
  readonly solutionId: string;
  readonly account: string;
  readonly region: string;
  /** At most 64 characters; appears in the member account's CloudTrail. */
  readonly sessionName: string;
}

/**
 * A Systems Manager client in the finding's account and Region, under the orchestrator's member role. A role that
 * can't be assumed is a refusal; throws `Busy` on throttling.
 */
export async function memberSsm(sts: STSClient, role: MemberRole): Promise<SSMClient | Refusal> {
  const name = `${role.solutionId}-ASR-Orchestrator-Member`;
  const missing = refuse(
    'role-missing',
    `The role ${name} in account ${role.account} can't be assumed; launch the member-roles stack there with this account as SecHubAdminAccount.`,
  );
  try {
    const { Credentials: given } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:${role.partition}:iam::${role.account}:role/${name}`,
        RoleSessionName: role.sessionName,
        DurationSeconds: 900,
      }),
    );
    if (
      given?.AccessKeyId === undefined ||
      given.SecretAccessKey === undefined ||
      given.SessionToken === undefined
    )
      return missing;
    return new SSMClient({
      region: role.region,
      maxAttempts: 4,
      credentials: {
        accessKeyId: given.AccessKeyId,
        secretAccessKey: given.SecretAccessKey,
        sessionToken: given.SessionToken,
      },
    });
  } catch (error) {
    return errorName(error).startsWith('AccessDenied') ? missing : rethrow(error);
  }
}
