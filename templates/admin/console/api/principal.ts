import { objectOf } from '../../functions/model/json.ts';
import type { Role } from '../contract.ts';
import { Refused } from './problem.ts';

/** Who asks, as far as the token proves it. */
export interface Identity {
  /** Cognito's own id of the user, which never changes. */
  readonly sub: string;
  /** Cognito's name of the user, by which it is administered. */
  readonly username: string;
  readonly role: Role;
}

/** Who asks, with what else is known. Nothing is read or written without one. */
export interface Principal extends Identity {
  /** Address of the user: who did something is written down with it. */
  readonly email: string;
  /** Account operators only: the accounts that they may see. */
  readonly accounts?: readonly string[];
}

export interface TokenRules {
  readonly issuer: string;
  readonly clientId: string;
  readonly now: Date;
}

/** Groups of the user pool by role; nobody has a role without being in exactly one of them. */
export const GROUPS: Readonly<Record<Role, string>> = {
  administrator: 'asr-administrators',
  'delegated-administrator': 'asr-delegated-administrators',
  'account-operator': 'asr-account-operators',
};

const SUB = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;
const USERNAME = /^[^\p{C}\s]{1,128}$/u;
/** Seconds that clocks may differ. */
const SKEW = 300;
/** Seconds that an access token may be valid (Cognito Developer Guide, "Managing user pool token expiration and caching"). */
const LONGEST = 86_400 + SKEW;

/**
 * Reads the claims of an access token whose signature API Gateway's JWT authorizer checked, and checks everything else
 * again (Cognito Developer Guide, "Verifying JSON web tokens"): issuer, app client, kind of token, times, scope, and one
 * group. Throws `Refused`.
 */
export function identityOf(raw: unknown, { issuer, clientId, now }: TokenRules): Identity {
  const claims = objectOf(raw);
  const seconds = now.getTime() / 1000;
  const [expires, issued] = [timeOf(claims['exp']), timeOf(claims['iat'])];
  const { sub, username, scope } = claims;
  const isOurs =
    claims['iss'] === issuer &&
    claims['client_id'] === clientId &&
    claims['token_use'] === 'access' &&
    expires !== undefined &&
    expires > seconds &&
    expires <= seconds + LONGEST &&
    issued !== undefined &&
    issued <= seconds + SKEW &&
    typeof scope === 'string' &&
    scope.split(' ').includes('openid');
  if (!isOurs || typeof sub !== 'string' || !SUB.test(sub) || typeof username !== 'string')
    throw notSignedIn();
  if (!USERNAME.test(username)) throw notSignedIn();
  return { sub, username, role: roleOf(claims['cognito:groups']) };
}

export function notSignedIn(): Refused {
  return new Refused('not-signed-in');
}

/** A number, or the text of one: the authorizer passes all claims as texts. */
function timeOf(raw: unknown): number | undefined {
  const text = typeof raw === 'number' ? String(raw) : raw;
  return typeof text === 'string' && /^\d{1,12}(?:\.\d{1,12})?(?:E\d)?$/u.test(text)
    ? Number(text)
    : undefined;
}

/** A list, or its text in brackets, as the authorizer passes it. */
function roleOf(raw: unknown): Role {
  const text =
    typeof raw === 'string' ? (/^\[(?<names>[^[\]]*)\]$/u.exec(raw)?.groups?.['names'] ?? raw) : '';
  const names: readonly unknown[] = Array.isArray(raw) ? raw : text.split(/[\s,]+/u);
  const roles = (Object.keys(GROUPS) as readonly Role[]).filter((role) =>
    names.includes(GROUPS[role]),
  );
  const [role, ...others] = roles;
  if (role === undefined || others.length > 0) throw new Refused('no-group');
  return role;
}
