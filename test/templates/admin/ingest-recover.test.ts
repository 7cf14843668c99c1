import { DescribeExecutionCommand, ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { describeWithEmulator } from '../../support/emulator.ts';
import { ADMIN, MEMBER } from './fixtures.ts';
import {
  BOB,
  clicked,
  command,
  eventRecord,
  failed,
  imported,
  importedEvent,
} from './ingest-records.ts';
import {
  Failure,
  TARGET,
  WANTED,
  allowAutomatic,
  createWorld,
  finish,
  inputs,
  onlyAttempt,
  pass,
  sfn,
  sqs,
} from './ingest-world.ts';

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
