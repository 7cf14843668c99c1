import { describe, expect, it } from 'vitest';
import { decide, RULES, screen } from '../../../templates/admin/functions/decide/decide.ts';
import type { DecideInput } from '../../../templates/admin/functions/decide/types.ts';
import { refuse } from '../../../templates/admin/functions/model/refusal.ts';
import type { Policy } from '../../../templates/admin/functions/model/policy.ts';
import {
  approve,
  click,
  input,
  minutes,
  NOTHING,
  NOW,
  outcome,
  parsed,
  policy,
  preview,
  remembered,
  remediation,
  request,
  resolved,
  undo,
  undoable,
} from './decide-fixtures.ts';
import type { Case } from './decide-fixtures.ts';
import { catalog, MEMBER, settings } from './fixtures.ts';

describe('an automatic remediation', () => {
  it('is allowed when nothing speaks against it', () => {
    const decision = decide(input());
    expect(decision).toMatchObject({
      verdict: 'allow',
      reason: 'allowed',
      message: 'All rules allow it.',
    });
    expect(decision).not.toHaveProperty('notBefore');
    expect(decision.trace.every(({ verdict }) => verdict === 'allow')).toBe(true);
  });
  it('has every rule looked at that binds it, in their order', () => {
    const names = decide(input()).trace.map(({ rule }) => rule);
    expect(names).toEqual(RULES.map(({ name }) => name).filter((name) => name !== 'undo'));
  });
});

describe('what was asked', () => {
  it.each<Case>([
    ['a preview by itself', { request: request({ mode: 'Preview' }) }, 'deny unknown-request'],
    ['an undo by itself', { request: request({ mode: 'Undo' }) }, 'deny unknown-request'],
    [
      'an approved undo',
      { ...approve('ann', 'bob'), request: request({ origin: 'approval', mode: 'Undo' }) },
      'deny unknown-request',
    ],
    [
      'an unknown mode',
      { request: { ...request(), mode: 'Delete' as 'Undo' } },
      'deny unknown-request',
    ],
    [
      'an unknown origin',
      { request: { ...request(), origin: 'email' as 'console' } },
      'deny unknown-request',
    ],
    ['a preview by a person', preview, 'allow'],
    ['an undo by a person', { ...undo, remembered: remembered({ undoable }) }, 'allow'],
  ])('%s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });
});

describe('the finding', () => {
  const but = (changes: Partial<typeof parsed>): Partial<DecideInput> => ({
    finding: { ...parsed, ...changes },
  });
  const { workflow: _, ...unknownWorkflow } = parsed;
  it.each<Case>([
    ['was refused', { finding: refuse('foreign-product', 'No.') }, 'deny foreign-product'],
    [
      'is of another partition',
      { environment: { partition: 'aws-cn', adminAccount: MEMBER } },
      'deny mismatch',
    ],
    ['was stored with another account', but({ account: '999999999999' }), 'deny mismatch'],
    ['was stored with another Region', but({ region: 'us-west-2' }), 'deny mismatch'],
    ['was stored with another product', but({ productArn: 'x' }), 'deny mismatch'],
    ['is archived', but({ recordState: 'ARCHIVED' }), 'deny not-failed'],
    ['passed', but({ compliance: 'PASSED' }), 'deny not-failed'],
    ['is a warning', but({ compliance: 'WARNING' }), 'deny not-failed'],
    ['is suppressed', but({ workflow: 'SUPPRESSED' }), 'deny not-failed'],
    ['has an unknown workflow status', but({ workflow: 'DONE' }), 'deny not-failed'],
    ['has no workflow status', { finding: unknownWorkflow }, 'deny not-failed'],
    ['was notified', but({ workflow: 'NOTIFIED' }), 'allow'],
    ['was resolved', but({ workflow: 'RESOLVED' }), 'allow'],
    [
      'is suppressed, for a preview',
      { ...preview, ...but({ workflow: 'SUPPRESSED' }) },
      'deny not-failed',
    ],
    [
      'has any status, for an undo',
      {
        ...undo,
        ...but({ workflow: 'SUPPRESSED', compliance: 'PASSED', recordState: 'ARCHIVED' }),
        remembered: remembered({ undoable }),
      },
      'allow',
    ],
    [
      'passed meanwhile, when the claimed attempt starts',
      { ...but({ compliance: 'PASSED' }), stage: 'start' },
      'allow',
    ],
  ])('%s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });
});

describe('what could not be read or understood', () => {
  const renamed = { ...resolved, document: 'ASR-OpenGroup' };
  const gone = { ...remediation('CloseGroup'), deprecated: true };
  it.each<Case>([
    ['settings', { settings: refuse('settings-unreadable', 'No.') }, 'deny settings-unreadable'],
    [
      'the row',
      { policy: refuse('configuration-unreadable', 'No.') },
      'deny configuration-unreadable',
    ],
    [
      'a row of the wrong form',
      { policy: { ...policy(), paused: 0 } as unknown as Policy },
      'deny configuration-unreadable',
    ],
    ['the meaning', { resolved: refuse('unknown-resource', 'No.') }, 'deny unknown-resource'],
    ['the past', { remembered: refuse('state-unreadable', 'No.') }, 'deny state-unreadable'],
    [
      'a standard that was unloaded',
      { settings: { ...settings, standards: ['CIS120'] } },
      'deny standard-disabled',
    ],
    ['a document of another name', { resolved: renamed }, 'deny no-remediation'],
    [
      'a remediation that was removed',
      { catalog: { ...catalog, remediations: {} } },
      'deny no-remediation',
    ],
    [
      'a remediation that is deprecated',
      { catalog: { ...catalog, remediations: { CloseGroup: gone } } },
      'deny no-remediation',
    ],
  ])('denies: %s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
    expect(outcome({ ...click, ...changes })).toBe(expected);
  });
});

describe('several rules at once', () => {
  const held = remembered({ breaker: { failures: [], openUntil: minutes(600) } });
  const night = policy({ changeWindow: '22:00-04:00 UTC', approval: 'always' });
  it('the worst verdict counts, with the reason of the first such rule and the latest time', () => {
    expect(decide(input({ policy: night, remembered: held }))).toMatchObject({
      verdict: 'hold',
      reason: 'outside-window',
      notBefore: minutes(600),
    });
  });
  it('a denial needs no time', () => {
    const denied = decide(input({ policy: { ...night, paused: true }, remembered: held }));
    expect(denied).toMatchObject({ verdict: 'deny', reason: 'paused' });
    expect(denied).not.toHaveProperty('notBefore');
  });
  it('an approval does not hide a hold', () => {
    expect(
      decide(input({ policy: policy({ approval: 'always' }), remembered: held })),
    ).toMatchObject({
      verdict: 'hold',
      reason: 'breaker-open',
    });
  });
});

describe('the screening', () => {
  const { facts: _facts, remembered: _remembered, ...rest } = input();
  it('asks the rules that need no look-up', () => {
    const names = screen(rest).trace.map(({ rule }) => rule);
    expect(names).toEqual(RULES.filter(({ needs }) => needs === 'finding').map(({ name }) => name));
    expect(screen(rest).verdict).toBe('allow');
  });
  it.each<Case>([
    ['not-automatic', { policy: policy({ automatedRemediationEnabled: false }) }, 'not-automatic'],
    ['paused', { policy: policy({ paused: true }) }, 'paused'],
    ['passed', { finding: { ...parsed, compliance: 'PASSED' } }, 'not-failed'],
  ])('denies what the decision denies: %s', (_, changes, reason) => {
    expect(screen({ ...rest, ...changes })).toMatchObject({ verdict: 'deny', reason });
    expect(decide(input(changes))).toMatchObject({ verdict: 'deny', reason });
  });
});

it('the fixtures are what they say', () => {
  expect(NOW.getUTCDay()).toBe(3);
  expect(decide(input({ remembered: NOTHING })).verdict).toBe('allow');
});
