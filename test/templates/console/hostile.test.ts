import { describe, expect, it } from 'vitest';
import { csvOf } from '../../../templates/admin/console/api/csv.ts';
import { createPages } from '../../../templates/admin/console/api/pages.ts';
import { MEMBER, finding } from '../admin/fixtures.ts';
import {
  ATTEMPT,
  FINDING,
  FOREIGN_FINDING,
  OTHER,
  PRODUCT,
  START,
  SUBS,
  claims,
  eventOf,
  foreignFinding,
  world,
} from './api-world.ts';
import type { Call } from './api-world.ts';

const ME: Call = { path: '/api/me' };
const ACT: Call = {
  method: 'POST',
  path: '/api/findings/actions',
  body: { action: 'remediate', findings: [{ id: FINDING, productArn: PRODUCT }] },
};
const seconds = START.getTime() / 1000;

describe('tokens', () => {
  const refused: readonly (readonly [string, Readonly<Record<string, unknown>>, number])[] = [
    [
      'of another issuer',
      { iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other' },
      401,
    ],
    ['of no issuer', { iss: undefined }, 401],
    ['of another app client', { client_id: 'other' }, 401],
    ['that are ID tokens', { token_use: 'id' }, 401],
    ['that are expired', { exp: String(seconds) }, 401],
    ['without an end', { exp: undefined }, 401],
    ['with an end that is no number', { exp: 'never' }, 401],
    ['that never end', { exp: '9E9' }, 401],
    ['from the future', { iat: String(seconds + 3600) }, 401],
    ['that were not made by managed login', { scope: 'aws.cognito.signin.user.admin' }, 401],
    ['of a user whose sub is none', { sub: 'x' }, 401],
    ['that name one user and mean another', { username: SUBS['delegated-administrator'] }, 401],
    ['of a user who is gone', { sub: SUBS.administrator, username: 'gone' }, 401],
    ['without a group', { 'cognito:groups': undefined }, 403],
    ['with two groups', { 'cognito:groups': '[asr-administrators asr-account-operators]' }, 403],
    [
      'with two groups, as a list',
      { 'cognito:groups': ['asr-administrators', 'asr-account-operators'] },
      403,
    ],
    ['with another group', { 'cognito:groups': '[administrators]' }, 403],
    ['with a group that only looks alike', { 'cognito:groups': '[asr-administrators2]' }, 403],
  ];
  for (const [what, changes, status] of refused)
    it(`refuses those ${what}`, async () => {
      const { as } = world();
      const answer = await as('administrator', { ...ME, claims: claims('administrator', changes) });
      expect(answer.status).toBe(status);
    });

  it('takes the groups as a list, too, and beside groups of others', async () => {
    const { as } = world();
    for (const groups of [['asr-administrators'], '[asr-administrators others]']) {
      const given = claims('administrator', { 'cognito:groups': groups });
      expect((await as('administrator', { ...ME, claims: given })).status).toBe(200);
    }
  });

  it('refuses a disabled user', async () => {
    const { as, memory } = world();
    const person = memory.people.get(SUBS.administrator);
    if (person === undefined) throw new Error('The user is missing.');
    memory.people.set(SUBS.administrator, { ...person, enabled: false });
    expect((await as('administrator', ME)).status).toBe(401);
  });

  it('does not believe accounts that a token names', async () => {
    const { as } = world();
    const given = claims('account-operator', { accounts: [OTHER], 'custom:accounts': OTHER });
    const { body } = await as('account-operator', { ...ME, claims: given });
    expect(body['accounts']).toEqual([MEMBER]);
  });

  for (const path of ['/api', '/API/me', '//api/me', '/Api/findings'])
    it(`gives nothing at ${path} without a token`, async () => {
      const { as } = world();
      expect((await as('administrator', { path, claims: null })).status).toBe(401);
    });
});

describe('requests that another site makes a browser send', () => {
  const headers: readonly (readonly [string, Readonly<Record<string, string>>, number])[] = [
    ['without the header', { 'x-asr-request': '' }, 403],
    ['with another value of it', { 'x-asr-request': '2' }, 403],
    ['as the browser says', { 'sec-fetch-site': 'cross-site' }, 403],
    ['from a subdomain', { 'sec-fetch-site': 'same-site' }, 403],
    ['as a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['as plain text', { 'content-type': 'text/plain' }, 415],
  ];
  for (const [what, given, status] of headers)
    it(`refuses those ${what}`, async () => {
      const { as, memory } = world();
      expect((await as('administrator', { ...ACT, headers: given })).status).toBe(status);
      expect(memory.commands).toEqual([]);
    });

  it('never allows another origin', async () => {
    const { as } = world();
    const { answer } = await as('administrator', {
      ...ME,
      headers: { origin: 'https://evil.example' },
    });
    expect(Object.keys(answer.headers).filter((name) => name.includes('allow-origin'))).toEqual([]);
    expect((await as('administrator', { ...ACT, method: 'OPTIONS' })).status).toBe(405);
  });
});

describe('bodies', () => {
  const wrong: readonly (readonly [string, unknown, number])[] = [
    ['larger than 64 KB', { ...Object(ACT.body), padding: 'x'.repeat(65_536) }, 413],
    ['that are no JSON', '{"action":', 422],
    ['that are a list', [], 422],
    ['that are a text', '"remediate"', 422],
    ['with an unknown member', { ...Object(ACT.body), actor: 'somebody else' }, 422],
    ['with an unknown action', { ...Object(ACT.body), action: 'release' }, 422],
    ['with no finding', { action: 'remediate', findings: [] }, 422],
    [
      'with 21 findings',
      {
        action: 'remediate',
        findings: Array.from({ length: 21 }, () => ({ id: FINDING, productArn: PRODUCT })),
      },
      422,
    ],
    ['with a finding that is null', { action: 'remediate', findings: [null] }, 422],
    ['with force as a text', { ...Object(ACT.body), force: 'yes' }, 422],
    [
      'with a template expression',
      { action: 'remediate', findings: [{ id: '{{ssm:x}}', productArn: PRODUCT }] },
      404,
    ],
    [
      "with another product's ARN",
      {
        action: 'remediate',
        findings: [
          {
            id: FINDING,
            productArn: `arn:aws:securityhub:eu-west-1:${MEMBER}:product/${MEMBER}/default`,
          },
        ],
      },
      404,
    ],
    ['with __proto__', '{"__proto__":{"action":"remediate"}}', 422],
  ];
  for (const [what, body, status] of wrong)
    it(`refuses those ${what}`, async () => {
      const { as, memory } = world();
      expect((await as('administrator', { ...ACT, body })).status).toBe(status);
      expect(memory.commands).toEqual([]);
    });

  it('counts the bytes of an encoded body', async () => {
    const { send } = world();
    const body = Buffer.from(JSON.stringify({ padding: 'ä'.repeat(40_000) })).toString('base64');
    const event = { ...eventOf({ ...ACT, body }, claims('administrator')), isBase64Encoded: true };
    expect((await send(event)).statusCode).toBe(413);
  });

  it('never repeats what was given', async () => {
    const { as, logged } = world();
    const evil = '<script>alert(1)</script>';
    const calls: readonly Call[] = [
      { path: `/api/${evil}` },
      { path: '/api/findings', query: { account: evil } },
      { path: '/api/findings', query: { [evil]: '1' } },
      { path: '/api/attempts', query: { next: evil } },
      { ...ACT, body: { action: evil } },
      { ...ACT, body: { [evil]: 1 } },
      { method: 'PUT', path: `/api/controls/${encodeURIComponent(evil)}`, body: { paused: true } },
      { method: 'POST', path: '/api/users', body: { email: evil, role: 'administrator' } },
      {
        method: 'POST',
        path: '/api/exceptions',
        body: { reason: evil, expiresAt: evil, accounts: [evil] },
      },
    ];
    for (const call of calls) {
      const { status, answer } = await as('administrator', call);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(answer.body).not.toContain('script');
    }
    expect(logged.join()).not.toContain('script');
  });
});

describe('filters that try other accounts', () => {
  const asked = [OTHER, `${MEMBER},${OTHER}`, `${OTHER},${OTHER}`];
  for (const account of asked)
    for (const path of ['/api/findings', '/api/attempts', '/api/findings.csv', '/api/attempts.csv'])
      it(`${path} for ${account} gives an operator own items at most`, async () => {
        const { as } = world();
        const { status, answer } = await as('account-operator', { path, query: { account } });
        expect(status).toBe(200);
        expect(answer.body).not.toContain(OTHER);
      });

  for (const account of [
    '*',
    '',
    ' ',
    `${MEMBER}%00`,
    `${MEMBER}' OR 1=1`,
    '１１１１２２２２３３３３',
  ])
    it(`takes nothing for an account but its id: ${JSON.stringify(account)}`, async () => {
      const { as } = world();
      const { status, answer } = await as('account-operator', {
        path: '/api/findings',
        query: { account },
      });
      expect(status).toBe(account === '' ? 200 : 422);
      expect(answer.body).not.toContain(OTHER);
    });

  it('drops a finding of another account that Security Hub gave all the same', async () => {
    const { as, memory } = world();
    // As if the filter had no effect: the id names the operator's account, the finding another one.
    memory.findings.set(FINDING, foreignFinding());
    const one = { path: '/api/findings/one', query: { id: FINDING, productArn: PRODUCT } };
    expect((await as('account-operator', one)).status).toBe(404);
  });

  it('drops a finding that another product imported under an own name', async () => {
    const { as, memory } = world();
    const forged = finding({
      UpdatedAt: '2026-05-06T11:20:00.000Z',
      ProductArn: `arn:aws:securityhub:eu-west-1:${MEMBER}:product/${MEMBER}/default`,
    });
    memory.findings.set(FINDING, forged);
    const { body } = await as('administrator', { path: '/api/findings' });
    expect(body['items']).toMatchObject([{ id: FOREIGN_FINDING }]);
  });

  it('sends nothing at all when one of several findings is out of reach', async () => {
    const { as, memory } = world();
    const findings = [FINDING, FOREIGN_FINDING].map((id) => ({ id, productArn: PRODUCT }));
    const { status } = await as('account-operator', { ...ACT, body: { action: 'undo', findings } });
    expect(status).toBe(404);
    expect(memory.commands).toEqual([]);
  });

  it('lets an operator except nothing without naming own accounts', async () => {
    const { as, memory } = world();
    const body = { reason: 'All of it', expiresAt: '2026-06-01T00:00:00Z', controls: ['EC2.2'] };
    const call = { method: 'POST', path: '/api/exceptions', body };
    expect((await as('account-operator', call)).status).toBe(403);
    expect(memory.exceptions.size).toBe(0);
  });
});

describe('paths', () => {
  const paths = [
    '/../package.json',
    '/..%2f..%2fetc/passwd',
    '/index.html/../../x',
    '/__proto__',
    '/constructor',
    '/app.js/',
    '/%00',
  ];
  for (const path of paths)
    it(`finds nothing at ${path}`, async () => {
      const { as } = world();
      expect((await as('administrator', { path, claims: null })).status).toBe(404);
    });

  for (const id of ['..', '%2e%2e%2fx', `${ATTEMPT}%2fapprove`, '%', ATTEMPT.toUpperCase()])
    it(`finds no attempt at ${id}`, async () => {
      const { as } = world();
      expect((await as('administrator', { path: `/api/attempts/${id}` })).status).toBe(404);
    });

  it('answers pages with headers that leave nothing to chance', async () => {
    const pages = createPages({
      files: {},
      config: { local: false, domain: 'login.example.com', clientId: 'c' },
    });
    const { headers, body } = pages(eventOf({ path: '/config.json' }, null));
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' https://login.example.com; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    );
    expect(headers['strict-transport-security']).toContain('max-age=');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(JSON.parse(body)).toEqual({ local: false, domain: 'login.example.com', clientId: 'c' });
  });
});

describe('CSV files', () => {
  for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '  =1'])
    it(`turns ${JSON.stringify(text)} into text`, () => {
      expect(csvOf(['a'], [[text]])).toBe(`"a"\r\n"'${text}"\r\n`);
    });

  it('keeps quotes, commas and line breaks inside their cell', () => {
    expect(
      csvOf(
        ['a', 'b'],
        [
          ['say "hi",', 'x\ny'],
          [undefined, 'z'],
        ],
      ),
    ).toBe('"a","b"\r\n"say ""hi"",","x\ny"\r\n"","z"\r\n');
  });

  it('is safe for a finding whose title is a formula', async () => {
    const { as, memory } = world();
    memory.findings.set(
      FINDING,
      finding({
        Title: '=HYPERLINK("https://evil.example")',
        UpdatedAt: '2026-05-06T11:20:00.000Z',
      }),
    );
    const { answer } = await as('administrator', { path: '/api/findings.csv' });
    expect(answer.headers['content-disposition']).toBe('attachment; filename="findings.csv"');
    expect(answer.body).toContain(`"'=HYPERLINK(""https://evil.example"")"`);
  });
});
