import { describe, expect, it } from 'vitest';
import { emitMember } from '../../../generator/emit/member.ts';
import { referencedNames } from '../../../generator/emit/references.ts';
import { joined } from '../../support/joined.ts';
import { demanding, everywhere, inputOf, unit } from './fixtures.ts';

const emitted = emitMember(inputOf([unit('Simple', ['A.1']), demanding]));
const template = emitted.file.json;
const simple = template.Resources['DocumentSimple'];
const content = (id: string) =>
  template.Resources[id]?.Properties?.['Content'] as {
    readonly parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly mainSteps: readonly unknown[];
    readonly description: string;
  };

describe('documents of the member template', () => {
  it('has no problems to report', () => {
    expect(emitted.problems).toEqual([]);
  });

  it('are updated in place, by fixed name and without tags', () => {
    expect(simple?.Type).toBe('AWS::SSM::Document');
    const { Content: _, ...rest } = simple?.Properties ?? {};
    expect(rest).toEqual({
      Name: 'ASR-Simple',
      DocumentType: 'Automation',
      DocumentFormat: 'YAML',
      UpdateMethod: 'NewVersion',
    });
  });

  it('arrive as they were compiled', () => {
    const compiled = unit('Simple', ['A.1']).document;
    const shared = content('DocumentSimple').mainSteps;
    expect(JSON.stringify(shared)).toContain('Fn::FindInMap');
    expect(joined(shared, template.Mappings ?? {})).toEqual(compiled.mainSteps);
    expect(content('DocumentSimple').description).toBe(compiled.description);
    expect(content('DocumentSimple').parameters['State']).toEqual(compiled.parameters['State']);
  });

  it('accept their own role and account only', () => {
    const { parameters } = content('DocumentSimple');
    expect(parameters['AutomationAssumeRole']).toEqual({
      type: 'String',
      description: 'Role.',
      allowedPattern: {
        'Fn::Sub': '^arn:${AWS::Partition}:iam::${AWS::AccountId}:role/SO0111-Simple-${Namespace}$',
      },
    });
    expect(parameters['AccountId']?.['allowedPattern']).toEqual({
      'Fn::Sub': '^${AWS::AccountId}$',
    });
  });

  it('take what the stack knows as default', () => {
    const { parameters } = content('DocumentDemanding');
    expect(parameters['LogGroupName']?.['default']).toEqual({ Ref: 'LogGroupName' });
    expect(parameters['Mode']?.['default']).toEqual({
      'Fn::If': ['CreateS3BucketForRedshiftAuditLoggingIsYes', { Ref: 'AuditBucket' }, ''],
    });
    expect(content('DocumentSimple').parameters['LogGroupName']?.['default']).toBe('');
  });
});

describe('the member template', () => {
  it('brings supporting resources behind their switch, with their own deletion policy', () => {
    expect(template.Resources['AuditBucket']).toEqual({
      Type: 'AWS::S3::Bucket',
      Condition: 'CreateS3BucketForRedshiftAuditLoggingIsYes',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    expect(template.Conditions?.['CreateS3BucketForRedshiftAuditLoggingIsYes']).toEqual({
      'Fn::Equals': [{ Ref: 'CreateS3BucketForRedshiftAuditLogging' }, 'yes'],
    });
  });

  it('gives every parameter an effect, a group and a label', () => {
    const parameters = Object.keys(template.Parameters ?? {});
    const used = referencedNames([template.Conditions, template.Resources]);
    expect(parameters.filter((name) => !used.has(name))).toEqual([]);
    const shown = template.Metadata?.['AWS::CloudFormation::Interface'] as {
      readonly ParameterGroups: readonly { readonly Parameters: readonly string[] }[];
      readonly ParameterLabels: Readonly<Record<string, unknown>>;
    };
    expect(shown.ParameterGroups.flatMap((group) => group.Parameters).toSorted()).toEqual(
      parameters.toSorted(),
    );
    expect(Object.keys(shown.ParameterLabels).toSorted()).toEqual(parameters.toSorted());
  });

  it('tells the orchestrator whose installation it is', () => {
    const values = Object.values(template.Resources)
      .filter((resource) => resource.Type === 'AWS::SSM::Parameter')
      .map((resource) => [resource.Properties?.['Name'], resource.Properties?.['Value']]);
    expect(values).toEqual([
      ['/Solutions/SO0111/member/admin-account', { Ref: 'SecHubAdminAccount' }],
      ['/Solutions/SO0111/member/namespace', { Ref: 'Namespace' }],
      ['/Solutions/SO0111/member/version', '1.2.3'],
    ]);
  });

  it('holds nothing that costs by default', () => {
    const unconditional = Object.values(template.Resources).filter(
      (resource) => resource.Condition === undefined,
    );
    expect([...new Set(unconditional.map((resource) => resource.Type))]).toEqual([
      'AWS::SSM::Parameter',
    ]);
  });

  it('brings a document when any standard with one of its controls is on', () => {
    const controls = { ...everywhere, SC: ['A.1', 'B.1', 'C.1'], CIS120: ['A.1', 'B.1'] };
    const { json } = emitMember(
      inputOf([unit('OnlySc', ['C.1']), unit('Two', ['B.1', 'C.1'])], controls),
    ).file;
    expect(json.Resources['DocumentOnlySc']?.Condition).toBe('LoadSC');
    expect(json.Resources['DocumentTwo']?.Condition).toBe('LoadSCOrCIS120');
    expect(json.Conditions?.['LoadSCOrCIS120']).toEqual({
      'Fn::Or': [{ Condition: 'LoadSC' }, { Condition: 'LoadCIS120' }],
    });
  });
});

describe('mistakes of a unit', () => {
  const problemsOf = (...args: Parameters<typeof unit>) =>
    emitMember(inputOf([unit(...args)])).problems.map(({ code, what, fix }) => ({
      code,
      what,
      fix,
    }));

  it('a switch that the stack lacks', () => {
    const supporting = {
      name: 'Extra',
      when: 'CreateS3BucketForRedshiftAuditLoging',
      resource: { Type: 'AWS::S3::Bucket', Properties: {} },
      path: ['resources', 'Extra'],
    };
    expect(problemsOf('Bad', ['A.1'], { runbook: { supportingResources: [supporting] } })).toEqual([
      {
        code: 'stack-parameter',
        what: 'The member stack has no parameter CreateS3BucketForRedshiftAuditLoging.',
        fix: 'Did you mean CreateS3BucketForRedshiftAuditLogging?',
      },
    ]);
  });

  it('a supporting resource that refers to nothing', () => {
    const supporting = {
      name: 'Extra',
      when: 'CreateS3BucketForRedshiftAuditLogging',
      resource: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Nowhere' } } },
      path: ['resources', 'Extra'],
    };
    expect(problemsOf('Bad', ['A.1'], { runbook: { supportingResources: [supporting] } })).toEqual([
      expect.objectContaining({
        code: 'stack-parameter',
        what: 'Extra refers to Nowhere, which the member stack does not have.',
      }),
    ]);
  });

  it('a default that the stack cannot give', () => {
    expect(
      problemsOf('Bad', ['A.1'], { compiled: { stackDefaults: { Mode: 'Nowhere' } } }),
    ).toEqual([
      expect.objectContaining({
        code: 'stack-parameter',
        what: 'The member stack has no parameter or resource Nowhere.',
      }),
    ]);
    expect(
      problemsOf('Bad', ['A.1'], { compiled: { stackDefaults: { State: 'LogGroupName' } } }),
    ).toEqual([
      expect.objectContaining({ what: 'State is a list, and a stack can only give it text.' }),
    ]);
  });

  it('a control that no standard has', () => {
    expect(problemsOf('Bad', ['Z.9'])).toEqual([
      expect.objectContaining({ code: 'unknown-control' }),
    ]);
  });

  it('content that CloudFormation would take for its own', () => {
    const { document } = unit('Bad', ['A.1']);
    const [step] = document.mainSteps;
    const steps = [
      { name: 'Result', action: 'aws:sleep', ...step, inputs: { InputPayload: { Ref: 'X' } } },
    ];
    const fix = 'Write it in another way.';
    expect(
      problemsOf('Bad', ['A.1'], { compiled: { document: { ...document, mainSteps: steps } } }),
    ).toEqual([
      {
        code: 'template-invalid',
        what: 'ASR-Bad holds a map with the key Ref, which CloudFormation would take for its own.',
        fix,
      },
    ]);
    const description = 'Takes ${Token[AWS.Partition.0]} literally.';
    expect(
      problemsOf('Bad', ['A.1'], { compiled: { document: { ...document, description } } }),
    ).toEqual([
      {
        code: 'template-invalid',
        what: 'ASR-Bad holds ${Token[, which CloudFormation would take for its own.',
        fix,
      },
    ]);
  });
});
