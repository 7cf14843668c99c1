import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { BatchGetSecurityControlsCommand } from '@aws-sdk/client-securityhub';
import {
  DescribeAutomationExecutionsCommand,
  DescribeDocumentCommand,
  GetParametersCommand,
  StartAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Attempt } from '../../../templates/admin/functions/model/attempt.ts';
import type { StartInput } from '../../../templates/admin/functions/run/create-start.ts';
import { attempt, AUTOMATION, EXECUTION, GROUP, ID, KEY, MEMBER, NOW } from './fixtures.ts';
import {
  automations,
  claimed,
  hub,
  memory,
  named,
  renew,
  reset,
  ssm,
  start,
  started,
  starts,
  sts,
  tagging,
} from './start-world.ts';

beforeEach(reset);

describe('start', () => {
  it("starts the pinned document in the resource's account under the remediation's own role", async () => {
    expect(await start()).toEqual({
      status: 'running',
      automation: AUTOMATION,
      startedAt: NOW.toISOString(),
      lookedAt: NOW.toISOString(),
      pending: 0,
      wait: 10,
    });
    expect(sts.commandCalls(AssumeRoleCommand)[0]?.args[0].input).toEqual({
      RoleArn: `arn:aws:iam::${MEMBER}:role/SO0111-ASR-Orchestrator-Member`,
      RoleSessionName: `ASR-${ID}`,
      DurationSeconds: 900,
    });
    expect(started()).toEqual({
      DocumentName: 'ASR-CloseGroup',
      DocumentVersion: '7',
      ClientToken: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/u,
      ) as string,
      Tags: [{ Key: `SO0111-ASR-attempt-${ID}`, Value: 'attempt' }],
      Parameters: {
        AutomationAssumeRole: [`arn:aws:iam::${MEMBER}:role/SO0111-CloseGroup-shtest`],
        Mode: ['Remediate'],
        ControlId: ['EC2.2'],
        AccountId: [MEMBER],
        ResourceArn: [GROUP],
      },
    });
    const [call] = ssm.commandCalls(StartAutomationExecutionCommand);
    expect(await call?.thisValue.config.region()).toBe('eu-west-1');
  });
  it('makes at most eight calls besides those to the tables', async () => {
    hub.on(BatchGetSecurityControlsCommand).resolves({
      SecurityControls: [{ SecurityControlId: 'EC2.18' }] as never,
    });
    await start({
      control: 'EC2.18',
      remediation: 'CloseOtherPorts',
      document: 'ASR-CloseOtherPorts',
      parametersToRead: { TcpPorts: 'authorizedTcpPorts' },
    });
    const count = [ssm, sts, tagging, hub].flatMap((mock) => mock.calls()).length;
    expect({ starts: starts(), count }).toEqual({ starts: 1, count: 8 });
    expect(memory.calls.toSorted()).toEqual(['readAttempt', 'readRemembered', 'readRows']);
  });
  it.each<readonly [Partial<Attempt>, string]>([
    [{ mode: 'Preview' }, 'Preview'],
    [{ phase: 'approval-preview' }, 'Preview'],
    [{ mode: 'Undo', undoes: { id: 'f'.repeat(32), state: ['a', 'b'] } }, 'Undo'],
    [{ mode: 'Undo', force: true, undoes: { id: 'f'.repeat(32), state: ['a'] } }, 'ForceUndo'],
  ])('runs the document in the right mode: %j', async (changes, mode) => {
    if (changes.undoes !== undefined)
      memory.attempts.set(
        changes.undoes.id,
        attempt({ id: changes.undoes.id, status: 'ended', state: changes.undoes.state }),
      );
    claimed(changes);
    await start();
    expect(started()?.Parameters?.['Mode']).toEqual([mode]);
    expect(started()?.Parameters?.['State']).toEqual(changes.undoes?.state);
  });
  it('marks the preview for an approver apart, so that the change has its own token and tag', async () => {
    await start({ phase: 'approval-preview' });
    const preview = started();
    ssm.resetHistory();
    renew();
    claimed({ approver: 'Bob', origin: 'automatic' });
    await start({}, { execution: `${EXECUTION}-approved` });
    expect(preview?.Tags?.[0]?.Key).toBe(`SO0111-ASR-attempt-${ID}-preview`);
    expect(started()?.Tags?.[0]?.Key).toBe(`SO0111-ASR-attempt-${ID}`);
    expect(started()?.ClientToken).not.toBe(preview?.ClientToken);
  });
});

describe('an execution that nobody claimed starts nothing', () => {
  it.each<readonly [string, () => void, Partial<StartInput>]>([
    [
      'there is no attempt',
      () => memory.attempts.set('other', attempt({ id: 'f'.repeat(32) })),
      {},
    ],
    ['it has ended', () => claimed({ status: 'ended' }), {}],
    ['it waits for an approval', () => claimed({ status: 'awaiting-approval' }), {}],
    [
      'somebody started it by hand',
      () => claimed(),
      { execution: EXECUTION.replace(`asr-${ID}`, 'by-hand') },
    ],
    [
      'another attempt has the resource',
      () => {
        claimed();
        const [place = ''] = memory.leases.keys();
        memory.leases.set(place, {
          attempt: 'f'.repeat(32),
          remediation: 'CloseGroup',
          expiresAt: '2024-05-02T12:00:00.000Z',
        });
      },
      {},
    ],
    [
      'its lease is over',
      () => {
        claimed();
        const [place = ''] = memory.leases.keys();
        memory.leases.set(place, {
          attempt: ID,
          remediation: 'CloseGroup',
          expiresAt: NOW.toISOString(),
        });
      },
      {},
    ],
  ])('%s', async (_, prepare, input) => {
    prepare();
    expect(await start({}, input)).toMatchObject({
      status: 'ended',
      outcome: 'refused',
      error: expect.stringContaining("isn't claimed") as string,
    });
    expect(starts()).toBe(0);
  });
  it.each([
    {},
    { ...KEY, id: '../x' },
    { ...KEY, account: 1 },
    { ...KEY, resource: '' },
    'text',
    null,
  ])('its input is %j', async (key) => {
    claimed();
    await expect(start({}, { key })).rejects.toThrow(/must be the key of an attempt/u);
    expect(sts.calls()).toHaveLength(0);
  });
});

describe('an unclear start', () => {
  it.each(['ThrottlingException', 'TimeoutError', 'InternalServerError', 'AccessDeniedException'])(
    'goes on with the automation when there is one after all: %s',
    async (name) => {
      ssm.on(StartAutomationExecutionCommand).rejects(named(name));
      automations(0, [AUTOMATION]);
      expect(await start()).toMatchObject({ status: 'running', automation: AUTOMATION });
    },
  );
  it.each<readonly [string, string]>([
    ['AutomationDefinitionNotFoundException', 'document-missing'],
    ['AutomationDefinitionVersionNotFoundException', 'document-missing'],
    ['AccessDeniedException', 'denied'],
    ['InvalidAutomationExecutionParametersException', 'not-started'],
    ['ValidationException', 'not-started'],
  ])('that is none is named: %s', async (name, outcome) => {
    ssm.on(StartAutomationExecutionCommand).rejects(named(name));
    expect(await start()).toMatchObject({ status: 'ended', outcome });
  });
  it.each([
    'ThrottlingException',
    'AutomationExecutionLimitExceededException',
    'IdempotentParameterMismatch',
    'TimeoutError',
  ])('is tried again: %s', async (name) => {
    ssm.on(StartAutomationExecutionCommand).rejects(named(name));
    await expect(start()).rejects.toMatchObject({ name: 'Busy' });
  });
  it('is not called failed while nobody can look it up', async () => {
    ssm.on(StartAutomationExecutionCommand).rejects(named('TimeoutError'));
    ssm
      .on(DescribeAutomationExecutionsCommand)
      .callsFake(({ Filters }: { readonly Filters: readonly { readonly Key: string }[] }) => {
        if (Filters.some(({ Key }) => Key === 'TagKey')) throw named('AccessDeniedException');
        return { AutomationExecutionMetadataList: [] };
      });
    await expect(start()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
  it('looks at a repeated try for what an earlier one started, even when all is paused by now', async () => {
    automations(0, [AUTOMATION]);
    memory.rows.set('*', { controlId: '*', paused: true });
    expect(await start({}, { retries: 1 })).toMatchObject({
      status: 'running',
      automation: AUTOMATION,
    });
    expect(starts()).toBe(0);
  });
  it('repeats the client token', async () => {
    await start();
    await start({}, { retries: 1 });
    const tokens = ssm
      .commandCalls(StartAutomationExecutionCommand)
      .map((call) => call.args[0].input.ClientToken);
    expect(tokens).toHaveLength(2);
    expect(new Set(tokens).size).toBe(1);
  });
});

describe('the quota of automations', () => {
  it('is left to others: the start waits while too many of ours run', async () => {
    automations(25);
    await expect(start()).rejects.toMatchObject({ name: 'Busy' });
    expect(starts()).toBe(0);
  });
  it('is counted over all pages', async () => {
    const page = Array.from({ length: 20 }, () => ({ DocumentName: 'ASR-X' }));
    ssm
      .on(DescribeAutomationExecutionsCommand)
      .resolves({ AutomationExecutionMetadataList: page, NextToken: 'more' });
    await expect(start()).rejects.toMatchObject({ name: 'Busy' });
    expect(ssm.commandCalls(DescribeAutomationExecutionsCommand)).toHaveLength(2);
  });
});

describe('each call that fails', () => {
  const breakOne: Readonly<Record<string, (error: Error) => void>> = {
    readAttempt: (error) => failing('readAttempt', error),
    readRows: (error) => failing('readRows', error),
    readRemembered: (error) => failing('readRemembered', error),
    AssumeRole: (error) => sts.on(AssumeRoleCommand).rejects(error),
    GetParameters: (error) => ssm.on(GetParametersCommand).rejects(error),
    DescribeDocument: (error) => ssm.on(DescribeDocumentCommand).rejects(error),
    GetResources: (error) => tagging.on(GetResourcesCommand).rejects(error),
    DescribeAutomationExecutions: (error) =>
      ssm.on(DescribeAutomationExecutionsCommand).rejects(error),
  };
  function failing(method: string, error: Error): void {
    memory.before = (name) => {
      if (name === method) throw error;
    };
  }
  it.each(Object.keys(breakOne))('by throttling is tried again: %s', async (name) => {
    claimed();
    breakOne[name]?.(named('ThrottlingException'));
    await expect(start()).rejects.toMatchObject({ name: 'Busy' });
    expect(starts()).toBe(0);
  });
  it.each(Object.keys(breakOne).filter((name) => name !== 'GetResources'))(
    'for good starts nothing: %s',
    async (name) => {
      claimed();
      breakOne[name]?.(named('Strange'));
      await expect(start()).rejects.toMatchObject({ name: 'Strange' });
      expect(starts()).toBe(0);
    },
  );
});
