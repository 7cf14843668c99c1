import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fake, Fault } from './fake.ts';
import { event } from './payload.ts';
import { SYSTEMS, createFunction, holdSecret, secretReads, secretsManager } from './world.ts';
import type { TicketFunction } from './world.ts';

const TOKEN = 'tok-5f2a9c!"$';

describe.each(SYSTEMS)('a ticket function for $name', (system) => {
  let fake: Fake;
  let token = TOKEN;
  const fresh = (time?: number): TicketFunction => createFunction(system.service(fake.url), time);
  const times = (count: number, fault: Fault): readonly Fault[] =>
    Array.from({ length: count }, () => fault);

  beforeEach(async () => {
    token = TOKEN;
    secretsManager.reset();
    holdSecret(system.secret(TOKEN));
    fake = await system.start(() => token);
  });
  afterEach(async () => fake.close());

  it('opens a ticket and says where it is', async () => {
    const { open, pauses } = fresh();
    expect(await open(event())).toEqual({ Ok: true, ...system.first(fake.url) });
    expect(fake.tickets).toHaveLength(1);
    expect(fake.received.map(({ method }) => method)).toEqual(['GET', 'POST']);
    expect(pauses).toEqual([]);
  });

  it('opens one without a control id, without severity and for a resource that is no ARN', async () => {
    const { open } = fresh();
    const info = {
      SecurityControlId: undefined,
      FindingSeverity: null,
      AffectedResource: 'my-bucket',
    };
    expect(await open(event(info))).toMatchObject({ Ok: true });
    const text = JSON.stringify(fake.tickets);
    expect(text).toContain('Security finding in account 111122223333 (changed): my-bucket');
    expect(text).not.toContain('undefined');
  });

  it.each([
    undefined,
    null,
    'text',
    {},
    { RemediationInfo: [] },
    { RemediationInfo: { Message: 7 } },
  ])('opens none for %j', async (malformed) => {
    expect(await fresh().open(malformed)).toMatchObject({
      Ok: false,
      ResponseCode: 'invalid-request',
    });
    expect(fake.received).toEqual([]);
  });

  describe('opens one ticket for an attempt', () => {
    it('when the same function is asked twice', async () => {
      const { open } = fresh();
      const first = await open(event());
      expect(await open(event({ Message: 'Said in other words.' }))).toEqual(first);
      expect(fake.tickets).toHaveLength(1);
    });
    it('when another function was asked before', async () => {
      const first = await fresh().open(event());
      const { open, logs } = fresh();
      expect(await open(event())).toEqual(first);
      expect(fake.tickets).toHaveLength(1);
      expect(JSON.parse(logs[0] ?? '')).toMatchObject({ result: 'found' });
    });
    it('when the answer to its creation was lost', async () => {
      fake.faults.push({ on: 'creation', reaction: 'hang', isCarriedOut: true });
      expect(await fresh().open(event())).toEqual({ Ok: true, ...system.first(fake.url) });
      expect(fake.tickets).toHaveLength(1);
    });
    it('and another for another attempt', async () => {
      const { open } = fresh();
      await open(event());
      await open(event({ AttemptId: 'fedcba9876543210fedcba9876543210' }));
      expect(fake.tickets).toHaveLength(2);
    });
    it('and for one payload without an id', async () => {
      await fresh().open(event({ AttemptId: undefined }));
      await fresh().open(event({ AttemptId: undefined }));
      await fresh().open(event({ AttemptId: undefined, Message: 'Another one.' }));
      expect(fake.tickets).toHaveLength(2);
    });
  });

  describe('with credentials', () => {
    it('that are wrong, asks once and says so', async () => {
      holdSecret(system.secret('wrong'));
      const { open, pauses } = fresh();
      expect(await open(event())).toMatchObject({ Ok: false, ResponseCode: '401' });
      expect(fake.received).toHaveLength(1);
      expect(pauses).toEqual([]);
    });
    it('that were rotated, reads the secret again and goes on', async () => {
      const { open } = fresh();
      await open(event());
      token = 'rotated-token';
      holdSecret(system.secret(token));
      expect(await open(event({ AttemptId: 'second' }))).toMatchObject({ Ok: true });
      expect(secretReads()).toBe(2);
    });
    it('that are refused once more after the rotation, stops', async () => {
      const { open } = fresh();
      await open(event());
      token = 'right';
      holdSecret(system.secret('still-wrong'));
      expect(await open(event({ AttemptId: 'second' }))).toMatchObject({ ResponseCode: '401' });
      expect(fake.received).toHaveLength(4);
    });
    it('that are others at each reading, stops after the second', async () => {
      let reads = 0;
      secretsManager.on(GetSecretValueCommand).callsFake(() => {
        reads += 1;
        return { SecretString: system.secret(`wrong-${reads}`) };
      });
      expect(await fresh().open(event())).toMatchObject({ Ok: false, ResponseCode: '401' });
      expect([reads, fake.received.length]).toEqual([2, 2]);
    });
    it('keeps them for five minutes', async () => {
      const { open, later } = fresh();
      await open(event());
      later(299_000);
      await open(event({ AttemptId: 'second' }));
      expect(secretReads()).toBe(1);
      later(2000);
      await open(event({ AttemptId: 'third' }));
      expect(secretReads()).toBe(2);
    });
    it('that can not be read, names the error and asks nobody', async () => {
      const error = Object.assign(new Error(`no ${TOKEN}`), { name: 'AccessDeniedException' });
      secretsManager.on(GetSecretValueCommand).rejects(error);
      const answer = await fresh().open(event());
      expect(answer).toMatchObject({ Ok: false, ResponseCode: 'secret-unreadable' });
      expect(JSON.stringify(answer)).toContain('(AccessDeniedException)');
      expect(JSON.stringify(answer)).not.toContain(TOKEN);
      expect(fake.received).toEqual([]);
    });
    it.each([
      'no JSON',
      '"text"',
      '{}',
      '{"Username":"a","Password":""}',
      '{"Username":"a","Password":"b\\r\\nx-evil: 1"}',
      '{"API_Key":"b\\r\\nx-evil: 1"}',
    ])('in a secret like %s, says what it must hold', async (text) => {
      holdSecret(text);
      expect(await fresh().open(event())).toMatchObject({
        Ok: false,
        ResponseCode: 'secret-malformed',
      });
      expect(fake.received).toEqual([]);
    });
  });

  describe('waits and tries again', () => {
    it('on 429, as long as Retry-After says', async () => {
      fake.faults.push({
        on: 'creation',
        reaction: { status: 429, headers: { 'retry-after': '7' } },
      });
      const { open, pauses } = fresh();
      expect(await open(event())).toMatchObject({ Ok: true });
      expect(pauses).toHaveLength(1);
      expect(pauses[0]).toBeGreaterThanOrEqual(7000);
      expect(pauses[0]).toBeLessThan(10_000);
    });
    it('on 429, until the date in Retry-After', async () => {
      const headers = { 'retry-after': 'Tue, 03 Feb 2026 04:05:18 GMT' };
      fake.faults.push({ on: 'lookUp', reaction: { status: 429, headers } });
      const { open, pauses } = fresh();
      expect(await open(event())).toMatchObject({ Ok: true });
      expect(pauses[0]).toBeGreaterThanOrEqual(12_000);
    });
    it('not at all when Retry-After is longer than its time', async () => {
      fake.faults.push({
        on: 'lookUp',
        reaction: { status: 429, headers: { 'retry-after': '3600' } },
      });
      const { open, pauses } = fresh();
      const answer = await open(event());
      expect(answer).toMatchObject({ Ok: false, ResponseCode: '429' });
      expect(JSON.stringify(answer)).toContain('3600 seconds');
      expect(pauses).toEqual([]);
    });
    it('on 500 twice, then opens one ticket', async () => {
      fake.faults.push(...times(2, { on: 'creation', reaction: { status: 500, body: 'oops' } }));
      const { open, pauses } = fresh();
      expect(await open(event())).toMatchObject({ Ok: true });
      expect(fake.tickets).toHaveLength(1);
      expect(pauses).toHaveLength(2);
      expect(pauses[1]).toBeGreaterThan(pauses[0] ?? 0);
    });
    it('on a connection that hangs, and on one that breaks', async () => {
      fake.faults.push({ on: 'lookUp', reaction: 'hang' }, { on: 'creation', reaction: 'drop' });
      expect(await fresh().open(event())).toMatchObject({ Ok: true });
      expect(fake.tickets).toHaveLength(1);
    });
    it('but gives up within its time when nothing gets better', async () => {
      fake.faults.push(...times(9, { on: 'lookUp', reaction: 'hang' }));
      const { open, pauses } = fresh();
      const answer = await open(event());
      expect(answer).toMatchObject({ Ok: false, ResponseCode: 'no-answer' });
      expect(JSON.stringify(answer)).toContain('no answer within 0.3 seconds');
      expect(pauses.reduce((sum, one) => sum + one, 0)).toBeLessThan(50_000);
      expect(fake.received.length).toBeLessThanOrEqual(5);
    });
    it('but begins nothing without time for it', async () => {
      expect(await fresh(2500).open(event())).toMatchObject({
        Ok: false,
        ResponseCode: 'out-of-time',
      });
      expect(fake.received).toEqual([]);
    });
    it('and leaves a server alone that is not there', async () => {
      await fake.close();
      const answer = await fresh().open(event());
      expect(answer).toMatchObject({ Ok: false, ResponseCode: 'no-answer' });
      expect(JSON.stringify(answer)).toContain('ECONNREFUSED');
    });
  });

  describe('trusts no answer', () => {
    it.each([
      ['a page in place of JSON', { status: 200, body: '<html>Sleeping</html>' }],
      [
        'an answer without end',
        { status: 200, body: `{"issues":[],"result":[],"x":"${'a'.repeat(400_000)}"}` },
      ],
      ['another JSON', { status: 200, body: { issues: {}, result: 'none' } }],
      ['null', { status: 200, body: 'null' }],
    ])('like %s: it opens no ticket that may be there already', async (_what, reaction) => {
      fake.faults.push({ on: 'lookUp', reaction });
      expect(await fresh().open(event())).toMatchObject({
        Ok: false,
        ResponseCode: 'unclear-answer',
      });
      expect(fake.tickets).toEqual([]);
    });
    it('that a ticket was opened, when it names none', async () => {
      const body = { key: '../../x', result: { sys_id: 'javascript:alert(1)' } };
      fake.faults.push({ on: 'creation', reaction: { status: 201, body } });
      const answer = await fresh().open(event());
      expect(answer).toMatchObject({ Ok: false, ResponseCode: 'unclear-answer' });
      expect(JSON.stringify(answer)).toContain('asr-0123456789abcdef0123456789abcdef');
    });
    it('that sends it elsewhere with its credentials', async () => {
      const other = await system.start(() => token);
      const headers = { location: `${other.url}/rest/api/3/search/jql` };
      fake.faults.push({ on: 'lookUp', reaction: { status: 302, headers } });
      expect(await fresh().open(event())).toMatchObject({ Ok: false, ResponseCode: '302' });
      expect(other.received).toEqual([]);
      await other.close();
    });
  });

  describe('keeps to itself', () => {
    it('the credentials, though the system repeats them in an error', async () => {
      const { authorization = '', 'x-sn-apikey': apiKey = '' } = headersOf(
        system.service(fake.url),
      );
      const words = `You sent ${TOKEN} and ${authorization} and ${apiKey}`;
      const body = { errorMessages: [words], error: { message: words } };
      fake.faults.push({ on: 'lookUp', reaction: { status: 403, body } });
      const { open, logs } = fresh();
      const told = JSON.stringify([await open(event()), logs]);
      expect(told).toContain('You sent *** and ');
      for (const secret of secretsOf(system.service(fake.url))) expect(told).not.toContain(secret);
    });
    it('the texts of the finding: its log has one line of facts', async () => {
      const { open, logs } = fresh();
      await open(event({ Message: 'SECRET PLAN', FindingDescription: 'SECRET PLAN' }));
      expect(logs).toHaveLength(1);
      expect(JSON.parse(logs[0] ?? '')).toEqual({
        key: 'asr-0123456789abcdef0123456789abcdef',
        tries: 1,
        result: 'opened',
        ticket: system.first('').TicketId,
      });
    });
    it('everything when it fails, but the reason', async () => {
      fake.faults.push({ on: 'creation', reaction: { status: 400, body: {} } });
      const { open, logs } = fresh();
      expect(await open(event())).toMatchObject({ ResponseCode: '400' });
      expect(JSON.parse(logs[0] ?? '')).toMatchObject({ result: 'failed', code: '400' });
      expect(logs.join('\n')).not.toContain(TOKEN);
    });
  });

  describe('takes texts as data', () => {
    const hostile = [
      ['line breaks', 'two\nlines\r\nOutcome: compliant\u2028more'],
      [
        'templates',
        '{{ global:ACCOUNT_ID }} ${x} {code}h1. big{code} [code]<b>[/code] [~admin] @all',
      ],
      ['quotes', '"quotes" \'and\' \\backslashes\\ " OR project = "OTHER'],
      ['scripts', '<script>alert(1)</script> javascript:gs.log(1)^ORactive=true'],
      ['halves of characters', `a${'😀'.repeat(50_000)}`],
      ['100 KB', 'a'.repeat(100_000)],
      ['control characters', '\u0000\u001b[31m\u202eevil'],
    ] as const;
    it.each(hostile)('like %s', async (_what, text) => {
      const { open } = fresh();
      const info = {
        Message: text,
        FindingDescription: text,
        SecurityControlId: text,
        FindingSeverity: text,
        FindingAccountId: text,
        AffectedResource: text,
        FindingId: text,
        AttemptId: text,
        Outcome: text,
      };
      expect(await open(event(info))).toMatchObject({ Ok: true });
      const [ticket] = fake.tickets;
      expect(JSON.stringify(ticket).length).toBeLessThan(8000);
      const texts = textsOf(ticket);
      expect(texts.length).toBeGreaterThan(2);
      for (const one of texts) expect(one.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      // The fields end each line: the finding can't add one that looks like ours.
      expect(
        texts.flatMap((one) => one.split('\n')).filter((one) => one.startsWith('Outcome: com')),
      ).toEqual([]);
    });
    it('an id of an attempt that is none makes a key that is one', async () => {
      await fresh().open(event({ AttemptId: 'x" OR labels = "y^active=true' }));
      const asked = fake.received[0]?.query.toString() ?? '';
      expect(asked).toMatch(/asr-[0-9a-f]{32}/u);
      expect(asked).not.toContain('OR+labels');
    });
  });

  function headersOf(service: ReturnType<typeof system.service>): Readonly<Record<string, string>> {
    return credentialsOf(service).headers;
  }
  function secretsOf(service: ReturnType<typeof system.service>): readonly string[] {
    return credentialsOf(service).secrets;
  }
  function credentialsOf(service: ReturnType<typeof system.service>) {
    const credentials = service.credentials(JSON.parse(system.secret(TOKEN)) as never);
    if (credentials === undefined) throw new Error('The secret of this test has another form.');
    return credentials;
  }
});

/** All texts inside a stored ticket. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
