import { GetAutomationExecutionCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { AutomationExecution } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createCheck } from '../../../templates/admin/functions/run/create-check.ts';
import type { Ended, Running } from '../../../templates/admin/functions/run/run.ts';
import { AUTOMATION, environment, ID, KEY, NOW, running } from './fixtures.ts';

const ssm = mockClient(SSMClient);
const sts = mockClient(STSClient);

/** One look at an automation, `seconds` after its start. */
async function check(
  execution: AutomationExecution | Error | undefined,
  seconds = 20,
  run: Running = running,
): Promise<Running | Ended> {
  const on = ssm.on(GetAutomationExecutionCommand);
  if (execution instanceof Error) on.rejects(execution);
  else on.resolves(execution === undefined ? {} : { AutomationExecution: execution });
  const now = (): Date => new Date(NOW.getTime() + seconds * 1000);
  const handler = createCheck({
    ...environment,
    sts: new STSClient({ region: 'us-east-1' }),
    now,
  });
  return handler({ key: KEY, run });
}

/** What a document answers in its outputs. */
function answer(
  Outcome: string,
  more: Readonly<Record<string, readonly string[]>> = {},
): Record<string, string[]> {
  const all = { Outcome: [Outcome], ...more };
  return Object.fromEntries(
    Object.entries(all).map(([name, list]) => [`Result.${name}`, [...list]]),
  );
}

/** A failed execution has outputs on its step only. */
function failure(Error: string): AutomationExecution {
  return {
    AutomationExecutionStatus: 'Failed',
    FailureMessage: 'Step fails',
    StepExecutions: [{ StepName: 'Result', Outputs: { Outcome: ['failed'], Error: [Error] } }],
  };
}

const named = (name: string): Error => Object.assign(new Error(name), { name });

function letIn(): void {
  sts.reset();
  sts.on(AssumeRoleCommand).resolves({
    Credentials: {
      AccessKeyId: 'AKIA',
      SecretAccessKey: 's',
      SessionToken: 't',
      Expiration: new Date(0),
    },
  });
}

beforeEach(() => {
  ssm.reset();
  letIn();
});

describe('a running automation', () => {
  it('is looked at after longer and longer waits', async () => {
    const waits: unknown[] = [];
    for (const seconds of [10, 60, 3000]) {
      const run = await check({ AutomationExecutionStatus: 'InProgress' }, seconds);
      waits.push(run.status === 'running' ? run.wait : run.status);
    }
    expect(waits).toEqual([10, 20, 300]);
  });
  it('takes two calls for each look, in a session that names the attempt', async () => {
    await check({ AutomationExecutionStatus: 'InProgress' });
    expect([...ssm.calls(), ...sts.calls()]).toHaveLength(2);
    expect(sts.commandCalls(AssumeRoleCommand)[0]?.args[0].input.RoleSessionName).toBe(`ASR-${ID}`);
    expect(ssm.commandCalls(GetAutomationExecutionCommand)[0]?.args[0].input).toEqual({
      AutomationExecutionId: AUTOMATION,
    });
  });
  it('is given up after twelve hours', async () => {
    expect(await check({ AutomationExecutionStatus: 'InProgress' }, 43_200)).toMatchObject({
      status: 'running',
    });
    expect(await check({ AutomationExecutionStatus: 'InProgress' }, 43_201)).toMatchObject({
      status: 'ended',
      outcome: 'timed-out',
      automation: AUTOMATION,
    });
  });
  it('may wait six hours for its turn, which do not count as running', async () => {
    let run = await check({ AutomationExecutionStatus: 'Pending' }, 21_600);
    expect(run).toMatchObject({ status: 'running', pending: 21_600 });
    if (run.status === 'running')
      run = await check({ AutomationExecutionStatus: 'InProgress' }, 64_700, run);
    expect(run).toMatchObject({ status: 'running', pending: 21_600 });
    expect(await check({ AutomationExecutionStatus: 'Pending' }, 21_601)).toMatchObject({
      outcome: 'timed-out',
    });
  });
  it('may not be visible at once', async () => {
    const unknown = named('AutomationExecutionNotFoundException');
    expect(await check(unknown, 20)).toMatchObject({ status: 'running' });
    expect(await check(undefined, 20)).toMatchObject({ status: 'running' });
    expect(await check(unknown, 200)).toMatchObject({ status: 'ended', outcome: 'unreadable' });
  });
});

describe('an automation that succeeded', () => {
  it("ends with its document's answer", async () => {
    const Changes = '[{"call":"ec2:RevokeSecurityGroupIngress","with":{}}]';
    const Outputs = answer('changed', {
      Note: ['Removed 2 rules.'],
      Changes: [Changes],
      State: ['chunk-1', 'chunk-2', ''],
    });
    expect(await check({ AutomationExecutionStatus: 'Success', Outputs })).toEqual({
      status: 'ended',
      outcome: 'changed',
      note: 'Removed 2 rules.',
      error: '',
      changes: Changes,
      state: ['chunk-1', 'chunk-2'],
      automation: AUTOMATION,
    });
  });
  it.each(['compliant', 'would-change', 'changed', 'mitigated', 'undone'])('%s', async (word) => {
    const Outputs = answer(word);
    expect(await check({ AutomationExecutionStatus: 'Success', Outputs })).toMatchObject({
      status: 'ended',
      outcome: word,
    });
  });
  it('keeps the name of the stack', async () => {
    const Outputs = answer('changed');
    const run = { ...running, stack: 'web' };
    expect(await check({ AutomationExecutionStatus: 'Success', Outputs }, 20, run)).toMatchObject({
      stack: 'web',
    });
  });
  it.each(['no JSON', '{"call":1}', `[${'1,'.repeat(40_000)}1]`])(
    'whose calls are no list, or too long a one, has none: %#',
    async (Changes) => {
      const Outputs = answer('changed', { Changes: [Changes] });
      expect(await check({ AutomationExecutionStatus: 'Success', Outputs })).toMatchObject({
        changes: '',
      });
    },
  );
});

describe('an automation that failed', () => {
  it.each([
    ['not-verified: the check still fails', 'not-verified'],
    ['changed-since: the policy is another one', 'changed-since'],
    ['denied: AccessDenied', 'denied'],
    ['timed-out: the change still went on', 'timed-out'],
    ['refused: ValidationException', 'failed'],
    ['denied', 'denied'],
    ['something denied: x', 'failed'],
  ])('ends with the outcome that its error names: %s', async (error, outcome) => {
    expect(await check(failure(error))).toMatchObject({ status: 'ended', outcome, error });
  });
  it('keeps what Undo needs of the changes that were made', async () => {
    const StepExecutions = [
      {
        StepName: 'Result',
        Outputs: { Outcome: ['failed'], Error: ['not-verified: x'], State: ['chunk'] },
      },
    ];
    for (const AutomationExecutionStatus of ['Failed', 'TimedOut', 'Cancelled'] as const)
      expect(await check({ AutomationExecutionStatus, StepExecutions })).toMatchObject({
        state: ['chunk'],
      });
  });
  it.each<readonly [string, AutomationExecution, string]>([
    ['a success without a result', { AutomationExecutionStatus: 'Success' }, 'unreadable'],
    [
      'a success with an unknown outcome',
      { AutomationExecutionStatus: 'Success', Outputs: answer('fine') },
      'unreadable',
    ],
    [
      'a failed execution that claims a change',
      { AutomationExecutionStatus: 'Failed', Outputs: answer('changed') },
      'failed',
    ],
    ['a failure without a result', { AutomationExecutionStatus: 'Failed' }, 'failed'],
    ['a rejection', { AutomationExecutionStatus: 'Rejected' }, 'failed'],
    [
      'a time-out',
      { AutomationExecutionStatus: 'TimedOut', Outputs: answer('changed') },
      'timed-out',
    ],
    ['a cancellation', { AutomationExecutionStatus: 'Cancelled' }, 'cancelled'],
  ])('is never called a success: %s', async (_, execution, outcome) => {
    expect(await check(execution)).toMatchObject({ status: 'ended', outcome });
  });
});

describe('an automation that AWS does not let us look at', () => {
  const gone = async (seconds: number, run?: Running): Promise<Running | Ended> => {
    sts.on(AssumeRoleCommand).rejects(named('AccessDenied'));
    return check({ AutomationExecutionStatus: 'InProgress' }, seconds, run);
  };
  it('may still run, so the attempt goes on with longer and longer waits', async () => {
    const first = await gone(60);
    expect(first).toMatchObject({ status: 'running', automation: AUTOMATION, wait: 20 });
    expect(await gone(3000)).toMatchObject({ status: 'running', wait: 300 });
    expect(await check(named('AccessDeniedException'), 60)).toEqual(first);
  });
  it('ends as it ended, once the role is back', async () => {
    const waiting = await gone(600);
    if (waiting.status !== 'running') throw new Error('It does not wait.');
    letIn();
    const done = { AutomationExecutionStatus: 'Success', Outputs: answer('changed') } as const;
    expect(await check(done, 900, waiting)).toMatchObject({ status: 'ended', outcome: 'changed' });
  });
  it('is given up after twelve hours, with what to look up', async () => {
    expect(await gone(43_200)).toMatchObject({ status: 'running' });
    const given = await gone(43_201, { ...running, stack: 'web' });
    expect(given).toMatchObject({
      status: 'ended',
      outcome: 'unreadable',
      automation: AUTOMATION,
      stack: 'web',
    });
    expect(given.status === 'ended' ? given.error : '').toContain(
      `${AUTOMATION} in account ${KEY.account}`,
    );
    expect(await gone(64_700, { ...running, pending: 21_600 })).toMatchObject({
      status: 'running',
      pending: 21_600,
    });
  });
});

describe('a call that fails', () => {
  it.each(['ThrottlingException', 'TimeoutError', 'InternalServerError'])(
    'for now is tried again: %s',
    async (name) => {
      await expect(check(named(name))).rejects.toMatchObject({ name: 'Busy' });
    },
  );
  it('for good fails', async () => {
    await expect(check(named('ValidationException'))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
  it('to assume the role is tried again, too', async () => {
    sts.on(AssumeRoleCommand).rejects(named('Throttling'));
    await expect(check({ AutomationExecutionStatus: 'InProgress' })).rejects.toMatchObject({
      name: 'Busy',
    });
  });
  it('is not made for an input that is no key', async () => {
    const handler = createCheck({
      ...environment,
      sts: new STSClient({ region: 'us-east-1' }),
      now: () => NOW,
    });
    await expect(handler({ key: {}, run: running })).rejects.toThrow(/must be the key/u);
    expect(sts.calls()).toHaveLength(0);
  });
});
