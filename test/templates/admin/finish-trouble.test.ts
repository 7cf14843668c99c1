import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  BatchUpdateFindingsCommand,
  BatchUpdateFindingsV2Command,
} from '@aws-sdk/client-securityhub';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Attempt } from '../../../templates/admin/functions/model/attempt.ts';
import type { Running } from '../../../templates/admin/functions/run/run.ts';
import type { Held } from '../../../templates/admin/functions/store/store.ts';
import {
  attempt,
  AUTOMATION,
  ended,
  EXECUTION,
  ID,
  KEY,
  NOW,
  running,
  TARGET,
} from './fixtures.ts';
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

describe('failures', () => {
  it('count for the resource and for the control', async () => {
    await finish({ run: ended({ outcome: 'failed', error: 'x' }) });
    expect([...memory.targets.values()][0]).toMatchObject({ failures: 1 });
    expect(memory.breakers.get('EC2.2')).toEqual({ failures: [NOW.toISOString()] });
  });
  it('open the breaker when there are too many, which is counted once', async () => {
    memory.breakers.set('EC2.2', {
      failures: ['11:30', '11:40', '11:45', '11:50'].map((time) => `2024-05-01T${time}:00.000Z`),
    });
    await finish({ run: ended({ outcome: 'failed', error: 'x' }) });
    expect(memory.breakers.get('EC2.2')).toMatchObject({ openUntil: '2024-05-02T12:00:00.000Z' });
    expect(logged('metrics')[0]).toMatchObject({ Failed: 1, BreakerOpened: 1 });
  });
  it('of accounts in which nothing could be started leave the breaker alone', async () => {
    await finish(refusedWith('member-missing'));
    expect(memory.breakers.size).toBe(0);
    expect([...memory.targets.values()][0]).toMatchObject({ failures: 1 });
  });
});

describe('what the state machine caught', () => {
  const { status, ...rest } = running;
  const run: Running = { status, ...rest, stack: 'web' };
  it('after a start is called unreadable, with the automation', async () => {
    await finish({ run, problem: { Error: 'States.Timeout' } });
    expect(history()).toMatchObject({
      outcome: 'unreadable',
      automation: AUTOMATION,
      stack: 'web',
    });
    expect(note()).toContain(AUTOMATION);
    expect(note()).toContain('States.Timeout');
    expect(workflow()).toBe('NOTIFIED');
  });
  it('before a start does not claim that nothing was started', async () => {
    await finish({ problem: { Error: 'Lambda.Unknown' } });
    expect(history()).toMatchObject({ outcome: 'orchestrator-failed' });
    expect(note()).toContain("isn't known");
    await expect(finish({}, { key: { ...KEY, id: 'f'.repeat(32) } })).rejects.toThrow(
      /no attempt/u,
    );
  });
  it('because AWS was busy is said so', async () => {
    await finish({ problem: { Error: 'Busy' } });
    expect(history()).toMatchObject({ outcome: 'not-started' });
  });
});

describe('findings that joined', () => {
  const joined = { ...finding, id: `${finding.id}-2`, title: 'The same in another standard' };
  const ocsf = { ...finding, format: 'ocsf', productArn: 'p2', metadataUid: 'uid-1' } as const;
  it('are updated in one call for each format', async () => {
    claimed({ findings: [finding, joined, ocsf] });
    await finish({ run: ended() });
    expect(updates()).toHaveLength(1);
    expect(updates()[0]?.FindingIdentifiers).toHaveLength(2);
    const [call] = securityHub.commandCalls(BatchUpdateFindingsV2Command);
    expect(call?.args[0].input).toEqual({
      MetadataUids: ['uid-1'],
      Comment: note(),
      StatusId: 4,
    });
    expect(Object.keys([...memory.targets.values()][0]?.seen ?? {})).toHaveLength(3);
  });
  it('are named by account, finding and product where an OCSF id is missing', async () => {
    const { metadataUid, ...unnamed } = ocsf;
    claimed({ findings: [ocsf, { ...unnamed, id: `${metadataUid}-other` }] });
    await finish({ run: ended({ outcome: 'mitigated' }) });
    const [call] = securityHub.commandCalls(BatchUpdateFindingsV2Command);
    expect(call?.args[0].input).toMatchObject({
      FindingIdentifiers: [
        { CloudAccountUid: TARGET.account, FindingInfoUid: finding.id, MetadataProductUid: 'p2' },
        { FindingInfoUid: 'uid-1-other' },
      ],
      StatusId: 2,
    });
  });
  it('while the attempt ends are updated, too', async () => {
    claimed();
    let calls = 0;
    memory.before = async (name) => {
      if (name === 'end' && (calls += 1) === 1)
        memory.attempts.set(ID, attempt({ findings: [finding, joined] }));
    };
    expect(await finish({ run: ended() })).toMatchObject({ recorded: true });
    expect(updates().map((one) => one.FindingIdentifiers?.map(({ Id }) => Id))).toEqual([
      [finding.id],
      [joined.id],
    ]);
    expect(history()).toMatchObject({ status: 'ended', findings: [finding, joined] });
  });
  it('again and again are not waited for for ever', async () => {
    claimed();
    let calls = 0;
    memory.before = async (name) => {
      const more = Array.from({ length: (calls += 1) }, (_, at) => ({ ...joined, id: `j${at}` }));
      if (name === 'end') memory.attempts.set(ID, attempt({ findings: [finding, ...more] }));
    };
    await expect(finish({ run: ended() })).rejects.toThrow(/kept joining/u);
  });
});

describe('an execution that is not the one', () => {
  it('ends nothing', async () => {
    const byHand = EXECUTION.replace(`asr-${ID}`, 'by-hand');
    await expect(finish({ run: ended() }, { execution: byHand })).rejects.toMatchObject({
      name: 'NotRecorded',
    });
    expect(history()).toEqual(attempt());
    expect(updates()).toEqual([]);
  });
  it.each<Partial<Attempt>>([
    { status: 'awaiting-approval', phase: 'approval-preview' },
    { status: 'ended', outcome: 'rejected' },
  ])('leaves what is over or waits: %j', async (changes) => {
    claimed(changes);
    const before = history();
    expect(await finish(refusedWith('refused'))).toMatchObject({ recorded: true });
    expect(history()).toEqual(before);
    expect(updates()).toEqual([]);
  });
  it('brings a result that nobody waited for: it is told, and the execution fails', async () => {
    claimed({ status: 'ended', outcome: 'orchestrator-failed', execution: 'another' });
    await expect(finish({ run: ended() })).rejects.toThrow(/had ended before/u);
    expect(note()).toContain('Fixed and verified');
    expect(history()).toMatchObject({ outcome: 'orchestrator-failed' });
    expect(told()).toHaveLength(1);
  });
});

describe('an earlier try that broke off', () => {
  it('after the history was written is only told again', async () => {
    await finish({ run: ended({ note: 'Removed 2 rules.' }) });
    const before = history();
    await finish({ run: ended({ note: 'Removed 2 rules.' }) }, { retries: 1 });
    expect(history()).toEqual(before);
    expect(updates()).toHaveLength(1);
    expect(told()[1]).toEqual(told()[0]);
    expect(logged('metrics')).toHaveLength(1);
  });
  it('whose answer got lost is no problem', async () => {
    memory.before = (name) => {
      if (name !== 'end') return;
      const now = NOW.toISOString();
      const done = attempt({ status: 'ended', execution: EXECUTION, endedAt: now });
      memory.attempts.set(ID, done);
    };
    expect(await finish({ run: ended() })).toMatchObject({ recorded: true });
  });
});

describe('the next request on the resource', () => {
  const held = (reason: string, since: string, remediation: string): Held => ({
    ...TARGET,
    remediation,
    request: {
      id: remediation,
      origin: 'automatic',
      mode: 'Remediate',
      actor: 'automatic',
      force: false,
      ticket: false,
    },
    finding: {} as Held['finding'],
    reason,
    message: '',
    notBefore: '2024-05-01T12:01:00.000Z',
    since,
    times: 1,
  });
  beforeEach(() => {
    memory.held.push(
      held('outside-window', '2024-05-01T09:00:00.000Z', 'Window'),
      held('resource-busy', '2024-05-01T11:00:00.000Z', 'Second'),
      held('resource-busy', '2024-05-01T10:00:00.000Z', 'First'),
    );
  });
  it('is woken: the one that waits longest for the resource', async () => {
    await finish({ run: ended() });
    const bodies = sqs
      .commandCalls(SendMessageCommand)
      .map((call) => JSON.parse(call.args[0].input.MessageBody ?? '') as unknown);
    expect(bodies).toEqual([
      { asr: 1, command: 'resume', ...TARGET, remediation: 'First', mode: 'Remediate' },
    ]);
  });
  it('is left to the sweep when it can not be woken', async () => {
    sqs.on(SendMessageCommand).rejects(named('AccessDenied'));
    expect(await finish({ run: ended() })).toMatchObject({
      recorded: true,
      problems: [expect.stringContaining('could not be woken')],
    });
  });
  it('is not woken by a preview, which held nothing', async () => {
    claimed({ mode: 'Preview' });
    await finish({ run: ended({ outcome: 'would-change' }) });
    expect(sqs.calls()).toHaveLength(0);
  });
});

describe('what AWS is too busy for', () => {
  it('is tried again: findings', async () => {
    securityHub.on(BatchUpdateFindingsCommand).rejects(named('ThrottlingException'));
    await expect(finish({ run: ended() })).rejects.toMatchObject({ name: 'Busy' });
    expect(sns.calls()).toHaveLength(0);
    expect(history()?.status).toBe('claimed');
  });
  it.each(['ConcurrentUpdateError', 'InternalFailure'])(
    'is tried again: a finding that was left out for now (%s)',
    async (ErrorCode) => {
      const FindingIdentifier = { Id: 'x', ProductArn: 'y' };
      securityHub.on(BatchUpdateFindingsCommand).resolves({
        ProcessedFindings: [],
        UnprocessedFindings: [{ FindingIdentifier, ErrorCode, ErrorMessage: 'no' }],
      });
      await expect(finish({ run: ended() })).rejects.toMatchObject({ name: 'Busy' });
    },
  );
  it.each(['readAttempt', 'readTarget', 'end'])('is tried again: %s', async (method) => {
    memory.before = (name) => {
      if (name === method) throw named('ProvisionedThroughputExceededException');
    };
    await expect(finish({ run: ended() })).rejects.toMatchObject({ name: 'Busy' });
    expect(sns.calls()).toHaveLength(0);
  });
  it('is left at the last tries, and the rest is done', async () => {
    securityHub.on(BatchUpdateFindingsCommand).rejects(named('ThrottlingException'));
    await expect(finish({ run: ended() }, { retries: 8 })).rejects.toMatchObject({
      name: 'NotRecorded',
    });
    expect(history()).toMatchObject({ status: 'ended', outcome: 'changed' });
    expect(told()).toHaveLength(1);
  });
});

describe('what can not be written', () => {
  const breakOne: Readonly<Record<string, () => void>> = {
    'The finding could not be updated (AccessDeniedException).': () =>
      securityHub.on(BatchUpdateFindingsCommand).rejects(named('AccessDeniedException')),
    'Security Hub did not update the finding (FindingNotFound).': () => {
      const FindingIdentifier = { Id: 'x', ProductArn: 'y' };
      securityHub.on(BatchUpdateFindingsCommand).resolves({
        ProcessedFindings: [],
        UnprocessedFindings: [
          { FindingIdentifier, ErrorCode: 'FindingNotFound', ErrorMessage: 'no' },
        ],
      });
    },
    'The history could not be written (Strange).': () => {
      memory.before = (name) => {
        if (name === 'end') throw named('Strange');
      };
    },
    'The history has lost the attempt.': () => {
      memory.before = (name) => {
        if (name === 'end') memory.attempts.delete(ID);
      };
    },
    'The notification could not be sent (Throttling).': () =>
      sns.on(PublishCommand).rejects(named('Throttling')),
    'The event could not be put (AccessDeniedException).': () =>
      events.on(PutEventsCommand).rejects(named('AccessDeniedException')),
    'The event could not be put (InternalFailure).': () =>
      events.on(PutEventsCommand).resolves({
        FailedEntryCount: 1,
        Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'no' }],
      }),
  };
  it.each(Object.keys(breakOne))(
    'fails the execution, after everything else was tried: %s',
    async (problem) => {
      breakOne[problem]?.();
      await expect(finish({ run: ended() })).rejects.toMatchObject({
        name: 'NotRecorded',
        message: problem,
      });
      expect(updates()).toHaveLength(1);
      expect(sns.calls()).toHaveLength(1);
      expect(told()).toMatchObject([{ automation: AUTOMATION, execution: EXECUTION }]);
      expect(events.calls()).toHaveLength(1);
      expect(logged('metrics')).toHaveLength(1);
      expect(logged('log')).toMatchObject([{ attempt: ID, recorded: false, problems: [problem] }]);
    },
  );
});
