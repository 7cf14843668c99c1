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

describe('the local console in memory', () => {
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
