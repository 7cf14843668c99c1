import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../templates/admin/functions/decide/decide.ts';
import {
  matchesException,
  parseException,
} from '../../../templates/admin/functions/decide/exceptions.ts';
import type { Exception } from '../../../templates/admin/functions/decide/types.ts';
import { isRefusal } from '../../../templates/admin/functions/model/refusal.ts';
import { input, known, minutes, remembered, request } from './decide-fixtures.ts';
import { GROUP, MEMBER } from './fixtures.ts';

const RAW = {
  id: 'legacy-vpc',
  owner: 'ann',
  reason: 'Moved out until June.',
  expiresAt: '2024-06-01T00:00:00Z',
  controls: ['EC2.2'],
};

describe('an exception', () => {
  it('is read', () => {
    expect(parseException(RAW)).toEqual({ ...RAW, expiresAt: '2024-06-01T00:00:00.000Z' });
    const whole = {
      ...RAW,
      accounts: [MEMBER],
      regions: ['eu-west-1'],
      resources: ['arn:aws:ec2:*:*:security-group/*'],
    };
    expect(parseException(whole)).toMatchObject({ accounts: [MEMBER] });
  });

  it.each<readonly [string, Readonly<Record<string, unknown>>, string]>([
    ['no owner', { owner: '' }, 'names no owner'],
    ['no reason', { reason: undefined }, 'gives no reason'],
    ['no end', { expiresAt: undefined }, 'has no end'],
    ['an end that is no time', { expiresAt: 'never' }, 'has no end'],
    ['an end in seconds', { expiresAt: 1_717_200_000 }, 'has no end'],
    ['nothing that it excepts', { controls: undefined }, 'must name controls'],
    [
      'a Region only',
      { controls: undefined, regions: ['eu-west-1'] },
      'must name controls, accounts or resources',
    ],
    ['an empty list', { controls: [] }, 'has wrong controls'],
    ['a text for a list', { controls: 'EC2.2' }, 'has wrong controls'],
    ['a control that is none', { controls: ['EC2'] }, 'has wrong controls'],
    ['an account that is none', { accounts: ['1'] }, 'has wrong accounts'],
    ['a Region that is none', { regions: ['Ireland'] }, 'has wrong regions'],
    ['a resource that is none', { resources: ['sg-1'] }, 'has wrong resources'],
    ['a misspelled member', { account: [MEMBER] }, "has a member that isn't known"],
  ])('is refused with %s', (_, changes, message) => {
    expect(parseException({ ...RAW, ...changes })).toMatchObject({
      reason: 'exception-unreadable',
      message: expect.stringContaining(`The exception legacy-vpc ${message}`) as string,
    });
  });

  it('is an exception or a refusal, whatever comes', () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        expect(isRefusal(parseException(raw))).toBe(true);
      }),
    );
  });
});

const place = { control: 'EC2.2', account: MEMBER, region: 'eu-west-1', resource: GROUP };
const except = (changes: Partial<Exception>): Exception => {
  const { controls: _, ...rest } = known(parseException(RAW));
  return { ...rest, ...changes };
};

describe('what an exception is about', () => {
  it.each<readonly [string, Partial<Exception>, boolean]>([
    ['the control', { controls: ['S3.1', 'ec2.2'] }, true],
    ['another control', { controls: ['EC2.21'] }, false],
    ['the account', { accounts: [MEMBER] }, true],
    ['another account', { accounts: ['999999999999'] }, false],
    ['the control elsewhere', { controls: ['EC2.2'], regions: ['us-east-1'] }, false],
    ['the resource', { resources: [GROUP] }, true],
    ['another resource', { resources: [`${GROUP}9`] }, false],
    ['all groups there', { resources: ['arn:aws:ec2:eu-west-1:*:security-group/*'] }, true],
    ['every resource', { resources: ['*'] }, true],
    ['a part of the name', { resources: ['arn:aws:ec2:*sg-0a*3d'] }, true],
    ['parts in another order', { resources: ['arn:aws:*3d*sg-0a*'] }, false],
    ['a part that is used twice', { resources: [`${GROUP}*d`] }, false],
    ['a pattern of another language', { resources: ['arn:aws:ec2:.*'] }, false],
    ['the control, of another account', { controls: ['EC2.2'], accounts: ['1'] }, false],
  ])('%s', (_, changes, expected) => {
    expect(matchesException(except(changes), place)).toBe(expected);
  });

  it('is found quickly, however the pattern looks', () => {
    const resources = [`${'*a'.repeat(900)}*b`];
    const resource = `arn:${'a'.repeat(2000)}`;
    const started = performance.now();
    expect(matchesException(except({ resources }), { ...place, resource })).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('a decision under exceptions', () => {
  const short = except({ id: 'a', controls: ['EC2.2'], expiresAt: minutes(10) });
  const long = except({ id: 'b', accounts: [MEMBER], expiresAt: minutes(20) });
  const over = except({ id: 'c', accounts: [MEMBER], expiresAt: minutes(0) });
  const other = except({ id: 'd', accounts: ['999999999999'], expiresAt: minutes(90) });

  it('holds until the last one ends, and says whose it is', () => {
    const exceptions = [other, short, long, over];
    for (const origin of ['automatic', 'custom-action'] as const)
      expect(
        decide(input({ request: request({ origin }), remembered: remembered({ exceptions }) })),
      ).toMatchObject({
        verdict: 'hold',
        reason: 'excepted',
        notBefore: minutes(20),
        message: `The exception b of ann applies until ${minutes(20)}: Moved out until June.`,
      });
  });

  it('goes on when none applies, or for a preview', () => {
    const exceptions = [other, over];
    expect(decide(input({ remembered: remembered({ exceptions }) })).verdict).toBe('allow');
    const look = request({ origin: 'console', mode: 'Preview' });
    expect(
      decide(input({ request: look, remembered: remembered({ exceptions: [long] }) })).verdict,
    ).toBe('allow');
  });

  it('denies when one can not be read, whatever it is about', () => {
    const exceptions = [{ ...other, expiresAt: 'later' }];
    expect(decide(input({ remembered: remembered({ exceptions }) }))).toMatchObject({
      verdict: 'deny',
      reason: 'exception-unreadable',
    });
  });

  it('does not depend on their order', () => {
    const some = fc
      .array(
        fc.record({
          id: fc.constantFrom('a', 'b', 'c', 'd'),
          expiresAt: fc.integer({ min: -2, max: 3 }).map(minutes),
          controls: fc.constantFrom(['EC2.2'], ['S3.1']),
        }),
        { maxLength: 6 },
      )
      .map((all) => all.map((one) => except(one)));
    const permuted = some.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(permuted, ([one, another]) => {
        expect(decide(input({ remembered: remembered({ exceptions: another }) }))).toEqual(
          decide(input({ remembered: remembered({ exceptions: one }) })),
        );
      }),
    );
  });
});
