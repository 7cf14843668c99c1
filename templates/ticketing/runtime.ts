import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { TicketingOptions } from './create-ticketing.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Throws when the template forgot a variable, or somebody changed it to what it can't be. */
export function required(variables: Variables, name: string, pattern = /./u): string {
  const value = variables[name] ?? '';
  if (!pattern.test(value))
    throw new Error(`The environment variable ${name} is missing or not of its form.`);
  return value;
}

/**
 * `https://` and the host, which must lie in one of the product's own domains, so that the credentials go nowhere else.
 * Throws when it doesn't.
 */
export function siteUrl(host: string, domains: readonly string[]): string {
  const domain = domains.find((one) => host.endsWith(`.${one}`));
  const name = domain === undefined ? '' : host.slice(0, -domain.length - 1);
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u.test(name))
    throw new Error(`INSTANCE_URI must be a name in ${domains.join(' or ')}, without https://.`);
  return `https://${host}`;
}

/** What both ticket functions take from Lambda. */
export function runtime(variables: Variables): Omit<TicketingOptions, 'service'> {
  const secretArn = required(variables, 'SECRET_ARN');
  // The secret may lie in another Region than the function.
  const [, , , region = ''] = secretArn.split(':');
  return {
    secretsManager: new SecretsManagerClient({ region }),
    secretArn,
    now: () => new Date(),
    pause: async (milliseconds) => {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
    },
    random: Math.random,
    requestTimeout: 10_000,
    log: (line) => process.stdout.write(`${line}\n`),
  };
}
