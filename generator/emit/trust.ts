/** A policy document as CloudFormation takes it. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly unknown[];
}

/**
 * Services that name the account of their resource when they assume a role, so that its trust policy can demand it.
 * Others would be locked out by the condition; CloudTrail's user guide ("Role policy document for CloudTrail to use
 * CloudWatch Logs for monitoring") says so for `cloudtrail.amazonaws.com`.
 */
const SENDS_SOURCE_ACCOUNT: Readonly<Record<string, string>> = {
  'config.amazonaws.com':
    'AWS Config Developer Guide, Permissions for the IAM Role Assigned to AWS Config',
  'monitoring.rds.amazonaws.com':
    'Amazon RDS User Guide, Setting up and enabling Enhanced Monitoring',
  'vpc-flow-logs.amazonaws.com':
    'Amazon VPC User Guide, IAM role for publishing flow logs to CloudWatch Logs',
};

const OWN_ACCOUNT = { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } as const;

/**
 * Trust of a remediation role: Systems Manager only, and only for executions in the role's own account
 * (Systems Manager User Guide, "Create the service roles for Automation").
 */
export function remediationTrust(): PolicyDocument {
  return trust('ssm.amazonaws.com', {
    StringEquals: OWN_ACCOUNT,
    ArnLike: {
      'aws:SourceArn': {
        'Fn::Sub': 'arn:${AWS::Partition}:ssm:*:${AWS::AccountId}:automation-execution/*',
      },
    },
  });
}

/** Trust of a role that an AWS service assumes on behalf of a remediated resource. */
export function serviceTrust(service: string): PolicyDocument {
  return trust(
    service,
    service in SENDS_SOURCE_ACCOUNT ? { StringEquals: OWN_ACCOUNT } : undefined,
  );
}

function trust(service: string, condition: object | undefined): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 'sts:AssumeRole',
        ...(condition === undefined ? {} : { Condition: condition }),
      },
    ],
  };
}
