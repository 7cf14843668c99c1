import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { objectOf } from '../admin/functions/model/json.ts';
import type { Credentials, TicketService } from './service.ts';

export interface SecretOptions {
  readonly secretsManager: SecretsManagerClient;
  readonly secretArn: string;
  readonly service: TicketService;
  readonly now: () => Date;
}

/** Why there are no credentials: a sentence without anything of the secret in it. */
export interface SecretProblem {
  readonly code: 'secret-unreadable' | 'secret-malformed';
  readonly reason: string;
}

export interface SecretReader {
  /** The credentials, at most five minutes old. */
  readonly read: () => Promise<Credentials | SecretProblem>;
  /** The credentials as they are now, after the system refused the ones we had. */
  readonly renew: () => Promise<Credentials | SecretProblem>;
}

/** Milliseconds that credentials are kept. */
const KEPT = 5 * 60_000;
/** Milliseconds for Secrets Manager, with the client's own retries. */
const PATIENCE = 8000;

export function isProblem(value: Credentials | SecretProblem): value is SecretProblem {
  return 'code' in value;
}

/** Reads the ticket system's credentials from Secrets Manager. Never throws. */
export function createSecretReader(options: SecretOptions): SecretReader {
  let kept: { readonly credentials: Credentials; readonly until: number } | undefined;
  const renew = async (): Promise<Credentials | SecretProblem> => {
    kept = undefined;
    const credentials = await fetchCredentials(options);
    if (!isProblem(credentials)) kept = { credentials, until: options.now().getTime() + KEPT };
    return credentials;
  };
  const read = async (): Promise<Credentials | SecretProblem> =>
    kept !== undefined && options.now().getTime() < kept.until ? kept.credentials : renew();
  return { read, renew };
}

async function fetchCredentials({
  secretsManager,
  secretArn,
  service,
}: SecretOptions): Promise<Credentials | SecretProblem> {
  let text: string | undefined;
  try {
    const command = new GetSecretValueCommand({ SecretId: secretArn });
    const abortSignal = AbortSignal.timeout(PATIENCE);
    ({ SecretString: text } = await secretsManager.send(command, { abortSignal }));
  } catch (error) {
    const name = error instanceof Error && /^\w{1,64}$/u.test(error.name) ? error.name : 'Error';
    return {
      code: 'secret-unreadable',
      reason: `The secret with the credentials for ${service.name} could not be read (${name}).`,
    };
  }
  return (
    service.credentials(objectOf(parse(text ?? ''))) ?? {
      code: 'secret-malformed',
      reason: `The secret must hold ${service.secretForm}.`,
    }
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
