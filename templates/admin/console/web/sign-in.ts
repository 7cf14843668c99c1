import type { WebConfig } from '../contract.ts';

/** Access to the API. Tokens are kept in memory only: a reload signs in again through the session of managed login. */
export interface Tokens {
  /** Undefined when none is needed. */
  access(): Promise<string | undefined>;
  /** Gets a fresh one; false when that isn't possible. */
  renew(): Promise<boolean>;
  /** Undefined when there is nothing to sign out of. */
  readonly signOut?: () => Promise<void>;
}

interface Grant {
  readonly access: string;
  readonly refresh: string | undefined;
  /** Milliseconds, by this browser's clock. */
  readonly expires: number;
}

/** The local server asks who one is in place of managed login. */
const LOCAL: Tokens = {
  access: async () => undefined,
  renew: async () => false,
  signOut: async () => location.assign('/local/'),
};
const STORED = 'asr-sign-in';
const SCOPE = 'openid email';
/** Renewed this long before the end. */
const EARLY = 60_000;

/**
 * Signs in with an authorization code and PKCE (Cognito Developer Guide, "Using PKCE in authorization code grants").
 * Undefined: the browser is on its way to managed login. Throws an Error when managed login or its answer refuses.
 */
export async function signIn(config: WebConfig): Promise<Tokens | undefined> {
  if (config.local) return LOCAL;
  const answer = new URLSearchParams(location.search);
  const stored = sessionStorage.getItem(STORED);
  sessionStorage.removeItem(STORED);
  if (answer.has('error')) {
    history.replaceState(null, '', '/');
    throw new Error(answer.get('error_description') ?? answer.get('error') ?? '');
  }
  const code = answer.get('code');
  if (code === null) {
    await leave(config);
    return undefined;
  }
  const { state, verifier, hash } = JSON.parse(stored ?? '{}') as Record<string, string>;
  history.replaceState(null, '', `/${hash ?? ''}`);
  // An answer that this browser didn't ask for, such as a link that somebody sent: begin anew.
  if (state === undefined || verifier === undefined || state !== answer.get('state')) {
    await leave(config);
    return undefined;
  }
  const grant = await ask(config, {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: home(),
  });
  if (grant === undefined) throw new Error('');
  return keep(config, grant);
}

/** Leaves for managed login, and comes back to the same page. */
export async function leave({ domain, clientId }: WebConfig): Promise<void> {
  const [verifier, state] = [random(), random()];
  sessionStorage.setItem(STORED, JSON.stringify({ verifier, state, hash: location.hash }));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: home(),
    scope: SCOPE,
    state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  });
  location.assign(`https://${domain}/oauth2/authorize?${query.toString()}`);
}

function keep(config: WebConfig, first: Grant): Tokens {
  let grant = first;
  let renewing: Promise<boolean> | undefined;
  const renewNow = async (): Promise<boolean> => {
    const { refresh } = grant;
    const fresh =
      refresh === undefined
        ? undefined
        : await ask(config, { grant_type: 'refresh_token', refresh_token: refresh });
    if (fresh === undefined) {
      await leave(config);
      return false;
    }
    // Without rotation the answer has no refresh token, and the old one stays good.
    grant = { ...fresh, refresh: fresh.refresh ?? refresh };
    return true;
  };
  const renew = async (): Promise<boolean> => {
    renewing ??= renewNow().finally(() => {
      renewing = undefined;
    });
    return renewing;
  };
  return {
    access: async () => {
      if (grant.expires - EARLY < Date.now()) await renew();
      return grant.access;
    },
    renew,
    signOut: async () => {
      if (grant.refresh !== undefined)
        await post(config, 'revoke', { token: grant.refresh }).catch(() => undefined);
      const query = new URLSearchParams({ client_id: config.clientId, logout_uri: home() });
      location.assign(`https://${config.domain}/logout?${query.toString()}`);
    },
  };
}

async function ask(
  config: WebConfig,
  parameters: Readonly<Record<string, string>>,
): Promise<Grant | undefined> {
  const response = await post(config, 'token', parameters);
  if (!response.ok) return undefined;
  const { access_token, refresh_token, expires_in } = (await response.json()) as {
    readonly access_token?: unknown;
    readonly refresh_token?: unknown;
    readonly expires_in?: unknown;
  };
  if (typeof access_token !== 'string' || typeof expires_in !== 'number') return undefined;
  return {
    access: access_token,
    refresh: typeof refresh_token === 'string' ? refresh_token : undefined,
    expires: Date.now() + expires_in * 1000,
  };
}

async function post(
  { domain, clientId }: WebConfig,
  endpoint: 'token' | 'revoke',
  parameters: Readonly<Record<string, string>>,
): Promise<Response> {
  return fetch(`https://${domain}/oauth2/${endpoint}`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId, ...parameters }),
  });
}

/** As the app client lists it. */
function home(): string {
  return `${location.origin}/`;
}

function random(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
