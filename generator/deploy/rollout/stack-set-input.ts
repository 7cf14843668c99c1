import type {
  AutoDeployment as AutoDeploymentInput,
  CreateStackInstancesInput,
  CreateStackSetInput,
  Parameter,
} from '@aws-sdk/client-cloudformation';
import type { Definition, Permissions } from './definition.ts';
import type { AutoDeployment } from './stack-set-records.ts';
import type { Targets } from './targeting.ts';

/** Roles with fixed names are in the templates. */
const CAPABILITIES = ['CAPABILITY_NAMED_IAM' as const];

type Content = Pick<CreateStackSetInput, 'Description' | 'Capabilities'> & {
  TemplateBody?: string;
  TemplateURL?: string;
  UsePreviousTemplate?: boolean;
  Parameters: Parameter[];
};

/**
 * Template and parameters of a request. Without content, the stack set keeps what it has: each parameter is named all the
 * same, because one that isn't would fall back to its default.
 */
export function contentInput(definition: Definition, hasContent = true): Content {
  const { source, parameters, build } = definition;
  const description = build.template.Description;
  return {
    ...(hasContent ? source : { UsePreviousTemplate: true }),
    ...(hasContent && description !== undefined ? { Description: description } : {}),
    Capabilities: CAPABILITIES,
    Parameters: parameters.map(({ name, value }) => ({
      ParameterKey: name,
      ...(hasContent ? { ParameterValue: value } : { UsePreviousValue: true }),
    })),
  };
}

/** Who creates the stacks, and as whom the caller acts. */
export function permissionInput(
  permissions: Permissions,
): Pick<
  CreateStackSetInput,
  'PermissionModel' | 'CallAs' | 'AdministrationRoleARN' | 'ExecutionRoleName'
> {
  if (permissions.type === 'organization')
    return { PermissionModel: 'SERVICE_MANAGED', CallAs: permissions.callAs };
  const { administrationRole, executionRole } = permissions;
  return {
    PermissionModel: 'SELF_MANAGED',
    ...(administrationRole === undefined ? {} : { AdministrationRoleARN: administrationRole }),
    ...(executionRole === undefined ? {} : { ExecutionRoleName: executionRole }),
  };
}

/** An account that leaves loses the stacks: its roles trust the administrator account, which is then a stranger. */
export function autoDeploymentInput({ isEnabled, dependsOn }: AutoDeployment): AutoDeploymentInput {
  return isEnabled
    ? {
        Enabled: true,
        RetainStacksOnAccountRemoval: false,
        ...(dependsOn.length === 0 ? {} : { DependsOn: [...dependsOn] }),
      }
    : { Enabled: false };
}

export function targetsInput(
  targets: Targets,
): Pick<CreateStackInstancesInput, 'Accounts' | 'DeploymentTargets'> {
  if (targets.type === 'accounts') return { Accounts: [...targets.accounts] };
  const { units, filter, accounts } = targets;
  return {
    DeploymentTargets: {
      OrganizationalUnitIds: [...units],
      AccountFilterType: filter,
      ...(accounts.length === 0 ? {} : { Accounts: [...accounts] }),
    },
  };
}
