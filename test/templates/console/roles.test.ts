import { describe, expect, it, vi } from 'vitest';
import { ROUTES } from '../../../templates/admin/console/api/routes.ts';
import { ROLES } from '../../../templates/admin/console/contract.ts';
import type { Role } from '../../../templates/admin/console/contract.ts';
import { MEMBER } from '../admin/fixtures.ts';
import {
  ATTEMPT,
  FINDING,
  FOREIGN,
  FOREIGN_FINDING,
  OTHER,
  PRODUCT,
  SUBS,
  WAITING,
  world,
} from './api-world.ts';
import type { Call } from './api-world.ts';

interface Cell {
  /** A request that is all right for whoever may make it. */
  readonly call: Omit<Call, 'method'>;
  /** Statuses for administrator, delegated administrator and account operator. */
  readonly statuses: readonly [number, number, number];
  /** The same request about the account that isn't the operator's, and what the operator gets. */
  readonly foreign?: { readonly call: Omit<Call, 'method'>; readonly status: number };
}

const everybody = [200, 200, 200] as const;
const administrators = [200, 200, 403] as const;
const one = (id: string) => ({ id, productArn: PRODUCT });
const end = '2026-06-01T00:00:00Z';

/** What each role may do: a route without an entry fails. */
const MATRIX: Readonly<Record<string, Cell>> = {
  'GET /api/me': { call: { path: '/api/me' }, statuses: everybody },
  'GET /api/findings': { call: { path: '/api/findings' }, statuses: everybody },
  'GET /api/findings.csv': { call: { path: '/api/findings.csv' }, statuses: everybody },
  'GET /api/findings/one': {
    call: { path: '/api/findings/one', query: one(FINDING) },
    statuses: everybody,
    foreign: { call: { path: '/api/findings/one', query: one(FOREIGN_FINDING) }, status: 404 },
  },
  'POST /api/findings/actions': {
    call: {
      path: '/api/findings/actions',
      body: { action: 'remediate', findings: [one(FINDING)] },
    },
    statuses: everybody,
    foreign: {
      call: {
        path: '/api/findings/actions',
        body: { action: 'remediate', findings: [one(FINDING), one(FOREIGN_FINDING)] },
      },
      status: 404,
    },
  },
  'GET /api/attempts': { call: { path: '/api/attempts' }, statuses: everybody },
  'GET /api/attempts.csv': { call: { path: '/api/attempts.csv' }, statuses: everybody },
  'GET /api/attempts/{id}': {
    call: { path: `/api/attempts/${ATTEMPT}` },
    statuses: everybody,
    foreign: { call: { path: `/api/attempts/${FOREIGN}` }, status: 404 },
  },
  'POST /api/attempts/{id}/approve': {
    call: { path: `/api/attempts/${WAITING}/approve` },
    statuses: everybody,
    foreign: { call: { path: `/api/attempts/${FOREIGN}/approve` }, status: 404 },
  },
  'POST /api/attempts/{id}/reject': {
    call: { path: `/api/attempts/${WAITING}/reject` },
    statuses: everybody,
    foreign: { call: { path: `/api/attempts/${FOREIGN}/reject` }, status: 404 },
  },
  'POST /api/attempts/{id}/undo': {
    call: { path: `/api/attempts/${ATTEMPT}/undo` },
    statuses: everybody,
    foreign: { call: { path: `/api/attempts/${FOREIGN}/undo` }, status: 404 },
  },
  'GET /api/controls': { call: { path: '/api/controls' }, statuses: administrators },
  'GET /api/controls/{id}/open': {
    call: { path: '/api/controls/EC2.2/open' },
    statuses: administrators,
  },
  'PUT /api/controls/{id}': {
    call: { path: '/api/controls/EC2.2', body: { automatic: true } },
    statuses: administrators,
  },
  'GET /api/exceptions': { call: { path: '/api/exceptions' }, statuses: everybody },
  'POST /api/exceptions': {
    call: {
      path: '/api/exceptions',
      body: { reason: 'Migration', expiresAt: end, accounts: [MEMBER] },
    },
    statuses: everybody,
    foreign: {
      call: {
        path: '/api/exceptions',
        body: { reason: 'Migration', expiresAt: end, accounts: [MEMBER, OTHER] },
      },
      status: 403,
    },
  },
  'DELETE /api/exceptions/{id}': {
    call: { path: '/api/exceptions/own' },
    statuses: everybody,
    foreign: { call: { path: '/api/exceptions/foreign' }, status: 404 },
  },
  'GET /api/health': { call: { path: '/api/health' }, statuses: administrators },
  'GET /api/statistics': { call: { path: '/api/statistics' }, statuses: everybody },
  'GET /api/users': { call: { path: '/api/users' }, statuses: administrators },
  'POST /api/users': {
    call: {
      path: '/api/users',
      body: { email: 'new@example.com', role: 'account-operator', accounts: [MEMBER] },
    },
    statuses: administrators,
  },
  'DELETE /api/users/{id}': {
    call: { path: `/api/users/${SUBS['account-operator']}` },
    statuses: administrators,
  },
};

/** A world with an exception in each account, for all. */
function withExceptions() {
  const made = world();
  const common = { owner: 'Olga', reason: 'Migration', expiresAt: '2026-06-01T00:00:00.000Z' };
  made.memory.exceptions.set('own', { id: 'own', ...common, accounts: [MEMBER] });
  made.memory.exceptions.set('foreign', { id: 'foreign', ...common, accounts: [OTHER] });
  return made;
}

const names = ROUTES.map(({ method, path }) => `${method} ${path}`);
const cellOf = (name: string): Cell => {
  const cell = MATRIX[name];
  if (cell === undefined) throw new Error(`${name} has no entry in the matrix.`);
  return cell;
};
const methodOf = (name: string): string => name.split(' ')[0] ?? '';

describe('every route with every role', () => {
  it('has an entry for each route, and no other', () => {
    expect(Object.keys(MATRIX).toSorted()).toEqual(names.toSorted());
  });

  for (const name of names)
    for (const [at, role] of ROLES.entries())
      it(`${name} as ${role}`, async () => {
        const { call, statuses } = cellOf(name);
        const { as, memory } = withExceptions();
        const before = snapshot(memory);
        const { status } = await as(role, { ...call, method: methodOf(name) });
        expect(status).toBe(statuses[at]);
        if (status !== 200) expect(snapshot(memory)).toEqual(before);
      });

  for (const name of names)
    it(`${name} tells an operator nothing about other accounts`, async () => {
      const { call, foreign } = cellOf(name);
      const { as, memory } = withExceptions();
      const before = snapshot(memory);
      const { answer, status } = await as('account-operator', {
        ...(foreign?.call ?? call),
        method: methodOf(name),
      });
      if (foreign !== undefined) {
        expect(status).toBe(foreign.status);
        expect(snapshot(memory)).toEqual(before);
      }
      expect(answer.body).not.toContain(OTHER);
      expect(answer.body).not.toContain('Only for the other account');
    });

  for (const name of names)
    it(`${name} without a token, and for an operator without accounts`, async () => {
      const { call } = cellOf(name);
      const { as, memory } = withExceptions();
      const method = methodOf(name);
      const before = snapshot(memory);
      expect((await as('administrator', { ...call, method, claims: null })).status).toBe(401);
      memory.operators.clear();
      const { answer } = await as('account-operator', { ...call, method });
      expect(answer.body).not.toMatch(new RegExp(`${MEMBER}|${OTHER}`, 'u'));
      expect({ ...snapshot(memory), operators: [] }).toEqual({ ...before, operators: [] });
    });
});

describe('users', () => {
  const remove = (role: Role): Call => ({ method: 'DELETE', path: `/api/users/${SUBS[role]}` });
  const invite = (role: Role): Call => ({
    method: 'POST',
    path: '/api/users',
    body: { email: 'new@example.com', role },
  });

  it('lets a delegated administrator neither make nor remove an administrator', async () => {
    const { as, memory } = world();
    const before = snapshot(memory);
    for (const call of [remove('administrator'), invite('administrator')])
      expect((await as('delegated-administrator', call)).status).toBe(403);
    expect(snapshot(memory)).toEqual(before);
    expect((await as('delegated-administrator', invite('delegated-administrator'))).status).toBe(
      200,
    );
  });

  it('keeps the last administrator', async () => {
    const { as, memory } = world();
    expect(await as('administrator', remove('administrator'))).toMatchObject({ status: 409 });
    expect((await as('administrator', invite('administrator'))).status).toBe(200);
    expect((await as('administrator', remove('administrator'))).status).toBe(200);
    expect(memory.people.has(SUBS.administrator)).toBe(false);
  });

  it('takes everything from a removed user at once, whatever the token says', async () => {
    const { as } = world();
    expect((await as('administrator', remove('account-operator'))).status).toBe(200);
    expect((await as('account-operator', { path: '/api/findings' })).status).toBe(401);
  });

  it('refuses a second user with the same address', async () => {
    const { as } = world();
    expect((await as('administrator', invite('administrator'))).status).toBe(200);
    expect((await as('administrator', invite('administrator'))).status).toBe(409);
  });

  it('removes a new user again when the accounts could not be kept', async () => {
    const { as, memory } = world();
    const before = snapshot(memory);
    const call = {
      ...invite('account-operator'),
      body: { email: 'new@example.com', role: 'account-operator', accounts: [MEMBER] },
    };
    const failing = vi.spyOn(memory.operators, 'set').mockImplementation(() => {
      throw new Error('DynamoDB gave no answer.');
    });
    expect((await as('administrator', call)).status).toBe(500);
    failing.mockRestore();
    expect(snapshot(memory)).toEqual(before);
  });
});

/** Everything that a request could change. */
function snapshot(memory: ReturnType<typeof world>['memory']) {
  return structuredClone({
    rows: [...memory.rows],
    exceptions: [...memory.exceptions],
    people: [...memory.people],
    operators: [...memory.operators],
    commands: memory.commands,
  });
}
