import type { Stand } from './front.ts';
import { AwsError } from './front.ts';
import type { Roles } from './roles.ts';
import { roleSession } from './sessions.ts';
import type { Sessions } from './sessions.ts';

/**
 * Lets nobody into a role of a member account that isn't there or doesn't trust the caller, and remembers whose the new
 * access keys are; the credentials are the emulator's. The world itself, with the key `test`, plays AWS Lambda and may assume the functions' roles.
 */
export function createSts(sessions: Sessions, roles: Roles): Stand {
  return async (request, forward) => {
    if (request.service !== 'sts' || request.operation !== 'AssumeRole') return undefined;
    const form = new URLSearchParams(request.body.toString('utf8'));
    const roleArn = form.get('RoleArn') ?? '';
    const caller = sessions.of(request.accessKey);
    const isOurs = request.accessKey === 'test';
    if (!isOurs && !(await roles.trustsPrincipal(roleArn, caller)))
      throw new AwsError(
        'AccessDenied',
        `${caller.principal} is not authorized to perform sts:AssumeRole on ${roleArn}`,
        403,
      );
    const reply = await forward();
    const key = /<AccessKeyId>([^<]+)</u.exec(reply.body.toString('utf8'))?.[1];
    if (key === undefined) throw new Error(`The emulator gave no credentials for ${roleArn}.`);
    sessions.add(key, roleSession(roleArn, form.get('RoleSessionName') ?? ''));
    return reply;
  };
}
