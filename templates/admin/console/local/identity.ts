import { GROUPS } from '../api/principal.ts';
import { ROLES } from '../contract.ts';
import type { Role } from '../contract.ts';
import type { LocalUser } from './records.ts';

export const ISSUER = 'https://localhost/local';
export const CLIENT = 'local';

const COOKIE = 'asr-role';

/** Makes the browser be this user from now on. */
export function cookieOf(role: Role): string {
  return `${COOKIE}=${role}; Path=/; HttpOnly; SameSite=Strict`;
}

/** The role that was chosen; undefined when none was. */
export function roleOf(cookies = ''): Role | undefined {
  const chosen = new RegExp(`(?:^|;\\s*)${COOKIE}=(?<role>[a-z-]+)`, 'u').exec(cookies)?.groups?.[
    'role'
  ];
  return ROLES.find((one) => one === chosen);
}

/** The claims that an access token of this user would have. */
export function claimsOf(role: Role, { sub, username }: LocalUser, now: Date) {
  const seconds = Math.floor(now.getTime() / 1000);
  return {
    iss: ISSUER,
    client_id: CLIENT,
    token_use: 'access',
    scope: 'openid',
    sub,
    username,
    iat: seconds,
    exp: seconds + 60,
    'cognito:groups': [GROUPS[role]],
  };
}
