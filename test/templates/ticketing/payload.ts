/** The payload that the orchestrator sends. */
export function event(info: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    RemediationInfo: {
      Message: 'Fixed and verified by ASR-CloseGroup.',
      FindingDescription: 'The group is open to the world.',
      FindingSeverity: 'HIGH',
      SecurityControlId: 'EC2.2',
      FindingAccountId: '111122223333',
      AffectedResource: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1',
      FindingId: 'arn:aws:securityhub:eu-west-1:111122223333:security-control/EC2.2/finding/f1',
      AttemptId: '0123456789abcdef0123456789abcdef',
      Outcome: 'changed',
      ...info,
    },
  };
}
