import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

const FILE = 'runbooks/codebuild/ReplaceCodeBuildClearTextCredentials.py';
const PATH = '/CodeBuild/ASR/build-site/';

interface Variable {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
}
type Environment = Readonly<Record<string, unknown>> & {
  readonly environmentVariables?: readonly Variable[];
};

const variable: fc.Arbitrary<Variable> = fc.record(
  {
    name: fc.constantFrom(
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_REGION',
      'aws_access_key_id',
      'STAGE',
    ),
    value: fc.uuid(),
    type: fc.constantFrom('PLAINTEXT', 'PARAMETER_STORE', 'SECRETS_MANAGER'),
  },
  { requiredKeys: ['name', 'value'] },
);
const environment: fc.Arbitrary<Environment> = fc.record(
  {
    type: fc.constant('LINUX_CONTAINER'),
    image: fc.string(),
    computeType: fc.constant('BUILD_GENERAL1_SMALL'),
    privilegedMode: fc.boolean(),
    certificate: fc.string(),
    environmentVariables: fc.uniqueArray(variable, { selector: ({ name }) => name }),
  },
  { requiredKeys: ['type', 'image', 'computeType'] },
);

/** The Config rule, from its documentation. */
function isClearText({ name, type = 'PLAINTEXT' }: Variable): boolean {
  return type === 'PLAINTEXT' && ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].includes(name);
}

function run(
  name: string,
  environments: readonly Environment[],
  more: Readonly<Record<string, unknown>> = {},
): readonly unknown[] {
  return callPure(
    FILE,
    name,
    environments.map((one) => ({ environment: one, ...more })),
  ).map(valueOf);
}

const namesIn = (list: readonly Environment[]) =>
  run('clear_text_names', list) as readonly (readonly string[])[];
const move = (list: readonly Environment[]) =>
  run('without_clear_text', list, { path: PATH }) as readonly Environment[];

describePure('ReplaceCodeBuildClearTextCredentials', () => {
  const environments = fc.sample(environment, { numRuns: 400, seed: 11 });
  const names = namesIn(environments);
  const moved = move(environments);

  it('names what the control objects to, and never a value', () => {
    for (const [index, { environmentVariables = [] }] of environments.entries())
      expect(names[index]).toEqual(
        environmentVariables.filter(isClearText).map(({ name }) => name),
      );
  });

  it('leaves no key in the environment, and puts each into a parameter of its own', () => {
    const values = run('clear_text_values', environments) as readonly (readonly Variable[])[];
    for (const [index, found] of values.entries()) {
      expect(found.map(({ name }) => name)).toEqual(names[index]);
      for (const { name, value } of found) {
        expect(JSON.stringify(moved[index])).not.toContain(value);
        expect(moved[index]?.environmentVariables).toContainEqual({
          name,
          type: 'PARAMETER_STORE',
          value: PATH + name,
        });
      }
    }
  });

  it('keeps every other variable and setting, in order', () => {
    for (const [index, { environmentVariables = [], ...rest }] of environments.entries()) {
      const { environmentVariables: now = [], ...restNow } = moved[index] ?? {};
      expect(restNow).toEqual(rest);
      expect(now.map(({ name }) => name)).toEqual(environmentVariables.map(({ name }) => name));
      for (const [at, one] of environmentVariables.entries())
        if (!isClearText(one)) expect(now[at]).toEqual(one);
    }
  });

  it('finds nothing to do the second time', () => {
    expect(namesIn(moved).flat()).toEqual([]);
    expect(move(moved)).toEqual(moved);
  });

  it('refuses when the build could not read the parameters', () => {
    const [allowed, denied] = callPure(
      FILE,
      'demand_access',
      ['allowed', 'implicitDeny'].map((decision) => ({
        decision,
        role: 'arn:aws:iam::111122223333:role/service-role/build',
        parameters: 'p',
      })),
    );
    expect(valueOf(allowed)).toBe('build');
    expect(denied).toMatchObject({
      ok: false,
      error: expect.stringContaining('ssm:GetParameters on p') as unknown,
    });
  });
});
