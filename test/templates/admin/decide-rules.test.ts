import { describe, expect, it } from 'vitest';
import { decide } from '../../../templates/admin/functions/decide/decide.ts';
import type { DecideInput, Hold } from '../../../templates/admin/functions/decide/types.ts';
import type { Policy } from '../../../templates/admin/functions/model/policy.ts';
import type { Origin } from '../../../templates/admin/functions/model/request.ts';
import {
  approve,
  click,
  input,
  later,
  minutes,
  of,
  outcome,
  parsed,
  policy,
  preview,
  remembered,
  remediation,
  request,
  undo,
  undoable,
  unreadable,
} from './decide-fixtures.ts';
import type { Case } from './decide-fixtures.ts';
import { catalog, MEMBER } from './fixtures.ts';

/** The catalogue with another impact of the remediation. */
const withImpact = (word: 'access-loss' | 'availability' | 'credential-loss' | 'data-loss') => ({
  catalog: {
    ...catalog,
    remediations: {
      CloseGroup: { ...remediation('CloseGroup'), impact: { when: [], then: word, else: word } },
    },
  },
});

describe('the kill switch', () => {
  const paused = { policy: policy({ paused: true }), remembered: remembered({ undoable }) };
  it.each<Case>([
    ['stops what is automatic', paused, 'deny paused'],
    ['stops a click', { ...paused, ...click }, 'deny paused'],
    ['stops an approved change', { ...paused, ...approve('ann', 'bob') }, 'deny paused'],
    ['stops an undo', { ...paused, ...undo }, 'deny paused'],
    ['stops at the start', { ...paused, stage: 'start' }, 'deny paused'],
    ['lets people look', { ...paused, ...preview }, 'allow'],
  ])('%s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });
  it('says how to go on', () => {
    expect(decide(input(paused)).message).toBe(
      'Remediation is paused; set paused to false in the row EC2.2 or * of the configuration table.',
    );
  });
});

describe('automatic remediation that is off', () => {
  const off = { policy: policy({ automatedRemediationEnabled: false }) };
  it.each<Case>([
    ['denies what comes by itself', off, 'deny not-automatic'],
    ['does not bind a click', { ...off, ...click }, 'allow'],
    ['does not bind an approved one', { ...off, ...approve('Security Hub', 'bob') }, 'allow'],
    [
      'does not bind an approved one when it starts',
      {
        ...off,
        attempt: { id: 'attempt-1', actor: 'Security Hub', approver: 'bob' },
        stage: 'start',
      },
      'allow',
    ],
  ])('%s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });
});

describe('membership of the account', () => {
  const facts = (isMember: DecideInput['facts']['isMember']): Partial<DecideInput> => ({
    facts: { ...input().facts, isMember },
  });
  it.each<Case>([
    ['denies others', facts(of(false)), 'deny not-a-member'],
    ['denies when unreadable', facts(unreadable), 'deny membership-unknown'],
    ['denies when not looked up', facts(later), 'deny membership-unknown'],
    ['binds previews', { ...facts(of(false)), ...preview }, 'deny not-a-member'],
    ['binds undo', { ...facts(unreadable), ...undo }, 'deny membership-unknown'],
  ])('%s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });
});

describe('a hold after undo', () => {
  const held = (expiresAt: string): Hold => ({ owner: 'ann', reason: 'undo', expiresAt });
  const until = (expiresAt: string) => ({ remembered: remembered({ hold: held(expiresAt) }) });
  it.each<Case>([
    ['denies what is automatic', until(minutes(1)), 'deny held-after-undo'],
    ['denies a click', { ...until(minutes(1)), ...click }, 'deny held-after-undo'],
    ['ends', until(minutes(0)), 'allow'],
    ['lets people look', { ...until(minutes(1)), ...preview }, 'allow'],
    ['that has no time denies', until('soon'), 'deny internal-error'],
  ])('%s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });
  it('names who and until when, in one line', () => {
    const hold = { ...held(minutes(60)), owner: 'ann\nbob' };
    expect(decide(input({ remembered: remembered({ hold }) })).message).toBe(
      'ann bob undid this remediation, so it is held until 2024-05-01T13:20:00.000Z; release the hold to go on.',
    );
  });
});

describe('what was dealt with already', () => {
  const seenAs = (format: string, updatedAt = parsed.updatedAt): Partial<DecideInput> => ({
    remembered: remembered({
      target: { failures: 0, seen: { [`${format}#${parsed.id}`]: updatedAt } },
    }),
  });
  const seen = (updatedAt: string): Partial<DecideInput> => seenAs('asff', updatedAt);
  const verified = (verifiedAt: string): Partial<DecideInput> => ({
    remembered: remembered({ target: { failures: 0, verifiedAt, seen: {} } }),
  });
  it.each<Case>([
    ['is not done again', seen(parsed.updatedAt), 'deny already-handled'],
    ['is not done again, when seen later', seen(minutes(0)), 'deny already-handled'],
    ['does not bind a newer check', seen('2024-05-01T11:59:59.999Z'), 'allow'],
    ['does not bind the finding in the other format', seenAs('ocsf'), 'allow'],
    ['is done again for a click', { ...seen(parsed.updatedAt), ...click }, 'allow'],
    ['is known by its verification', verified(parsed.updatedAt), 'deny already-verified'],
    ['has an older verification', verified('2024-05-01T11:59:59.999Z'), 'allow'],
    ['is verified, but a person asks', { ...verified(minutes(0)), ...click }, 'allow'],
    ['has a time that is none', seen('earlier'), 'deny internal-error'],
  ])('%s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });
});

describe('an attempt that waits for an approval', () => {
  const waits = (expiresAt: string) => ({
    remembered: remembered({ awaiting: { id: 'attempt-1', expiresAt } }),
  });
  it.each<Case>([
    ['keeps others out', waits(minutes(1)), 'deny awaiting-approval'],
    ['keeps a click out', { ...waits(minutes(1)), ...click }, 'deny awaiting-approval'],
    ['is approved', { ...waits(minutes(1)), ...approve('ann', 'bob') }, 'allow'],
    ['has lapsed', waits(minutes(0)), 'allow'],
    ['lets people look', { ...waits(minutes(1)), ...preview }, 'allow'],
  ])('%s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });
});

describe('failed attempts', () => {
  const failed = (failures: number, minutesAgo: number): Partial<DecideInput> => ({
    remembered: remembered({
      target: { failures, failedAt: minutes(-minutesAgo), seen: {} },
    }),
  });
  it.each<readonly [number, number, string]>([
    [1, 14, 'hold backing-off'],
    [1, 15, 'allow'],
    [2, 59, 'hold backing-off'],
    [2, 60, 'allow'],
    [3, 100_000, 'deny attempts-exhausted'],
  ])('after %i of them, %i minutes ago', (failures, ago, expected) => {
    expect(outcome(failed(failures, ago))).toBe(expected);
    expect(outcome({ ...failed(failures, ago), ...click })).toBe('allow');
  });
  it('are retried after a day at the latest', () => {
    const changes = { ...failed(9, 0), policy: policy({ attempts: 10 }) };
    expect(decide(input(changes)).notBefore).toBe('2024-05-02T12:20:00.000Z');
  });
  it('without a time deny', () => {
    const target = { failures: 1, seen: {} };
    expect(outcome({ remembered: remembered({ target }) })).toBe('deny internal-error');
  });
});

describe('limits', () => {
  const counts = (control: number, account: number): Partial<DecideInput> => ({
    remembered: remembered({ counts: { control, account } }),
    policy: policy({ perHour: 10, accountPerHour: 5 }),
  });
  it.each<Case>([
    ['are not reached', counts(9, 4), 'allow'],
    ['of the control are reached', counts(10, 0), 'hold limit-reached'],
    ['of the account are reached', counts(0, 5), 'hold limit-reached'],
    ['bind a click', { ...counts(10, 0), ...click }, 'hold limit-reached'],
    ['do not bind a preview', { ...counts(10, 5), ...preview }, 'allow'],
    ['hold no attempt that was counted', { ...counts(10, 5), stage: 'start' }, 'allow'],
    ['deny when a count is none', counts(Number.NaN, 0), 'deny internal-error'],
  ])('%s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });
  it('end with the hour', () => {
    expect(decide(input(counts(10, 0)))).toMatchObject({
      notBefore: '2024-05-01T13:00:00.000Z',
      message: 'The limit of 10 remediations of EC2.2 in one hour is reached.',
    });
    expect(decide(input(counts(0, 5))).message).toBe(
      `The limit of 5 remediations in account ${MEMBER} in one hour is reached.`,
    );
  });
});

describe('the circuit breaker', () => {
  const open = (openUntil: string) => ({
    remembered: remembered({ breaker: { failures: [], openUntil } }),
  });
  it.each<Case>([
    ['holds while it is open', open(minutes(1)), 'hold breaker-open'],
    ['holds a click', { ...open(minutes(1)), ...click }, 'hold breaker-open'],
    ['closes', open(minutes(0)), 'allow'],
    ['is closed', { remembered: remembered({ breaker: { failures: [minutes(-1)] } }) }, 'allow'],
    ['lets people look', { ...open(minutes(1)), ...preview }, 'allow'],
  ])('%s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });
});

describe('a change window', () => {
  const night = { policy: policy({ changeWindow: '22:00-04:00 UTC' }) };
  it.each<Case>([
    ['holds outside', night, 'hold outside-window'],
    ['holds a click', { ...night, ...click }, 'hold outside-window'],
    ['holds an approved one', { ...night, ...approve('ann', 'bob') }, 'hold outside-window'],
    ['lets through inside', { ...night, now: new Date('2024-05-01T23:00:00Z') }, 'allow'],
    ['lets people look', { ...night, ...preview }, 'allow'],
    ['lets people undo', { ...night, ...undo, remembered: remembered({ undoable }) }, 'allow'],
  ])('%s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });
  it('says when it opens', () => {
    expect(decide(input(night))).toMatchObject({
      notBefore: '2024-05-01T22:00:00.000Z',
      message: 'The change window (22:00-04:00 UTC) opens at 2024-05-01T22:00:00.000Z.',
    });
  });
});

describe('consent', () => {
  const by = (origin: Origin): Partial<DecideInput> => ({ request: request({ origin }) });
  it.each<readonly [Origin, Parameters<typeof withImpact>[0], string]>([
    ['automatic', 'access-loss', 'allow'],
    ['automatic', 'availability', 'needs-approval needs-approval'],
    ['automatic', 'data-loss', 'needs-approval needs-approval'],
    ['custom-action', 'credential-loss', 'allow'],
    ['custom-action', 'data-loss', 'needs-approval needs-approval'],
    ['command', 'credential-loss', 'allow'],
    ['command', 'data-loss', 'needs-approval needs-approval'],
    ['console', 'credential-loss', 'allow'],
    ['console', 'data-loss', 'needs-approval needs-approval'],
  ])('by %s for %s', (origin, word, expected) => {
    expect(outcome({ ...by(origin), ...withImpact(word) })).toBe(expected);
  });

  const always = { policy: policy({ approval: 'always' }) };
  const never = { policy: policy({ approval: 'never' }) };
  it.each<Case>([
    ['always needs an approver when the row says so', always, 'needs-approval needs-approval'],
    ['of a click is not enough then', { ...always, ...click }, 'needs-approval needs-approval'],
    ['by an approver', { ...always, ...approve('ann', 'bob') }, 'allow'],
    [
      'by an approver, when it starts',
      {
        ...always,
        attempt: { id: 'attempt-1', actor: 'Security Hub', approver: 'bob' },
        stage: 'start',
      },
      'allow',
    ],
    ['is not needed when the row says so', { ...never, ...withImpact('data-loss') }, 'allow'],
    ['is not needed for a preview', { ...always, ...preview }, 'allow'],
    [
      'by an approver for the worst',
      { ...approve('ann', 'bob'), ...withImpact('data-loss') },
      'allow',
    ],
    ['by oneself is none', approve('ann', 'ann'), 'deny own-approval'],
    ['by nobody is none', approve('ann'), 'deny no-approver'],
    [
      'by nobody is none, even if none is needed',
      { ...never, ...approve('ann') },
      'deny no-approver',
    ],
  ])('%s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });
});

describe('a resource that a stack owns', () => {
  const stack = (
    stackOwned: Policy['stackOwned'],
    found: DecideInput['facts']['stack'],
  ): Partial<DecideInput> => ({
    policy: policy({ stackOwned }),
    facts: { ...input().facts, stack: found },
  });
  it.each<Case>([
    ['is remediated', stack('remediate', of('web')), 'allow'],
    ['is remediated unknown', { ...stack('remediate', unreadable), stage: 'start' }, 'allow'],
    ['needs an approver', stack('approve', of('web')), 'needs-approval stack-owned'],
    ['is approved', { ...stack('approve', of('web')), ...approve('ann', 'bob') }, 'allow'],
    ['is refused', stack('refuse', of('web')), 'deny stack-owned'],
    [
      'is refused although approved',
      { ...stack('refuse', of('web')), ...approve('ann', 'bob') },
      'deny stack-owned',
    ],
    ['is none', stack('refuse', of('')), 'allow'],
    ['is not known yet', stack('refuse', later), 'allow'],
    [
      'is not known at the start',
      { ...stack('refuse', later), stage: 'start' },
      'deny stack-unknown',
    ],
    ['can not be read', stack('approve', unreadable), 'deny stack-unknown'],
    ['is looked at', { ...stack('refuse', of('web')), ...preview }, 'allow'],
  ])('%s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });
});

describe('a lease', () => {
  const lease = (attempt: string, expiresAt: string) => ({
    remembered: remembered({
      lease: { attempt, remediation: 'CloseOtherPorts', expiresAt },
      undoable,
    }),
  });
  const own = { id: 'attempt-1', actor: 'ann' };
  it.each<Case>([
    ['of another holds', lease('attempt-2', minutes(10)), 'hold resource-busy'],
    [
      'of another holds a click',
      { ...lease('attempt-2', minutes(10)), ...click },
      'hold resource-busy',
    ],
    [
      'of another holds an undo',
      { ...lease('attempt-2', minutes(10)), ...undo },
      'hold resource-busy',
    ],
    ['lets people look', { ...lease('attempt-2', minutes(10)), ...preview }, 'allow'],
    ['has expired', lease('attempt-2', minutes(0)), 'allow'],
    ['is its own', { ...lease('attempt-1', minutes(10)), attempt: own, stage: 'start' }, 'allow'],
    [
      'is of another at the start',
      { ...lease('attempt-2', minutes(10)), attempt: own },
      'hold resource-busy',
    ],
  ])('%s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });
  it('is looked at again within a minute', () => {
    expect(decide(input(lease('attempt-2', minutes(10)))).notBefore).toBe(minutes(1));
    expect(decide(input(lease('attempt-2', minutes(0.5)))).notBefore).toBe(minutes(0.5));
  });
});

describe('an undo', () => {
  it.each<Case>([
    ['takes a change back', { ...undo, remembered: remembered({ undoable }) }, 'allow'],
    ['has nothing to take back', undo, 'deny nothing-to-undo'],
    [
      'goes on although held, failed, limited and stopped',
      {
        ...undo,
        remembered: remembered({
          undoable,
          hold: { owner: 'ann', reason: 'undo', expiresAt: minutes(10) },
          target: { failures: 9, failedAt: minutes(0), seen: {} },
          counts: { control: 1000, account: 1000 },
          breaker: { failures: [], openUntil: minutes(10) },
          awaiting: { id: 'attempt-2', expiresAt: minutes(10) },
        }),
      },
      'allow',
    ],
  ])('%s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });
});
