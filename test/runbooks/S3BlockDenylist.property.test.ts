import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

type Json = Readonly<Record<string, unknown>>;
interface Policy extends Json {
  readonly Statement: Json | readonly Json[];
}
interface Power {
  readonly granted: readonly string[];
  readonly policy: string | null;
}
/** Who asks, as IAM would see it. */
interface Caller {
  readonly account?: string;
  readonly arn?: string;
  readonly canonical?: string;
  readonly service?: string;
}

const FILE = 'runbooks/s3/S3BlockDenylist.py';
const BUCKET = 'arn:aws:s3:::orders';
const OWN = '012345678901';
const OTHER = '999988887777';
const THIRD = '111122223333';
const ACTIONS = [
  's3:DeleteBucketPolicy',
  's3:PutBucketAcl',
  's3:PutBucketPolicy',
  's3:PutEncryptionConfiguration',
  's3:PutObjectAcl',
];

const WRITER = `arn:aws:iam::${OTHER}:role/team/writer`;
const IDENTITY = 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1ABCDEFGHIJKL';
const callers: readonly Caller[] = [
  { account: OWN, arn: `arn:aws:iam::${OWN}:role/admin`, canonical: 'own-id' },
  { account: OTHER, arn: WRITER, canonical: 'other-id' },
  { account: OTHER, arn: `arn:aws:iam::${OTHER}:user/anna`, canonical: 'other-id' },
  { account: THIRD, arn: `arn:aws:iam::${THIRD}:role/ci`, canonical: 'third-id' },
  { account: 'cloudfront', arn: IDENTITY },
  { service: 'logging.s3.amazonaws.com' },
  {},
];

const users = fc.constantFrom(
  '*',
  OWN,
  `arn:aws:iam::${OWN}:root`,
  `arn:aws:iam::${OWN}:role/admin`,
  OTHER,
  `arn:aws:iam::${OTHER}:root`,
  WRITER,
  IDENTITY,
  'AROAEXAMPLEEXAMPLE234',
);

const statement: fc.Arbitrary<Json> = fc.record(
  {
    Sid: fc.constantFrom('DenyPowerToOtherAccounts1', 'DenyPowerToOtherAccounts2', 'Zürich'),
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    Principal: fc.oneof(
      fc.constant<unknown>('*'),
      fc.record({ AWS: fc.oneof(users, fc.array(users, { minLength: 1, maxLength: 3 })) }),
      fc.record({ CanonicalUser: fc.constantFrom('own-id', 'other-id') }),
      fc.constant({ Service: 'logging.s3.amazonaws.com' }),
    ),
    Action: fc.constantFrom<unknown>(
      's3:*',
      'S3:putbucket*',
      '*',
      ['s3:GetObject', 's3:PutObjectAcl'],
      's3:PutObject*',
      's3:GetObject',
      's3:Put?ucketAcl',
    ),
    Resource: fc.constantFrom<unknown>(
      [BUCKET, `${BUCKET}/*`],
      BUCKET,
      `${BUCKET}/*`,
      '*',
      `${BUCKET}/?*`,
      `${BUCKET}/logs/*`,
      `${BUCKET}*`,
      'arn:aws:s3:::*/logs/*',
      'arn:aws:s3:::order',
    ),
    Condition: fc.constantFrom<unknown>(
      { StringEquals: { 'aws:PrincipalAccount': OWN } },
      { StringLike: { 'aws:principalaccount': [OWN] } },
      { StringEquals: { 'aws:PrincipalAccount': [OWN, OTHER] } },
      { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdef1234' } },
      { StringNotEquals: { 'aws:PrincipalAccount': OWN } },
      {
        StringNotEquals: { 'aws:PrincipalAccount': OWN },
        BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
      },
    ),
  },
  { requiredKeys: ['Effect', 'Principal', 'Action', 'Resource'] },
);

const policies = fc
  .sample(
    fc.record(
      {
        Version: fc.constantFrom('2012-10-17', '2008-10-17'),
        Id: fc.constant('owners-id'),
        Statement: fc.oneof(statement, fc.array(statement, { minLength: 1, maxLength: 5 })),
      },
      { requiredKeys: ['Statement'] },
    ),
    { numRuns: 600, seed: 6 },
  )
  .map((value) => JSON.stringify(value, null, 1));

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const statementsOf = (text: string): readonly Json[] =>
  asList((JSON.parse(text) as Policy).Statement) as readonly Json[];

function matches(pattern: unknown, text: string): boolean {
  const escaped = String(pattern).replaceAll(/[.+^${}()|[\]\\]/gu, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'u').test(text);
}

function names(principal: unknown, caller: Caller): boolean {
  if (principal === '*') return true;
  const named = principal as Json;
  const listed = asList(named['AWS'] ?? []);
  const { account = '-', arn = '-', canonical = '-', service = '-' } = caller;
  return (
    listed.includes('*') ||
    [account, `arn:aws:iam::${account}:root`, arn].some((one) => listed.includes(one)) ||
    asList(named['CanonicalUser'] ?? []).includes(canonical) ||
    asList(named['Service'] ?? []).includes(service)
  );
}

/** What a request carries: services have no account, and the anonymous have nothing. Everybody known is of the organization. */
function context(caller: Caller): Readonly<Record<string, string>> {
  if (caller.service !== undefined) return { 'aws:principalisawsservice': 'true' };
  if (caller.account === undefined) return {};
  return {
    'aws:principalaccount': caller.account,
    'aws:principalorgid': 'o-abcdef1234',
    'aws:principalisawsservice': 'false',
  };
}

function holds(condition: unknown, caller: Caller): boolean {
  return Object.entries((condition ?? {}) as Record<string, Json>).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => {
      const value = context(caller)[key.toLowerCase()];
      const isOneOf = value !== undefined && asList(values).some((one) => matches(one, value));
      if (operator === 'StringNotEquals') return !isOneOf;
      return isOneOf || (operator.endsWith('IfExists') && value === undefined);
    }),
  );
}

/** Whether the bucket policy alone lets a caller do something: our own small reading of the policy language. */
function isAllowed(text: string, caller: Caller, action: string, resource: string): boolean {
  const fitting = statementsOf(text).filter(
    (s) =>
      names(s['Principal'], caller) &&
      asList(s['Action']).some((a) => matches(String(a).toLowerCase(), action.toLowerCase())) &&
      asList(s['Resource']).some((r) => matches(r, resource)) &&
      holds(s['Condition'], caller),
  );
  return (
    fitting.some((s) => s['Effect'] === 'Allow') && !fitting.some((s) => s['Effect'] === 'Deny')
  );
}

const objects = ['a', 'logs/2024'].map((key) => `${BUCKET}/${key}`);
const resourcesOf = (action: string): readonly string[] =>
  action.includes('Object') ? objects : [BUCKET];
const isOther = ({ account, service }: Caller): boolean => account !== OWN && service === undefined;

function allowedPower(text: string): readonly string[] {
  return callers.filter(isOther).flatMap((caller) =>
    ACTIONS.flatMap((action) =>
      resourcesOf(action)
        .filter((resource) => isAllowed(text, caller, action, resource))
        .map((resource) => `${caller.arn ?? 'anonymous'} ${action} ${resource}`),
    ),
  );
}

const find = (texts: readonly string[]): readonly Power[] =>
  callPure(
    FILE,
    'foreign_power',
    texts.map((policy) => ({
      actions: ACTIONS,
      bucket: BUCKET,
      account: OWN,
      owner: 'own-id',
      policy,
    })),
  ).map((result) => valueOf(result) as Power);

describePure('power of other accounts in a bucket policy', () => {
  let found: readonly Power[] = [];
  let merged: readonly string[] = [];
  beforeAll(() => {
    found = find(policies);
    merged = found.map(({ policy }, index) => policy ?? policies[index] ?? '');
  }, 60_000);

  it('is found wherever another account could use it', () => {
    expect(new Set(found.map(({ granted }) => granted.length > 0))).toEqual(new Set([true, false]));
    for (const [index, { granted }] of found.entries())
      if (granted.length === 0)
        expect(allowedPower(policies[index] ?? ''), policies[index]).toEqual([]);
  });

  it('is gone after the change, and a second run finds nothing', () => {
    for (const [index, text] of merged.entries())
      expect(allowedPower(text), `${policies[index] ?? ''}\n${text}`).toEqual([]);
    expect(find(merged).map(({ granted }) => granted)).toEqual(merged.map(() => []));
  });

  it('leaves the own account, services and all other actions as they were', () => {
    for (const [index, text] of merged.entries())
      for (const caller of callers)
        for (const action of [...ACTIONS, 's3:GetObject', 's3:PutObject', 's3:PutBucketTagging'])
          if (!isOther(caller) || !ACTIONS.includes(action))
            for (const resource of resourcesOf(action))
              expect(isAllowed(text, caller, action, resource), text).toBe(
                isAllowed(policies[index] ?? '', caller, action, resource),
              );
  });

  it('keeps what was there and only adds denying statements, with no Sid twice', () => {
    for (const [index, text] of merged.entries()) {
      const was = JSON.parse(policies[index] ?? '') as Policy;
      const is = JSON.parse(text) as Policy;
      const before = asList(was.Statement) as readonly Json[];
      expect({ ...is, Statement: was.Statement }).toEqual(was);
      expect(statementsOf(text).slice(0, before.length)).toEqual(before);
      const added = statementsOf(text).slice(before.length);
      expect(added.every((s) => s['Effect'] === 'Deny')).toBe(true);
      for (const { Principal } of added)
        expect(
          Principal === '*' ||
            Object.keys(Principal as Json).every((type) => ['AWS', 'CanonicalUser'].includes(type)),
        ).toBe(true);
      const sids = added.map((s) => s['Sid']);
      expect(new Set(sids).size).toBe(sids.length);
      for (const s of before) expect(sids).not.toContain(s['Sid']);
    }
  });

  it('refuses a policy that would be longer than 20 KB, counted in bytes', () => {
    const sized = (length: number, filler: string) =>
      JSON.stringify({
        Statement: {
          Sid: filler.repeat(length),
          Effect: 'Allow',
          Principal: { AWS: WRITER },
          Action: 's3:*',
          Resource: '*',
        },
      });
    const [fits, tooLong, umlauts] = callPure(
      FILE,
      'foreign_power',
      [sized(19_800, 'a'), sized(20_200, 'a'), sized(10_100, 'ü')].map((policy) => ({
        actions: ACTIONS,
        bucket: BUCKET,
        account: OWN,
        owner: 'own-id',
        policy,
      })),
    );
    expect(fits?.ok).toBe(true);
    for (const result of [tooLong, umlauts])
      expect(result).toEqual({
        ok: false,
        error: expect.stringMatching(/S3 takes at most 20480\. Shorten the policy/u),
      });
  });
});
