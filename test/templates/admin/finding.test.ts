import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFinding } from '../../../templates/admin/functions/model/finding.ts';
import { isRefusal } from '../../../templates/admin/functions/model/refusal.ts';
import { asff } from './decide-fixtures.ts';
import { GROUP, MEMBER } from './fixtures.ts';

type Changes = Readonly<Record<string, unknown>>;

function reason(raw: unknown): string {
  const finding = parseFinding(raw);
  return isRefusal(finding) ? finding.reason : 'parsed';
}

const QUEUE = `arn:aws:sqs:us-east-2:${MEMBER}:orders`;

/** A control finding as Security Hub sends it in OCSF, with the members that are read. */
function ocsf(changes: Changes = {}): Changes {
  return {
    activity_id: 1,
    class_uid: 2003,
    cloud: { account: { uid: MEMBER }, provider: 'AWS', region: 'us-east-2' },
    compliance: {
      control: 'SQS.3',
      standards: ['standards/aws-foundational-security-best-practices/v/1.0.0'],
      status: 'Fail',
      status_id: 3,
    },
    finding_info: {
      uid: `arn:aws:securityhub:us-east-2:${MEMBER}:security-control/SQS.3/finding/7abcdef4-1111`,
      title: 'Queue that everyone may use',
      desc: 'Anyone may send.',
      modified_time: 1_758_273_439_594,
      modified_time_dt: '2025-09-19T09:17:19.594Z',
    },
    metadata: {
      product: { uid: 'arn:aws:securityhub:us-east-2::productv2/aws/securityhub' },
      uid: 'd1bc4b01',
    },
    resources: [
      {
        type: 'AWS::SQS::Queue',
        uid: `https://sqs.us-east-2.amazonaws.com/${MEMBER}/orders`,
        uid_alt: QUEUE,
        tags: [{ name: 'team', value: 'blue' }],
      },
    ],
    severity_id: 4,
    status_id: 1,
    ...changes,
  };
}

const info = (changes: Changes): Changes => {
  const { finding_info: whole } = ocsf();
  return { finding_info: { ...(whole as Changes), ...changes } };
};

describe('a finding in ASFF', () => {
  it('is read', () => {
    const tagged = [{ Type: 'AwsEc2SecurityGroup', Id: GROUP, Tags: { team: 'blue' } }];
    expect(parseFinding(asff({ Resources: tagged }))).toEqual({
      format: 'asff',
      id: `arn:aws:securityhub:eu-west-1:${MEMBER}:security-control/EC2.2/finding/0a1b2c3d-1111-4222-8333-444455556666`,
      productArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
      partition: 'aws',
      region: 'eu-west-1',
      account: MEMBER,
      generatorId: 'security-control/EC2.2',
      securityControlId: 'EC2.2',
      compliance: 'FAILED',
      recordState: 'ACTIVE',
      workflow: 'NEW',
      updatedAt: '2024-05-01T12:00:00.000Z',
      resources: [{ id: GROUP, tags: { team: 'blue' } }],
      parameters: {},
      title: 'A default security group lets traffic in',
      description: 'Somebody opened it.',
      severity: 'HIGH',
    });
  });

  it.each([
    ['2024-05-01T12:00:00Z', '2024-05-01T12:00:00.000Z'],
    ['2024-05-01T14:00:00.123456789+02:00', '2024-05-01T12:00:00.123Z'],
  ])('compares its time as text: %s', (UpdatedAt, updatedAt) => {
    expect(parseFinding(asff({ UpdatedAt }))).toMatchObject({ updatedAt });
  });

  it('keeps texts in one line and short', () => {
    const Description = `a\u001B[2J\n${'b'.repeat(4000)}`;
    const finding = parseFinding(asff({ Description }));
    expect(isRefusal(finding) ? '' : finding.description).toMatch(/^a \[2J b{1,1020}\.\.\.$/u);
  });

  it.each<readonly [string, unknown]>([
    ['none', undefined],
    ['no map', ['team']],
    ['a value that is no text', { team: 1 }],
    ['an empty map', {}],
  ])('says nothing of tags: %s', (_, Tags) => {
    const finding = parseFinding(asff({ Resources: [{ Id: GROUP, Tags }] }));
    expect(finding).toMatchObject({ resources: [{ id: GROUP }] });
    expect(finding).not.toHaveProperty('resources.0.tags');
  });

  it.each<readonly [string, Changes, string]>([
    [
      "an account's own product",
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
    [
      "OCSF's product",
      { ProductArn: 'arn:aws:securityhub:eu-west-1::productv2/aws/securityhub' },
      'foreign-product',
    ],
    ['another account in the field', { AwsAccountId: '999999999999' }, 'mismatch'],
    ['another Region in the field', { Region: 'us-west-2' }, 'mismatch'],
    ['a Region that is no text', { Region: 1 }, 'mismatch'],
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
    ['no generator', { GeneratorId: '' }, 'not-a-finding'],
    ['no time', { UpdatedAt: undefined }, 'not-a-finding'],
    ['a date without a time', { UpdatedAt: '2024-05-01' }, 'not-a-finding'],
    ['a day that does not exist', { UpdatedAt: '2024-13-41T12:00:00Z' }, 'not-a-finding'],
    ['a time that no finding can have', { UpdatedAt: '9999-01-01T00:00:00Z' }, 'not-a-finding'],
  ])('is refused with %s', (_, changes, expected) => {
    expect(reason(asff(changes))).toBe(expected);
  });
});

describe('a finding in OCSF', () => {
  it('is read like one in ASFF', () => {
    expect(parseFinding(ocsf())).toEqual({
      format: 'ocsf',
      id: `arn:aws:securityhub:us-east-2:${MEMBER}:security-control/SQS.3/finding/7abcdef4-1111`,
      productArn: 'arn:aws:securityhub:us-east-2::productv2/aws/securityhub',
      metadataUid: 'd1bc4b01',
      partition: 'aws',
      region: 'us-east-2',
      account: MEMBER,
      generatorId: 'security-control/SQS.3',
      securityControlId: 'SQS.3',
      compliance: 'FAILED',
      recordState: 'ACTIVE',
      workflow: 'NEW',
      updatedAt: '2025-09-19T09:17:19.594Z',
      resources: [{ id: QUEUE, tags: { team: 'blue' } }],
      parameters: {},
      title: 'Queue that everyone may use',
      description: 'Anyone may send.',
      severity: 'HIGH',
    });
  });

  it.each<readonly [string, Changes, Changes]>([
    ['new', { status_id: 1 }, { workflow: 'NEW', recordState: 'ACTIVE' }],
    ['in progress', { status_id: 2 }, { workflow: 'NOTIFIED', recordState: 'ACTIVE' }],
    ['suppressed', { status_id: 3 }, { workflow: 'SUPPRESSED', recordState: 'ACTIVE' }],
    ['resolved', { status_id: 4 }, { workflow: 'RESOLVED', recordState: 'ACTIVE' }],
    ['archived', { status_id: 5 }, { workflow: undefined, recordState: 'ARCHIVED' }],
    ['closed', { activity_id: 3 }, { workflow: 'NEW', recordState: 'ARCHIVED' }],
    ['without a status', { status_id: undefined }, { workflow: undefined }],
    ['of an unknown status', { status_id: 99 }, { workflow: undefined }],
    ['of a status in words', { status_id: 'New' }, { workflow: undefined }],
    ['passed', { compliance: { control: 'SQS.3', status_id: 1 } }, { compliance: 'PASSED' }],
    ['of an unknown result', { compliance: { status_id: 0 } }, { compliance: undefined }],
    [
      'with its time in milliseconds only',
      info({ modified_time_dt: undefined }),
      { updatedAt: '2025-09-19T09:17:19.594Z' },
    ],
    ['with the ARN in uid', { resources: [{ uid: QUEUE }] }, { resources: [{ id: QUEUE }] }],
    ['without an ARN', { resources: [{ uid: 'orders' }] }, { resources: [] }],
    [
      'of a standard',
      info({
        uid: `arn:aws:securityhub:us-east-2:${MEMBER}:subscription/nist-800-53/v/5.0.0/SQS.3/finding/1`,
      }),
      { generatorId: 'nist-800-53/v/5.0.0/SQS.3' },
    ],
    [
      'of CIS 1.2.0',
      info({
        uid: `arn:aws:securityhub:us-east-2:${MEMBER}:subscription/cis-aws-foundations-benchmark/v/1.2.0/4.3/finding/1`,
      }),
      {
        generatorId: 'arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/4.3',
      },
    ],
  ])('%s', (_, changes, expected) => {
    const finding = Object.entries(parseFinding(ocsf(changes)));
    const members = finding.filter(([member]) => member in expected);
    expect(Object.fromEntries(members)).toEqual(expected);
  });

  it.each<readonly [string, Changes, string]>([
    ['another class', { class_uid: 2004 }, 'not-a-finding'],
    [
      "a coverage finding's product",
      {
        metadata: {
          product: { uid: 'arn:aws:securityhub:us-east-2::productv2/aws/securityhub-coverage' },
          uid: 'x',
        },
      },
      'foreign-product',
    ],
    [
      "ASFF's product",
      {
        metadata: {
          product: { uid: 'arn:aws:securityhub:us-east-2::product/aws/securityhub' },
          uid: 'x',
        },
      },
      'foreign-product',
    ],
    [
      'no id to update it by',
      {
        metadata: { product: { uid: 'arn:aws:securityhub:us-east-2::productv2/aws/securityhub' } },
      },
      'not-a-finding',
    ],
    ['an id of another source', info({ uid: 'a'.repeat(64) }), 'not-a-finding'],
    [
      'an id that names no control',
      info({ uid: `arn:aws:securityhub:us-east-2:${MEMBER}:other/x/finding/1` }),
      'not-a-finding',
    ],
    ['no time', info({ modified_time: undefined, modified_time_dt: undefined }), 'not-a-finding'],
    ['a time that is none', info({ modified_time_dt: 'yesterday' }), 'not-a-finding'],
    ['another account', { cloud: { account: { uid: '999999999999' } } }, 'mismatch'],
    ['no account', { cloud: { region: 'us-east-2' } }, 'mismatch'],
    ['another Region', { cloud: { account: { uid: MEMBER }, region: 'us-west-2' } }, 'mismatch'],
  ])('is refused with %s', (_, changes, expected) => {
    expect(reason(ocsf(changes))).toBe(expected);
  });

  it('is not read as ASFF, nor the other way round', () => {
    expect(reason({ ...ocsf(), ...asff() })).toBe('parsed');
    expect(parseFinding({ ...ocsf(), ...asff() })).toHaveProperty('format', 'asff');
    expect(reason({ ...asff(), class_uid: 2003, ProductArn: undefined })).toBe('foreign-product');
  });
});

describe('anything at all', () => {
  it('is refused, without an error', () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        expect(reason(raw)).toMatch(/^(?:foreign-product|not-a-finding)$/u);
      }),
    );
  });

  it.each([
    ['ASFF', asff()],
    ['OCSF', ocsf()],
  ])('as one member of a finding in %s never makes it one of another place', (_, whole) => {
    const parsed = parseFinding(whole);
    const place = isRefusal(parsed) ? {} : { account: parsed.account, region: parsed.region };
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(whole)), fc.anything(), (member, value) => {
        const finding = parseFinding({ ...whole, [member]: value });
        if (!isRefusal(finding)) expect(finding).toMatchObject(place);
      }),
      { numRuns: 500 },
    );
  });
});
