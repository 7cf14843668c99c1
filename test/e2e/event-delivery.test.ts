/*
 * Whether the matcher that stands for EventBridge does as its documentation says. The examples have the form of those in
 * the EventBridge User Guide, "Creating Amazon EventBridge event patterns" and "Comparison operators".
 */
import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../templates/admin/event-pattern.ts';

const EVENT = {
  source: 'aws.ec2',
  'detail-type': 'EC2 Instance State-change Notification',
  resources: [
    'arn:aws:ec2:us-west-1:123456789012:instance/i-1',
    'arn:aws:ec2:us-west-1:123456789012:instance/i-2',
  ],
  detail: {
    state: 'terminated',
    'cpu-options': { cores: 4, hyper: null },
    volumes: [
      { id: 'vol-1', encrypted: 'yes', zone: 'a' },
      { id: 'vol-2', encrypted: 'no', zone: 'b' },
    ],
  },
};

describe('a pattern', () => {
  it.each<readonly [string, unknown, boolean]>([
    ['needs not name all members of an event', { source: ['aws.ec2'] }, true],
    ['is met by one of its values', { detail: { state: ['stopped', 'terminated'] } }, true],
    [
      'must have all of its members met',
      { source: ['aws.ec2'], detail: { state: ['stopped'] } },
      false,
    ],
    ['compares texts whole and with their capitals', { detail: { state: ['Terminated'] } }, false],
    ['names no member that the event lacks', { detail: { reason: ['terminated'] } }, false],
    ['compares numbers as numbers', { detail: { 'cpu-options': { cores: ['4'] } } }, false],
    ['knows null', { detail: { 'cpu-options': { hyper: [null] } } }, true],
    [
      'is met by one element of a list',
      { resources: ['arn:aws:ec2:us-west-1:123456789012:instance/i-2'] },
      true,
    ],
    ['is met by one object of a list', { detail: { volumes: { id: ['vol-2'] } } }, true],
    [
      'must be met by the same object of a list',
      { detail: { volumes: { id: ['vol-1'], encrypted: ['no'] } } },
      false,
    ],
    ['knows wildcards', { resources: [{ wildcard: 'arn:aws:ec2:*:*:instance/i-1' }] }, true],
    [
      'has wildcards that stand for all of a text',
      { resources: [{ wildcard: 'arn:aws:ec2:*:instance' }] },
      false,
    ],
  ])('%s', (_, pattern, isMet) => {
    expect(matchesPattern(pattern, EVENT)).toBe(isMet);
  });

  it('with an operator that is not known here fails the test instead of matching', () => {
    expect(() => matchesPattern({ source: [{ prefix: 'aws.' }] }, EVENT)).toThrow(
      'is not known here',
    );
  });
});
