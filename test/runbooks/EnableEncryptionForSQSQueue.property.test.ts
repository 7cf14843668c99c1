import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure } from '../support/pure-python.ts';

const FILE = 'runbooks/sqs/EnableEncryptionForSQSQueue.py';

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const EVERYONE: readonly unknown[] = [
  '*',
  { AWS: '*' },
  { AWS: ['*'] },
  { AWS: ['111122223333', '*'] },
];
const SOMEBODY: readonly unknown[] = [
  { AWS: 'arn:aws:iam::111122223333:root' },
  { Service: 'sns.amazonaws.com' },
  { Service: ['events.amazonaws.com'] },
];
/** Conditions that a request without a signature can meet, and ones that it can't. */
const UNSIGNED = [
  undefined,
  { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
  { Bool: { 'aws:SecureTransport': 'true' } },
];
const SIGNED = [
  { ArnLike: { 'AWS:SourceArn': 'arn:aws:sns:*:111122223333:*' } },
  { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
  {
    IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
    StringEquals: { 'aws:SourceAccount': '111122223333' },
  },
];

const statement = fc
  .record({
    Sid: fc.stringMatching(/^[a-z]{4}$/u),
    Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
    Principal: fc.constantFrom(...EVERYONE, ...SOMEBODY),
    condition: fc.constantFrom(...UNSIGNED, ...SIGNED),
  })
  .map(({ condition, ...rest }): Statement => ({
    ...rest,
    ...(condition === undefined ? {} : { Condition: condition }),
  }));

function isOpen(one: Statement): boolean {
  const fixed = SIGNED.some(
    (condition) => JSON.stringify(condition) === JSON.stringify(one.Condition),
  );
  const everyone = EVERYONE.some((who) => JSON.stringify(who) === JSON.stringify(one.Principal));
  return one.Effect === 'Allow' && everyone && !fixed;
}

describePure('EnableEncryptionForSQSQueue', () => {
  const policies = fc.sample(fc.array(statement, { maxLength: 4 }), { numRuns: 400, seed: 1 });
  const inputs = policies.map((list) => ({
    // A single statement may stand without a list.
    policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: list.length === 1 ? list[0] : list,
    }),
  }));

  it('refuses exactly the policies that let unsigned requests in, and names the statements', () => {
    const results = callPure(
      FILE,
      'unsigned_access',
      inputs.map((one) => ({ ...one, accept: false })),
    );
    for (const [index, list] of policies.entries()) {
      const open = list.filter(isOpen).map((one) => one.Sid);
      const result = results[index];
      expect(result?.ok).toBe(open.length === 0);
      if (result?.ok === false) for (const id of open) expect(result.error).toContain(id);
    }
  });

  it('goes ahead where unsigned requests may be lost, and says so', () => {
    const results = callPure(
      FILE,
      'unsigned_access',
      inputs.map((one) => ({ ...one, accept: true })),
    );
    for (const [index, list] of policies.entries()) {
      const said = list.some(isOpen) ? 'will be refused' : 'no statement';
      expect(results[index]).toMatchObject({ ok: true, value: expect.stringContaining(said) });
    }
  });

  it('takes a queue without a policy', () => {
    expect(callPure(FILE, 'unsigned_access', [{ accept: false }])[0]?.ok).toBe(true);
  });
});
