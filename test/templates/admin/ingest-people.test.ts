import { BatchUpdateFindingsCommand, GetFindingsCommand } from '@aws-sdk/client-securityhub';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { describeWithEmulator } from '../../support/emulator.ts';
import { ALICE, clicked, command, failed, imported, keyOf } from './ingest-records.ts';
import {
  Failure,
  REMEDIATION,
  TARGET,
  WANTED,
  allowAutomatic,
  createWorld,
  finish,
  inputs,
  onlyAttempt,
  pass,
  securityHub,
  sfn,
} from './ingest-world.ts';

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
