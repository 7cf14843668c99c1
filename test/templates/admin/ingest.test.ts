import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetMembersCommand } from '@aws-sdk/client-securityhub';
import { ExecutionAlreadyExists, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { describeWithEmulator } from '../../support/emulator.ts';
import { GROUP, MEMBER } from './fixtures.ts';
import {
  clicked,
  command,
  eventRecord,
  failed,
  failedCis,
  imported,
  importedEvent,
} from './ingest-records.ts';
import {
  Failure,
  ORCHESTRATOR,
  REMEDIATION,
  TARGET,
  WANTED,
  allowAutomatic,
  createWorld,
  events,
  finish,
  inputs,
  onlyAttempt,
  pass,
  securityHub,
  sfn,
  ssm,
  writes,
} from './ingest-world.ts';

describeWithEmulator('findings that come by themselves', (local) => {
  const open = async () => createWorld(local.emulator().endpoint);

  it('are remediated where the control says so', async () => {
    const world = await open();
    await allowAutomatic(world);
    expect(await world.deliver(imported())).toEqual([]);
    const attempt = await onlyAttempt(world);
    expect(attempt).toMatchObject({
      ...TARGET,
      status: 'claimed',
      phase: 'run',
      origin: 'automatic',
      mode: 'Remediate',
      standard: 'SC',
      control: 'EC2.2',
      remediation: REMEDIATION,
      document: 'ASR-CloseGroup',
      findings: [{ id: failed()['Id'], format: 'asff', updatedAt: '2026-05-06T11:20:00.000Z' }],
      decision: { verdict: 'allow' },
    });
    expect(inputs(sfn, StartExecutionCommand)).toEqual([
      {
        stateMachineArn: ORCHESTRATOR,
        name: `asr-${attempt.id}`,
        input: JSON.stringify({ ...TARGET, id: attempt.id }),
      },
    ]);
    expect(world.notes()).toEqual([]);
    expect(world.logged.at(-1)).toMatchObject({ Solution: 'SO0111', Started: 1 });
  });

  it('are ignored without a read of the state and without a write where it does not', async () => {
    const world = await open();
    expect(await world.deliver(imported(), imported())).toEqual([]);
    expect(world.tables.calls().map(({ name }) => name)).toEqual(['BatchGetItem']);
    expect(inputs(ssm, GetParametersCommand)).toHaveLength(1);
    expect(securityHub.calls()).toEqual([]);
    expect(world.logged[0]).toMatchObject({
      finding: failed()['Id'],
      verdict: 'deny',
      reason: 'not-automatic',
    });
    expect(world.logged.at(-1)).toMatchObject({ Ignored: 2 });
  });

  it.each([
    ['passed', { Compliance: { Status: 'PASSED', SecurityControlId: 'EC2.2' } }],
    ['suppressed', { Workflow: { Status: 'SUPPRESSED' } }],
    ['archived', { RecordState: 'ARCHIVED' }],
    ['of a standard that is not loaded', { GeneratorId: 'pci-dss/v/3.2.1/PCI.EC2.2' }],
  ])('are ignored when they are %s', async (_, changes) => {
    const world = await open();
    await allowAutomatic(world);
    await world.deliver(imported(changes));
    expect(world.started()).toEqual([]);
    expect(writes(world)).toBe(0);
    expect(world.notes()).toEqual([]);
  });

  it('start one execution, however often the event is delivered', async () => {
    const world = await open();
    await allowAutomatic(world);
    const record = imported();
    await world.deliver(record, record);
    await world.deliver(record);
    const { id } = await onlyAttempt(world);
    expect(new Set(world.started())).toEqual(new Set([`asr-${id}`]));
    expect(await world.tables.store.readRemembered(WANTED, world.clock.now)).toMatchObject({
      counts: { control: 1, account: 1 },
    });
    await finish(world, id);
    const before = world.started().length;
    await world.deliver(record);
    expect(world.started()).toHaveLength(before);
  });

  it('are started at the next delivery when the function is killed between claim and start', async () => {
    const world = await open();
    await allowAutomatic(world);
    const record = imported();
    // The answer never comes: whether the execution started, nobody knows.
    sfn.on(StartExecutionCommand).rejectsOnce(Object.assign(new Error(), { name: 'TimeoutError' }));
    expect(await world.deliver(record)).toEqual([record.messageId]);
    const attempt = await onlyAttempt(world);
    expect(attempt.status).toBe('claimed');
    expect(await world.deliver(record)).toEqual([]);
    expect(world.started()).toEqual([`asr-${attempt.id}`, `asr-${attempt.id}`]);
    expect(await world.attempts()).toHaveLength(1);
  });

  it('give the resource back when Step Functions refuses to start', async () => {
    const world = await open();
    await allowAutomatic(world);
    const record = imported();
    sfn.on(StartExecutionCommand).rejectsOnce(new Failure('AccessDeniedException', 400));
    expect(await world.deliver(record)).toEqual([record.messageId]);
    expect(await world.attempts()).toEqual([]);
    expect(await world.tables.store.readRemembered(WANTED, world.clock.now)).toMatchObject({
      lease: undefined,
      counts: { control: 0, account: 0 },
    });
    expect(await world.deliver(record)).toEqual([]);
    expect(await world.attempts()).toHaveLength(1);
  });

  it('take an execution that exists for a start', async () => {
    const world = await open();
    await allowAutomatic(world);
    sfn
      .on(StartExecutionCommand)
      .rejects(new ExecutionAlreadyExists({ message: 'exists', $metadata: {} }));
    expect(await world.deliver(imported())).toEqual([]);
    expect(await onlyAttempt(world)).toMatchObject({ status: 'claimed' });
  });

  it('join the attempt that does the same to the resource', async () => {
    const world = await open();
    await allowAutomatic(world);
    await world.deliver(imported());
    await world.deliver(eventRecord(importedEvent(failedCis())));
    const attempt = await onlyAttempt(world);
    expect(attempt.findings.map(({ id }) => id)).toEqual([failed()['Id'], failedCis()['Id']]);
    expect(world.started()).toHaveLength(1);
    expect(world.logged.at(-1)).toMatchObject({ Joined: 1 });
  });

  it('are resolved at once when a fix was verified after their check', async () => {
    const world = await open();
    await allowAutomatic(world);
    await world.deliver(imported());
    await finish(world, (await onlyAttempt(world)).id);
    const duplicate = eventRecord(importedEvent(failedCis()));
    await world.deliver(duplicate);
    expect(world.notes()).toEqual([
      "RESOLVED Fixed already: ASR-CloseGroup verified the resource at 2026-05-06T12:20:00.000Z, after this finding's check.",
    ]);
    // Our own update comes back as an event.
    await world.deliver(duplicate);
    expect(world.notes()).toHaveLength(1);
    expect(world.started()).toHaveLength(1);
  });

  it('wait for the change window, with their finding, and are told of once', async () => {
    const world = await open();
    await allowAutomatic(world, { changeWindow: 'Thu 08:00-10:00 UTC' });
    await world.deliver(imported());
    await world.deliver(imported({ UpdatedAt: '2026-05-06T12:00:00.000Z' }));
    const held = await world.tables.store.readHeld(TARGET, REMEDIATION, 'Remediate');
    expect(held).toMatchObject({
      reason: 'outside-window',
      notBefore: '2026-05-07T08:00:00.000Z',
      since: '2026-05-06T12:20:00.000Z',
      times: 2,
    });
    expect(world.told()).toEqual(['held']);
    expect(inputs(events, PutEventsCommand)[0]?.Entries?.[0]).toMatchObject({
      Source: 'SO0111.asr',
      DetailType: 'ASR Remediation',
      Resources: [GROUP],
    });
    expect(world.notes()).toEqual([]);
    expect(await world.attempts()).toEqual([]);
  });

  it('wait while something else changes the resource, longer each time', async () => {
    const world = await open();
    await allowAutomatic(world);
    await world.tables.putRow({ controlId: 'EC2.18', automatedRemediationEnabled: true });
    await world.deliver(imported());
    const other = failed({
      Id: `arn:aws:securityhub:eu-west-1:${MEMBER}:security-control/EC2.18/finding/0c`,
      GeneratorId: 'security-control/EC2.18',
      Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.18' },
    });
    world.hub.set(String(other['Id']), other);
    await world.deliver(eventRecord(importedEvent(other)));
    const waiting = async () => world.tables.store.readHeld(TARGET, 'CloseOtherPorts', 'Remediate');
    expect(await waiting()).toMatchObject({
      reason: 'resource-busy',
      notBefore: '2026-05-06T12:21:00.000Z',
    });
    const resume = command({
      command: 'resume',
      ...TARGET,
      remediation: 'CloseOtherPorts',
      mode: 'Remediate',
    });
    pass(world, 1);
    await world.deliver(resume);
    expect(await waiting()).toMatchObject({ notBefore: '2026-05-06T12:23:00.000Z', times: 2 });
    await finish(world, (await onlyAttempt(world)).id);
    await world.deliver(resume);
    expect(await waiting()).toBeUndefined();
    expect(world.started()).toHaveLength(2);
  });

  it('are tried again after a failure, as another attempt, when the pause is over', async () => {
    const world = await open();
    await allowAutomatic(world);
    await world.deliver(imported());
    await finish(world, (await onlyAttempt(world)).id, { outcome: 'failed' });
    const again = failed({ UpdatedAt: '2026-05-06T12:25:00.000Z' });
    world.hub.set(String(again['Id']), again);
    pass(world, 5);
    await world.deliver(imported(again));
    expect(await world.tables.store.readHeld(TARGET, REMEDIATION, 'Remediate')).toMatchObject({
      reason: 'backing-off',
      notBefore: '2026-05-06T12:35:00.000Z',
    });
    pass(world, 10);
    await world.deliver(
      command({ command: 'resume', ...TARGET, remediation: REMEDIATION, mode: 'Remediate' }),
    );
    expect(await world.attempts()).toHaveLength(2);
    expect(new Set(world.started()).size).toBe(2);
  });

  it('become new again when the check fails after a verified fix, and count as a failure', async () => {
    const world = await open();
    await allowAutomatic(world, { breakerFailures: 1 });
    await world.deliver(imported());
    await finish(world, (await onlyAttempt(world)).id);
    pass(world, 60);
    const relapse = imported({
      UpdatedAt: '2026-05-06T13:00:00.000Z',
      Workflow: { Status: 'RESOLVED' },
    });
    await world.deliver(relapse);
    expect(world.notes()).toEqual([
      'NEW The check fails again after the fix was verified at 2026-05-06T12:20:00.000Z: something reverted it, or it was not enough.',
    ]);
    expect(await world.tables.store.readTarget(TARGET, REMEDIATION)).toMatchObject({ failures: 1 });
    expect(await world.tables.store.readBreaker('EC2.2')).toMatchObject({
      openUntil: '2026-05-07T13:20:00.000Z',
    });
    expect(world.told()).toEqual(['failed', 'held']);
    expect(world.logged.at(-1)).toMatchObject({ BreakerOpened: 1, Held: 1 });
    await world.deliver(relapse);
    expect(world.notes()).toHaveLength(1);
  });

  it('become new again after a relapse also where the control is not automatic', async () => {
    const world = await open();
    await world.deliver(clicked('ASRRemediation'));
    await finish(world, (await onlyAttempt(world)).id);
    pass(world, 60);
    await world.deliver(
      imported({ UpdatedAt: '2026-05-06T13:00:00.000Z', Workflow: { Status: 'RESOLVED' } }),
    );
    expect(world.notes()).toEqual([expect.stringMatching(/^NEW The check fails again/u)]);
    expect(world.started()).toHaveLength(1);
  });

  it('first make a preview when their impact needs an approver, without taking the resource', async () => {
    const world = await open();
    await world.tables.putRow({
      controlId: 'EC2.2',
      automatedRemediationEnabled: true,
      approval: 'always',
    });
    await world.deliver(imported());
    const attempt = await onlyAttempt(world);
    expect(attempt).toMatchObject({ phase: 'approval-preview', mode: 'Remediate' });
    expect(world.started()).toEqual([`asr-${attempt.id}`]);
    expect(await world.tables.store.readRemembered(WANTED, world.clock.now)).toMatchObject({
      lease: undefined,
      counts: { control: 0, account: 0 },
      awaiting: { id: attempt.id },
    });
    await world.deliver(eventRecord(importedEvent(failedCis())));
    expect(await world.attempts()).toHaveLength(1);
    expect(world.logged.some(({ reason }) => reason === 'awaiting-approval')).toBe(true);
  });

  it.each([
    ['the account is no member', 'not-a-member', { Members: [] }],
    [
      'the account resigned',
      'not-a-member',
      { Members: [{ AccountId: MEMBER, MemberStatus: 'Resigned' }] },
    ],
  ])('are ignored when %s', async (_, reason, answer) => {
    const world = await open();
    await allowAutomatic(world);
    securityHub.on(GetMembersCommand).resolves(answer);
    await world.deliver(imported());
    expect(world.logged[0]).toMatchObject({ reason });
    expect(await world.attempts()).toEqual([]);
  });

  it('are delivered again when the membership can not be read, or Security Hub is busy', async () => {
    const world = await open();
    await allowAutomatic(world);
    securityHub.on(GetMembersCommand).rejects(new Failure('InvalidAccessException', 401));
    const unjudged = imported();
    expect(await world.deliver(unjudged)).toEqual([unjudged.messageId]);
    expect(world.logged[0]).toMatchObject({ reason: 'membership-unknown' });
    securityHub.on(GetMembersCommand).rejects(new Failure('TooManyRequestsException', 429));
    const record = imported();
    expect(await world.deliver(record)).toEqual([record.messageId]);
    expect(await world.attempts()).toEqual([]);
  });

  it('are ignored by the filter of organizational units, whose path is kept for the start', async () => {
    const world = await open();
    await allowAutomatic(world);
    world.settings.set('/ASR/Filters/OUFilterMode', 'Exclude');
    world.settings.set('/ASR/Filters/OUFilters', 'r-ab12');
    await world.deliver(imported());
    expect(world.logged[0]).toMatchObject({ reason: 'filtered' });
    world.settings.set('/ASR/Filters/OUFilterMode', 'Include');
    await world.deliver(imported());
    expect(await onlyAttempt(world)).toMatchObject({ unitPath: ['ou-ab12-11111111', 'r-ab12'] });
  });

  it('are all ignored when a setting is not understood', async () => {
    const world = await open();
    await allowAutomatic(world);
    world.settings.set('/ASR/Filters/TagFilterMode', 'Sometimes');
    await world.deliver(imported());
    expect(world.logged[0]).toMatchObject({ reason: 'settings-unreadable' });
    expect(await world.attempts()).toEqual([]);
  });

  it('read settings, rows and exceptions once for a batch', async () => {
    const world = await open();
    await allowAutomatic(world);
    const groups = ['sg-00000001', 'sg-00000002', 'sg-00000003'];
    const records = groups.map((group, index) =>
      imported({
        Id: `arn:aws:securityhub:eu-west-1:${MEMBER}:security-control/EC2.2/finding/${index}`,
        Resources: [{ Id: GROUP.replace(/sg-.*/u, group) }],
      }),
    );
    await world.deliver(...records);
    expect(await world.attempts()).toHaveLength(3);
    expect(inputs(ssm, GetParametersCommand)).toHaveLength(1);
    const names = world.tables.calls().map(({ name }) => name);
    // Rows once; counts and breaker for each. Exceptions once; the resource's partition for each.
    expect(names.filter((name) => name === 'BatchGetItem')).toHaveLength(4);
    expect(names.filter((name) => name === 'Query')).toHaveLength(4);
    expect(inputs(securityHub, GetMembersCommand)).toHaveLength(1);
  });

  it('get one attempt for a resource when many of them come at the same time', async () => {
    const world = await open();
    await allowAutomatic(world);
    const records = Array.from({ length: 8 }, (_, index) => {
      const id = String(failed()['Id']).replace(/[^/]*$/u, `${index}`);
      return imported({ Id: id });
    });
    const answers = await Promise.all(records.map(async (record) => world.deliver(record)));
    expect(answers.flat()).toEqual([]);
    const attempt = await onlyAttempt(world);
    const held = await world.tables.store.readHeld(TARGET, REMEDIATION, 'Remediate');
    expect(attempt.findings.length + (held === undefined ? 0 : 1)).toBeGreaterThanOrEqual(2);
    expect(new Set(world.started())).toEqual(new Set([`asr-${attempt.id}`]));
    expect(await world.tables.store.readRemembered(WANTED, world.clock.now)).toMatchObject({
      counts: { control: 1, account: 1 },
    });
  });

  it('start no more than the limit when many of them come at the same time', async () => {
    const world = await open();
    await allowAutomatic(world, { perHour: 2 });
    const records = Array.from({ length: 6 }, (_, index) =>
      imported({
        Id: String(failed()['Id']).replace(/[^/]*$/u, `${index}`),
        Resources: [{ Id: GROUP.replace(/sg-.*/u, `sg-0000000${index}`) }],
      }),
    );
    await Promise.all(records.map(async (record) => world.deliver(record)));
    expect(await world.attempts()).toHaveLength(2);
    const items = [...(await world.tables.items()).values()];
    const waiting = items.filter(({ type }) => type === 'held');
    expect(waiting.map(({ notBefore }) => notBefore)).toEqual(
      Array.from({ length: 4 }, () => '2026-05-06T13:00:00.000Z'),
    );
  });

  it('fail alone when one of a batch fails', async () => {
    const world = await open();
    await allowAutomatic(world);
    const good = imported();
    const bad = imported({
      Id: `arn:aws:securityhub:eu-west-1:444455556666:security-control/EC2.2/finding/1`,
      AwsAccountId: '444455556666',
      Resources: [{ Id: GROUP.replace(MEMBER, '444455556666') }],
    });
    securityHub
      .on(GetMembersCommand, { AccountIds: ['444455556666'] })
      .rejects(new Failure('InternalException', 500));
    expect(await world.deliver(bad, good)).toEqual([bad.messageId]);
    expect(world.started()).toHaveLength(1);
  });
});
