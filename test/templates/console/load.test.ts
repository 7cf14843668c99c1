import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { staticFiles } from '../../../generator/emit/console-code.ts';
import { startLocal } from '../../../templates/admin/console/local/local.ts';
import type { Local } from '../../../templates/admin/console/local/local.ts';
import { catalog } from '../admin/fixtures.ts';

const USERS = 100;
const SHOWN = {
  'EC2.2': {
    title: 'Default security groups let nothing through',
    impact: 'access-loss',
    impactText: 'access-loss',
    undo: 'yes',
    permissions: ['ec2:DescribeSecurityGroups', 'ec2:RevokeSecurityGroupIngress'],
    standards: ['SC'],
  },
};

let local: Local;
beforeAll(async () => {
  const files = staticFiles({ indexHtml: '<!doctype html>', appJs: '1', appCss: 'a{}' });
  local = await startLocal({
    catalog,
    controls: SHOWN,
    files,
    version: 'test',
    automationTakes: 20,
  });
});
afterAll(async () => local.close());

interface Named {
  readonly id: string;
  readonly productArn: string;
  readonly account: string;
}

async function call<T>(role: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${local.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      cookie: `asr-role=${role}`,
      'x-asr-request': '1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Asks until it is so. */
async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
  }
}

describe('the local console', () => {
  it('serves the pages and says that nobody signs in', async () => {
    expect(await (await fetch(local.url)).text()).toBe('<!doctype html>');
    const config = await call<object>('administrator', '/config.json');
    expect(config).toEqual({ local: true, domain: '', clientId: '' });
  });

  it('answers no other site', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve) => {
      const { port } = new URL(local.url);
      const asked = request({ port, host: '127.0.0.1', headers: { host: 'evil.example' } });
      asked.on('response', ({ statusCode }) => resolve(statusCode)).end();
    });
    expect(status).toBe(421);
  });

  it('finishes what a person asks for: preview, remediate, undo', async () => {
    const role = 'administrator';
    const { items } = await call<{ items: readonly Named[] }>(role, '/api/findings');
    const { id, productArn } = items[3] ?? { id: '', productArn: '' };
    const query = new URLSearchParams({ id, productArn }).toString();
    interface Seen {
      readonly compliance: string;
      readonly attempts: readonly { readonly outcome?: string; readonly canUndo: boolean }[];
    }
    const steps = [
      ['preview', 'would-change', 'FAILED'],
      ['remediate', 'changed', 'PASSED'],
      ['undo', 'undone', 'FAILED'],
    ] as const;
    for (const [action, outcome, compliance] of steps) {
      await call(role, '/api/findings/actions', { action, findings: [{ id, productArn }] });
      const seen = await until(
        async () => call<Seen>(role, `/api/findings/one?${query}`),
        ({ attempts }) => attempts.some((one) => one.outcome === outcome),
      );
      expect(seen.compliance).toBe(compliance);
    }
  });

  it(`serves ${USERS} users at once`, async () => {
    const times: number[] = [];
    const timed = async <T>(work: Promise<T>): Promise<T> => {
      const start = performance.now();
      const result = await work;
      times.push(performance.now() - start);
      return result;
    };
    const start = performance.now();
    const before = process.cpuUsage();
    await Promise.all(
      Array.from({ length: USERS }, async (_, at) => {
        const role = at % 2 === 0 ? 'administrator' : 'account-operator';
        await timed(call(role, '/api/me'));
        const { items } = await timed(
          call<{ items: readonly Named[] }>(role, '/api/findings?workflow=NEW,NOTIFIED'),
        );
        const accounts = new Set(items.map(({ account }) => account));
        expect([role, accounts.size]).toEqual([role, role === 'administrator' ? 3 : 1]);
        const { id, productArn } = items[at % items.length] ?? { id: '', productArn: '' };
        const query = new URLSearchParams({ id, productArn }).toString();
        await timed(call(role, `/api/findings/one?${query}`));
        await timed(
          call(role, '/api/findings/actions', {
            action: 'preview',
            findings: [{ id, productArn }],
          }),
        );
        await timed(call(role, '/api/attempts'));
        await timed(call(role, '/api/statistics'));
      }),
    );
    const seconds = (performance.now() - start) / 1000;
    // Of browsers and server together; other work on the machine doesn't count.
    const { user, system } = process.cpuUsage(before);
    const busy = (user + system) / 1_000_000;
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number): string =>
      (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(0);
    process.stdout.write(
      `${USERS} users, ${times.length} requests in ${seconds.toFixed(1)} s (${busy.toFixed(1)} s of processor time): ${(times.length / seconds).toFixed(0)} a second; median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms, slowest ${at(0.999)} ms\n`,
    );
    expect(times).toHaveLength(USERS * 6);
    expect(busy).toBeLessThan(10);
  });
});
