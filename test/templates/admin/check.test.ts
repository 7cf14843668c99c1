import { GetAutomationExecutionCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { AutomationExecution } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createCheck } from '../../../templates/admin/functions/run/create-check.ts';
import { environment, running } from './fixtures.ts';

const ssm = mockClient(SSMClient);
const sts = mockClient(STSClient);

async function check(execution: AutomationExecution | Error, seconds = 20): Promise<object> {
  const on = ssm.on(GetAutomationExecutionCommand);
  if (execution instanceof Error) on.rejects(execution);
  else on.resolves({ AutomationExecution: execution });
  const now = (): Date => new Date(Date.parse(running.startedAt) + seconds * 1000);
  return createCheck({ ...environment, sts: new STSClient({ region: 'us-east-1' }), now })(running);
}

const named = (name: string): Error => Object.assign(new Error(name), { name });

beforeEach(() => {
  ssm.reset();
  sts.reset();
  sts.on(AssumeRoleCommand).resolves({
    Credentials: {
      AccessKeyId: 'AKIA',
      SecretAccessKey: 's',
      SessionToken: 't',
      Expiration: new Date(0),
    },
  });
});

describe('check', () => {
  it('waits longer and longer while the automation runs', async () => {
    const waits: unknown[] = [];
    for (const seconds of [10, 60, 3000])
      waits.push(await check({ AutomationExecutionStatus: 'InProgress' }, seconds));
    expect(waits).toEqual([10, 20, 300].map((wait) => ({ ...running, wait })));
  });
  it("reads the document's result", async () => {
    const Outputs = {
      'Result.Outcome': ['changed'],
      'Result.Note': ['Removed 2 rules.'],
      'Result.Changes': [
        '[{"call":"ec2:RevokeSecurityGroupIngress"},{"call":"ec2:RevokeSecurityGroupEgress"}]',
      ],
    };
    expect(await check({ AutomationExecutionStatus: 'Success', Outputs })).toMatchObject({
      status: 'ended',
      outcome: 'changed',
      note: 'Removed 2 rules.',
      changes: 2,
    });
  });
  it("reads a failed document's result from its step", async () => {
    const StepExecutions = [
      {
        StepName: 'Result',
        Outputs: { Outcome: ['failed'], Error: ['ec2: UnauthorizedOperation'] },
      },
    ];
    expect(
      await check({
        AutomationExecutionStatus: 'Failed',
        FailureMessage: 'Step fails',
        StepExecutions,
      }),
    ).toMatchObject({
      status: 'ended',
      outcome: 'failed',
      error: 'ec2: UnauthorizedOperation',
    });
  });
  it.each<readonly [string, AutomationExecution, string]>([
    ['a success without a result', { AutomationExecutionStatus: 'Success' }, 'unreadable'],
    [
      'a success with an unknown outcome',
      { AutomationExecutionStatus: 'Success', Outputs: { 'Result.Outcome': ['fine'] } },
      'unreadable',
    ],
    [
      'a failed execution that claims a change',
      { AutomationExecutionStatus: 'Failed', Outputs: { 'Result.Outcome': ['changed'] } },
      'failed',
    ],
    ['a time-out', { AutomationExecutionStatus: 'TimedOut' }, 'timed-out'],
    ['a cancellation', { AutomationExecutionStatus: 'Cancelled' }, 'cancelled'],
  ])('never calls %s a success', async (_, execution, outcome) => {
    expect(await check(execution)).toMatchObject({ status: 'ended', outcome });
  });
  it('gives up after twelve hours', async () => {
    expect(await check({ AutomationExecutionStatus: 'InProgress' }, 43_201)).toMatchObject({
      outcome: 'timed-out',
    });
  });
  it('bears that a new execution is not visible at once', async () => {
    const unknown = named('AutomationExecutionNotFoundException');
    expect(await check(unknown, 20)).toMatchObject({ status: 'running' });
    expect(await check(unknown, 200)).toMatchObject({ status: 'ended', outcome: 'unreadable' });
  });
  it('is tried again when AWS throttles, and fails when it is denied', async () => {
    await expect(check(named('ThrottlingException'))).rejects.toMatchObject({ name: 'Busy' });
    await expect(check(named('AccessDeniedException'))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});
