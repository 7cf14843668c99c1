import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminUserGlobalSignOutCommand,
  ListUsersInGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type {
  AttributeType,
  CognitoIdentityProviderClient,
  ListUsersInGroupCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { errorName, rethrow } from '../../../functions/run/aws-errors.ts';
import type { People, Person } from '../backend.ts';

/** Users on one page (Cognito API, ListUsersInGroup). */
const PAGE = 60;
/** Milliseconds for which a user is believed to be as read: so long a removed one may still have an effect. */
const BELIEVED = 30_000;

interface PeopleOptions {
  readonly cognito: CognitoIdentityProviderClient;
  readonly userPool: string;
  readonly now: () => Date;
}

interface Known {
  readonly until: number;
  readonly person: Person | undefined;
}

/** The users of an Amazon Cognito user pool. */
export function createPeople({ cognito, userPool: UserPoolId, now }: PeopleOptions): People {
  const known = new Map<string, Known>();
  const read = async (username: string): Promise<Person | undefined> => {
    try {
      const user = await cognito.send(new AdminGetUserCommand({ UserPoolId, Username: username }));
      return personOf(user.Username, user.UserAttributes, user.UserStatus, user.Enabled);
    } catch (error) {
      return errorName(error) === 'UserNotFoundException' ? undefined : rethrow(error);
    }
  };
  return {
    find: async (username) => {
      const time = now().getTime();
      const old = known.get(username);
      if (old !== undefined && old.until > time) return old.person;
      const person = await read(username);
      // Names come from signed tokens and from administrators only, so this stays small.
      known.set(username, { until: time + BELIEVED, person });
      return person;
    },
    inGroup: async (group) => {
      const found: Person[] = [];
      let token: string | undefined;
      do {
        const page: ListUsersInGroupCommandOutput = await cognito
          .send(
            new ListUsersInGroupCommand({
              UserPoolId,
              GroupName: group,
              Limit: PAGE,
              ...(token === undefined ? {} : { NextToken: token }),
            }),
          )
          .catch(rethrow);
        for (const { Username, Attributes, UserStatus, Enabled } of page.Users ?? []) {
          const person = personOf(Username, Attributes, UserStatus, Enabled);
          if (person !== undefined) found.push(person);
        }
        token = page.NextToken;
      } while (token !== undefined);
      return found;
    },
    groupsOf: async (username) => {
      try {
        const { Groups: groups = [] } = await cognito.send(
          new AdminListGroupsForUserCommand({ UserPoolId, Username: username }),
        );
        return groups.flatMap(({ GroupName: name }) => (name === undefined ? [] : [name]));
      } catch (error) {
        return errorName(error) === 'UserNotFoundException' ? [] : rethrow(error);
      }
    },
    invite: async (email) => {
      try {
        const { User: user } = await cognito.send(
          new AdminCreateUserCommand({
            UserPoolId,
            Username: email,
            UserAttributes: [
              { Name: 'email', Value: email },
              { Name: 'email_verified', Value: 'true' },
            ],
            DesiredDeliveryMediums: ['EMAIL'],
          }),
        );
        const person = personOf(user?.Username, user?.Attributes, user?.UserStatus, user?.Enabled);
        if (person === undefined) throw new Error('Cognito did not say whom it made.');
        return person;
      } catch (error) {
        return errorName(error) === 'UsernameExistsException' ? undefined : rethrow(error);
      }
    },
    addToGroup: async (username, group) =>
      void (await cognito
        .send(new AdminAddUserToGroupCommand({ UserPoolId, Username: username, GroupName: group }))
        .catch(rethrow)),
    remove: async (username) => {
      // Its refresh tokens end with this; a deleted user can't be signed out any more.
      await cognito
        .send(new AdminUserGlobalSignOutCommand({ UserPoolId, Username: username }))
        .catch(rethrow);
      await cognito
        .send(new AdminDeleteUserCommand({ UserPoolId, Username: username }))
        .catch(rethrow);
      known.delete(username);
    },
  };
}

function personOf(
  username: string | undefined,
  attributes: readonly AttributeType[] = [],
  status = 'UNKNOWN',
  enabled = false,
): Person | undefined {
  const value = (name: string): string | undefined =>
    attributes.find(({ Name }) => Name === name)?.Value;
  const [sub, email] = [value('sub'), value('email')];
  return username === undefined || sub === undefined || email === undefined
    ? undefined
    : { username, sub, email, status, enabled };
}
