import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

type Json = Readonly<Record<string, unknown>>;
interface Policy extends Json {
  readonly Statement: Json | readonly Json[];
}

const FILE = 'runbooks/s3/SetSSLBucketPolicy.py';
const BUCKET = 'arn:aws:s3:::orders';

const statement: fc.Arbitrary<Json> = fc.record(
  {
    Sid: fc.constantFrom(
      'DenyRequestsWithoutTls',
      'DenyRequestsWithoutTls2',
      'AllowReaders',
      'Zürich',
    ),
    Effect: fc.constantFrom('Allow', 'Deny', 'Deny', 'Deny'),
    Principal: fc.constantFrom<unknown>(
      '*',
      { AWS: '*' },
      { AWS: ['arn:aws:iam::111122223333:root', '*'] },
      { AWS: 'arn:aws:iam::111122223333:root' },
      { Service: 'logging.s3.amazonaws.com' },
    ),
    Action: fc.constantFrom<unknown>('s3:*', 'S3:*', '*', ['s3:GetObject', 's3:*'], 's3:GetObject'),
    Resource: fc.constantFrom<unknown>(
      [BUCKET, `${BUCKET}/*`],
      BUCKET,
      `${BUCKET}/*`,
      '*',
      `${BUCKET}*`,
      `${BUCKET}/?*`,
      `${BUCKET}/??*`,
      `${BUCKET}/?`,
      `${BUCKET}/logs/*`,
      'arn:aws:s3:::order[s]/*',
    ),
    Condition: fc.constantFrom<unknown>(
      { Bool: { 'aws:SecureTransport': 'false' } },
      { bool: { 'aws:securetransport': ['false'] } },
      { Bool: { 'aws:SecureTransport': false } },
      { Bool: { 'aws:SecureTransport': 'true' } },
      { Bool: { 'aws:SecureTransport': ['true', 'false'] } },
      { Bool: { 'aws:SecureTransport': 'false', 'aws:ViaAWSService': 'true' } },
      {
        Bool: { 'aws:SecureTransport': 'false' },
        StringEquals: { 'aws:PrincipalOrgID': 'o-abcdef1234' },
      },
      { NumericLessThan: { 's3:TlsVersion': 1.2 } },
    ),
  },
  { requiredKeys: ['Effect', 'Principal', 'Action', 'Resource'] },
);

const policy: fc.Arbitrary<Policy> = fc.record(
  {
    Version: fc.constantFrom('2012-10-17', '2008-10-17'),
    Id: fc.constant('owners-id'),
    Statement: fc.oneof(statement, fc.array(statement, { minLength: 1, maxLength: 5 })),
  },
  { requiredKeys: ['Statement'] },
);

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const statementsOf = (text: string): readonly Json[] =>
  asList((JSON.parse(text) as Policy).Statement) as readonly Json[];

function matches(pattern: unknown, text: string): boolean {
  const escaped = String(pattern).replaceAll(/[.+^${}()|[\]\\]/gu, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'u').test(text);
}

/** A condition's outcome for an anonymous request, which has no organization and no TLS version. */
function holds(condition: unknown, secure: boolean): boolean {
  return Object.entries((condition ?? {}) as Record<string, Json>).every(([operator, keys]) =>
    Object.entries(keys).every(
      ([key, values]) =>
        operator.toLowerCase() === 'bool' &&
        key.toLowerCase() === 'aws:securetransport' &&
        asList(values).some((value) => String(value).toLowerCase() === String(secure)),
    ),
  );
}

/** Whether IAM would deny an anonymous request: our own small reading of the policy language. */
function isDenied(text: string, action: string, resource: string, secure: boolean): boolean {
  return statementsOf(text).some(
    (s) =>
      s['Effect'] === 'Deny' &&
      (s['Principal'] === '*' || asList((s['Principal'] as Json)['AWS']).includes('*')) &&
      asList(s['Action']).some((a) => matches(String(a).toLowerCase(), action.toLowerCase())) &&
      asList(s['Resource']).some((r) => matches(r, resource)) &&
      holds(s['Condition'], secure),
  );
}

const requests = [
  ['s3:ListBucket', BUCKET],
  ['s3:PutBucketPolicy', BUCKET],
  ...['a', 'ab', 'logs/2024', 'deep/er/key'].flatMap((key) =>
    ['s3:GetObject', 's3:DeleteObject'].map((action) => [action, `${BUCKET}/${key}`] as const),
  ),
] as const;

const policies = fc
  .sample(policy, { numRuns: 400, seed: 5 })
  .map((value) => JSON.stringify(value, null, 1));
const call = (name: string, texts: readonly string[]): readonly unknown[] =>
  callPure(
    FILE,
    name,
    texts.map((text) => ({ bucket: BUCKET, policy: text })),
  ).map(valueOf);

describePure('TLS statement in a bucket policy', () => {
  let before: readonly unknown[] = [];
  let merged: readonly string[] = [];
  beforeAll(() => {
    before = call('denies_plain_http', policies);
    merged = call('with_tls_statement', policies) as readonly string[];
  }, 60_000);

  it('is found complete only where every plain HTTP request is denied', () => {
    expect(new Set(before)).toEqual(new Set([true, false]));
    for (const [index, complete] of before.entries())
      for (const [action, resource] of requests)
        if (complete === true)
          expect(isDenied(policies[index] ?? '', action, resource, false), policies[index]).toBe(
            true,
          );
  });

  it('makes the policy complete and denies nothing else', () => {
    expect(call('denies_plain_http', merged)).toEqual(merged.map(() => true));
    for (const [index, text] of merged.entries())
      for (const [action, resource] of requests) {
        expect(isDenied(text, action, resource, false)).toBe(true);
        expect(isDenied(text, action, resource, true)).toBe(
          isDenied(policies[index] ?? '', action, resource, true),
        );
      }
  });

  it('leaves everything that was there as it was, with one statement more and no Sid twice', () => {
    for (const [index, text] of merged.entries()) {
      const was = JSON.parse(policies[index] ?? '') as Policy;
      const is = JSON.parse(text) as Policy;
      expect({ ...is, Statement: was.Statement }).toEqual(was);
      expect(statementsOf(text).slice(0, -1)).toEqual(asList(was.Statement));
      const sids = asList(was.Statement).map((s) => (s as Json)['Sid']);
      expect(sids).not.toContain(statementsOf(text).at(-1)?.['Sid']);
    }
  });

  it('starts a policy where there is none, in every partition', () => {
    const buckets = ['arn:aws:s3:::a', 'arn:aws-cn:s3:::a', 'arn:aws-us-gov:s3:::a'];
    const created = callPure(
      FILE,
      'with_tls_statement',
      buckets.map((bucket) => ({ bucket })),
    ).map((result) => statementsOf(valueOf(result) as string));
    expect(created.map(([only]) => only?.['Resource'])).toEqual(
      buckets.map((bucket) => [bucket, `${bucket}/*`]),
    );
    expect(valueOf(callPure(FILE, 'denies_plain_http', [{ bucket: BUCKET }])[0])).toBe(false);
  });

  it('refuses a policy that would be longer than 20 KB, counted in bytes', () => {
    const sized = (length: number, filler: string) =>
      JSON.stringify({
        Statement: [
          {
            Sid: filler.repeat(length),
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:GetObject',
            Resource: BUCKET,
          },
        ],
      });
    const [fits, tooLong, umlauts] = callPure(FILE, 'with_tls_statement', [
      { bucket: BUCKET, policy: sized(20_100, 'a') },
      { bucket: BUCKET, policy: sized(20_300, 'a') },
      { bucket: BUCKET, policy: sized(10_200, 'ü') },
    ]);
    expect(fits?.ok).toBe(true);
    for (const result of [tooLong, umlauts])
      expect(result).toEqual({
        ok: false,
        error: expect.stringMatching(
          /bytes with the TLS statement, and S3 takes at most 20480\. Shorten the policy/u,
        ),
      });
  });
});
