import { randomBytes } from 'node:crypto';
import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  AdminAddUserToGroupCommand,
  CreateGroupCommand,
  CreateUserPoolCommand,
  ListUserPoolsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { Tables } from '../api/backend.ts';
import { GROUPS } from '../api/principal.ts';
import { ROLES } from '../contract.ts';
import type { Role } from '../contract.ts';
import type { LocalUser } from './records.ts';
import { SAMPLE_ACCOUNTS } from './sample.ts';

const NAME = 'asr-local-console';

/** A user pool with the console's groups and one user of each role, or that of an earlier run. Throws the SDK's error. */
export async function createUsers(
  cognito: CognitoIdentityProviderClient,
  tables: Pick<Tables, 'putOperator'>,
): Promise<{ readonly userPool: string; readonly users: Readonly<Record<Role, LocalUser>> }> {
  const { UserPools: pools = [] } = await cognito.send(
    new ListUserPoolsCommand({ MaxResults: 60 }),
  );
  const known = pools.find(({ Name }) => Name === NAME)?.Id;
  const userPool = known ?? (await createPool(cognito));
  const users = new Map<Role, LocalUser>();
  for (const role of ROLES) {
    const email = `${role}@example.com`;
    if (known === undefined) await createUser(cognito, userPool, email, role);
    const { Username: username = '', UserAttributes: attributes = [] } = await cognito.send(
      new AdminGetUserCommand({ UserPoolId: userPool, Username: email }),
    );
    const sub = attributes.find(({ Name }) => Name === 'sub')?.Value;
    if (sub === undefined) throw new Error('The emulator gives users no sub.');
    users.set(role, { sub, username, email });
    if (known === undefined && role === 'account-operator')
      await tables.putOperator(sub, email, [SAMPLE_ACCOUNTS[0]]);
  }
  return { userPool, users: Object.fromEntries(users) as Record<Role, LocalUser> };
}

async function createPool(cognito: CognitoIdentityProviderClient): Promise<string> {
  const { UserPool: pool } = await cognito.send(
    new CreateUserPoolCommand({ PoolName: NAME, UsernameAttributes: ['email'] }),
  );
  if (pool?.Id === undefined) throw new Error('The emulator made no user pool.');
  for (const group of Object.values(GROUPS))
    await cognito.send(new CreateGroupCommand({ UserPoolId: pool.Id, GroupName: group }));
  return pool.Id;
}

async function createUser(
  cognito: CognitoIdentityProviderClient,
  UserPoolId: string,
  email: string,
  role: Role,
): Promise<void> {
  await cognito.send(
    new AdminCreateUserCommand({
      UserPoolId,
      Username: email,
      MessageAction: 'SUPPRESS',
      UserAttributes: [
        { Name: 'email', Value: email },
        { Name: 'email_verified', Value: 'true' },
      ],
    }),
  );
  // As after a first sign-in; nobody ever uses it.
  const Password = `Aa1!${randomBytes(16).toString('hex')}`;
  await cognito.send(
    new AdminSetUserPasswordCommand({ UserPoolId, Username: email, Password, Permanent: true }),
  );
  await cognito.send(
    new AdminAddUserToGroupCommand({ UserPoolId, Username: email, GroupName: GROUPS[role] }),
  );
}
