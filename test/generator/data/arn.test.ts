import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arnMatchesType } from '../../../generator/data/iam.ts';

const TRAIL = 'arn:${Partition}:cloudtrail:${Region}:${Account}:trail/${TrailName}';
const BUCKET = 'arn:${Partition}:s3:::${BucketName}';
const OBJECT = 'arn:${Partition}:s3:::${BucketName}/${ObjectName}';
const SNAPSHOT = 'arn:${Partition}:ec2:${Region}::snapshot/${SnapshotId}';
const STAGE =
  'arn:${Partition}:apigateway:${Region}::/apis/${ApiId}/stages/${StageName}, ' +
  'arn:${Partition}:apigateway:${Region}::/restapis/${RestApiId}/stages/${StageName}';

describe('a pattern that names resources of the type', () => {
  test.each([
    ['*', TRAIL],
    ['arn:aws:cloudtrail:*:*:trail/*', TRAIL],
    ['arn:aws:cloudtrail:*:*:*', TRAIL],
    ['arn:${AWS::Partition}:cloudtrail:${AWS::Region}:${AWS::AccountId}:trail/main', TRAIL],
    ['arn:${AWS::Partition}:cloudtrail:*:${AWS::AccountId}:trail/${TrailName}', TRAIL],
    ['arn:aws:cloudtrail:us-east-?:123456789012:t?ail/*', TRAIL],
    ['arn:${AWS::Partition}:s3:::*', BUCKET],
    ['arn:${AWS::Partition}:s3:::logs-*', BUCKET],
    ['arn:${AWS::Partition}:s3:::logs/*', OBJECT],
    ['arn:${AWS::Partition}:ec2:*::snapshot/*', SNAPSHOT],
    ['arn:${AWS::Partition}:apigateway:*::/restapis/*/stages/*', STAGE],
    ['arn:${AWS::Partition}:apigateway:*::/apis/*/stages/*', STAGE],
    [
      'arn:aws:logs:*:*:log-group:*:*',
      'arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:log-stream:${LogStreamName}',
    ],
  ])('%s | %s', (pattern, type) => {
    expect(arnMatchesType(pattern, type)).toBe(true);
  });
});

describe('a pattern that names none', () => {
  test.each([
    // A wildcard that reached over colons would accept this spelling.
    ['arn:aws:cloudtrail:*:*:trial/*', TRAIL],
    ['arn:aws:cloudtrail:*:trail/*', TRAIL],
    ['arn:aws:cloudtrail:*', TRAIL],
    ['arn:aws:cloudwatch:*:*:trail/*', TRAIL],
    ['arn:aws:cloudtrail:us-east-1::trail/*', TRAIL],
    ['arn:aws:cloudtrail::123456789012:trail/*', TRAIL],
    ['cloudtrail', TRAIL],
    ['', TRAIL],
    ['arn:aws:s3:::logs/*', BUCKET],
    ['arn:aws:s3:::logs', OBJECT],
    ['arn:aws:s3:us-east-1::logs', BUCKET],
    // Snapshot ARNs carry no account; a policy with one never matches.
    ['arn:aws:ec2:*:${AWS::AccountId}:snapshot/*', SNAPSHOT],
    ['arn:aws:ec2:*::image/*', SNAPSHOT],
    ['arn:aws:apigateway:*::/usageplans/*', STAGE],
    ['arn:aws:apigateway:*:${AWS::AccountId}:/restapis/*/stages/*', STAGE],
  ])('%s | %s', (pattern, type) => {
    expect(arnMatchesType(pattern, type)).toBe(false);
  });
});

test('every concrete ARN of a type, and the pattern made of it, match the type', () => {
  const name = fc.stringMatching(/^[a-zA-Z0-9_/.:-]{1,20}$/);
  fc.assert(
    fc.property(name, fc.stringMatching(/^\d{12}$/), fc.nat(), (trail, account, cut) => {
      const arn = `arn:aws:cloudtrail:eu-west-1:${account}:trail/${trail}`;
      expect(arnMatchesType(arn, TRAIL)).toBe(true);
      const prefix = `trail/${trail}`.slice(0, cut % (trail.length + 6));
      expect(arnMatchesType(`arn:*:cloudtrail:*:*:${prefix}*`, TRAIL)).toBe(true);
    }),
  );
});

test('many wildcards cost no exponential time', () => {
  const stars = '*a'.repeat(200);
  expect(arnMatchesType(`arn:aws:x:::${stars}b`, `arn:aws:x:::${'${V}c'.repeat(100)}`)).toBe(false);
});
