import { cdk } from './cdk.ts';

/** The optional permissions boundary of the member-roles stack, for any of its roles. */
export function permissionsBoundary(): string {
  return cdk.Fn.conditionIf(
    'HasPermissionsBoundary',
    { Ref: 'RolePermissionsBoundary' },
    { Ref: 'AWS::NoValue' },
  ).toString();
}
