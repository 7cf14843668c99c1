/** AWS limits that the build measures against. Sources: the page titles in brackets. */
export const LIMITS = {
  /** Bytes of an Automation document ["AWS Systems Manager endpoints and quotas"]. */
  documentBytes: 64 * 1024,
  /** Steps of an Automation document [same]. */
  documentSteps: 100,
  /** Characters of an IAM role name ["IAM and AWS STS quotas"]. */
  roleName: 64,
  /** Characters of all inline policies of a role, white space not counted [same]. */
  inlinePolicies: 10_240,
  /** Characters of a trust policy by default [same]. */
  trustPolicy: 2_048,
  /** Longest Namespace that the stacks accept. */
  namespace: 9,
  /** Bytes of a template read from S3 ["CloudFormation quotas"]. */
  templateBytes: 1_000_000,
  /** Resources in a template [same]. */
  templateResources: 500,
  /** Parameters of a template [same]. */
  templateParameters: 200,
  /** Outputs of a template [same]. */
  templateOutputs: 200,
  /** Characters of an Automation parameter value (API StartAutomationExecution). */
  parameterValue: 512,
  /** Values in an Automation parameter (API StartAutomationExecution). */
  parameterValues: 50,
} as const;
