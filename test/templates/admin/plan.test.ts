import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFinding } from '../../../templates/admin/functions/model/finding.ts';
import { plan } from '../../../templates/admin/functions/run/plan.ts';
import type { Plan } from '../../../templates/admin/functions/run/plan.ts';
import { isRefusal } from '../../../templates/admin/functions/model/refusal.ts';
import type { Refusal } from '../../../templates/admin/functions/model/refusal.ts';
import type { Settings } from '../../../templates/admin/functions/model/settings.ts';
import { catalog, finding, GROUP, MEMBER, settings } from './fixtures.ts';

function planned(
  raw: unknown,
  at: Settings = settings,
  mode: 'Remediate' | 'Preview' = 'Remediate',
): Plan | Refusal {
  const parsed = parseFinding(raw);
  return isRefusal(parsed) ? parsed : plan(parsed, mode, at, catalog);
}

function reason(raw: unknown, at: Settings = settings): string {
  const result = planned(raw, at);
  return isRefusal(result) ? result.reason : 'planned';
}

describe('a finding that can be remediated', () => {
  it('is planned with document, role and resource', () => {
    expect(planned(finding())).toEqual({
      standard: 'SC',
      securityControlId: 'EC2.2',
      remediation: 'CloseGroup',
      document: 'ASR-CloseGroup',
      roleStem: 'SO0111-CloseGroup',
      resource: GROUP,
      parameters: {},
    });
  });
  it("is found by its standard's own control id", () => {
    const GeneratorId =
      'arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/4.3';
    expect(planned(finding({ GeneratorId }))).toMatchObject({
      standard: 'CIS120',
      securityControlId: 'EC2.2',
    });
  });
  it("takes the customer's values from the finding", () => {
    const raw = finding({
      GeneratorId: 'security-control/EC2.18',
      Compliance: {
        Status: 'FAILED',
        SecurityControlId: 'EC2.18',
        SecurityControlParameters: [{ Name: 'authorizedTcpPorts', Value: ['22', '443'] }],
      },
    });
    expect(planned(raw)).toMatchObject({ parameters: { TcpPorts: ['22', '443'] } });
  });
});

const CONSOLIDATED_18 = { GeneratorId: 'security-control/EC2.18' };
const values = (Value: unknown): Readonly<Record<string, unknown>> => ({
  ...CONSOLIDATED_18,
  Compliance: {
    Status: 'FAILED',
    SecurityControlParameters: [{ Name: 'authorizedTcpPorts', Value }],
  },
});

describe('a finding that is refused', () => {
  it.each<readonly [string, Readonly<Record<string, unknown>>, string]>([
    [
      'another product',
      { ProductArn: `arn:aws:securityhub:eu-west-1:${MEMBER}:product/${MEMBER}/default` },
      'foreign-product',
    ],
    [
      'a product that only starts like ours',
      { ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub-x' },
      'foreign-product',
    ],
    [
      'a product with a line break',
      { ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub\n' },
      'foreign-product',
    ],
    [
      'a product that is no text',
      { ProductArn: ['arn:aws:securityhub:eu-west-1::product/aws/securityhub'] },
      'foreign-product',
    ],
    ['another account in the field', { AwsAccountId: '999999999999' }, 'mismatch'],
    ['another Region in the field', { Region: 'us-west-2' }, 'mismatch'],
    [
      'another Region in the product',
      { ProductArn: 'arn:aws:securityhub:us-west-2::product/aws/securityhub' },
      'mismatch',
    ],
    [
      'another partition in the product',
      { ProductArn: 'arn:aws-cn:securityhub:eu-west-1::product/aws/securityhub' },
      'mismatch',
    ],
    ['an id that is no ARN', { Id: 'finding/1' }, 'not-a-finding'],
    [
      'a reference in the id',
      { Id: `arn:aws:securityhub:eu-west-1:${MEMBER}:security-control/{{x}}/finding/1` },
      'not-a-finding',
    ],
    [
      'a resource of another account',
      { Resources: [{ Type: 'AwsEc2SecurityGroup', Id: GROUP.replace(MEMBER, '999999999999') }] },
      'mismatch',
    ],
    [
      'a resource of another Region',
      { Resources: [{ Type: 'AwsEc2SecurityGroup', Id: GROUP.replace('eu-west-1', 'us-west-2') }] },
      'mismatch',
    ],
    [
      'a resource of another partition',
      {
        Resources: [{ Type: 'AwsEc2SecurityGroup', Id: GROUP.replace('arn:aws:', 'arn:aws-cn:') }],
      },
      'mismatch',
    ],
    [
      'a reference in the resource',
      {
        Resources: [
          {
            Type: 'AwsEc2SecurityGroup',
            Id: `arn:aws:ec2:eu-west-1:${MEMBER}:security-group/{{x}}`,
          },
        ],
      },
      'unknown-resource',
    ],
    [
      'a resource of another kind',
      { Resources: [{ Type: 'AwsEc2SecurityGroup', Id: 'arn:aws:s3:::orders' }] },
      'unknown-resource',
    ],
    [
      'two resources',
      { Resources: [GROUP, `${GROUP}9`].map((Id) => ({ Type: 'AwsEc2SecurityGroup', Id })) },
      'unknown-resource',
    ],
    ['no resources', { Resources: undefined }, 'unknown-resource'],
    [
      'an unknown control',
      { GeneratorId: 'security-control/EC2.999', Compliance: { Status: 'FAILED' } },
      'unknown-control',
    ],
    [
      'an inherited name as control',
      { GeneratorId: 'security-control/constructor', Compliance: { Status: 'FAILED' } },
      'unknown-control',
    ],
    [
      'a control that disagrees',
      { Compliance: { Status: 'FAILED', SecurityControlId: 'S3.99' } },
      'unknown-control',
    ],
    ['an unknown standard', { GeneratorId: 'my-standard/EC2.2' }, 'unknown-standard'],
    [
      'a control without remediation',
      { GeneratorId: 'security-control/IAM.1', Compliance: { Status: 'FAILED' } },
      'no-remediation',
    ],
    [
      'a passed check',
      { Compliance: { Status: 'PASSED', SecurityControlId: 'EC2.2' } },
      'not-failed',
    ],
    ['a missing status', { Compliance: {} }, 'not-failed'],
    ['an archived finding', { RecordState: 'ARCHIVED' }, 'not-failed'],
    ['a suppressed finding', { Workflow: { Status: 'SUPPRESSED' } }, 'not-failed'],
    [
      'missing values of a customisable control',
      { ...CONSOLIDATED_18, Compliance: { Status: 'FAILED' } },
      'parameters-unknown',
    ],
    ['a reference in a value', values(['22', '{{x}}']), 'parameters-refused'],
    ['a value out of bounds', values(['70000']), 'parameters-refused'],
    [
      'too many values',
      values(Array.from({ length: 33 }, (_, port) => String(port + 1))),
      'parameters-refused',
    ],
    ['a value that is no text', values([22]), 'parameters-refused'],
    ['values that are no list', values('22'), 'parameters-refused'],
  ])('%s', (_, changes, expected) => {
    expect(reason(finding(changes))).toBe(expected);
  });
  const lifecycle = (
    Value: readonly { Name: string; Value: readonly string[] }[],
  ): Readonly<Record<string, unknown>> =>
    finding({
      GeneratorId: 'security-control/S3.99',
      Compliance: { Status: 'FAILED', SecurityControlParameters: Value },
      Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::orders' }],
    });
  it('deletes data only after approval, but previews it', () => {
    const raw = lifecycle([{ Name: 'targetExpirationDays', Value: ['30'] }]);
    expect(reason(raw)).toBe('needs-approval');
    expect(planned(raw, settings, 'Preview')).toMatchObject({ document: 'ASR-EmptyBucket' });
  });
  it('judges the impact by the values, and takes the default of those that nobody set', () => {
    expect(planned(lifecycle([{ Name: 'targetExpirationDays', Value: ['0'] }]))).toMatchObject({
      parameters: { Days: ['0'] },
    });
    expect(planned(lifecycle([{ Name: 'targetClass', Value: ['GLACIER'] }]))).toMatchObject({
      parameters: { Class: ['GLACIER'] },
    });
    expect(reason(lifecycle([]))).toBe('parameters-unknown');
  });
  it('of a standard that is not loaded', () => {
    expect(reason(finding(), { ...settings, standards: ['CIS120'] })).toBe('standard-disabled');
  });
  it.each<readonly [string, Settings['filters'], string]>([
    [
      'included',
      { ...settings.filters, Account: { mode: 'Include', values: [MEMBER] } },
      'planned',
    ],
    ['not included', { ...settings.filters, Account: { mode: 'Include', values: [] } }, 'filtered'],
    [
      'excluded',
      { ...settings.filters, Account: { mode: 'Exclude', values: [MEMBER] } },
      'filtered',
    ],
    [
      'not excluded',
      { ...settings.filters, Account: { mode: 'Exclude', values: ['999999999999'] } },
      'planned',
    ],
    [
      'filtered by OU, which is not evaluated',
      { ...settings.filters, OU: { mode: 'Exclude', values: [] } },
      'filtered',
    ],
    [
      'filtered by tag, which is not evaluated',
      { ...settings.filters, Tag: { mode: 'Include', values: [] } },
      'filtered',
    ],
  ])('account filters: %s', (_, filters, expected) => {
    expect(reason(finding(), { ...settings, filters })).toBe(expected);
  });
});

describe('anything at all', () => {
  it('gives a plan or a refusal, never an error', () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        expect(reason(raw)).not.toBe('planned');
      }),
    );
  });
  it('as one field of a finding never reaches another resource or account', () => {
    const fields = Object.keys(finding());
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.anything(), (field, value) => {
        const result = planned(finding({ [field]: value }));
        if (!isRefusal(result))
          expect(result).toMatchObject({
            document: 'ASR-CloseGroup',
            resource: GROUP,
            parameters: {},
          });
      }),
      { numRuns: 500 },
    );
  });
});
