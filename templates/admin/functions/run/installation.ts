import { GetParametersCommand } from '@aws-sdk/client-ssm';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { isDenied, rethrow } from './aws-errors.ts';
import type { Environment } from './environment.ts';
import { without } from './run.ts';
import type { Result } from './run.ts';

interface InstallationOptions extends Environment {
  /** Version of this administrator stack, such as `v1.4.0`. */
  readonly version: string;
}

interface Place {
  readonly account: string;
  readonly region: string;
  readonly document: string;
}

export interface Installation {
  /** Ending of the names of the account's remediation roles. */
  readonly namespace: string;
}

const NAMESPACE = /^[a-z0-9][a-z0-9-]{1,7}[a-z0-9]$/u;

/**
 * Reads what the member stack says of itself (SSM API, GetParameters): it must be there, name this account as its
 * administrator, and have the same major version. Throws `Busy` when AWS is.
 */
export async function readInstallation(
  ssm: SSMClient,
  { solutionId, adminAccount, version }: InstallationOptions,
  { account, region, document }: Place,
): Promise<Installation | Result> {
  const [admin, namespace, installed] = ['admin-account', 'namespace', 'version'].map(
    (name) => `/Solutions/${solutionId}/member/${name}`,
  ) as [string, string, string];
  const where = `account ${account}, Region ${region}`;
  let values: ReadonlyMap<string | undefined, string | undefined>;
  try {
    const answer = await ssm.send(
      new GetParametersCommand({ Names: [admin, namespace, installed] }),
    );
    values = new Map((answer.Parameters ?? []).map(({ Name, Value }) => [Name, Value]));
  } catch (error) {
    if (!isDenied(error)) return rethrow(error);
    return without(
      'denied',
      `The orchestrator's member role may not read the member stack's parameters in ${where}; update the member-roles stack there.`,
    );
  }
  const value = values.get(namespace);
  if (value === undefined || !NAMESPACE.test(value))
    return without('member-missing', `The member stack isn't installed in ${where}.`);
  if (values.get(admin) !== adminAccount)
    return without(
      'foreign-member',
      `The member stack in ${where} names another administrator account.`,
    );
  const update = toUpdate(version, values.get(installed));
  if (update !== undefined)
    return without(
      'document-missing',
      `The member stack in ${where} may not have this version of ${document}: ${update}.`,
    );
  return { namespace: value };
}

/** Which stack to update; undefined when both have the same major version. */
function toUpdate(own: string, theirs: string | undefined): string | undefined {
  const [ours, installed] = [majorOf(own), majorOf(theirs ?? '')];
  if (installed === undefined) return "it doesn't say its version; update the member stack";
  if (ours === undefined) return "the administrator stack doesn't know its own version; update it";
  if (ours === installed) return undefined;
  return installed < ours
    ? `it has version ${installed}, the administrator stack ${ours}; update the member stack`
    : `it has version ${installed}, the administrator stack ${ours}; update the administrator stack`;
}

function majorOf(version: string): number | undefined {
  const major = /^v?(?<major>\d{1,6})\.\d{1,6}\.\d{1,6}/u.exec(version)?.groups?.['major'];
  return major === undefined ? undefined : Number(major);
}
