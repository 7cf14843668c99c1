import { GetParametersCommand, StartAutomationExecutionCommand } from '@aws-sdk/client-ssm';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Environment } from './environment.ts';
import type { Finding } from '../model/finding.ts';
import { errorName, memberSsm, rethrow } from './member.ts';
import type { Mode, Plan } from './plan.ts';
import { isRefusal, refuse } from '../model/refusal.ts';
import type { Refusal } from '../model/refusal.ts';

interface MemberOptions extends Environment {
  readonly sts: STSClient;
}

interface Attempt {
  readonly finding: Finding;
  readonly plan: Plan;
  readonly mode: Mode;
  /** The same for every try, so that Systems Manager starts it once. */
  readonly token: string;
}

/** Starts the planned document in the finding's account and Region; answers the execution's id, or why there is none. */
export async function startInMember(
  options: MemberOptions,
  attempt: Attempt,
): Promise<{ readonly id: string } | Refusal> {
  const { account, region, partition } = attempt.finding;
  const { solutionId, sts } = options;
  const sessionName = `ASR-${attempt.token}`;
  const ssm = await memberSsm(sts, { partition, solutionId, account, region, sessionName });
  if (isRefusal(ssm)) return ssm;
  const namespace = await readNamespace(ssm, options, attempt.finding);
  if (isRefusal(namespace)) return namespace;
  try {
    const answer = await ssm.send(
      new StartAutomationExecutionCommand({
        DocumentName: attempt.plan.document,
        ClientToken: attempt.token,
        Parameters: parametersOf(attempt, namespace.value),
      }),
    );
    const id = answer.AutomationExecutionId;
    return id === undefined
      ? refuse('start-failed', 'Systems Manager gave no execution id.')
      : { id };
  } catch (error) {
    return startRefusal(error, attempt.plan, attempt.finding);
  }
}

function parametersOf(
  { finding, plan, mode }: Attempt,
  namespace: string,
): Record<string, string[]> {
  const { partition, account } = finding;
  const own = Object.entries(plan.parameters).map(([name, list]) => [name, [...list]] as const);
  return {
    ...Object.fromEntries(own),
    AutomationAssumeRole: [`arn:${partition}:iam::${account}:role/${plan.roleStem}-${namespace}`],
    Mode: [mode],
    ControlId: [plan.securityControlId],
    AccountId: [account],
    ResourceArn: [plan.resource],
  };
}

/** Which installation the member account has. It must name this account as its administrator. */
async function readNamespace(
  ssm: SSMClient,
  { solutionId, adminAccount }: Environment,
  { account, region }: Finding,
): Promise<{ readonly value: string } | Refusal> {
  const admin = `/Solutions/${solutionId}/member/admin-account`;
  const namespace = `/Solutions/${solutionId}/member/namespace`;
  try {
    const answer = await ssm.send(new GetParametersCommand({ Names: [admin, namespace] }));
    const values = new Map((answer.Parameters ?? []).map(({ Name, Value }) => [Name, Value]));
    const value = values.get(namespace);
    if (value === undefined || !/^[a-z0-9][a-z0-9-]{1,7}[a-z0-9]$/u.test(value))
      return refuse(
        'member-missing',
        `The member stack isn't installed in account ${account}, Region ${region}.`,
      );
    if (values.get(admin) !== adminAccount)
      return refuse(
        'foreign-member',
        `The member stack in account ${account}, Region ${region} names another administrator account.`,
      );
    return { value };
  } catch (error) {
    return errorName(error).startsWith('AccessDenied')
      ? refuse(
          'access-denied',
          `The orchestrator's member role in account ${account} may not read the member stack's parameters.`,
        )
      : rethrow(error);
  }
}

function startRefusal(error: unknown, { document }: Plan, { account, region }: Finding): Refusal {
  const where = `account ${account}, Region ${region}`;
  const name = errorName(error);
  switch (name) {
    case 'AutomationDefinitionNotFoundException':
    case 'InvalidDocument':
      return refuse(
        'document-missing',
        `The document ${document} doesn't exist in ${where}; load its standard in the member stack there.`,
      );
    case 'AccessDeniedException':
      return refuse(
        'access-denied',
        `The orchestrator's member role may not start ${document} in ${where}.`,
      );
    case 'AutomationDefinitionVersionNotFoundException':
    case 'IdempotentParameterMismatch':
    case 'InvalidAutomationExecutionParametersException':
    case 'InvalidTarget':
    case 'ValidationException':
      return refuse(
        'start-failed',
        `Systems Manager refused to start ${document} in ${where}: ${name}.`,
      );
    default:
      return rethrow(error);
  }
}
