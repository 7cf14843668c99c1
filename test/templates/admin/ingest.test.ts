import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  BatchUpdateFindingsCommand,
  GetFindingsCommand,
  GetMembersCommand,
} from '@aws-sdk/client-securityhub';
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { describeWithEmulator } from '../../support/emulator.ts';
import { ADMIN, GROUP, MEMBER } from './fixtures.ts';
import {
  ALICE,
  BOB,
  ORCHESTRATOR,
  TARGET,
  allowAutomatic,
  clicked,
  command,
  createWorld,
  eventRecord,
  events,
  failed,
  failedCis,
  finish,
  imported,
  importedEvent,
  inputs,
  keyOf,
  pass,
  securityHub,
  sfn,
  sns,
  sqs,
  ssm,
} from './ingest-world.ts';
import type { World } from './ingest-world.ts';

const REMEDIATION = 'CloseGroup';
const WANTED = { ...TARGET, remediation: REMEDIATION, control: 'EC2.2' };

async function onlyAttempt(world: World) {
  const [attempt, ...others] = await world.attempts();
  if (attempt === undefined || others.length > 0) throw new Error('There is not one attempt.');
  return attempt;
}

/** Writes to the state table so far. */
function writes({ tables }: World): number {
  return tables
    .calls()
    .filter(({ name }) => !['Query', 'BatchGetItem', 'GetItem', 'Scan', 'PutItem'].includes(name))
    .length;
}

class Failure extends Error {
  readonly $fault: 'client' | 'server';
  readonly $metadata: { readonly httpStatusCode: number };
  constructor(name: string, status: number) {
    super(name);
    this.name = name;
    this.$fault = status < 500 ? 'client' : 'server';
    this.$metadata = { httpStatusCode: status };
  }
}

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

  it('are ignored when the membership can not be read, and delivered again when Security Hub is busy', async () => {
    const world = await open();
    await allowAutomatic(world);
    securityHub.on(GetMembersCommand).rejects(new Failure('InvalidAccessException', 401));
    expect(await world.deliver(imported())).toEqual([]);
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

describeWithEmulator('what people ask for in Security Hub', (local) => {
  const open = async () => createWorld(local.emulator().endpoint);

  it('is done although the control is not automatic', async () => {
    const world = await open();
    await world.deliver(clicked('ASRRemediation'));
    expect(await onlyAttempt(world)).toMatchObject({
      origin: 'custom-action',
      mode: 'Remediate',
      ticketAsked: false,
    });
  });

  it('is not done again when the click is delivered again after its end', async () => {
    const world = await open();
    const click = clicked('ASRRemediation');
    await world.deliver(click);
    const { id } = await onlyAttempt(world);
    await finish(world, id);
    expect(await world.deliver(click)).toEqual([]);
    expect(world.started()).toEqual([`asr-${id}`]);
  });

  it('is one attempt for each click, and a ticket where it is asked for', async () => {
    const world = await open();
    await world.deliver(clicked('ASRPreview'));
    await world.deliver(clicked('ASRPreview'));
    await world.deliver(clicked('ASRTicketing'));
    const attempts = await world.attempts();
    const words = attempts.map(({ mode, ticketAsked }) => `${mode} ${String(ticketAsked)}`);
    expect(words.toSorted()).toEqual(['Preview false', 'Preview false', 'Remediate true']);
  });

  it('waits its turn when it wants a ticket that the attempt under way would not open', async () => {
    const world = await open();
    await world.deliver(clicked('ASRRemediation'));
    await world.deliver(clicked('ASRTicketing'));
    expect(await world.attempts()).toHaveLength(1);
    expect(await world.tables.store.readHeld(TARGET, REMEDIATION, 'Remediate')).toMatchObject({
      request: { ticket: true, origin: 'custom-action' },
    });
    expect(world.notes()).toEqual([
      '- Waits until 2026-05-06T12:21:00.000Z: Another remediation changes the resource right now.',
    ]);
  });

  it('takes the newest change back, under a hold that was written before', async () => {
    const world = await open();
    await world.deliver(clicked('ASRRemediation'));
    const { id } = await onlyAttempt(world);
    await finish(world, id);
    await world.deliver(clicked('ASRUndo'));
    const undo = (await world.attempts()).find(({ mode }) => mode === 'Undo');
    expect(undo).toMatchObject({ undoes: { id, state: ['c3RhdGU='] }, status: 'claimed' });
    expect(await world.tables.store.readRemembered(WANTED, world.clock.now)).toMatchObject({
      hold: {
        owner: 'a custom action of Security Hub',
        reason: `Undo of attempt ${id}`,
        expiresAt: '2026-06-05T12:20:00.000Z',
      },
      lease: { attempt: undo?.id },
      counts: { control: 1 },
    });
  });

  it('is denied with a note that says why', async () => {
    const world = await open();
    await world.deliver(clicked('ASRUndo'));
    await world.tables.putRow({ controlId: '*', paused: true });
    await world.deliver(clicked('ASRRemediation'));
    await world.deliver(clicked('ASRRemediation', { Workflow: { Status: 'SUPPRESSED' } }));
    expect(world.notes()).toEqual([
      '- Not started: No change of this remediation on the resource can be taken back.',
      'NOTIFIED Not started: Remediation is paused; set paused to false in the row EC2.2 or * of the configuration table.',
      '- Not started: The finding is suppressed.',
    ]);
    expect(world.started()).toEqual([]);
  });

  it('is denied after an Undo, until the hold is released', async () => {
    const world = await open();
    await world.deliver(clicked('ASRRemediation'));
    const { id } = await onlyAttempt(world);
    await finish(world, id);
    await world.deliver(clicked('ASRUndo'));
    const undo = (await world.attempts()).find(({ mode }) => mode === 'Undo');
    await finish(world, undo?.id ?? '', { outcome: 'undone', state: [] });
    await world.deliver(clicked('ASRRemediation'));
    expect(world.logged.some(({ reason }) => reason === 'held-after-undo')).toBe(true);
    const before = world.started().length;
    await world.deliver(command({ command: 'release', ...TARGET, remediation: REMEDIATION }));
    expect(world.logged.at(-1)).toMatchObject({ released: true, actor: ALICE });
    await world.deliver(clicked('ASRRemediation'));
    expect(world.started()).toHaveLength(before + 1);
  });

  it('is not lost when Security Hub is busy while the note is written', async () => {
    const world = await open();
    const click = clicked('ASRUndo');
    securityHub.on(BatchUpdateFindingsCommand).rejects(new Failure('ThrottlingException', 429));
    expect(await world.deliver(click)).toEqual([click.messageId]);
    securityHub.on(BatchUpdateFindingsCommand).resolves({});
    expect(await world.deliver(click)).toEqual([]);
  });
});

describeWithEmulator('commands', (local) => {
  const open = async () => {
    const world = await createWorld(local.emulator().endpoint);
    world.hub.set(String(failed()['Id']), failed());
    return world;
  };

  it('remediate the finding as Security Hub has it, in the name of who sent them', async () => {
    const world = await open();
    const record = command({ command: 'remediate', finding: keyOf(failed()), ticket: true });
    await world.deliver(record);
    await world.deliver(record);
    expect(await onlyAttempt(world)).toMatchObject({
      origin: 'command',
      actor: ALICE,
      ticketAsked: true,
    });
    expect(inputs(securityHub, GetFindingsCommand)[0]).toMatchObject({
      Filters: {
        Id: [{ Value: failed()['Id'], Comparison: 'EQUALS' }],
        ProductArn: [{ Value: failed()['ProductArn'], Comparison: 'EQUALS' }],
      },
    });
  });

  it('do nothing about a finding that Security Hub does not have', async () => {
    const world = await open();
    world.hub.clear();
    await world.deliver(command({ command: 'remediate', finding: keyOf(failed()) }));
    expect(await world.attempts()).toEqual([]);
    expect(world.logged[0]).toMatchObject({ verdict: 'deny', actor: ALICE });
    expect(world.putAside()).toEqual([]);
  });

  it('take a named attempt back by force', async () => {
    const world = await open();
    await world.deliver(clicked('ASRRemediation'));
    const { id } = await onlyAttempt(world);
    await finish(world, id);
    const undo = { command: 'undo', finding: keyOf(failed()), force: true };
    await world.deliver(command({ ...undo, attempt: 'f'.repeat(32) }));
    expect(world.notes()).toEqual([expect.stringContaining('Not started: No change')]);
    await world.deliver(command({ ...undo, attempt: id }));
    expect((await world.attempts()).find(({ mode }) => mode === 'Undo')).toMatchObject({
      force: true,
      undoes: { id },
      actor: ALICE,
    });
  });

  it('resume a held request with the finding as it is then', async () => {
    const world = await open();
    await allowAutomatic(world, { changeWindow: 'Thu 08:00-10:00 UTC' });
    const resume = command({
      command: 'resume',
      ...TARGET,
      remediation: REMEDIATION,
      mode: 'Remediate',
    });
    await world.deliver(imported());
    world.hub.set(String(failed()['Id']), failed({ Workflow: { Status: 'SUPPRESSED' } }));
    pass(world, 20 * 60);
    await world.deliver(resume);
    expect(await world.attempts()).toEqual([]);
    expect(await world.tables.store.readHeld(TARGET, REMEDIATION, 'Remediate')).toBeUndefined();
    // Delivered again, there is nothing to resume.
    expect(await world.deliver(resume)).toEqual([]);
  });

  it('resume a held request once its time has come', async () => {
    const world = await open();
    await allowAutomatic(world, { changeWindow: 'Thu 08:00-10:00 UTC' });
    await world.deliver(imported());
    pass(world, 20 * 60);
    const resume = command({
      command: 'resume',
      ...TARGET,
      remediation: REMEDIATION,
      mode: 'Remediate',
    });
    await world.deliver(resume, resume);
    expect(world.started()).toHaveLength(1);
    expect(await world.tables.store.readHeld(TARGET, REMEDIATION, 'Remediate')).toBeUndefined();
  });

  it('hold a resumed request again when it could not be started', async () => {
    const world = await open();
    await allowAutomatic(world, { changeWindow: 'Thu 08:00-10:00 UTC' });
    await world.deliver(imported());
    pass(world, 20 * 60);
    const resume = command({
      command: 'resume',
      ...TARGET,
      remediation: REMEDIATION,
      mode: 'Remediate',
    });
    sfn.on(StartExecutionCommand).rejectsOnce(new Failure('ExecutionLimitExceeded', 400));
    expect(await world.deliver(resume)).toEqual([resume.messageId]);
    expect(await world.tables.store.readHeld(TARGET, REMEDIATION, 'Remediate')).toBeDefined();
    expect(await world.deliver(resume)).toEqual([]);
    expect(await onlyAttempt(world)).toMatchObject({ status: 'claimed' });
  });

  it('drop a held request whose finding is gone', async () => {
    const world = await open();
    await allowAutomatic(world, { changeWindow: 'Thu 08:00-10:00 UTC' });
    await world.deliver(imported());
    world.hub.clear();
    await world.deliver(
      command({ command: 'resume', ...TARGET, remediation: REMEDIATION, mode: 'Remediate' }),
    );
    expect(await world.tables.store.readHeld(TARGET, REMEDIATION, 'Remediate')).toBeUndefined();
  });
});

describeWithEmulator('approvals', (local) => {
  /** An attempt that Alice asked for and that waits for an approver. */
  const open = async () => {
    const world = await createWorld(local.emulator().endpoint);
    world.hub.set(String(failed()['Id']), failed());
    await world.tables.putRow({ controlId: 'EC2.2', approval: 'always' });
    await world.deliver(command({ command: 'remediate', finding: keyOf(failed()) }));
    const attempt = await onlyAttempt(world);
    const approvalExpiresAt = new Date(world.clock.now.getTime() + 72 * 3_600_000).toISOString();
    const stored = await world.tables.store.findAttempt(attempt.id);
    if (stored === undefined) throw new Error('The attempt is missing.');
    await world.tables.store.awaitApproval({ ...stored, preview: '[]', approvalExpiresAt });
    return { world, id: attempt.id };
  };
  const answer = (word: 'approve' | 'reject', id: string, sender: string) =>
    command({ command: word, attempt: id }, sender);

  it('let another person start the attempt, which takes the resource then', async () => {
    const { world, id } = await open();
    const approve = answer('approve', id, BOB);
    await world.deliver(approve, approve);
    expect(await onlyAttempt(world)).toMatchObject({
      id,
      status: 'claimed',
      phase: 'run',
      actor: ALICE,
      approver: BOB,
      preview: '[]',
    });
    expect(new Set(world.started())).toEqual(new Set([`asr-${id}`, `asr-${id}-approved`]));
    expect(await world.tables.store.readRemembered(WANTED, world.clock.now)).toMatchObject({
      lease: { attempt: id },
      counts: { control: 1 },
    });
    expect(world.told()).toEqual(['approved']);
  });

  it('are not taken from the person who asked', async () => {
    const { world, id } = await open();
    await world.deliver(answer('approve', id, ALICE));
    expect(await onlyAttempt(world)).toMatchObject({ status: 'awaiting-approval' });
    expect(world.notes()).toEqual(['- Not approved: Somebody else must approve than who asked.']);
  });

  it('count once, whoever approves at the same time', async () => {
    const { world, id } = await open();
    await Promise.all(
      [BOB, 'AIDACAROL000000000001', 'AIDADAVE0000000000001'].map(async (sender) =>
        world.deliver(answer('approve', id, sender)),
      ),
    );
    const starts = world.started().filter((name) => name.endsWith('-approved'));
    expect(starts).toHaveLength(1);
  });

  it('come too late after their time', async () => {
    const { world, id } = await open();
    pass(world, 73 * 60);
    await world.deliver(answer('approve', id, BOB));
    expect(world.started()).toHaveLength(1);
    await world.deliver(command({ command: 'expire', ...TARGET, attempt: id }));
    expect(await onlyAttempt(world)).toMatchObject({
      status: 'ended',
      outcome: 'approval-expired',
    });
    expect(world.notes()).toEqual(['NOTIFIED Nothing was changed. Nobody approved it in time.']);
    await world.deliver(command({ command: 'expire', ...TARGET, attempt: id }));
    expect(world.notes()).toHaveLength(1);
  });

  it('do not lapse before their time', async () => {
    const { world, id } = await open();
    await world.deliver(command({ command: 'expire', ...TARGET, attempt: id }));
    expect(await onlyAttempt(world)).toMatchObject({ status: 'awaiting-approval' });
  });

  it('wait for the change window, and do not lapse while they do', async () => {
    const { world, id } = await open();
    await world.tables.putRow({
      controlId: 'EC2.2',
      approval: 'always',
      changeWindow: 'Tue 08:00-10:00 UTC',
    });
    await world.deliver(answer('approve', id, BOB));
    expect(await onlyAttempt(world)).toMatchObject({
      status: 'awaiting-approval',
      approvalExpiresAt: '2026-05-13T08:00:00.000Z',
    });
    expect(await world.tables.store.readHeld(TARGET, REMEDIATION, 'Remediate')).toMatchObject({
      notBefore: '2026-05-12T08:00:00.000Z',
      request: { origin: 'approval', actor: BOB, attempt: id },
    });
    world.clock.now = new Date('2026-05-12T08:00:30.000Z');
    await world.deliver(
      command({ command: 'expire', ...TARGET, attempt: id }),
      command({ command: 'resume', ...TARGET, remediation: REMEDIATION, mode: 'Remediate' }),
    );
    expect(await onlyAttempt(world)).toMatchObject({ status: 'claimed', approver: BOB });
    expect(await world.tables.store.readHeld(TARGET, REMEDIATION, 'Remediate')).toBeUndefined();
  });

  it('end in a rejection, which says by whom', async () => {
    const { world, id } = await open();
    const reject = answer('reject', id, BOB);
    await world.deliver(reject);
    expect(await onlyAttempt(world)).toMatchObject({ status: 'ended', outcome: 'rejected' });
    expect(world.notes()).toEqual([`NOTIFIED Nothing was changed. Rejected by ${BOB}.`]);
    expect(inputs(sns, PublishCommand)).toHaveLength(1);
    await world.deliver(reject);
    await world.deliver(answer('approve', id, BOB));
    expect(world.notes()).toHaveLength(1);
    expect(world.started()).toHaveLength(1);
  });

  it('win over a rejection at the same moment, and the other way round', async () => {
    const first = await open();
    const { world, id } = first;
    world.before.set('claim', async () => world.deliver(answer('approve', id, BOB)));
    await world.deliver(answer('reject', id, 'AIDACAROL000000000001'));
    expect(await onlyAttempt(world)).toMatchObject({ status: 'claimed', approver: BOB });
    expect(world.notes()).toEqual([]);

    const second = await open();
    second.world.before.set('claim', async () =>
      second.world.deliver(answer('reject', second.id, BOB)),
    );
    await second.world.deliver(answer('approve', second.id, 'AIDACAROL000000000001'));
    expect(await onlyAttempt(second.world)).toMatchObject({ status: 'ended', outcome: 'rejected' });
    expect(second.world.started()).toEqual([`asr-${second.id}`]);
  });

  it('can not start what is being rejected, and a rejection that broke off is completed', async () => {
    const { world, id } = await open();
    const reject = answer('reject', id, BOB);
    securityHub.on(BatchUpdateFindingsCommand).rejects(new Failure('ThrottlingException', 429));
    expect(await world.deliver(reject)).toEqual([reject.messageId]);
    securityHub.on(BatchUpdateFindingsCommand).resolves({});
    await world.deliver(answer('approve', id, BOB));
    expect(world.started()).toHaveLength(1);
    expect(await world.deliver(reject)).toEqual([]);
    expect(await onlyAttempt(world)).toMatchObject({ status: 'ended', outcome: 'rejected' });
  });
});

describeWithEmulator('attempts that nobody ended', (local) => {
  const open = async () => {
    const world = await createWorld(local.emulator().endpoint);
    await world.deliver(clicked('ASRRemediation'));
    const { id } = await onlyAttempt(world);
    pass(world, 15);
    return { world, id, recover: command({ command: 'recover', ...TARGET, attempt: id }) };
  };

  it('are started when their execution never was', async () => {
    const { world, id, recover } = await open();
    sfn
      .on(DescribeExecutionCommand)
      .rejects(new ExecutionDoesNotExist({ message: 'none', $metadata: {} }));
    await world.deliver(recover);
    expect(world.started()).toEqual([`asr-${id}`, `asr-${id}`]);
    expect(inputs(sfn, DescribeExecutionCommand)).toEqual([
      {
        executionArn: `arn:aws:states:us-east-1:${ADMIN}:execution:SO0111-ASR-Orchestrator:asr-${id}`,
      },
    ]);
  });

  it('go on when their execution runs, and are looked at later', async () => {
    const { world, recover } = await open();
    sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });
    await world.deliver(recover);
    expect(await world.tables.store.due(world.clock.now, 10)).toEqual([]);
    pass(world, 15);
    expect(await world.tables.store.due(world.clock.now, 10)).toMatchObject([{ type: 'stuck' }]);
    expect(await onlyAttempt(world)).toMatchObject({ status: 'claimed' });
  });

  it.each(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const)(
    'end as failed when their execution is over (%s), and free the resource',
    async (status) => {
      const { world, recover } = await open();
      sfn.on(DescribeExecutionCommand).resolves({ status });
      await world.deliver(recover);
      expect(await onlyAttempt(world)).toMatchObject({
        status: 'ended',
        outcome: 'orchestrator-failed',
      });
      expect(await world.tables.store.readRemembered(WANTED, world.clock.now)).toMatchObject({
        lease: undefined,
        target: { failures: 1 },
      });
      expect(world.notes()).toEqual([expect.stringMatching(/^NOTIFIED /u)]);
    },
  );

  it('are left alone when they end while somebody looks', async () => {
    const { world, id, recover } = await open();
    sfn.on(DescribeExecutionCommand).callsFake(async () => {
      await finish(world, id);
      return { status: 'SUCCEEDED' };
    });
    await world.deliver(recover);
    expect(await onlyAttempt(world)).toMatchObject({ outcome: 'changed' });
    expect(world.notes()).toEqual([]);
  });

  it('are left alone when they have ended', async () => {
    const { world, id, recover } = await open();
    await finish(world, id);
    await world.deliver(recover);
    expect(inputs(sfn, DescribeExecutionCommand)).toEqual([]);
  });
});

describeWithEmulator('messages that can not be worked on', (local) => {
  const open = async () => createWorld(local.emulator().endpoint);

  it('are put aside with the reason, and never fail the batch', async () => {
    const world = await open();
    await allowAutomatic(world);
    const answer = await world.deliver(
      eventRecord('no json'),
      eventRecord({ ...importedEvent(failed()), source: 'my.own' }),
      imported({ ProductArn: `arn:aws:securityhub:eu-west-1:${MEMBER}:product/${MEMBER}/default` }),
      imported({ AwsAccountId: '444455556666' }),
      command({ command: 'dance' }),
      imported(),
    );
    expect(answer).toEqual([]);
    expect(world.putAside()).toEqual([
      'The message is no JSON object.',
      'The event does not come from Security Hub.',
      'The finding does not come from Security Hub itself.',
      'Account, Region or partition differ between the parts of the finding.',
      'The message is no command of version 1.',
    ]);
    expect(world.started()).toHaveLength(1);
    expect(world.logged.at(-1)).toMatchObject({ Unreadable: 5, Started: 1 });
  });

  it('are kept as they came, with who sent them', async () => {
    const world = await open();
    const record = command({ command: 'dance' }, BOB);
    await world.deliver(record);
    expect(inputs(sqs, SendMessageCommand)[0]).toMatchObject({
      MessageBody: record.body,
      MessageAttributes: {
        message: { StringValue: record.messageId },
        sender: { StringValue: BOB },
      },
    });
  });

  it('are delivered again when they can not even be put aside', async () => {
    const world = await open();
    sqs.on(SendMessageCommand).rejects(new Failure('AccessDeniedException', 403));
    const record = eventRecord('no json');
    expect(await world.deliver(record)).toEqual([record.messageId]);
  });

  it('never put texts of findings into the log', async () => {
    const world = await open();
    await allowAutomatic(world);
    const secret = 'password hunter2 of the customer';
    await world.deliver(imported({ Title: secret, Description: secret }));
    await world.deliver(clicked('ASRUndo', { Title: secret, Description: secret }));
    expect(JSON.stringify(world.logged)).not.toContain('hunter2');
  });
});
