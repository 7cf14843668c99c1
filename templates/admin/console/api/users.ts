import { ROLES } from '../contract.ts';
import type { Invitation, Role, User } from '../contract.ts';
import type { People, Person, Tables } from './backend.ts';
import { GROUPS } from './principal.ts';
import type { Principal } from './principal.ts';
import { Refused, notFound } from './problem.ts';

type Operators = Pick<Tables, 'operators' | 'putOperator' | 'deleteOperator'>;

/** All users with a role, by address. */
export async function listUsers(people: People, tables: Operators): Promise<readonly User[]> {
  const operators = await tables.operators();
  const lists = await Promise.all(
    ROLES.map(async (role) =>
      (await people.inGroup(GROUPS[role])).map((person) =>
        userOf(person, role, operators.get(person.sub)),
      ),
    ),
  );
  return lists.flat().toSorted((one, other) => (one.email < other.email ? -1 : 1));
}

function userOf(
  { username, email, status, enabled }: Person,
  role: Role,
  accounts: readonly string[] = [],
): User {
  return {
    name: username,
    email,
    role,
    ...(role === 'account-operator' ? { accounts } : {}),
    status: enabled ? status : 'DISABLED',
  };
}

/** Makes a user. The group comes last: until then the user may do nothing. */
export async function inviteUser(
  { role: own }: Principal,
  people: People,
  tables: Operators,
  { email, role, accounts = [] }: Invitation,
): Promise<User> {
  if (role === 'administrator') mustBeAdministrator(own);
  const person = await people.invite(email);
  if (person === undefined) throw new Refused('known-user');
  try {
    if (role === 'account-operator') await tables.putOperator(person.sub, email, accounts);
    await people.addToGroup(person.username, GROUPS[role]);
  } catch (error) {
    await people.remove(person.username);
    throw error;
  }
  return userOf(person, role, accounts);
}

/** Removes a user, who is signed out within minutes. The last administrator stays. */
export async function removeUser(
  { role: own }: Principal,
  people: People,
  tables: Operators,
  username: string,
): Promise<void> {
  const [person, groups] = await Promise.all([people.find(username), people.groupsOf(username)]);
  if (person === undefined) throw notFound();
  if (groups.includes(GROUPS.administrator)) {
    mustBeAdministrator(own);
    const others = (await people.inGroup(GROUPS.administrator)).filter(
      ({ sub, enabled }) => enabled && sub !== person.sub,
    );
    if (others.length === 0) throw new Refused('last-administrator');
  }
  await tables.deleteOperator(person.sub);
  await people.remove(person.username);
}

function mustBeAdministrator(role: Role): void {
  if (role !== 'administrator') throw new Refused('administrators-of-users');
}
