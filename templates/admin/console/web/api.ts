import { REQUEST_HEADER } from '../contract.ts';
import type {
  Accepted,
  AttemptDetail,
  AttemptQuery,
  AttemptSummary,
  Control,
  ControlChange,
  ExceptionItem,
  FindingAction,
  FindingDetail,
  FindingQuery,
  FindingSummary,
  Health,
  Invitation,
  Me,
  NewException,
  OpenFindings,
  Page,
  Problem,
  Said,
  Statistics,
  User,
} from '../contract.ts';
import type { Tokens } from './sign-in.ts';

/** An answer that is no success; `code` is `offline` when there was none, and `unexpected` when it isn't understood. */
export class ApiError extends Error implements Said {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly reason: string;
  readonly values: NonNullable<Said['values']>;

  constructor(code: string, { message = '', reason = '', values = {} }: Partial<Said> = {}) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.values = values;
  }
}

interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: object;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

export type Api = ReturnType<typeof createApi>;

/** The API's routes as functions. All throw `ApiError`. */
export function createApi(tokens: Tokens) {
  const attempt = async (path: string, call: Call): Promise<Response> => {
    const { method = 'GET', query = {}, body, signal } = call;
    const token = await tokens.access();
    const search = new URLSearchParams(
      Object.entries(query).filter(([, value]) => value !== undefined && value !== ''),
    ).toString();
    try {
      return await fetch(`/api/${path}${search === '' ? '' : `?${search}`}`, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(method === 'GET' ? {} : { [REQUEST_HEADER.name]: REQUEST_HEADER.value }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch {
      throw new ApiError('offline');
    }
  };
  const send = async (path: string, call: Call = {}): Promise<Response> => {
    let response = await attempt(path, call);
    // A token may end, or be revoked, between two requests: one fresh one is tried.
    if (response.status === 401 && (await tokens.renew())) response = await attempt(path, call);
    if (response.ok) return response;
    const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
    throw new ApiError(problem.code ?? codeOf(response.status), problem);
  };
  const json = async <T>(path: string, call: Call = {}): Promise<T> => {
    const response = await send(path, call);
    try {
      return (await response.json()) as T;
    } catch {
      throw new ApiError('unexpected');
    }
  };
  const id = encodeURIComponent;
  type Signal = AbortSignal | undefined;
  return {
    me: () => json<Me>('me'),
    findings: (query: FindingQuery, signal?: Signal) =>
      json<Page<FindingSummary>>('findings', { query, signal }),
    finding: (query: { readonly id: string; readonly productArn: string }, signal?: Signal) =>
      json<FindingDetail>('findings/one', { query, signal }),
    act: (body: FindingAction) => json<Accepted>('findings/actions', { method: 'POST', body }),
    attempts: (query: AttemptQuery, signal?: Signal) =>
      json<Page<AttemptSummary>>('attempts', { query, signal }),
    attempt: (one: string, signal?: Signal) =>
      json<AttemptDetail>(`attempts/${id(one)}`, { signal }),
    answer: (one: string, answer: 'approve' | 'reject') =>
      json<Accepted>(`attempts/${id(one)}/${answer}`, { method: 'POST', body: {} }),
    undo: (one: string, force: boolean) =>
      json<Accepted>(`attempts/${id(one)}/undo`, { method: 'POST', body: force ? { force } : {} }),
    controls: (signal?: Signal) => json<Page<Control>>('controls', { signal }),
    open: (control: string) => json<OpenFindings>(`controls/${id(control)}/open`),
    change: (control: string, body: ControlChange) =>
      json<object>(`controls/${id(control)}`, { method: 'PUT', body }),
    exceptions: (signal?: Signal) => json<Page<ExceptionItem>>('exceptions', { signal }),
    except: (body: NewException) => json<ExceptionItem>('exceptions', { method: 'POST', body }),
    endException: (one: string) => json<object>(`exceptions/${id(one)}`, { method: 'DELETE' }),
    health: (signal?: Signal) => json<Health>('health', { signal }),
    statistics: (query: { readonly from?: string; readonly to?: string }, signal?: Signal) =>
      json<Statistics>('statistics', { query, signal }),
    users: (signal?: Signal) => json<Page<User>>('users', { signal }),
    invite: (body: Invitation) => json<User>('users', { method: 'POST', body }),
    removeUser: (name: string) => json<object>(`users/${id(name)}`, { method: 'DELETE' }),
    /** A file; a link can't carry the token. */
    file: async (name: 'findings.csv' | 'attempts.csv', query: object) =>
      (await send(name, { query })).blob(),
  };
}

/** API Gateway's own answers name no code. */
function codeOf(status: number): string {
  if (status === 401) return 'not-signed-in';
  if (status === 403) return 'forbidden';
  if (status === 429 || status === 503) return 'busy';
  return 'unexpected';
}
