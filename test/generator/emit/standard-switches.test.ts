import { describe, expect, it } from 'vitest';
import { readAdminTemplate } from '../../../generator/emit/admin-template.ts';
import { emitMember } from '../../../generator/emit/member.ts';
import { withStandardSwitches } from '../../../generator/emit/standard-switches.ts';
import type { Standard } from '../../../generator/model/standard.ts';
import { parseSettings } from '../../../templates/admin/functions/model/settings.ts';
import { isRefusal } from '../../../templates/admin/functions/model/refusal.ts';
import { inputOf, names, unit } from './fixtures.ts';

const OWN: Standard = {
  id: 'CIS500',
  name: 'CIS AWS Foundations Benchmark',
  version: '5.0.0',
  generatorId: 'cis-aws-foundations-benchmark/v/5.0.0/{control}',
  controls: new Map([['1.1', 'A.1']]),
  isOwn: true,
};
const input = inputOf([unit('Simple', ['A.1'])]);
const standards = { ...input.standards, all: [...input.standards.all, OWN] };

const groupsOf = (metadata: unknown): unknown =>
  (metadata as Record<string, Record<string, unknown>>)['AWS::CloudFormation::Interface']?.[
    'ParameterGroups'
  ];

describe('a standard of own sources', () => {
  it('has a switch beside the others in the administrator stack', () => {
    const base = readAdminTemplate(names);
    const { Parameters, Metadata } = withStandardSwitches(base, standards, 'Admin');
    expect(Parameters?.['LoadCIS500AdminStack']).toEqual({
      Type: 'String',
      Default: 'no',
      AllowedValues: ['yes', 'no'],
      Description:
        'Remediate findings of CIS AWS Foundations Benchmark 5.0.0, a standard of your own sources.',
    });
    expect(groupsOf(Metadata)).toContainEqual({
      Label: { default: 'Security standards' },
      Parameters: [
        'LoadAFSBPAdminStack',
        'LoadCIS120AdminStack',
        'LoadCIS140AdminStack',
        'LoadCIS300AdminStack',
        'LoadNIST80053AdminStack',
        'LoadPCI321AdminStack',
        'LoadCIS500AdminStack',
      ],
    });
    expect(JSON.stringify(Metadata)).toContain(
      '"LoadCIS500AdminStack":{"default":"CIS AWS Foundations Benchmark 5.0.0"}',
    );
  });

  it('is told to the functions, which understand it', () => {
    const { Resources, Parameters } = withStandardSwitches(
      readAdminTemplate(names),
      standards,
      'Admin',
    );
    const value = Resources['StandardsParameter']?.Properties?.['Value'] as { 'Fn::Sub': string };
    const stored = value['Fn::Sub'].replaceAll(/\$\{(\w+)\}/gu, (_, name: string) =>
      name === 'LoadCIS500AdminStack' ? 'yes' : String(Parameters?.[name]?.['Default']),
    );
    const settings = parseSettings(
      new Map([
        ['/Solutions/SO0111/standards', stored],
        ...['Account', 'OU', 'Tag'].flatMap((kind) => [
          [`/ASR/Filters/${kind}FilterMode`, 'Disabled'] as const,
          [`/ASR/Filters/${kind}Filters`, 'none'] as const,
        ]),
      ]),
      'SO0111',
    );
    expect(isRefusal(settings) ? settings.message : settings.standards).toEqual(['SC', 'CIS500']);
  });

  it('brings documents to member stacks', () => {
    const { file, problems } = emitMember({ ...input, standards });
    expect(problems).toEqual([]);
    const { Parameters, Conditions, Resources, Metadata } = file.json;
    expect(Parameters).toHaveProperty('LoadCIS500MemberStack');
    expect(JSON.stringify(groupsOf(Metadata))).toContain(
      '"LoadPCI321MemberStack","LoadCIS500MemberStack"]',
    );
    const condition = Resources['DocumentSimple']?.Condition ?? '';
    expect(JSON.stringify(Conditions?.[condition])).toContain('{"Condition":"LoadCIS500"}');
    expect(Conditions?.['LoadCIS500']).toEqual({
      'Fn::Equals': [{ Ref: 'LoadCIS500MemberStack' }, 'yes'],
    });
  });

  it('changes nothing where there is none', () => {
    const base = readAdminTemplate(names);
    expect(withStandardSwitches(base, input.standards, 'Admin')).toBe(base);
  });

  it('does not go unheard: a parameter of another form is an error', () => {
    const base = readAdminTemplate(names);
    const broken = {
      ...base,
      Resources: {
        StandardsParameter: { Type: 'AWS::SSM::Parameter', Properties: { Value: 'x' } },
      },
    };
    expect(() => withStandardSwitches(broken, standards, 'Admin')).toThrow(
      'StandardsParameter has no text to add standards to',
    );
  });
});
