import { describe, expect, it } from 'vitest';
import { fixedProperties } from '../../../generator/data/fixed-properties.ts';
import { ledgerText, parseLedger, releaseOf } from '../../../generator/emit/ledger.ts';
import type { TemplateFile, TemplateResource } from '../../../generator/emit/types.ts';
import { emitFiles } from '../../../generator/emit/emit-all.ts';
import { demanding, inputOf } from './fixtures.ts';

const FILE = 'automated-security-response-admin.template';

function fileOf(Resources: Readonly<Record<string, TemplateResource>>): TemplateFile {
  return { fileName: FILE, json: { Resources }, text: '' };
}

const remembered = (resource: TemplateResource, solutionId = 'SO0111'): unknown =>
  releaseOf([fileOf({ One: resource })], solutionId)[FILE]?.['One'];

describe('the ledger remembers', () => {
  it('the type, and the name as the template gives it', () => {
    expect(remembered({ Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'x' } })).toEqual({
      type: 'AWS::IAM::Policy',
    });
    const named = (name: unknown): unknown =>
      remembered({ Type: 'AWS::IAM::Role', Properties: { RoleName: name } });
    expect(named('Plain')).toEqual({ type: 'AWS::IAM::Role', name: 'Plain' });
    expect(named({ 'Fn::Sub': 'A-${Namespace}' })).toMatchObject({ name: 'A-${Namespace}' });
    expect(named({ Ref: 'GivenName' })).toMatchObject({ name: '${GivenName}' });
    expect(named({ 'Fn::Join': ['-', ['a', 'b']] })).toMatchObject({
      name: '{"Fn::Join":["-",["a","b"]]}',
    });
  });

  it('names without the solution id, so that every copy is compared alike', () => {
    const name = (solutionId: string): unknown =>
      remembered(
        { Type: 'AWS::SSM::Parameter', Properties: { Name: `/Solutions/${solutionId}/version` } },
        solutionId,
      );
    expect(name('SO0111')).toEqual({
      type: 'AWS::SSM::Parameter',
      name: '/Solutions/%SOLUTION_ID%/version',
    });
    expect(name('XY')).toEqual(name('SO0111'));
    expect(
      remembered({ Type: 'AWS::SSM::Parameter', Properties: { Name: 'XYZ-XY' } }, 'XY'),
    ).toMatchObject({ name: 'XYZ-%SOLUTION_ID%' });
  });

  it('what stays', () => {
    const kept = (DeletionPolicy: string): unknown =>
      remembered({ Type: 'AWS::S3::Bucket', DeletionPolicy });
    expect(kept('Retain')).toMatchObject({ kept: true });
    expect(kept('RetainExceptOnCreate')).toMatchObject({ kept: true });
    expect(kept('Delete')).toEqual({ type: 'AWS::S3::Bucket' });
  });

  it('what an update can not change, long values as a hash', () => {
    const topic = { 'Fn::GetAtt': ['A'.repeat(60), 'Arn'] };
    expect(
      remembered({
        Type: 'AWS::SNS::Subscription',
        Properties: { Protocol: 'email', TopicArn: topic, DisplayName: 'not fixed' },
      }),
    ).toEqual({
      type: 'AWS::SNS::Subscription',
      fixed: {
        Protocol: '"email"',
        TopicArn: expect.stringMatching(/^sha256:[0-9a-f]{16}$/u) as string,
      },
    });
  });

  it('keys and indexes of tables', () => {
    expect(
      remembered({
        Type: 'AWS::DynamoDB::Table',
        DeletionPolicy: 'Retain',
        Properties: {
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          GlobalSecondaryIndexes: [
            { IndexName: 'byId', KeySchema: [], Projection: { ProjectionType: 'ALL' } },
          ],
        },
      }),
    ).toEqual({
      type: 'AWS::DynamoDB::Table',
      kept: true,
      fixed: { KeySchema: '[{"AttributeName":"pk","KeyType":"HASH"}]' },
      attributes: { pk: 'S' },
      indexes: { byId: '[[],{"ProjectionType":"ALL"}]' },
    });
  });
});

describe('the file of the ledger', () => {
  const release = releaseOf([fileOf({ One: { Type: 'AWS::SNS::Topic' } })], 'SO0111');

  it('is read as it was written, versions in their order', () => {
    const ledger = new Map([
      ['0.2.0', release],
      ['0.10.0', release],
    ]);
    expect([...parseLedger(ledgerText(ledger))]).toEqual([...ledger]);
  });

  it('is refused when it is something else', () => {
    expect(() => parseLedger('nothing')).toThrow(SyntaxError);
    expect(() => parseLedger('[]')).toThrow(
      'The ledger must be a JSON object with a release for each version',
    );
  });
});

describe('the templates', () => {
  it('hold no type whose fixed properties are unknown', async () => {
    const { templates } = await emitFiles(inputOf([demanding]));
    const types = new Set(
      templates.flatMap(({ json }) => Object.values(json.Resources).map(({ Type }) => Type)),
    );
    expect([...types].filter((type) => fixedProperties(type) === undefined).toSorted()).toEqual([
      'Custom::ActionTarget',
      'Custom::RemediationConfiguration',
    ]);
  });
});
