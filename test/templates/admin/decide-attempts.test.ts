import { describe, expect, it } from 'vitest';
import {
  afterAttempt,
  afterReverted,
  failuresOf,
  isFailure,
  isReverted,
} from '../../../templates/admin/functions/decide/attempts.ts';
import { afterFailure } from '../../../templates/admin/functions/decide/breaker.ts';
import { decide } from '../../../templates/admin/functions/decide/decide.ts';
import type { Breaker, TargetState } from '../../../templates/admin/functions/decide/types.ts';
import { OUTCOMES } from '../../../templates/admin/functions/model/attempt.ts';
import type { Outcome } from '../../../templates/admin/functions/model/attempt.ts';
import { input, minutes, NOW, parsed, policy, remembered, UPDATED } from './decide-fixtures.ts';

const findings = [{ format: 'asff', id: parsed.id, updatedAt: UPDATED }] as const;
const key = `asff#${parsed.id}`;
const seen = { [key]: UPDATED };
const before: TargetState = {
  failures: 2,
  failedAt: minutes(-90),
  verifiedAt: minutes(-600),
  seen: {},
};
const now = NOW.toISOString();

describe('what is remembered after an attempt', () => {
  it.each<readonly [Outcome, TargetState]>([
    ['changed', { failures: 2, failedAt: minutes(-90), verifiedAt: now, seen }],
    ['compliant', { failures: 2, failedAt: minutes(-90), verifiedAt: now, seen }],
    ['mitigated', { failures: 0, verifiedAt: minutes(-600), seen }],
    ['failed', { failures: 3, failedAt: now, verifiedAt: minutes(-600), seen }],
    ['not-verified', { failures: 3, failedAt: now, verifiedAt: minutes(-600), seen }],
    ['cancelled', { failures: 3, failedAt: now, verifiedAt: minutes(-600), seen }],
    ['refused', { ...before, seen }],
    ['rejected', { ...before, seen }],
  ])('%s', (outcome, expected) => {
    expect(afterAttempt(before, { outcome, findings, now: NOW })).toEqual(expected);
  });

  it('begins with nothing', () => {
    expect(afterAttempt(undefined, { outcome: 'failed', findings, now: NOW })).toEqual({
      failures: 1,
      failedAt: now,
      seen,
    });
  });

  it('stays the same after a preview', () => {
    for (const outcome of OUTCOMES)
      expect(afterAttempt(before, { outcome, findings, now: NOW, mode: 'Preview' })).toEqual(
        before,
      );
  });

  it('forgets the verification after an undo, and stays the same when that fails', () => {
    const undo = { findings, now: NOW, mode: 'Undo' } as const;
    expect(afterAttempt(before, { outcome: 'undone', ...undo })).toEqual({ failures: 0, seen });
    expect(afterAttempt(before, { outcome: 'failed', ...undo })).toEqual(before);
    expect(afterAttempt(before, { outcome: 'changed-since', ...undo })).toEqual(before);
  });

  it('holds the newest fifty findings', () => {
    const many = Array.from({ length: 60 }, (_, index) => ({
      format: 'ocsf' as const,
      id: `finding-${String(index).padStart(2, '0')}`,
      updatedAt: minutes(index),
    }));
    const { seen: kept } = afterAttempt(undefined, {
      outcome: 'changed',
      findings: many,
      now: NOW,
    });
    expect(Object.keys(kept).toSorted()).toEqual(many.slice(10).map(({ id }) => `ocsf#${id}`));
  });

  it('never takes an older state of a finding for the last', () => {
    const later = { ...before, seen: { [key]: minutes(5) } };
    expect(afterAttempt(later, { outcome: 'changed', findings, now: NOW }).seen).toEqual(
      later.seen,
    );
  });

  it('counts as a failure what the breaker counts', () => {
    for (const outcome of OUTCOMES) {
      const { failures } = afterAttempt(undefined, { outcome, findings, now: NOW });
      expect(isFailure(outcome), outcome).toBe(failures === 1);
    }
  });
});

describe('a fix that did not last', () => {
  const fixed: TargetState = { failures: 0, verifiedAt: minutes(-60), seen };
  const failing = { ...parsed, updatedAt: minutes(-10) };
  const other = { ...failing, id: `${parsed.id}-2` };
  it.each<readonly [string, TargetState | undefined, typeof parsed, boolean]>([
    ['failed again', fixed, failing, true],
    ['failed before it was verified', fixed, { ...failing, updatedAt: minutes(-61) }, false],
    ['was dealt with', { ...fixed, seen: { [key]: minutes(-10) } }, failing, false],
    ['passed', fixed, { ...failing, compliance: 'PASSED' }, false],
    ['is archived', fixed, { ...failing, recordState: 'ARCHIVED' }, false],
    ['was never fixed', { failures: 0, seen }, failing, false],
    ['is unknown', undefined, failing, false],
    ['is another finding, and resolved', fixed, { ...other, workflow: 'RESOLVED' }, true],
    ['is another finding, and new', fixed, { ...other, workflow: 'NEW' }, false],
  ])('%s', (_, target, finding, expected) => {
    expect(isReverted(target, finding)).toBe(expected);
  });

  it('counts as a failure, once, and is tried again after a pause', () => {
    const target = afterReverted(fixed, failing, NOW);
    expect(target).toEqual({ failures: 1, failedAt: now, seen });
    expect(isReverted(target, failing)).toBe(false);
    expect(decide(input({ finding: failing, remembered: remembered({ target }) }))).toMatchObject({
      verdict: 'hold',
      reason: 'backing-off',
      notBefore: minutes(15),
    });
  });

  it('counts with the failures before it, unless it lasted for a week', () => {
    const fought = { ...fixed, failures: 2, failedAt: minutes(-70) };
    expect(afterReverted(fought, failing, NOW).failures).toBe(3);
    const old = { ...fought, verifiedAt: minutes(-60 * 24 * 8) };
    expect(afterReverted(old, failing, NOW).failures).toBe(1);
    expect(afterReverted(undefined, failing, NOW)).toEqual({
      failures: 1,
      failedAt: now,
      seen: {},
    });
  });
});

describe('failures in a row', () => {
  const failed = { failures: 3, failedAt: minutes(-10), seen: {} };
  const fixed = { ...failed, verifiedAt: minutes(-5) };
  it('end with a fix that was verified after them', () => {
    expect(failuresOf(undefined)).toBe(0);
    expect(failuresOf(failed)).toBe(3);
    expect(failuresOf({ ...failed, verifiedAt: minutes(-15) })).toBe(3);
    expect(failuresOf(fixed)).toBe(0);
    expect(decide(input({ remembered: remembered({ target: failed }) })).reason).toBe(
      'attempts-exhausted',
    );
    const newer = { ...parsed, id: `${parsed.id}-2`, updatedAt: minutes(-1) };
    const target = remembered({ target: fixed });
    expect(decide(input({ finding: newer, remembered: target })).verdict).toBe('allow');
  });
  it('begin with one after it', () => {
    const outcome = 'failed';
    expect(afterAttempt(fixed, { outcome, findings: [], now: NOW }).failures).toBe(1);
  });
});

describe('a remediation that never converges', () => {
  it('is left to a person after three rounds, however often the finding comes', () => {
    let target: TargetState | undefined;
    let rounds = 0;
    for (let minute = 0; minute < 60 * 24 * 30; minute += 30) {
      const at = new Date(NOW.getTime() + minute * 60_000);
      const finding = { ...parsed, updatedAt: at.toISOString() };
      if (isReverted(target, finding)) target = afterReverted(target, finding, at);
      const decision = decide(input({ now: at, finding, remembered: remembered({ target }) }));
      if (decision.verdict !== 'allow') continue;
      rounds += 1;
      // The document verifies its fix, and something takes it back before the next check.
      target = afterAttempt(target, { outcome: 'changed', findings: [finding], now: at });
    }
    expect(rounds).toBe(3);
  });
});

describe('the circuit breaker', () => {
  const three = policy({ breakerFailures: 3, breakerMinutes: 60, breakerPauseMinutes: 120 });
  const failures = (...ago: readonly number[]): Breaker => ({
    failures: ago.map((one) => minutes(-one)),
  });
  it.each<readonly [string, Breaker | undefined, Breaker, boolean]>([
    ['begins', undefined, { failures: [now] }, false],
    ['counts', failures(10), { failures: [minutes(-10), now] }, false],
    ['forgets', failures(61, 60, 10), { failures: [minutes(-10), now] }, false],
    ['opens', failures(59, 10), { failures: [], openUntil: minutes(120) }, true],
    [
      'begins anew when it closed',
      { failures: [], openUntil: minutes(0) },
      { failures: [now] },
      false,
    ],
    [
      'stays open as long as it was to',
      { failures: [], openUntil: minutes(1) },
      { failures: [], openUntil: minutes(1) },
      false,
    ],
  ])('%s', (_, breaker, expected, opened) => {
    expect(afterFailure(breaker, three, NOW)).toEqual({ breaker: expected, opened });
  });
  it('opens at once when one failure is enough', () => {
    const one = policy({ breakerFailures: 1 });
    expect(afterFailure(undefined, one, NOW)).toMatchObject({ opened: true });
  });
});
