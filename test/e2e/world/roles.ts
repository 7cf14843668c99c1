import type { TemplateFile } from '../../../generator/emit/types.ts';
import { ApiError } from '../../../generator/simulate/bridge.ts';
import type { Bridge } from '../../../generator/simulate/bridge.ts';
import { evaluate } from '../../../generator/simulate/policy.ts';
import type { PolicyDocument, PolicyStatement } from '../../../generator/simulate/policy.ts';
import { ADMIN, HOME, NAMESPACE } from './places.ts';
import type { Members } from './places.ts';
import type { Session } from './sessions.ts';

/** What IAM would say about the roles of member accounts. */
export interface Roles {
  /** Whether the role is there and its trust policy lets a principal of an account in. */
  readonly trustsPrincipal: (roleArn: string, caller: Session) => Promise<boolean>;
  /** Whether the role is there and lets Systems Manager in, for an execution of its own account. */
  readonly trustsAutomation: (roleArn: string, executionArn: string) => Promise<boolean>;
  /** Whether the orchestrator's member role of an account may do this. */
  readonly memberMay: (
    account: string,
    action: string,
    resource: string,
    context?: Readonly<Record<string, string>>,
  ) => boolean;
}

type TrustStatement = Omit<PolicyStatement, 'Resource'> & {
  readonly Principal: Readonly<Record<string, string | readonly string[]>>;
};

/** Trust policies come from the deployed roles; what the member role may do comes from the emitted template. */
export function createRoles(bridge: Bridge, memberRoles: TemplateFile): Roles {
  const trust = async (roleArn: string): Promise<readonly TrustStatement[]> => {
    const [, , , , account = '', path = ''] = roleArn.split(':');
    const name = path.slice(path.lastIndexOf('/') + 1);
    try {
      const { Role } = (await bridge.call(
        'iam',
        'GetRole',
        { RoleName: name },
        { account, region: HOME },
      )) as {
        readonly Role: {
          readonly AssumeRolePolicyDocument: { readonly Statement: TrustStatement[] };
        };
      };
      return Role.AssumeRolePolicyDocument.Statement;
    } catch (error) {
      if (error instanceof ApiError && error.code.startsWith('NoSuchEntity')) return [];
      throw error;
    }
  };
  const lets = async (
    roleArn: string,
    isMeant: (principal: TrustStatement['Principal']) => boolean,
    context: Readonly<Record<string, string>>,
  ): Promise<boolean> => {
    const statements = (await trust(roleArn)).filter(({ Principal }) => isMeant(Principal));
    if (statements.length === 0) return false;
    const policy: PolicyDocument = {
      Statement: statements.map(({ Effect, Action, Condition }) => ({
        Effect,
        Action,
        Resource: '*',
        ...(Condition === undefined ? {} : { Condition }),
      })),
    };
    const { decision } = evaluate(policy, { action: 'sts:AssumeRole', resources: [], context });
    return decision === 'allowed';
  };
  return {
    trustsPrincipal: (roleArn, { account, principal }) =>
      lets(roleArn, (who) => [who['AWS']].flat().includes(`arn:aws:iam::${account}:root`), {
        'aws:PrincipalArn': principal,
      }),
    trustsAutomation: (roleArn, executionArn) =>
      lets(roleArn, (who) => [who['Service']].flat().includes('ssm.amazonaws.com'), {
        'aws:SourceAccount': executionArn.split(':')[4] ?? '',
        'aws:SourceArn': executionArn,
      }),
    memberMay: (account, action, resource, context = {}) =>
      evaluate(memberPolicy(memberRoles, account), { action, resources: [resource], context })
        .decision === 'allowed',
  };
}

/** All statements of the orchestrator's member role, as CloudFormation would write them in an account. */
function memberPolicy({ json }: TemplateFile, account: string): PolicyDocument {
  const { OrchestratorMember: role, ...others } = json.Resources;
  const inline = (role?.Properties?.['Policies'] ?? []) as readonly Members[];
  const managed = Object.values(others)
    .filter(({ Type }) => Type === 'AWS::IAM::ManagedPolicy')
    .map(({ Properties = {} }) => Properties);
  const documents = [...inline, ...managed].map((one) => one['PolicyDocument']);
  const text = JSON.stringify(documents)
    .replaceAll(/\{"Fn::Sub":("(?:[^"\\]|\\.)*")\}/gu, (_, inner: string) => inner)
    .replaceAll('${AWS::Partition}', 'aws')
    .replaceAll('${AWS::AccountId}', account)
    .replaceAll('${SecHubAdminAccount}', ADMIN)
    .replaceAll('${Namespace}', NAMESPACE);
  const resolved = JSON.parse(text) as readonly {
    readonly Statement: readonly PolicyStatement[];
  }[];
  return { Statement: resolved.flatMap(({ Statement }) => Statement) };
}
