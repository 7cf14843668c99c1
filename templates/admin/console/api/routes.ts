import type { Accepted, Me } from '../contract.ts';
import { ATTEMPT_QUERY, attemptDetail, listAttempts } from './attempts.ts';
import type { Context } from './context.ts';
import {
  addException,
  changeControl,
  countOpen,
  listControls,
  listExceptions,
} from './controls.ts';
import { csvOf } from './csv.ts';
import { FINDING_QUERY, listFindings, showFinding } from './findings.ts';
import { showHealth } from './health.ts';
import { showStatistics } from './statistics.ts';
import { FORMS, findingAction, flagOf, invitation, onlyMembers } from './validate.ts';
import type { Form } from './validate.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `{id}` stands for one part of the path. */
  readonly path: string;
  /** @default none */
  readonly query?: readonly string[];
  /** Form of `{id}`; what doesn't have it isn't found. */
  readonly id?: Form;
  readonly handle: (context: Context) => Promise<unknown>;
  /** The answer is a CSV file of this name. */
  readonly file?: string;
}

/** Rows of one file. */
const MOST_ROWS = 5000;
const ACCEPTED_ONE: Accepted = { accepted: 1 };

/** What the API can do. None of these knows a role: that is the scope's work. */
export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/api/me', handle: async (context) => me(context) },
  { method: 'GET', path: '/api/findings', query: FINDING_QUERY, handle: listFindings },
  {
    method: 'GET',
    path: '/api/findings.csv',
    query: FINDING_QUERY.filter((name) => name !== 'next'),
    handle: findingsFile,
    file: 'findings.csv',
  },
  { method: 'GET', path: '/api/findings/one', query: ['id', 'productArn'], handle: showFinding },
  { method: 'POST', path: '/api/findings/actions', handle: act },
  { method: 'GET', path: '/api/attempts', query: ATTEMPT_QUERY, handle: listAttempts },
  {
    method: 'GET',
    path: '/api/attempts.csv',
    query: ATTEMPT_QUERY.filter((name) => name !== 'next'),
    handle: attemptsFile,
    file: 'attempts.csv',
  },
  {
    method: 'GET',
    path: '/api/attempts/{id}',
    id: 'attempt',
    handle: async ({ scope, id }) => attemptDetail(await scope.attempt(id)),
  },
  { method: 'POST', path: '/api/attempts/{id}/approve', id: 'attempt', handle: answer('approve') },
  { method: 'POST', path: '/api/attempts/{id}/reject', id: 'attempt', handle: answer('reject') },
  { method: 'POST', path: '/api/attempts/{id}/undo', id: 'attempt', handle: undo },
  { method: 'GET', path: '/api/controls', handle: listControls },
  { method: 'GET', path: '/api/controls/{id}/open', id: 'control', handle: countOpen },
  { method: 'PUT', path: '/api/controls/{id}', handle: changeControl },
  { method: 'GET', path: '/api/exceptions', handle: listExceptions },
  { method: 'POST', path: '/api/exceptions', handle: addException },
  {
    method: 'DELETE',
    path: '/api/exceptions/{id}',
    id: 'exception',
    handle: async ({ scope, id }) => done(scope.endException(id)),
  },
  { method: 'GET', path: '/api/health', handle: showHealth },
  { method: 'GET', path: '/api/statistics', query: ['from', 'to'], handle: showStatistics },
  {
    method: 'GET',
    path: '/api/users',
    handle: async ({ scope }) => ({ items: await scope.users() }),
  },
  {
    method: 'POST',
    path: '/api/users',
    handle: async ({ scope, body }) => scope.invite(invitation(body)),
  },
  {
    method: 'DELETE',
    path: '/api/users/{id}',
    id: 'user',
    handle: async ({ scope, id }) => done(scope.removeUser(id)),
  },
];

/** The route of a request, and what `{id}` stands for. Undefined when there is no such path. */
export function routeOf(
  method: string,
  path: string,
): { readonly route: Route; readonly id: string } | 'other-method' | undefined {
  const found = ROUTES.flatMap((route) => {
    const id = idOf(route, path);
    return id === undefined ? [] : [{ route, id }];
  });
  return (
    found.find(({ route }) => route.method === method) ??
    (found.length > 0 ? 'other-method' : undefined)
  );
}

function idOf({ path: pattern, id: form }: Route, path: string): string | undefined {
  const [head = '', tail] = pattern.split('{id}');
  if (tail === undefined) return path === pattern ? '' : undefined;
  if (!path.startsWith(head) || !path.endsWith(tail)) return undefined;
  const part = path.slice(head.length, path.length - tail.length);
  if (part === '' || part.includes('/')) return undefined;
  try {
    const id = decodeURIComponent(part);
    return form === undefined || FORMS[form].test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

function me({ scope: { principal }, version, adminAccount, region }: Context): Me {
  const { email, role, accounts } = principal;
  return {
    name: email,
    role,
    ...(accounts === undefined ? {} : { accounts }),
    version,
    adminAccount,
    region,
  };
}

async function act({ scope, body }: Context): Promise<Accepted> {
  const action = findingAction(body);
  await scope.ask(action);
  return { accepted: action.findings.length };
}

function answer(what: 'approve' | 'reject'): Route['handle'] {
  return async ({ scope, id, body }) => {
    onlyMembers(body, []);
    await scope.answer(id, what);
    return ACCEPTED_ONE;
  };
}

async function undo({ scope, id, body }: Context): Promise<Accepted> {
  onlyMembers(body, ['force']);
  await scope.undo(id, flagOf(body, 'force') ?? false);
  return ACCEPTED_ONE;
}

async function done(work: Promise<void>): Promise<object> {
  await work;
  return {};
}

async function findingsFile(context: Context): Promise<string> {
  const names = [
    'id',
    'title',
    'severity',
    'workflow',
    'account',
    'region',
    'control',
    'standard',
    'resource',
    'updatedAt',
    'remediation',
    'impact',
  ] as const;
  const { items } = await listFindings(context, { full: MOST_ROWS, pages: 10 });
  return csvOf(
    names,
    items.map((one) => names.map((name) => one[name])),
  );
}

async function attemptsFile(context: Context): Promise<string> {
  const names = [
    'id',
    'claimedAt',
    'endedAt',
    'mode',
    'status',
    'outcome',
    'origin',
    'actor',
    'account',
    'region',
    'control',
    'remediation',
    'resource',
    'message',
  ] as const;
  const { items } = await listAttempts(context, { page: MOST_ROWS, most: MOST_ROWS });
  return csvOf(
    names,
    items.map((one) => names.map((name) => one[name])),
  );
}
