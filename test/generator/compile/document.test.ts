import { describe, expect, it, vi } from 'vitest';
import { checkDocument } from '../../../generator/compile/check-document.ts';
import type { AutomationDocument, CompiledRunbook } from '../../../generator/compile/compiled.ts';
import { compileFiles, dedent } from './compile-source.ts';
import { unit } from './unit-text.ts';
import type { Sections } from './unit-text.ts';

vi.setConfig({ testTimeout: 60_000 });

async function compile(sections: Sections = {}): Promise<CompiledRunbook> {
  const { compiled, report } = await compileFiles(unit(sections));
  expect(report).toBe('');
  const [made] = compiled;
  if (made === undefined) throw new Error('nothing was compiled');
  return made;
}

describe('what Systems Manager would refuse', () => {
  const cases: readonly (readonly [
    string,
    (document: AutomationDocument) => AutomationDocument,
    readonly string[],
  ])[] = [
    ['nothing', (same) => same, []],
    [
      'an unknown action',
      (document) => ({
        ...document,
        mainSteps: document.mainSteps.map((step) =>
          step.name === 'Conclude' ? { ...step, action: 'aws:fail' } : step,
        ),
      }),
      ['The document is invalid: /mainSteps/1/action must be equal to one of the allowed values.'],
    ],
    [
      'two steps with one name',
      (document) => ({
        ...document,
        mainSteps: [
          ...document.mainSteps.slice(0, 2),
          { ...document.mainSteps[0], name: 'Result', action: 'aws:sleep', inputs: {} },
          ...document.mainSteps.slice(2),
        ],
      }),
      [
        "The document is invalid: /mainSteps/2/inputs must have required property 'Duration'.",
        'Two steps are named Result.',
      ],
    ],
    [
      'references to nothing',
      (document) => ({ ...document, assumeRole: '{{ Role }}', outputs: ['Result.Nothing'] }),
      ['{{ Role }} refers to nothing.', 'The output Result.Nothing refers to nothing.'],
    ],
    [
      'defaults that do not fit',
      (document) => ({
        ...document,
        parameters: {
          ...document.parameters,
          Mode: { type: 'String', description: 'x', default: 'Fix', allowedValues: ['Preview'] },
          Key: { type: 'String', description: 'x', default: 'a', allowedPattern: '^b$' },
        },
      }),
      [
        'The default of Mode is not among its values.',
        'The default of Key does not fit its own pattern.',
      ],
    ],
    [
      'braces in the description',
      (document) => ({ ...document, description: 'x {{ y' }),
      ['A script or the description holds two opening braces.'],
    ],
    [
      'too many steps',
      (document) => ({
        ...document,
        mainSteps: [
          ...Array.from({ length: 99 }, (_, index) => ({
            name: `Sleep${index}`,
            action: 'aws:sleep',
            inputs: { Duration: 'PT1S' },
          })),
          ...document.mainSteps,
        ],
      }),
      ['The document has 101 steps, 100 are allowed.'],
    ],
  ];
  it.each(cases)('%s', async (_, change, expected) => {
    const { runbook, document } = await compile();
    const found = checkDocument(runbook, change(document));
    expect(found.map(({ what }) => what)).toEqual(expected);
    expect(found.every(({ code, line }) => code === 'document-invalid' && line === 1)).toBe(true);
  });
});

describe('the document', () => {
  it('is described for people, from the unit', async () => {
    const { document } = await compile({
      impact: 'impact: availability',
      more: `
        warning: Callers notice { { }.
        parameters:
          Days: { kind: days, default: 30 }
        leaves: Old material stays.`,
      note: 'note: "{Days} days."',
    });
    expect(document.description.trimEnd()).toBe(
      dedent(`
        ### Turn on rotation of a key.
        Old key material loses more data with it.

        **Controls:** KMS.4.
        **What is checked:** Rotation is on.
        **Impact:** availability. Callers notice { { }.

        #### What it does
        It fails unless the control's check passes afterwards.
        * calls kms:EnableKeyRotation

        #### Parameters
        **Days** (default 30).

        #### Undo
        Undo restores it with the State of the change, ForceUndo also when it was changed since. Old material stays.

        #### Permissions
        * kms:DisableKeyRotation, kms:EnableKeyRotation, kms:GetKeyRotationStatus on arn:<partition>:kms:*:<account>:key/*`),
    );
  });

  it('has the parameters of its kinds', async () => {
    const { document, stackDefaults } = await compile({
      resource: 'resource: [kms-key]',
      more: `
        parameters:
          Days: { kind: days, default: 30, describes: How long. }
          Ports: { kind: port-list, default: ["443"] }
          Maybe: { kind: topic-name, optional: true }
          KmsKeyForTopics: { kind: kms-key, from: stack, missing: Set it. }`,
      note: 'note: "{Days} {Ports} {Maybe} {KmsKeyForTopics}."',
    });
    const { Days: days, Ports: ports, Maybe: maybe, KmsKeyForTopics: key } = document.parameters;
    expect(days).toEqual({
      type: 'String',
      description: 'How long.',
      default: '30',
      allowedPattern: '^-?[0-9]{1,9}$',
    });
    expect(ports).toMatchObject({ type: 'StringList', default: ['443'] });
    expect(maybe).toMatchObject({ type: 'String', default: '' });
    expect(maybe?.allowedPattern).toMatch(/^\^\$\|/u);
    expect(key).toMatchObject({ default: '' });
    expect(stackDefaults).toEqual({ KmsKeyForTopics: 'KmsKeyForTopics' });
    expect(document.parameters['State']).toMatchObject({
      type: 'StringList',
      default: [],
      maxItems: 50,
    });
    expect(document.parameters['ResourceArn']).not.toHaveProperty('default');
  });

  it('has a mode for undo by force where there is an undo', async () => {
    const modes = ['Preview', 'Remediate', 'Undo'];
    const { document } = await compile();
    expect(document.parameters['Mode']?.allowedValues).toEqual([...modes, 'ForceUndo']);
    const without = await compile({ undo: 'undo: { none: Keys never stop. }' });
    expect(without.document.parameters['Mode']?.allowedValues).toEqual(modes);
  });

  it('is the same every time', async () => {
    expect(JSON.stringify(await compile())).toBe(JSON.stringify(await compile()));
  });
});
