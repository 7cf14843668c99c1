import { describe, expect, it } from 'vitest';
import { isEveryResource } from '../../../generator/operate/exceptions-file.ts';
import { daysOf } from '../../../generator/operate/history.ts';
import { findingNameOf, searchOf, searchOfIds } from '../../../generator/operate/query.ts';
import type { Query } from '../../../generator/operate/query.ts';

const ANY: Query = { accounts: [], regions: [], controls: [], severities: [], resources: [] };
const filtersOf = (query: Query, controls: readonly string[]) => searchOf(query, controls).asff;
const numbered = (count: number) => Array.from({ length: count }, (_, at) => `C.${at}`);

describe('filters of GetFindings', () => {
  it('hold 20 values of an attribute at most', () => {
    const filters = filtersOf(ANY, numbered(45));
    expect(filters.map((one) => one.ComplianceSecurityControlId?.length)).toEqual([20, 20, 5]);
  });

  it('find each finding once, with every combination of long lists', () => {
    const accounts = Array.from({ length: 21 }, (_, at) => String(at).padStart(12, '1'));
    const filters = filtersOf({ ...ANY, accounts }, numbered(21));
    const sizes = filters.map(({ ComplianceSecurityControlId, AwsAccountId }) => [
      ComplianceSecurityControlId?.length,
      AwsAccountId?.length,
    ]);
    expect(sizes).toEqual([
      [20, 20],
      [20, 1],
      [1, 20],
      [1, 1],
    ]);
  });

  it('are none without a control', () => {
    expect(filtersOf(ANY, [])).toEqual([]);
  });

  it('take an ARN that ends in * for a beginning', () => {
    const [first] = filtersOf({ ...ANY, resources: ['arn:aws:s3:::logs-*', 'arn:x'] }, ['S3.1']);
    expect(first?.ResourceId).toEqual([
      { Value: 'arn:aws:s3:::logs-', Comparison: 'PREFIX' },
      { Value: 'arn:x', Comparison: 'EQUALS' },
    ]);
  });

  it('by id look at no status', () => {
    expect(searchOfIds(['a', 'b']).asff).toEqual([
      {
        Id: [
          { Value: 'a', Comparison: 'EQUALS' },
          { Value: 'b', Comparison: 'EQUALS' },
        ],
      },
    ]);
  });
});

describe('filters of GetFindingsV2', () => {
  /** `field=value|value` for each composite filter, which all must hold. */
  const written = (query: Query, controls: readonly string[]) =>
    searchOf(query, controls).ocsf.map(({ CompositeFilters = [], CompositeOperator }) => {
      expect(CompositeOperator).toBe('AND');
      return CompositeFilters.map(({ StringFilters = [], NumberFilters = [], Operator }) => {
        expect(Operator).toBe('OR');
        const all = [
          ...StringFilters.map(({ FieldName, Filter }) => [FieldName, Filter?.Value] as const),
          ...NumberFilters.map(({ FieldName, Filter }) => [FieldName, Filter?.Eq] as const),
        ];
        return `${all[0]?.[0]}=${all.map(([, value]) => value).join('|')}`;
      });
    });

  it('ask for the same as those of the other format, in the words of OCSF', () => {
    const query = {
      ...ANY,
      accounts: ['111122223333'],
      regions: ['eu-west-1', 'us-east-1'],
      severities: ['HIGH', 'CRITICAL'],
    };
    expect(written(query, ['EC2.2', 'KMS.4'])).toEqual([
      [
        'compliance.status_id=3',
        'status_id=1|2',
        'severity_id=4|5|6',
        'compliance.control=EC2.2|KMS.4',
        'cloud.account.uid=111122223333',
        'cloud.region=eu-west-1|us-east-1',
      ],
    ]);
  });

  it('hold 20 values of a kind at most, and find each finding once', () => {
    const accounts = Array.from({ length: 21 }, (_, at) => String(at).padStart(12, '1'));
    const sizes = written({ ...ANY, accounts }, numbered(21)).map((all) =>
      all.slice(2).map((one) => one.split('|').length),
    );
    expect(sizes).toEqual([
      [20, 20],
      [20, 1],
      [1, 20],
      [1, 1],
    ]);
  });

  it('are none without a control', () => {
    expect(searchOf(ANY, []).ocsf).toEqual([]);
  });
});

describe('the id of a finding', () => {
  it('names its product, in its own partition and Region', () => {
    const id =
      'arn:aws-cn:securityhub:cn-north-1:111122223333:security-control/S3.1/finding/0a1b2c3d';
    expect(findingNameOf(id)).toEqual({
      id,
      productArn: 'arn:aws-cn:securityhub:cn-north-1::product/aws/securityhub',
    });
  });

  it.each([
    '',
    'arn:aws:s3:::bucket',
    'arn:aws:guardduty:us-east-1:111122223333:detector/1/finding/2',
  ])('is not %j', (given) => {
    expect(() => findingNameOf(given)).toThrow("isn't the id of a finding");
  });
});

it('counts days back from the last one', () => {
  expect(daysOf({ from: '2026-02-27', to: '2026-03-01' })).toEqual([
    '2026-03-01',
    '2026-02-28',
    '2026-02-27',
  ]);
  expect(daysOf({ from: '2026-03-02', to: '2026-03-01' })).toEqual([]);
});

it.each([
  ['*', true],
  ['arn:aws:s3*', true],
  ['arn:aws:s3:::*', true],
  ['arn:aws:ec2:*:*:security-group/*', true],
  ['arn:aws:rds:eu-west-1:111122223333:db:*', true],
  ['arn:aws:s3:::logs-*', false],
  ['arn:aws:ec2:*:*:security-group/sg-1*', false],
  ['arn:aws:iam::111122223333:role/team/*', false],
])('stands %s for every resource: %s', (pattern, expected) => {
  expect(isEveryResource(pattern)).toBe(expected);
});
