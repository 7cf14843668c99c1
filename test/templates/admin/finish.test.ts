import { beforeEach, describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../../templates/admin/functions/model/attempt.ts';
import type { Attempt, Outcome } from '../../../templates/admin/functions/model/attempt.ts';
import { without } from '../../../templates/admin/functions/run/run.ts';
import { attempt, AUTOMATION, ended, EXECUTION, GROUP, ID, NOW, TARGET } from './fixtures.ts';
import {
  claimed,
  events,
  finding,
  finish,
  history,
  logged,
  memory,
  named,
  note,
  put,
  refusedWith,
  reset,
  securityHub,
  sns,
  sqs,
  told,
  updates,
  workflow,
} from './finish-world.ts';

beforeEach(reset);

describe('a fix that was verified', () => {
  it('is resolved, kept, told and counted, in three calls besides those to the table', async () => {
    const result = await finish({
      run: ended({ note: 'Removed 2 rules.', state: ['chunk'], stack: 'web' }),
    });
    const message = `Fixed and verified by ASR-CloseGroup, automation ${AUTOMATION}. Removed 2 rules. The CloudFormation stack web owns the resource: change its template too.`;
    expect(result).toEqual({
      result: 'Succeeded',
      outcome: 'changed',
      message,
      recorded: true,
      problems: [],
    });
    expect(updates()).toEqual([
      {
        FindingIdentifiers: [{ Id: finding.id, ProductArn: finding.productArn }],
        Note: { Text: message, UpdatedBy: 'SO0111-ASR' },
        Workflow: { Status: 'RESOLVED' },
      },
    ]);
    expect(history()).toEqual({
      ...attempt(),
      status: 'ended',
      endedAt: NOW.toISOString(),
      outcome: 'changed',
      message,
      note: 'Removed 2 rules.',
      changes: '[{"call":"one"},{"call":"two"}]',
      state: ['chunk'],
      automation: AUTOMATION,
      execution: EXECUTION,
      stack: 'web',
    });
    expect(memory.leases.size).toBe(0);
    expect([...memory.targets.values()]).toEqual([
      {
        failures: 0,
        verifiedAt: NOW.toISOString(),
        seen: { [`asff#${finding.id}`]: finding.updatedAt },
      },
    ]);
    const calls = [securityHub, sns, events, sqs].map((mock) => mock.calls().length);
    expect(calls).toEqual([1, 1, 1, 0]);
    expect(memory.calls).toEqual(['readAttempt', 'readTarget', 'end', 'listHeld']);
  });
});

/** What each outcome comes to: kind, workflow status, status of the event. */
type Told = readonly [string, string | undefined, string];
const REFUSED: Told = ['Refused', 'NOTIFIED', 'failed'];
const FAILED: Told = ['Failed', 'NOTIFIED', 'failed'];
const REMEDIATED: Readonly<Record<Outcome, Told>> = {
  compliant: ['Succeeded', 'RESOLVED', 'verified'],
  changed: ['Succeeded', 'RESOLVED', 'verified'],
  mitigated: ['Succeeded', 'NOTIFIED', 'applied'],
  'would-change': FAILED,
  undone: FAILED,
  failed: FAILED,
  'not-verified': FAILED,
  'changed-since': FAILED,
  denied: FAILED,
  'timed-out': FAILED,
  cancelled: FAILED,
  unreadable: FAILED,
  'orchestrator-failed': FAILED,
  'not-started': REFUSED,
  'role-missing': REFUSED,
  'member-missing': REFUSED,
  'foreign-member': REFUSED,
  'document-missing': REFUSED,
  'document-foreign': REFUSED,
  'parameters-unknown': REFUSED,
  refused: REFUSED,
  rejected: REFUSED,
  'approval-expired': REFUSED,
};

describe('each outcome of a remediation', () => {
  it.each(OUTCOMES)('%s', async (outcome) => {
    const result = await finish({ run: ended({ outcome, error: 'For a reason.' }) });
    expect([result.result, workflow(), put()[0]?.['status']]).toEqual(REMEDIATED[outcome]);
    expect(told()[0]).toMatchObject({ result: result.result, outcome, workflow: workflow() });
    expect(history()).toMatchObject({ status: 'ended', outcome });
    expect(memory.leases.size).toBe(0);
  });
  it('says that nothing was changed where nothing was started', async () => {
    await finish(refusedWith('role-missing'));
    expect(note()).toBe('Nothing was changed. For a reason.');
    expect(history()).toMatchObject({ outcome: 'role-missing', error: 'For a reason.' });
  });
  it('is denied before or after something was started', async () => {
    expect(await finish(refusedWith('denied'))).toMatchObject({ result: 'Refused' });
  });
  it('keeps the decision that refused it right before the start', async () => {
    const decision = { verdict: 'deny', reason: 'paused', message: 'Paused.', trace: [] } as const;
    await finish({ run: { status: 'ended', ...without('refused', 'Paused.'), decision } });
    expect(history()?.decision).toEqual(decision);
  });
});

describe('previews', () => {
  it.each(OUTCOMES)('leave status, target and lease as they are: %s', async (outcome) => {
    claimed({ mode: 'Preview' });
    memory.leases.set('other', { attempt: 'x', remediation: 'y', expiresAt: 'z' });
    await finish({ run: ended({ outcome, error: 'For a reason.' }) });
    expect(workflow()).toBeUndefined();
    expect(note()).not.toBe('');
    expect(memory.targets.size).toBe(0);
    expect(memory.leases.size).toBe(1);
    expect(history()).toMatchObject({ status: 'ended', outcome });
  });
  it('keep the calls that would be made', async () => {
    claimed({ mode: 'Preview' });
    const result = await finish({ run: ended({ outcome: 'would-change' }) });
    expect(result.message).toBe(
      `Preview: ASR-CloseGroup would make 2 calls, listed in automation ${AUTOMATION}.`,
    );
    expect(history()).toMatchObject({ preview: '[{"call":"one"},{"call":"two"}]' });
    expect(history()).not.toHaveProperty('changes');
    expect(put()[0]).toMatchObject({ status: 'planned', mode: 'Preview' });
  });
});

describe('undo', () => {
  const earlier = 'f'.repeat(32);
  const undo: Partial<Attempt> = { mode: 'Undo', undoes: { id: earlier, state: ['chunk'] } };
  beforeEach(() => {
    memory.attempts.set(earlier, attempt({ id: earlier, status: 'ended', outcome: 'changed' }));
    memory.targets.set(`${TARGET.account} ${TARGET.region} ${GROUP} CloseGroup`, {
      failures: 0,
      verifiedAt: '2024-04-01T00:00:00.000Z',
      seen: {},
    });
    claimed(undo);
  });
  it('marks what it took back, and forgets that it was verified', async () => {
    expect(await finish({ run: ended({ outcome: 'undone' }) })).toMatchObject({ result: 'Undone' });
    expect(workflow()).toBe('NOTIFIED');
    expect(memory.attempts.get(earlier)?.undoneBy).toBe(ID);
    expect([...memory.targets.values()]).toEqual([
      { failures: 0, seen: { [`asff#${finding.id}`]: finding.updatedAt } },
    ]);
    expect(put()[0]).toMatchObject({ status: 'undone', undoes: earlier });
  });
  it.each<Outcome>(['changed-since', 'failed', 'denied', 'timed-out', 'role-missing'])(
    'that is refused or fails leaves the finding and what is remembered: %s',
    async (outcome) => {
      await finish({ run: ended({ outcome, error: 'Somebody edited it.' }) });
      expect(workflow()).toBeUndefined();
      expect(memory.attempts.get(earlier)).not.toHaveProperty('undoneBy');
      expect([...memory.targets.values()][0]).toHaveProperty('verifiedAt');
      expect(memory.breakers.size).toBe(0);
    },
  );
  it('says how to overwrite what somebody changed since', async () => {
    await finish({ run: ended({ outcome: 'changed-since', error: 'changed-since: x' }) });
    expect(note()).toContain('Force the undo');
  });
});

describe('the preview for an approver', () => {
  beforeEach(() => {
    claimed({ phase: 'approval-preview', origin: 'automatic' });
  });
  it('puts the attempt aside, and says how to approve it', async () => {
    const result = await finish({ run: ended({ outcome: 'would-change', note: 'It would.' }) });
    expect(result).toMatchObject({ result: 'Previewed', recorded: true });
    expect(history()).toMatchObject({
      status: 'awaiting-approval',
      approvalExpiresAt: '2024-05-04T12:00:00.000Z',
      preview: '[{"call":"one"},{"call":"two"}]',
      automation: AUTOMATION,
      execution: EXECUTION,
    });
    expect(note()).toContain(`"asr approve ${ID}"`);
    expect(note()).toContain('2024-05-04 12:00 UTC');
    expect(workflow()).toBeUndefined();
    expect(told()[0]).toMatchObject({
      status: 'planned',
      result: 'Awaiting approval',
      approvalExpiresAt: '2024-05-04T12:00:00.000Z',
    });
    expect(put()[0]).toMatchObject({ status: 'planned' });
    expect([memory.targets.size, memory.leases.size, memory.breakers.size]).toEqual([0, 0, 0]);
  });
  it('ends the attempt when there is nothing to approve', async () => {
    await finish({ run: ended({ outcome: 'compliant' }) });
    expect(history()).toMatchObject({ status: 'ended', outcome: 'compliant' });
    expect(workflow()).toBe('RESOLVED');
    expect(note()).toContain('nothing was changed');
  });
  it('ends the attempt when it fails, which counts', async () => {
    await finish({ run: ended({ outcome: 'failed', error: 'x' }) });
    expect(history()).toMatchObject({ status: 'ended', outcome: 'failed' });
    expect([...memory.targets.values()][0]).toMatchObject({ failures: 1 });
    expect(note()).toContain('Nothing was changed');
  });
  it('is told again, and not written again, when an earlier try broke off', async () => {
    await finish({ run: ended({ outcome: 'would-change' }) });
    await finish({ run: ended({ outcome: 'would-change' }) }, { retries: 1 });
    expect(memory.calls.filter((name) => name === 'awaitApproval')).toHaveLength(1);
    expect(told()).toHaveLength(2);
    expect(new Set(told().map((one) => one['approvalExpiresAt'])).size).toBe(1);
  });
  it('fails the execution when it can not be kept', async () => {
    memory.before = (name) => {
      if (name === 'awaitApproval') throw named('Strange');
    };
    await expect(finish({ run: ended({ outcome: 'would-change' }) })).rejects.toMatchObject({
      name: 'NotRecorded',
    });
    expect(told()).toHaveLength(1);
  });
});

describe('the log', () => {
  it('names attempt and findings, and holds none of their texts', async () => {
    await finish({ run: ended({ note: 'Secret.' }) });
    const text = JSON.stringify(logged('log'));
    expect(text).toContain(ID);
    expect(text).toContain(finding.id);
    expect(text).not.toContain('Secret.');
    expect(text).not.toContain(finding.title);
  });
});

describe('metrics', () => {
  it('count the end under the solution', async () => {
    await finish({ run: ended({ outcome: 'failed' }) });
    expect(logged('metrics')).toEqual([
      {
        _aws: {
          Timestamp: NOW.getTime(),
          CloudWatchMetrics: [
            {
              Namespace: 'SO0111-ASR',
              Dimensions: [['Solution']],
              Metrics: [{ Name: 'Failed', Unit: 'Count' }],
            },
          ],
        },
        Solution: 'SO0111',
        Failed: 1,
      },
    ]);
  });
  it('count for the control too with enhanced metrics, and not at all when they are off', async () => {
    await finish({ run: ended({ outcome: 'failed' }) }, {}, { metricsPerControl: true });
    expect(logged('metrics')[0]).toMatchObject({
      ControlId: 'EC2.2',
      _aws: { CloudWatchMetrics: [{ Dimensions: [['Solution'], ['ControlId']] }] },
    });
    reset();
    await finish({ run: ended() }, {}, { metrics: false });
    expect(logged('metrics')).toEqual([]);
  });
});
