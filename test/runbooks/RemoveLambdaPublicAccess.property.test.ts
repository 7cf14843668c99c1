import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

interface Permission {
  readonly StatementId: string;
  readonly Action: string;
  readonly Principal: string;
  readonly SourceArn?: string;
  readonly SourceAccount?: string;
  readonly PrincipalOrgID?: string;
  readonly EventSourceToken?: string;
  readonly FunctionUrlAuthType?: string;
  readonly InvokedViaFunctionUrl?: boolean;
}
interface Plan {
  readonly ids: readonly string[];
  readonly removed: readonly Permission[];
  readonly narrowed: readonly Permission[];
  readonly replaced: readonly Permission[];
}
interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string;
  readonly Resource: string;
  readonly Principal: unknown;
  readonly Condition?: Readonly<Record<string, unknown>>;
}

const FILE = 'runbooks/lambda/RemoveLambdaPublicAccess.py';
const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:resize';
const ACCOUNT = '111122223333';

const permission: fc.Arbitrary<Permission> = fc.record(
  {
    StatementId: fc.constantFrom('a', 'b', 'c', 'd', 'e-1', 'F_2'),
    Action: fc.constantFrom('lambda:InvokeFunction', 'lambda:InvokeFunctionUrl', 'lambda:*'),
    Principal: fc.constantFrom(
      '*',
      '*',
      's3.amazonaws.com',
      's3.amazonaws.com',
      'events.amazonaws.com',
      'sns.amazonaws.com',
      'arn:aws:iam::444455556666:root',
    ),
    SourceArn: fc.constantFrom('arn:aws:s3:::uploads', 'arn:aws:sns:us-east-1:111122223333:*'),
    SourceAccount: fc.constantFrom(ACCOUNT, '444455556666'),
    PrincipalOrgID: fc.constant('o-abcdef1234'),
    EventSourceToken: fc.constant('token.1'),
    FunctionUrlAuthType: fc.constantFrom('NONE', 'AWS_IAM'),
    InvokedViaFunctionUrl: fc.constant(true),
  },
  { requiredKeys: ['StatementId', 'Action', 'Principal'] },
);
const permissions = fc.uniqueArray(permission, {
  selector: (value) => value.StatementId,
  maxLength: 6,
});

/** The statement that AddPermission makes, as its API reference and answers show it. */
function toStatement(p: Permission): Statement {
  const equals = {
    ...(p.SourceAccount && { 'AWS:SourceAccount': p.SourceAccount }),
    ...(p.PrincipalOrgID && { 'aws:PrincipalOrgID': p.PrincipalOrgID }),
    ...(p.EventSourceToken && { 'lambda:EventSourceToken': p.EventSourceToken }),
    ...(p.FunctionUrlAuthType && { 'lambda:FunctionUrlAuthType': p.FunctionUrlAuthType }),
  };
  const condition = {
    ...(Object.keys(equals).length > 0 && { StringEquals: equals }),
    ...(p.SourceArn && { ArnLike: { 'AWS:SourceArn': p.SourceArn } }),
    ...(p.InvokedViaFunctionUrl && { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } }),
  };
  const service = p.Principal.endsWith('.amazonaws.com');
  const account = p.Principal.startsWith('arn:');
  return {
    Sid: p.StatementId,
    Effect: 'Allow',
    Action: p.Action,
    Resource: FUNCTION,
    Principal: service ? { Service: p.Principal } : account ? { AWS: p.Principal } : p.Principal,
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

const isPublic = (p: Permission): boolean =>
  p.Principal === '*'
    ? p.SourceAccount === undefined &&
      p.PrincipalOrgID === undefined &&
      (p.SourceArn ?? '*').includes('*')
    : p.Principal === 's3.amazonaws.com' && p.SourceAccount === undefined;

function plan(policies: readonly (readonly Statement[])[]): readonly Plan[] {
  const kwargs = policies.map((statements) => ({
    function_arn: FUNCTION,
    account: ACCOUNT,
    policy: JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements }),
  }));
  return callPure(FILE, 'public_statements', kwargs).map((result) => valueOf(result) as Plan);
}

const bySid = (statements: readonly Statement[]): readonly Statement[] =>
  statements.toSorted((a, b) => a.Sid.localeCompare(b.Sid));
const without = (statements: readonly Statement[], ids: readonly string[]): readonly Statement[] =>
  statements.filter(({ Sid }) => !ids.includes(Sid));

const samples = fc.sample(permissions, { numRuns: 400, seed: 1 });
const before = samples.map((list) => list.map(toStatement));

describePure('public statements of a function policy', () => {
  let plans: readonly Plan[] = [];
  beforeAll(() => {
    plans = plan(before);
  }, 60_000);

  it('are those that let everyone in, or any bucket, and no others', () => {
    expect(plans.map(({ ids }) => ids)).toEqual(
      samples.map((list) => list.filter(isPublic).map(({ StatementId }) => StatementId)),
    );
  });

  it('are gone after the change, while all others stay as they are', () => {
    const after = before.map((statements, index) => [
      ...without(statements, plans[index]?.ids ?? []),
      ...(plans[index]?.narrowed ?? []).map(toStatement),
    ]);
    expect(plan(after).map(({ ids }) => ids)).toEqual(after.map(() => []));
    for (const { removed, replaced, narrowed, ids } of plans) {
      expect(narrowed).toEqual(replaced.map((p) => ({ ...p, SourceAccount: ACCOUNT })));
      expect([...removed, ...replaced].map((p) => p.StatementId).toSorted()).toEqual(
        [...ids].toSorted(),
      );
    }
  });

  it('are restored to the letter by undo', () => {
    for (const [index, { ids, removed, narrowed, replaced }] of plans.entries()) {
      const statements = before[index] ?? [];
      const after = [...without(statements, ids), ...narrowed.map(toStatement)];
      const undone = [
        ...without(
          after,
          replaced.map(({ StatementId }) => StatementId),
        ),
        ...[...removed, ...replaced].map(toStatement),
      ];
      expect(bySid(undone)).toEqual(bySid(statements));
    }
  });

  const everyone = { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: FUNCTION };
  it('are refused when undo could not restore them', () => {
    const shapes: Readonly<Record<string, object>> = {
      'no Sid': { Principal: '*' },
      'a Sid that AddPermission refuses': { Sid: 'a.b', Principal: '*' },
      'several actions': { Sid: 'a', Principal: '*', Action: ['lambda:*'] },
      'a version as resource': { Sid: 'a', Principal: '*', Resource: `${FUNCTION}:1` },
      'an empty principal': { Sid: 'a', Principal: '' },
      'two principals': { Sid: 'a', Principal: { AWS: '*', Service: 's3.amazonaws.com' } },
      'another condition': {
        Sid: 'a',
        Principal: '*',
        Condition: { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } },
      },
      'a condition that may be missing': {
        Sid: 'a',
        Principal: '*',
        Condition: { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-abcdef1234' } },
      },
    };
    const results = callPure(
      FILE,
      'public_statements',
      Object.values(shapes).map((shape) => ({
        function_arn: FUNCTION,
        account: ACCOUNT,
        policy: JSON.stringify({ Statement: [{ ...everyone, ...shape }] }),
      })),
    );
    for (const [index, name] of Object.keys(shapes).entries())
      expect(results[index], name).toEqual({
        ok: false,
        error: expect.stringMatching(/Undo could not restore .*Nothing was changed/u),
      });
  });

  it('are none without a policy, and {AWS: *} counts as everyone', () => {
    const [none, everyoneElse] = callPure(FILE, 'public_statements', [
      { function_arn: FUNCTION, account: ACCOUNT },
      {
        function_arn: FUNCTION,
        account: ACCOUNT,
        policy: JSON.stringify({ Statement: { ...everyone, Sid: 'a', Principal: { AWS: '*' } } }),
      },
    ]).map((result) => valueOf(result) as Plan);
    expect(none).toEqual({ ids: [], actions: [], removed: [], replaced: [], narrowed: [] });
    expect(everyoneElse?.removed).toEqual([
      { StatementId: 'a', Action: 'lambda:InvokeFunction', Principal: '*' },
    ]);
  });
});
