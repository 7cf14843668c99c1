import { describe, expect, it } from 'vitest';
import { startsName } from '../../../templates/admin/console/local/memory.ts';
import { refuse } from '../../../templates/admin/functions/model/refusal.ts';
import { GROUP, MEMBER } from '../admin/fixtures.ts';
import {
  ATTEMPT,
  FINDING,
  FOREIGN,
  FOREIGN_FINDING,
  OTHER,
  PRODUCT,
  START,
  WAITING,
  attempt,
  foreignFinding,
  world,
} from './api-world.ts';
import type { Call } from './api-world.ts';

const one = { path: '/api/findings/one', query: { id: FINDING, productArn: PRODUCT } };
const act = (body: object): Call => ({ method: 'POST', path: '/api/findings/actions', body });
const named = { id: FINDING, productArn: PRODUCT };

describe('who am I', () => {
  it('names the user, the role and the installation', async () => {
    const { as } = world();
    const { body } = await as('account-operator', { path: '/api/me' });
    expect(body).toEqual({
      name: 'account-operator@example.com',
      role: 'account-operator',
      accounts: [MEMBER],
      version: 'v0.1.0',
      adminAccount: '012345678901',
      region: 'us-east-1',
    });
  });
});

describe('findings', () => {
  it('says what each is about and what its fix can do', async () => {
    const { as } = world();
    const { body } = await as('account-operator', { path: '/api/findings' });
    expect(body).toEqual({
      items: [
        {
          id: FINDING,
          productArn: PRODUCT,
          title: 'A default security group lets traffic in',
          severity: 'HIGH',
          workflow: 'NEW',
          compliance: 'FAILED',
          account: MEMBER,
          region: 'eu-west-1',
          control: 'EC2.2',
          standard: 'SC',
          resource: GROUP,
          updatedAt: '2026-05-06T11:20:00.000Z',
          remediation: 'CloseGroup',
          impact: 'access-loss',
        },
      ],
    });
  });

  const filters: readonly (readonly [Readonly<Record<string, string>>, number])[] = [
    [{ account: OTHER }, 1],
    [{ account: `${MEMBER},${OTHER}` }, 2],
    [{ region: 'us-east-1' }, 0],
    [{ control: 'EC2.2' }, 2],
    [{ severity: 'LOW' }, 0],
    [{ workflow: 'SUPPRESSED' }, 0],
    [{ standard: 'CIS120' }, 2],
    [{ standard: 'PCI321' }, 0],
    [{ search: 'ONLY FOR' }, 1],
    [{ search: 'sg-0a1b2c3d' }, 1],
  ];
  for (const [query, count] of filters)
    it(`finds ${count} by ${JSON.stringify(query)}`, async () => {
      const { as } = world();
      const { body } = await as('administrator', { path: '/api/findings', query });
      expect(body['items']).toHaveLength(count);
    });

  it('goes on where a page ended', async () => {
    const { as, memory } = world();
    for (let at = 0; at < 150; at += 1) {
      const id = FOREIGN_FINDING.replace(/.{4}$/u, String(1000 + at));
      memory.findings.set(id, foreignFinding({ Id: id }));
    }
    const first = await as('administrator', { path: '/api/findings' });
    const next = String(first.body['next']);
    const second = await as('administrator', { path: '/api/findings', query: { next } });
    const all = [first, second].flatMap(({ body }) => body['items'] as readonly { id: string }[]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(152);
    expect(second.body['next']).toBeUndefined();
  });

  it('shows what decide says now, with every rule, and what was done before', async () => {
    const { as } = world();
    const { body } = await as('administrator', one);
    expect(body).toMatchObject({
      description: 'Somebody opened it.',
      undo: 'yes',
      // An attempt waits for approval already.
      decision: { verdict: 'deny' },
      attempts: [{ id: WAITING }, { id: ATTEMPT }],
    });
    const { trace } = body['decision'] as { trace: readonly { why: string }[] };
    expect(trace.length).toBeGreaterThan(5);
  });

  it('waits for the end of an exception', async () => {
    const { as, memory } = world();
    memory.attempts.clear();
    expect((await as('administrator', one)).body).toMatchObject({ decision: { verdict: 'allow' } });
    memory.exceptions.set('x', {
      id: 'x',
      owner: 'Olga',
      reason: 'Migration',
      expiresAt: '2026-06-01T00:00:00.000Z',
      accounts: [MEMBER],
    });
    expect((await as('administrator', one)).body).toMatchObject({ decision: { verdict: 'hold' } });
  });

  it('sends one command for each finding, in the name of the user', async () => {
    const { as, memory } = world();
    const call = act({ action: 'remediate', findings: [named, named], ticket: true });
    expect((await as('account-operator', call)).body).toEqual({ accepted: 1 });
    expect(memory.commands).toEqual([
      {
        asr: 1,
        actor: 'account-operator@example.com',
        command: 'remediate',
        finding: named,
        ticket: true,
      },
    ]);
  });

  it('passes force on with undo only', async () => {
    const { as, memory } = world();
    await as('administrator', act({ action: 'preview', findings: [named], force: true }));
    await as('administrator', act({ action: 'undo', findings: [named], force: true }));
    expect(memory.commands.map(({ command, force }) => [command, force])).toEqual([
      ['preview', undefined],
      ['undo', true],
    ]);
  });
});

describe('attempts', () => {
  it('lists them, the newest first', async () => {
    const { as, memory } = world();
    memory.attempts.set(
      'new',
      attempt({ id: 'b'.repeat(32), claimedAt: '2026-05-06T12:00:00.000Z' }),
    );
    const { body } = await as('account-operator', { path: '/api/attempts' });
    const ids = (body['items'] as readonly { id: string }[]).map(({ id }) => id);
    expect(ids).toEqual(['b'.repeat(32), WAITING, ATTEMPT]);
  });

  const filters: readonly (readonly [Readonly<Record<string, string>>, number])[] = [
    [{ account: OTHER }, 1],
    [{ control: 'EC2.18' }, 0],
    [{ outcome: 'changed' }, 3],
    [{ outcome: 'failed' }, 0],
    [{ status: 'awaiting-approval' }, 1],
    [{ from: '2026-05-06', to: '2026-05-06' }, 3],
    [{ from: '2026-05-01', to: '2026-05-05' }, 0],
  ];
  for (const [query, count] of filters)
    it(`finds ${count} by ${JSON.stringify(query)}`, async () => {
      const { as } = world();
      const { body } = await as('administrator', { path: '/api/attempts', query });
      expect(body['items']).toHaveLength(count);
    });

  it('goes on where a page ended, also among those of one moment', async () => {
    const { as, memory } = world();
    for (let at = 0; at < 120; at += 1) {
      const id = String(at).padStart(32, '0');
      memory.attempts.set(id, attempt({ id }));
    }
    const ids = new Set<string>();
    let next: string | undefined = '';
    for (let pages = 0; next !== undefined && pages < 5; pages += 1) {
      const { body } = await as('administrator', {
        path: '/api/attempts',
        query: { ...(next === '' ? {} : { next }) },
      });
      for (const { id } of body['items'] as readonly { id: string }[]) ids.add(id);
      next = body['next'] as string | undefined;
    }
    expect(next).toBeUndefined();
    expect(ids.size).toBe(123);
  });

  it('shows one with the calls that were made', async () => {
    const { as } = world();
    const { body } = await as('account-operator', { path: `/api/attempts/${ATTEMPT}` });
    expect(body).toMatchObject({
      id: ATTEMPT,
      outcome: 'changed',
      canUndo: true,
      findings: [FINDING],
      changes: [
        {
          call: 'ec2:RevokeSecurityGroupIngress',
          removes: true,
          given: { GroupId: 'sg-0a1b2c3d' },
          members: [],
        },
      ],
    });
    expect(body).not.toHaveProperty('state');
  });

  for (const answer of ['approve', 'reject'] as const)
    it(`sends ${answer} for one that waits, and for no other`, async () => {
      const { as, memory } = world();
      const call = (id: string): Call => ({
        method: 'POST',
        path: `/api/attempts/${id}/${answer}`,
      });
      expect((await as('administrator', call(ATTEMPT))).status).toBe(409);
      expect((await as('administrator', call(WAITING))).body).toEqual({ accepted: 1 });
      expect(memory.commands).toEqual([
        { asr: 1, actor: 'administrator@example.com', command: answer, attempt: WAITING },
      ]);
    });

  it('sends undo for one that can be taken back, and for no other', async () => {
    const { as, memory } = world();
    const call = (id: string, body = {}): Call => ({
      method: 'POST',
      path: `/api/attempts/${id}/undo`,
      body,
    });
    expect((await as('administrator', call(WAITING))).status).toBe(409);
    expect((await as('administrator', call(FOREIGN, { force: true }))).status).toBe(200);
    expect(memory.commands).toEqual([
      {
        asr: 1,
        actor: 'administrator@example.com',
        command: 'undo',
        finding: { id: FOREIGN_FINDING, productArn: PRODUCT },
        attempt: FOREIGN,
        force: true,
      },
    ]);
  });

  it('counts how they ended, by day, control and account', async () => {
    const { as, memory } = world();
    memory.attempts.set('f', attempt({ id: 'c'.repeat(32), outcome: 'failed' }));
    memory.attempts.set('p', attempt({ id: 'd'.repeat(32), mode: 'Preview' }));
    const { body } = await as('administrator', { path: '/api/statistics' });
    expect(body).toMatchObject({
      from: '2026-04-07',
      to: '2026-05-06',
      byControl: [{ control: 'EC2.2', fixed: 2, failed: 1 }],
      byAccount: [
        { account: MEMBER, fixed: 1, failed: 1 },
        { account: OTHER, fixed: 1, failed: 0 },
      ],
      isPartial: false,
    });
    const days = body['days'] as readonly object[];
    expect(days).toHaveLength(30);
    expect(days.at(-1)).toEqual({ day: '2026-05-06', fixed: 2, failed: 1, other: 0 });
  });
});

describe('controls', () => {
  it('lists them with their switches', async () => {
    const { as, memory } = world();
    memory.breakers.set('EC2.2', {
      failures: ['2026-05-06T12:00:00.000Z'],
      openUntil: '2026-05-07T12:00:00.000Z',
    });
    const { body } = await as('administrator', { path: '/api/controls' });
    expect((body['items'] as readonly object[])[0]).toEqual({
      id: 'EC2.2',
      title: 'Default security groups let nothing through',
      remediation: 'CloseGroup',
      impact: 'access-loss',
      impactText: 'access-loss',
      undo: 'yes',
      permissions: ['ec2:RevokeSecurityGroupIngress'],
      standards: ['SC', 'CIS120'],
      automatic: false,
      paused: false,
      breakerOpenUntil: '2026-05-07T12:00:00.000Z',
    });
  });

  it('counts what would be fixed now', async () => {
    const { as } = world();
    const { body } = await as('administrator', { path: '/api/controls/EC2.2/open' });
    expect(body).toEqual({ open: 2, isMore: false });
  });

  it('switches one, and writes down who did', async () => {
    const { as, memory } = world();
    const call = { method: 'PUT', path: '/api/controls/EC2.2', body: { automatic: true } };
    expect((await as('administrator', call)).status).toBe(200);
    expect(memory.rows.get('EC2.2')).toEqual({
      controlId: 'EC2.2',
      automatedRemediationEnabled: true,
      lastChangedBy: 'administrator@example.com',
    });
  });

  it('stops everything with the row *, which can never be automatic', async () => {
    const { as, memory } = world();
    const call = (body: object): Call => ({ method: 'PUT', path: '/api/controls/*', body });
    expect((await as('administrator', call({ automatic: true }))).status).toBe(422);
    expect((await as('administrator', call({ paused: true }))).status).toBe(200);
    expect(memory.rows.get('*')).toMatchObject({ paused: true });
    expect((await as('administrator', { path: '/api/health' })).body).toMatchObject({
      paused: true,
    });
  });

  it('knows no other rows', async () => {
    const { as, memory } = world();
    const before = [...memory.rows];
    for (const id of ['IAM.1', '__proto__', 'x'])
      for (const body of [{ paused: true }, { automatic: true }])
        expect(
          (await as('administrator', { method: 'PUT', path: `/api/controls/${id}`, body })).status,
        ).toBe(404);
    expect([...memory.rows]).toEqual(before);
  });
});

describe('exceptions', () => {
  const add = (body: object): Call => ({ method: 'POST', path: '/api/exceptions', body });

  it('adds one in the name of the user, lists it and ends it', async () => {
    const { as } = world();
    const added = await as('account-operator', {
      ...add({ reason: 'Migration', expiresAt: '2026-06-01T00:00:00Z', accounts: [MEMBER] }),
    });
    const item = {
      id: 'console-id1',
      owner: 'account-operator@example.com',
      reason: 'Migration',
      expiresAt: '2026-06-01T00:00:00.000Z',
      accounts: [MEMBER],
    };
    expect(added.body).toEqual(item);
    expect((await as('administrator', { path: '/api/exceptions' })).body).toEqual({
      items: [item],
    });
    const end = { method: 'DELETE', path: '/api/exceptions/console-id1' };
    expect((await as('account-operator', end)).status).toBe(200);
    expect((await as('account-operator', end)).status).toBe(404);
  });

  const wrong: readonly object[] = [
    { reason: 'Migration', accounts: [MEMBER] },
    { expiresAt: '2026-06-01T00:00:00Z', accounts: [MEMBER] },
    { reason: 'Migration', expiresAt: 'never', accounts: [MEMBER] },
    { reason: 'Migration', expiresAt: '2026-05-01T00:00:00Z', accounts: [MEMBER] },
    { reason: 'Migration', expiresAt: '2026-06-01T00:00:00Z' },
    { reason: 'Migration', expiresAt: '2026-06-01T00:00:00Z', accounts: [] },
    { reason: 'Migration', expiresAt: '2026-06-01T00:00:00Z', accounts: MEMBER },
    { reason: 'Migration', expiresAt: '2026-06-01T00:00:00Z', accounts: [MEMBER], id: 'own' },
  ];
  for (const body of wrong)
    it(`refuses ${JSON.stringify(body)}`, async () => {
      const { as, memory } = world();
      expect((await as('administrator', add(body))).status).toBe(422);
      expect(memory.exceptions.size).toBe(0);
    });
});

describe('health and users', () => {
  it('says how the installation is', async () => {
    const { as } = world();
    expect((await as('administrator', { path: '/api/health' })).body).toEqual({
      paused: false,
      controls: 3,
      gaps: [],
      limits: [],
      openBreakers: [],
      queues: [
        { name: 'events', waiting: 0 },
        { name: 'commands', waiting: 0 },
        { name: 'dead-letters', waiting: 0 },
      ],
      members: 2,
      automaticControls: 0,
      awaitingApproval: 1,
      held: 0,
      warnings: [],
    });
  });

  it('says where a stack is missing, unless a later attempt found it', async () => {
    const { as, memory } = world();
    const tried = (
      n: number,
      account: string,
      region: string,
      outcome: 'changed' | 'role-missing',
    ) =>
      attempt({
        id: String(n).padStart(32, '0'),
        account,
        region,
        outcome,
        claimedAt: `2026-05-06T11:0${n}:00.000Z`,
      });
    for (const one of [
      tried(1, MEMBER, 'us-east-1', 'role-missing'),
      tried(2, MEMBER, 'us-east-1', 'changed'),
      tried(3, OTHER, 'us-east-1', 'role-missing'),
      tried(4, OTHER, 'us-east-1', 'role-missing'),
    ])
      memory.attempts.set(one.id, one);
    const { body } = await as('administrator', { path: '/api/health' });
    expect(body['gaps']).toEqual([
      { account: OTHER, region: 'us-east-1', outcome: 'role-missing' },
    ]);
  });

  it('says what counts against a limit in this hour, the fullest first', async () => {
    const { as, memory } = world();
    memory.rows.set('EC2.2', { controlId: 'EC2.2', perHour: 10, accountPerHour: 4 });
    memory.starts.set(startsName('control', 'EC2.2', START), 5);
    memory.starts.set(startsName('account', MEMBER, START), 3);
    memory.starts.set(startsName('account', OTHER, new Date('2026-05-06T11:59:00Z')), 3);
    const { body } = await as('administrator', { path: '/api/health' });
    expect(body['limits']).toEqual([
      { of: 'account', id: MEMBER, starts: 3, limit: 4 },
      { of: 'control', id: 'EC2.2', starts: 5, limit: 10 },
    ]);
  });

  it('warns of what stops remediations, with a reason that the pages know', async () => {
    const { as, memory } = world();
    memory.settings = refuse('settings-unreadable', 'The parameter /x is missing.');
    memory.rows.set('EC2.2', { controlId: 'EC2.2', perHour: 'many' });
    const { body } = await as('administrator', { path: '/api/health' });
    expect(body['warnings']).toMatchObject([
      { reason: 'settings-unreadable', message: 'The parameter /x is missing.' },
      { reason: 'configuration-unreadable' },
    ]);
  });

  it('lists users with their roles and accounts', async () => {
    const { as } = world();
    const { body } = await as('delegated-administrator', { path: '/api/users' });
    expect(body['items']).toMatchObject([
      { email: 'account-operator@example.com', role: 'account-operator', accounts: [MEMBER] },
      { email: 'administrator@example.com', role: 'administrator' },
      { email: 'delegated-administrator@example.com', role: 'delegated-administrator' },
    ]);
  });
});

describe('trouble', () => {
  it('says busy when AWS is, and tells nobody what went wrong otherwise', async () => {
    const { as, memory, logged } = world();
    const fail = (name: string) => {
      memory.findings.values = () => {
        throw Object.assign(new Error('secret detail'), { name });
      };
    };
    fail('ThrottlingException');
    expect((await as('administrator', { path: '/api/findings' })).status).toBe(503);
    fail('ValidationException');
    const { status, answer } = await as('administrator', { path: '/api/findings' });
    expect(status).toBe(500);
    expect(answer.body).not.toContain('secret');
    expect(logged.join()).toContain('ValidationException');
  });
});
