import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

const FILE = 'runbooks/autoscaling/ReplaceLaunchConfiguration.py';
/** Each case of a batch is its own random case; a whole batch goes through one Python process. */
const BATCHES = { numRuns: 1, endOnFailure: true };

type Configuration = Readonly<Record<string, unknown>>;
interface Replacement {
  readonly wrong: boolean;
  readonly copy: Configuration | null;
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const configuration: fc.Arbitrary<Configuration> = fc.record(
  {
    LaunchConfigurationName: fc
      .string({ minLength: 1, maxLength: 255 })
      .filter((name) => !name.includes('-asr-')),
    LaunchConfigurationARN: fc.uuid(),
    CreatedTime: fc.constant('2024-05-01T00:00:00+00:00'),
    ImageId: fc.constant('ami-0123456789abcdef0'),
    KeyName: fc.constantFrom('', 'ops'),
    KernelId: fc.constant(''),
    SecurityGroups: fc.array(fc.uuid(), { maxLength: 2 }),
    UserData: fc.oneof(fc.constant(''), fc.string({ unit: 'grapheme' }).map(base64)),
    EbsOptimized: fc.boolean(),
    AssociatePublicIpAddress: fc.boolean(),
    MetadataOptions: fc.record(
      {
        HttpTokens: fc.constantFrom('optional', 'required'),
        HttpPutResponseHopLimit: fc.integer({ min: 1, max: 64 }),
        HttpEndpoint: fc.constant('enabled'),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['LaunchConfigurationName', 'LaunchConfigurationARN', 'CreatedTime', 'ImageId'] },
);
const situation = fc.record({ configuration, needs: fc.constantFrom('tokens', 'private') });

/** What DescribeLaunchConfigurations answers for a configuration that was created so. */
function described(created: Configuration): Configuration {
  const data = created['UserData'];
  return {
    ...created,
    ...(typeof data === 'string' ? { UserData: base64(data) } : {}),
    LaunchConfigurationARN: 'new',
    CreatedTime: '2025-05-01T00:00:00+00:00',
  };
}

/** A configuration without what AWS chooses, empty members and what the control is about. */
function untouched(one: Configuration, needs: string): unknown {
  const { LaunchConfigurationName: _n, LaunchConfigurationARN: _a, CreatedTime: _c, ...rest } = one;
  const about = needs === 'tokens' ? 'MetadataOptions' : 'AssociatePublicIpAddress';
  const entries = Object.entries(rest).filter(
    ([name, value]) =>
      name !== about && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  const { HttpTokens: _t, ...options } = (rest['MetadataOptions'] ?? {}) as Configuration;
  return [Object.fromEntries(entries), needs === 'tokens' ? options : {}];
}

function replacements(
  cases: readonly { readonly configuration: Configuration; readonly needs: string }[],
): readonly Replacement[] {
  return callPure(
    FILE,
    'replacement',
    cases.map((one) => ({ ...one })),
  ).map((result) => valueOf(result) as Replacement);
}

describePure('ReplaceLaunchConfiguration', () => {
  it('copies what fails, changes one thing, and the copy passes', () => {
    fc.assert(
      fc.property(fc.array(situation, { minLength: 200, maxLength: 200 }), (cases) => {
        const first = replacements(cases);
        const copies = first.flatMap(({ copy }, index) =>
          copy === null ? [] : [{ copy, given: cases[index] }],
        );
        for (const { copy, given } of copies) {
          if (given === undefined) throw new Error('a copy of nothing');
          const name = String(copy['LaunchConfigurationName']);
          expect(name.length).toBeLessThanOrEqual(255);
          expect(name).not.toBe(given.configuration['LaunchConfigurationName']);
          expect(untouched(described(copy), given.needs)).toEqual(
            untouched(given.configuration, given.needs),
          );
        }
        const again = replacements(
          copies.map(({ copy, given }) => ({
            configuration: described(copy),
            needs: given?.needs ?? '',
          })),
        );
        expect(again).toEqual(copies.map(() => ({ wrong: false, copy: null })));
        // The same configuration always gets the same copy, so that a second run makes no other.
        expect(replacements(cases)).toEqual(first);
      }),
      BATCHES,
    );
  });

  it('refuses user data that is no text', () => {
    const [result] = callPure(FILE, 'replacement', [
      {
        configuration: {
          LaunchConfigurationName: 'web',
          UserData: Buffer.from([31, 139, 8]).toString('base64'),
        },
        needs: 'tokens',
      },
    ]);
    expect(result).toEqual({ ok: false, error: expect.stringContaining('not text') });
  });
});
