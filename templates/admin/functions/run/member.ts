import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { STSClient } from '@aws-sdk/client-sts';
import { isDenied, rethrow } from './aws-errors.ts';
import { without } from './run.ts';
import type { Result } from './run.ts';

interface MemberRole {
  readonly partition: string;
  readonly solutionId: string;
  readonly account: string;
  readonly region: string;
  /** Appears in the member account's CloudTrail as the session's name. */
  readonly attempt: string;
}

/** Clients in the resource's account and Region, under the orchestrator's member role. */
export interface Member {
  readonly ssm: SSMClient;
  readonly tagging: ResourceGroupsTaggingAPIClient;
  readonly securityHub: SecurityHubClient;
}

/**
 * Assumes the orchestrator's member role (STS API, AssumeRole: session names have at most 64 characters, sessions at
 * least 15 minutes). A role that can't be assumed is a result; throws `Busy` on throttling.
 */
export async function enterMember(sts: STSClient, role: MemberRole): Promise<Member | Result> {
  const name = `${role.solutionId}-ASR-Orchestrator-Member`;
  const missing = without(
    'role-missing',
    `The role ${name} in account ${role.account} can't be assumed; launch the member-roles stack there with this account as SecHubAdminAccount.`,
  );
  try {
    const { Credentials: given } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:${role.partition}:iam::${role.account}:role/${name}`,
        RoleSessionName: `ASR-${role.attempt}`.slice(0, 64),
        DurationSeconds: 900,
      }),
    );
    const { AccessKeyId: accessKeyId, SecretAccessKey, SessionToken: sessionToken } = given ?? {};
    if (accessKeyId === undefined || SecretAccessKey === undefined || sessionToken === undefined)
      return missing;
    const settings = {
      region: role.region,
      maxAttempts: 4,
      credentials: { accessKeyId, secretAccessKey: SecretAccessKey, sessionToken },
    };
    // Made when they are needed: a look at an automation needs one of them.
    const member: { -readonly [K in keyof Member]?: Member[K] } = {};
    return {
      get ssm() {
        return (member.ssm ??= new SSMClient(settings));
      },
      get tagging() {
        return (member.tagging ??= new ResourceGroupsTaggingAPIClient(settings));
      },
      get securityHub() {
        return (member.securityHub ??= new SecurityHubClient(settings));
      },
    };
  } catch (error) {
    return isDenied(error) ? missing : rethrow(error);
  }
}

/** Whether something ended the attempt before there was a value. */
export function isResult(value: object): value is Result {
  return 'outcome' in value;
}
