import { describe, expect, it } from 'vitest';

import type { Execution } from '../../../generator/simulate/execution.ts';
import type { JsonObject } from '../../../generator/simulate/json.ts';
import { account, documentOf, region, simulate } from '../../support/simulation.ts';

const sleep = (name: string, rest: JsonObject = {}): JsonObject => ({
  name,
  action: 'aws:sleep',
  inputs: { Duration: 'PT1S' },
  ...rest,
});
const broken = (name: string, rest: JsonObject = {}): JsonObject =>
  sleep(name, { inputs: { Duration: '1s' }, ...rest });
const set = (
  name: string,
  variable: string,
  value: JsonObject[string],
  rest: JsonObject = {},
): JsonObject => ({
  name,
  action: 'aws:updateVariable',
  inputs: { Name: `variable:${variable}`, Value: value },
  ...rest,
});
const branch = (
  name: string,
  choices: readonly JsonObject[],
  rest: JsonObject = {},
): JsonObject => ({
  name,
  action: 'aws:branch',
  inputs: { Choices: choices, ...rest },
});
const ran = (execution: Execution): readonly string[] => execution.steps.map((step) => step.name);

describe('order of steps', () => {
  it('follows nextStep and stops at isEnd', async () => {
    const execution = await simulate(
      documentOf([
        sleep('A', { nextStep: 'C' }),
        sleep('B'),
        sleep('C', { isEnd: true }),
        sleep('D'),
      ]),
    );
    expect(execution.status).toBe('Success');
    expect(ran(execution)).toEqual(['A', 'C']);
  });

  it('aborts at the first failure', async () => {
    const execution = await simulate(documentOf([broken('A'), sleep('B')]));
    expect(execution).toMatchObject({
      status: 'Failed',
      failure: expect.stringContaining('step A: 1s is not a duration'),
    });
    expect(ran(execution)).toEqual(['A']);
  });

  it('goes on after onFailure: Continue and succeeds, unless the step is critical', async () => {
    const steps = (rest: JsonObject): JsonObject =>
      documentOf([broken('A', { onFailure: 'Continue', ...rest }), sleep('B')]);
    const tolerated = await simulate(steps({}));
    expect(tolerated.status).toBe('Success');
    expect(ran(tolerated)).toEqual(['A', 'B']);
    const critical = await simulate(steps({ isCritical: true }));
    expect(critical.status).toBe('Failed');
    expect(ran(critical)).toEqual(['A', 'B']);
  });

  it('jumps on failure, and fails at the end unless the step is not critical', async () => {
    const steps = (rest: JsonObject): JsonObject =>
      documentOf([broken('A', { onFailure: 'step:C', ...rest }), sleep('B'), sleep('C')]);
    const failed = await simulate(steps({}));
    expect(failed.status).toBe('Failed');
    expect(ran(failed)).toEqual(['A', 'C']);
    expect((await simulate(steps({ isCritical: false }))).status).toBe('Success');
  });

  it('repeats a failed step as often as maxAttempts says', async () => {
    expect(ran(await simulate(documentOf([broken('A', { maxAttempts: 3 })])))).toEqual([
      'A',
      'A',
      'A',
    ]);
  });

  it('ends a document that goes round in circles', async () => {
    const execution = await simulate(documentOf([sleep('A', { nextStep: 'A' })]));
    expect(execution.failure).toContain('round in circles');
  });

  it.each([
    ['a jump to nowhere', documentOf([sleep('A', { nextStep: 'Z' })]), 'there is no step Z'],
    [
      'a failure jump to nowhere',
      documentOf([sleep('A', { onFailure: 'step:Z' })]),
      'there is no step Z',
    ],
    ['two steps of one name', documentOf([sleep('A'), sleep('A')]), 'same name'],
    ['an unknown key', documentOf([sleep('A', { onfailure: 'Abort' })]), 'onfailure is not a key'],
    [
      'an unknown action',
      documentOf([{ name: 'A', action: 'aws:pause' }]),
      'action aws:pause is not supported by the simulator',
    ],
    ['another schema', { schemaVersion: '2.2', mainSteps: [] }, 'schemaVersion'],
    ['no steps', documentOf([]), 'no steps'],
  ])('refuses %s', async (_, document, message) => {
    const execution = await simulate(document);
    expect(execution.status).toBe('Failed');
    expect(execution.failure).toContain(message);
  });
});

describe('aws:branch', () => {
  const by = (choice: JsonObject): JsonObject =>
    documentOf(
      [
        branch('Choose', [{ NextStep: 'Yes', ...choice }], { Default: 'No' }),
        sleep('No', { isEnd: true }),
        sleep('Yes'),
      ],
      {
        parameters: {
          Mode: { type: 'String', default: 'Preview' },
          Flag: { type: 'Boolean', default: true },
          Count: { type: 'Integer', default: 5 },
        },
      },
    );

  it.each([
    [{ Variable: '{{ Mode }}', StringEquals: 'Preview' }, 'Yes'],
    [{ Variable: '{{ Mode }}', StringEquals: 'preview' }, 'No'],
    [{ Variable: '{{ Mode }}', EqualsIgnoreCase: 'preview' }, 'Yes'],
    [{ Variable: '{{ Mode }}', StartsWith: 'Pre' }, 'Yes'],
    [{ Variable: '{{ Mode }}', EndsWith: 'Pre' }, 'No'],
    [{ Variable: '{{ Mode }}', Contains: 'view' }, 'Yes'],
    [{ Variable: '{{ Flag }}', BooleanEquals: true }, 'Yes'],
    [{ Variable: '{{ Flag }}', BooleanEquals: false }, 'No'],
    [{ Variable: '{{ Count }}', NumericEquals: 5 }, 'Yes'],
    [{ Variable: '{{ Count }}', NumericGreater: 5 }, 'No'],
    [{ Variable: '{{ Count }}', NumericLesserOrEquals: 5 }, 'Yes'],
    [{ Not: { Variable: '{{ Flag }}', BooleanEquals: true } }, 'No'],
    [
      {
        And: [
          { Variable: '{{ Flag }}', BooleanEquals: true },
          { Variable: '{{ Count }}', NumericLesser: 9 },
        ],
      },
      'Yes',
    ],
    [
      {
        Or: [
          { Variable: '{{ Flag }}', BooleanEquals: false },
          { Variable: '{{ Count }}', NumericGreaterOrEquals: 9 },
        ],
      },
      'No',
    ],
  ])('%j goes to %s', async (choice, step) => {
    expect(ran(await simulate(by(choice)))).toEqual(['Choose', step]);
  });

  it('goes to the following step without a Default', async () => {
    const choice = { NextStep: 'B', Variable: 'x', StringEquals: 'y' };
    expect(
      ran(
        await simulate(
          documentOf([branch('Choose', [choice]), sleep('A', { isEnd: true }), sleep('B')]),
        ),
      ),
    ).toEqual(['Choose', 'A']);
  });

  it('refuses to compare text with a boolean', async () => {
    const execution = await simulate(by({ Variable: '{{ Mode }}', BooleanEquals: true }));
    expect(execution.failure).toContain("BooleanEquals can't compare text with a boolean");
  });
});

describe('variables and loops', () => {
  const counting = (rest: JsonObject): JsonObject =>
    documentOf(
      [
        {
          name: 'Wait',
          action: 'aws:loop',
          inputs: {
            Steps: [
              sleep('Pause', { inputs: { Duration: 'PT5M' } }),
              branch(
                'Enough',
                [{ NextStep: 'Stop', Variable: '{{ Wait.CurrentIteration }}', NumericEquals: 3 }],
                { Default: 'Note' },
              ),
              set('Stop', 'Again', false),
              set('Note', 'Round', '{{ Wait.CurrentIteration }}'),
            ],
            LoopCondition: { Variable: '{{ variable:Again }}', BooleanEquals: true },
            ...rest,
          },
        },
        set('After', 'Text', 'ended after {{ variable:Round }} rounds'),
        branch('Read', [{ NextStep: 'After', Variable: '{{ variable:Text }}', StringEquals: '' }]),
      ],
      {
        variables: {
          Again: { type: 'Boolean', default: true },
          Round: { type: 'Integer', default: 0 },
          Text: { type: 'String', default: 'x' },
        },
      },
    );
  const textAtEnd = (execution: Execution): unknown =>
    (execution.steps.at(-1)?.inputs['Choices'] as readonly JsonObject[] | undefined)?.[0]?.[
      'Variable'
    ];

  it('repeats while the condition holds', async () => {
    const execution = await simulate(counting({ MaxIterations: 10 }));
    expect(execution.status).toBe('Success');
    expect(textAtEnd(execution)).toBe('ended after 3 rounds');
    expect(ran(execution).filter((name) => name === 'Wait/Pause')).toHaveLength(3);
  });

  it('stops at MaxIterations', async () => {
    expect(textAtEnd(await simulate(counting({ MaxIterations: 2 })))).toBe('ended after 2 rounds');
  });

  it('fails the loop when an inner step fails', async () => {
    const loop = {
      name: 'L',
      action: 'aws:loop',
      inputs: { Steps: [broken('In')], LoopCondition: {} },
    };
    const execution = await simulate(documentOf([loop]));
    expect(execution.failure).toContain('step L: step L/In: 1s is not a duration');
  });

  it('does not show the outputs of inner steps after the loop', async () => {
    const loop = {
      name: 'L',
      action: 'aws:loop',
      inputs: {
        Steps: [branch('In', [])],
        LoopCondition: { Variable: 'a', StringEquals: 'b' },
      },
    };
    const execution = await simulate(
      documentOf([
        loop,
        branch('Read', [{ NextStep: 'Read', Variable: '{{ In.X }}', StringEquals: '' }]),
      ]),
    );
    expect(execution.failure).toContain('{{ In.X }} names nothing');
  });

  it.each([
    ['another type', 'Integer', '5', 'takes the type Integer only'],
    ['text of no length', 'String', '', '1 to 512'],
    ['text that is too long', 'String', 'x'.repeat(513), '1 to 512'],
    [
      'a list that is too long',
      'StringList',
      Array.from({ length: 51 }, () => 'x'),
      'more than 50',
    ],
  ])('refuses to set a variable to %s', async (_, type, value, message) => {
    const execution = await simulate(
      documentOf([set('A', 'V', value)], { variables: { V: { type } } }),
    );
    expect(execution.failure).toContain(message);
  });
});

describe('references', () => {
  const read = async (value: string, rest: JsonObject = {}): Promise<unknown> => {
    const document = documentOf(
      [branch('Read', [{ NextStep: 'Read', Variable: value, Contains: '\u0000' }])],
      {
        parameters: {
          Name: { type: 'String', default: 'one' },
          List: { type: 'StringList', default: ['a', 'b'] },
        },
        ...rest,
      },
    );
    const execution = await simulate(document, { now: '2024-05-01T06:07:08Z' });
    return (
      (execution.steps[0]?.inputs['Choices'] as readonly JsonObject[] | undefined)?.[0]?.[
        'Variable'
      ] ?? execution.failure
    );
  };

  it.each([
    ['{{ Name }}', 'one'],
    ['{{List}}', ['a', 'b']],
    ['{{ List }} of {{ Name }}', '["a","b"] of one'],
    [
      'arn:{{ global:AWS_PARTITION }}:x:{{ global:REGION }}:{{ global:ACCOUNT_ID }}',
      `arn:aws:x:${region}:${account}`,
    ],
    ['{{ global:DATE }} {{ global:DATE_TIME }}', '2024-05-01 2024-05-01_06.07.08'],
    ['{"a": {"b": 1}} no reference', '{"a": {"b": 1}} no reference'],
  ])('%s gives %j', async (value, expected) => {
    expect(await read(value)).toEqual(expected);
  });

  it.each([
    '{{ Other }}',
    '{{ Read.Output }}',
    '{{ variable:V }}',
    '{{ global:TIME }}',
    '{{ constructor }}',
    'a {{ b c }} d {{ Name }}',
  ])('%s fails', async (value) => {
    expect(
      (
        await simulate(
          documentOf([sleep('A', { inputs: { Duration: value } })], {
            parameters: { Name: { type: 'String', default: 'x' } },
          }),
        )
      ).status,
    ).toBe('Failed');
  });

  it('names the execution', async () => {
    expect(await read('{{ automation:EXECUTION_ID }}')).toMatch(/^[\da-f-]{36}$/);
  });

  it.each(['not-an-arn', 'arn:aws:iam::999999999999:role/x'])(
    'refuses to assume %s',
    async (role) => {
      const execution = await simulate(documentOf([sleep('A')], { assumeRole: role }));
      expect(execution).toMatchObject({
        status: 'Failed',
        steps: [],
        failure: expect.stringContaining(role),
      });
    },
  );
});
