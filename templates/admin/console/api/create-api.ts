import { errorName, isBusy } from '../../functions/run/aws-errors.ts';
import type { Backend } from './backend.ts';
import type { Knowledge } from './context.ts';
import { bodyOf, csvAnswer, jsonAnswer, queryOf, refuseForeign } from './http.ts';
import type { HttpAnswer, HttpEvent } from './http.ts';
import { identityOf, notSignedIn } from './principal.ts';
import type { Principal } from './principal.ts';
import { Refused, notFound } from './problem.ts';
import { routeOf } from './routes.ts';
import { scope } from './scope.ts';

export interface ApiOptions extends Knowledge {
  readonly backend: Backend;
  readonly issuer: string;
  readonly clientId: string;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly log: (line: string) => void;
  /** Answers everything outside /api. */
  readonly pages: (event: HttpEvent) => HttpAnswer;
}

/** The console's function: the API under /api, and the pages. Never throws. */
export function createApi(options: ApiOptions): (event: HttpEvent) => Promise<HttpAnswer> {
  const { log, pages } = options;
  return async (event) => {
    try {
      return isApi(event.rawPath) ? await answer(options, event) : pages(event);
    } catch (error) {
      const refused = refusedOf(error);
      if (refused.code === 'internal' || refused.code === 'busy')
        log(JSON.stringify({ method: event.requestContext.http.method, failed: errorName(error) }));
      return jsonAnswer(refused.status, refused.problem);
    }
  };
}

/** Whatever looks like the API needs a token. */
function isApi(path: string): boolean {
  return /^\/+api(?:\/|$)/iu.test(path);
}

function refusedOf(error: unknown): Refused {
  if (error instanceof Refused) return error;
  return new Refused(isBusy(error) ? 'busy' : 'internal');
}

async function answer(options: ApiOptions, event: HttpEvent): Promise<HttpAnswer> {
  const { backend, now, newId, log } = options;
  const at = now();
  const principal = await principalOf(options, event, at);
  const { method } = event.requestContext.http;
  const found = routeOf(method, event.rawPath);
  if (found === undefined) throw notFound();
  if (found === 'other-method') throw new Refused('not-allowed');
  const { route, id } = found;
  const isRead = route.method === 'GET';
  if (!isRead) refuseForeign(event);
  const result = await route.handle({
    catalog: options.catalog,
    controls: options.controls,
    version: options.version,
    partition: options.partition,
    region: options.region,
    adminAccount: options.adminAccount,
    scope: scope(principal, backend),
    now: at,
    newId,
    query: queryOf(event, route.query ?? []),
    body: isRead ? {} : bodyOf(event),
    id,
  });
  if (!isRead) log(JSON.stringify({ actor: principal.email, did: `${method} ${route.path}`, id }));
  return route.file === undefined ? jsonAnswer(200, result) : csvAnswer(route.file, String(result));
}

/** Who asks: by the token, the user pool as it is now, and the table of operators. Throws `Refused`. */
async function principalOf(
  { backend, issuer, clientId }: ApiOptions,
  { requestContext: { authorizer } }: HttpEvent,
  now: Date,
): Promise<Principal> {
  const identity = identityOf(authorizer?.jwt?.claims, { issuer, clientId, now });
  // A token is valid until it ends, a removed user must not be.
  const person = await backend.people.find(identity.username);
  if (person === undefined || !person.enabled || person.sub !== identity.sub) throw notSignedIn();
  const principal = { ...identity, email: person.email };
  if (identity.role !== 'account-operator') return principal;
  const accounts = (await backend.tables.operators()).get(identity.sub) ?? [];
  return { ...principal, accounts };
}
