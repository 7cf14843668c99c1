import { createHash } from 'node:crypto';
import { ADMIN } from './places.ts';

/** Who signs requests with an access key. */
export interface Session {
  readonly account: string;
  /** ARN of the user or role, as `aws:PrincipalArn` has it. */
  readonly principal: string;
  /** Unique id, with the session's name for a role: what Amazon SQS gives as `SenderId`. */
  readonly userId: string;
}

export interface Sessions {
  readonly add: (accessKey: string, session: Session) => void;
  readonly of: (accessKey: string) => Session;
}

/** Knows the administrator account's own key, `test`; others are added as roles are assumed. */
export function createSessions(): Sessions {
  const known = new Map<string, Session>();
  const root = { account: ADMIN, principal: `arn:aws:iam::${ADMIN}:root`, userId: ADMIN };
  known.set('test', root);
  return {
    add: (accessKey, session) => void known.set(accessKey, session),
    of: (accessKey) => {
      const session = known.get(accessKey);
      if (session === undefined) throw new Error(`Nobody knows whose access key ${accessKey} is.`);
      return session;
    },
  };
}

/** A session of a role. */
export function roleSession(roleArn: string, name: string): Session {
  return {
    account: roleArn.split(':')[4] ?? '',
    principal: roleArn,
    userId: `${uniqueId('AROA', roleArn)}:${name}`,
  };
}

/** A user of the administrator account. */
export function userSession(name: string): Session {
  const principal = `arn:aws:iam::${ADMIN}:user/${name}`;
  return { account: ADMIN, principal, userId: uniqueId('AIDA', principal) };
}

function uniqueId(prefix: string, arn: string): string {
  const digest = createHash('sha256').update(arn).digest('hex').toUpperCase();
  return `${prefix}${digest.slice(0, 17)}`;
}
