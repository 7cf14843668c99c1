import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { staticFiles } from '../../../generator/emit/console-code.ts';
import { startLocal } from '../../../templates/admin/console/local/local.ts';
import type { Local } from '../../../templates/admin/console/local/local.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { catalog } from '../admin/fixtures.ts';

const OPTIONS = {
  catalog,
  controls: {
    'EC2.2': {
      title: 'Default security groups let nothing through',
      impact: 'access-loss',
      impactText: 'access-loss',
      undo: 'yes',
      permissions: ['ec2:DescribeSecurityGroups', 'ec2:RevokeSecurityGroupIngress'],
      standards: ['SC'],
    },
  },
  files: staticFiles({ indexHtml: '<!doctype html>', appJs: '1', appCss: 'a{}' }),
  version: 'test',
  automationTakes: 20,
  findings: 120,
  history: 12,
};

interface Attempt {
  readonly id: string;
  readonly status: string;
  readonly outcome?: string;
  readonly canUndo: boolean;
}
interface Finding {
  readonly id: string;
  readonly productArn: string;
  readonly account: string;
  readonly region: string;
  readonly compliance: string;
  readonly updatedAt: string;
  readonly attempts: readonly Attempt[];
}
interface List<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** Somebody with a browser: keeps the cookie that says who one is. */
function browser(local: Local) {
  let cookie = '';
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('cookie', cookie);
    headers.set('x-asr-request', '1');
    const response = await fetch(`${local.url}${path}`, { ...init, headers, redirect: 'manual' });
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return response;
  };
  return {
    send,
    get: async <T>(path: string): Promise<T> => (await (await send(path)).json()) as T,
    post: async (path: string, body: object): Promise<Response> =>
      send(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    become: async (role: string, ...accounts: readonly string[]): Promise<Response> =>
      send('/local/', {
        method: 'POST',
        body: `role=${role}${accounts.map((one) => `&account=${one}`).join('')}`,
      }),
  };
}

/** Asks until it is so. */
async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

/** What the local console does, whatever it works on. */
function works(local: () => Local): void {
  const one = ({ id, productArn }: Pick<Finding, 'id' | 'productArn'>): string =>
    `/api/findings/one?${new URLSearchParams({ id, productArn }).toString()}`;

  it('finishes what a person asks for: preview, remediate, undo', async () => {
    const { get, post } = browser(local());
    const { items } = await get<List<Finding>>('/api/findings?control=EC2.2');
    const { id, productArn } = items[3] ?? { id: '', productArn: '' };
    for (const [action, outcome, compliance] of [
      ['preview', 'would-change', 'FAILED'],
      ['remediate', 'changed', 'PASSED'],
      ['undo', 'undone', 'FAILED'],
    ]) {
      const findings = [{ id, productArn }];
      expect((await post('/api/findings/actions', { action, findings })).status).toBe(200);
      // A finding and its attempts are read one after the other, so for a moment they may disagree.
      await until(
        async () => get<Finding>(one({ id, productArn })),
        (seen) =>
          seen.compliance === compliance && seen.attempts.some((each) => each.outcome === outcome),
      );
    }
    const { limits } = await get<{ limits: readonly object[] }>('/api/health');
    expect(limits).toContainEqual({ of: 'control', id: 'EC2.2', starts: 1, limit: 100 });
  });

  it('has something to approve, which then runs', async () => {
    const { get, post } = browser(local());
    const awaiting = '/api/attempts?status=awaiting-approval';
    const { items } = await get<List<Attempt>>(awaiting);
    expect(items).toHaveLength(1);
    const path = `/api/attempts/${items[0]?.id}`;
    await post(`${path}/approve`, {});
    const { outcome } = await until(
      async () => get<Attempt>(path),
      ({ status }) => status === 'ended',
    );
    expect(outcome).toBe('changed');
    expect((await get<List<Attempt>>(awaiting)).items).toEqual([]);
  });

  it('filters, orders and pages findings as Security Hub does', async () => {
    const { get } = browser(local());
    const query = 'account=111122223333&region=us-east-1,eu-central-1';
    const { items } = await get<List<Finding>>(`/api/findings?${query}`);
    expect(items.length).toBeGreaterThan(10);
    expect(new Set(items.map(({ account }) => account))).toEqual(new Set(['111122223333']));
    expect(new Set(items.map(({ region }) => region))).toEqual(
      new Set(['us-east-1', 'eu-central-1']),
    );
    const first = await get<List<Finding>>('/api/findings');
    const second = await get<List<Finding>>(`/api/findings?next=${first.next}`);
    expect(first.items).toHaveLength(100);
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('lets a person be anyone, with the accounts of their choice', async () => {
    const { get, become, send } = browser(local());
    expect(await get('/api/me')).toMatchObject({ role: 'administrator' });
    expect((await become('account-operator', '444455556666', '777788889999')).status).toBe(303);
    expect(await get('/api/me')).toMatchObject({
      role: 'account-operator',
      accounts: ['444455556666', '777788889999'],
    });
    const { items } = await get<List<Finding>>('/api/findings');
    expect(new Set(items.map(({ account }) => account))).toEqual(
      new Set(['444455556666', '777788889999']),
    );
    expect((await send('/api/controls')).status).toBe(403);
    await become('delegated-administrator');
    expect((await send('/api/controls')).status).toBe(200);
  });

  it('lists, invites and removes users', async () => {
    const { get, post, send } = browser(local());
    interface User {
      readonly name: string;
      readonly email: string;
    }
    const emails = async () =>
      (await get<List<User>>('/api/users')).items.map(({ email }) => email);
    const invited = await post('/api/users', {
      email: 'kim@example.com',
      role: 'account-operator',
      accounts: ['111122223333'],
    });
    const { name } = (await invited.json()) as User;
    expect(await emails()).toContain('kim@example.com');
    expect((await send(`/api/users/${name}`, { method: 'DELETE' })).status).toBe(200);
    expect(await emails()).toEqual([
      'account-operator@example.com',
      'administrator@example.com',
      'delegated-administrator@example.com',
    ]);
  });

  it('switches a control, and excepts what a person excepts', async () => {
    const { get, post, send } = browser(local());
    await send('/api/controls/EC2.2', {
      method: 'PUT',
      body: JSON.stringify({ automatic: true }),
      headers: { 'content-type': 'application/json' },
    });
    expect(await get('/api/controls')).toMatchObject({ items: [{ id: 'EC2.2', automatic: true }] });
    const { items } = await get<List<Finding>>('/api/findings?control=EC2.2');
    // The first one waits for an approval.
    const [, first = { id: '', productArn: '', account: '' }] = items;
    await post('/api/exceptions', {
      reason: 'Open on purpose',
      expiresAt: '2099-01-01T00:00:00Z',
      controls: ['EC2.2'],
      accounts: [first.account],
    });
    expect(await get(one(first))).toMatchObject({ decision: { verdict: 'hold' } });
  });
}

describe('the local console in memory', () => {
  let local: Local;
  beforeAll(async () => {
    local = await startLocal(OPTIONS);
  });
  afterAll(async () => local.close());
  works(() => local);

  it('serves the pages and says that nobody signs in', async () => {
    const { send, get } = browser(local);
    expect(await (await send('/')).text()).toBe('<!doctype html>');
    expect(await get('/config.json')).toEqual({ local: true, domain: '', clientId: '' });
  });

  it('answers no other site, and lets none choose who one is', async () => {
    const status = await new Promise((resolve) => {
      const { port } = new URL(local.url);
      const asked = request({ port, host: '127.0.0.1', headers: { host: 'evil.example' } });
      asked.on('response', ({ statusCode }) => resolve(statusCode)).end();
    });
    expect(status).toBe(421);
    const { send } = browser(local);
    const foreign = await send('/local/', {
      method: 'POST',
      body: new URLSearchParams({ role: 'administrator' }),
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect([foreign.status, foreign.headers.get('set-cookie')]).toEqual([403, null]);
  });

  it('asks who one is in the language of the browser', async () => {
    const { send } = browser(local);
    const pageIn = async (language: string): Promise<string> =>
      (await send('/local', { headers: { 'accept-language': language } })).text();
    expect(await pageIn('en-US,en')).toContain('<h1>Who are you?</h1>');
    expect(await pageIn('ja')).toContain('>アカウント担当者</option>');
  });

  it('works on no endpoint that is not on this machine', async () => {
    const endpoint = 'https://dynamodb.eu-central-1.amazonaws.com';
    await expect(startLocal({ ...OPTIONS, endpoint })).rejects.toThrow(
      'is not an address on this machine',
    );
  });
});

describeWithEmulator('the local console on the emulator', (emulated) => {
  let local: Local | undefined;
  const started = (): Local => {
    if (local === undefined) throw new Error('not started: use it inside a test');
    return local;
  };
  // The emulator forgets everything before each test.
  beforeEach(async () => {
    const { endpoint } = emulated.emulator();
    local = await startLocal({ ...OPTIONS, endpoint });
  });
  afterEach(async () => local?.close());
  works(started);

  it('says what is different from AWS, and finds its own world again', async () => {
    expect(started().differences.join(' ')).toContain('ignores the filters');
    const again = await startLocal({ ...OPTIONS, endpoint: emulated.emulator().endpoint });
    const { get } = browser(again);
    expect(await get('/api/health')).toMatchObject({ members: 3, awaitingApproval: 1 });
    await again.close();
  });
});
