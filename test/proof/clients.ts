import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { IAMClient } from '@aws-sdk/client-iam';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';

export interface Clients {
  readonly cloudformation: CloudFormationClient;
  readonly iam: IAMClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
}

/** Clients with the credentials of the environment; without `region`, the Region of the environment too. */
export function createClients(region: string | undefined): Clients {
  const config = { maxAttempts: 6, ...(region === undefined ? {} : { region }) };
  return {
    cloudformation: new CloudFormationClient(config),
    iam: new IAMClient(config),
    ssm: new SSMClient(config),
    sts: new STSClient(config),
  };
}
