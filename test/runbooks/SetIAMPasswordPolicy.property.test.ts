import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

const FILE = 'runbooks/iam/SetIAMPasswordPolicy.py';

type Policy = Readonly<Record<string, boolean | number | null>>;
interface Situation {
  readonly meets: 'parameters' | Policy;
  readonly parameters: Policy;
  readonly policy: Policy | null;
}
interface Plan {
  readonly lacking: readonly string[];
  readonly stronger: Policy;
  readonly former: Policy | null;
}

const RULES = [
  'RequireUppercaseCharacters',
  'RequireLowercaseCharacters',
  'RequireSymbols',
  'RequireNumbers',
];

/** What the controls ask for, with the values of those that fix them. */
const fixed: fc.Arbitrary<Policy> = fc.constantFrom<Policy>(
  { RequireUppercaseCharacters: true },
  { RequireSymbols: true },
  { MinimumPasswordLength: 14 },
  { PasswordReusePrevention: 24 },
  { MaxPasswordAge: 90 },
  {
    RequireUppercaseCharacters: true,
    RequireLowercaseCharacters: true,
    RequireNumbers: true,
    MinimumPasswordLength: 7,
    PasswordReusePrevention: 4,
    MaxPasswordAge: 90,
  },
);
const parameters: fc.Arbitrary<Policy> = fc.record({
  RequireUppercaseCharacters: fc.boolean(),
  RequireLowercaseCharacters: fc.boolean(),
  RequireSymbols: fc.boolean(),
  RequireNumbers: fc.boolean(),
  MinimumPasswordLength: fc.integer({ min: 8, max: 128 }),
  PasswordReusePrevention: fc.option(fc.integer({ min: 12, max: 24 })),
  MaxPasswordAge: fc.option(fc.integer({ min: 1, max: 90 })),
});

/** A policy as GetAccountPasswordPolicy reports it: rules that are off are 0 or missing. */
const policy: fc.Arbitrary<Policy> = fc
  .record(
    {
      MinimumPasswordLength: fc.integer({ min: 6, max: 128 }),
      RequireSymbols: fc.boolean(),
      RequireNumbers: fc.boolean(),
      RequireUppercaseCharacters: fc.boolean(),
      RequireLowercaseCharacters: fc.boolean(),
      AllowUsersToChangePassword: fc.boolean(),
      MaxPasswordAge: fc.constantFrom(0, 30, 90, 91, 365, 1095),
      PasswordReusePrevention: fc.constantFrom(0, 1, 4, 23, 24),
      HardExpiry: fc.boolean(),
    },
    {
      requiredKeys: [
        'MinimumPasswordLength',
        'RequireSymbols',
        'RequireNumbers',
        'RequireUppercaseCharacters',
        'RequireLowercaseCharacters',
        'AllowUsersToChangePassword',
      ],
    },
  )
  .map((reported) => ({ ...reported, ExpirePasswords: (reported.MaxPasswordAge ?? 0) > 0 }));

const situation: fc.Arbitrary<Situation> = fc.record({
  meets: fc.oneof(fixed, fc.constant('parameters' as const)),
  parameters,
  policy: fc.option(policy, { freq: 4 }),
});

function plans(situations: readonly Situation[]): readonly Plan[] {
  return callPure(
    FILE,
    'strengthen',
    situations as unknown as readonly Readonly<Record<string, unknown>>[],
  ).map((result) => valueOf(result) as Plan);
}

/** How strict one setting is; more is stricter. */
function strictness(name: string, policyNow: Policy | null): number {
  const value = policyNow?.[name] ?? 0;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return name === 'MaxPasswordAge' ? (value === 0 ? 0 : 2000 - value) : value;
}

/** The Config rule, from its documentation: each value asked for must be met. */
function passes({ meets, parameters: given }: Situation, now: Policy | null): boolean {
  const wanted = meets === 'parameters' ? given : meets;
  return (
    now !== null &&
    Object.keys(wanted).every((name) => strictness(name, now) >= strictness(name, wanted))
  );
}

const MEASURED = [...RULES, 'MinimumPasswordLength', 'MaxPasswordAge', 'PasswordReusePrevention'];

describePure('SetIAMPasswordPolicy', () => {
  const situations = fc.sample(situation, { numRuns: 600, seed: 7 });
  const made = plans(situations);
  const cases = situations.map((given, index) => ({ given, plan: made[index] as Plan }));

  it('lacks something exactly when the control fails, and passes it afterwards', () => {
    for (const { given, plan } of cases) {
      expect(plan.lacking.length === 0).toBe(passes(given, given.policy));
      expect(passes(given, plan.stronger)).toBe(true);
    }
  });

  it('loosens nothing, not even what holds without a policy', () => {
    const unwritten: Policy = {
      MinimumPasswordLength: 8,
      RequireUppercaseCharacters: true,
      RequireLowercaseCharacters: true,
      RequireNumbers: true,
    };
    for (const { given, plan } of cases)
      for (const name of MEASURED)
        expect(strictness(name, plan.stronger)).toBeGreaterThanOrEqual(
          strictness(name, given.policy ?? unwritten),
        );
  });

  it('changes only what the control asks for and the policy lacks', () => {
    for (const { given, plan } of cases) {
      if (plan.former === null) continue;
      const wanted = given.meets === 'parameters' ? given.parameters : given.meets;
      const changed = Object.keys(plan.stronger).filter(
        (name) => plan.stronger[name] !== plan.former?.[name],
      );
      for (const name of changed)
        expect(strictness(name, wanted)).toBeGreaterThan(strictness(name, given.policy));
      expect(changed).toHaveLength(plan.lacking.length);
    }
  });

  it('writes only members and values that UpdateAccountPasswordPolicy takes, and all that were there', () => {
    for (const { given, plan } of cases)
      for (const written of [plan.stronger, ...(plan.former === null ? [] : [plan.former])]) {
        expect(Object.keys(written)).not.toContain('ExpirePasswords');
        expect(Object.values(written)).not.toContain(0);
        for (const [name, value] of Object.entries(given.policy ?? {}))
          if (value !== 0 && name !== 'ExpirePasswords') expect(written).toHaveProperty(name);
      }
  });

  it('finds nothing to do the second time, and remembers an absent policy as absent', () => {
    const again = plans(
      situations.map((given, index) => ({ ...given, policy: made[index]?.stronger ?? null })),
    );
    for (const [index, plan] of again.entries()) {
      expect(plan.lacking).toEqual([]);
      expect(plan.stronger).toEqual(made[index]?.stronger);
      expect(plan.former).toEqual(made[index]?.stronger);
    }
    for (const { given, plan } of cases) expect(plan.former === null).toBe(given.policy === null);
  });
});
