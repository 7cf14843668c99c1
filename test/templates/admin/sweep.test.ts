import { SQSClient, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Due } from '../../../templates/admin/functions/store/store.ts';
import { createSweep } from '../../../templates/admin/functions/sweep/create-sweep.ts';
import { parseRecord } from '../../../templates/admin/functions/ingest/messages.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { createStateTables } from '../../support/state-tables.ts';
import { ADMIN, environment } from './fixtures.ts';
import {
  NOW,
  REMEDIATION,
  TAKE,
  TARGET,
  attemptOf,
  heldOf,
  idOf,
  iso,
  later,
} from './store-fixtures.ts';

const sqs = mockClient(SQSClient);
const QUEUE = `https://sqs.us-east-1.amazonaws.com/${ADMIN}/SO0111-ASR-Commands`;

beforeEach(() => {
  sqs.reset();
  sqs.on(SendMessageBatchCommand).resolves({});
});

function sweepOf(store: Parameters<typeof createSweep>[0]['store'], now = NOW) {
  return createSweep({
    store,
    sqs: new SQSClient({ region: 'us-east-1' }),
    commandQueueUrl: QUEUE,
    now: () => now,
    log: () => undefined,
  });
}

/** Bodies of the messages that were sent. */
function sent(): readonly unknown[] {
  return sqs
    .commandCalls(SendMessageBatchCommand)
    .flatMap(({ args: [{ input }] }) => input.Entries ?? [])
    .map(({ MessageBody = '' }) => JSON.parse(MessageBody) as unknown);
}

describe('the sweep', () => {
  const DUE: readonly Due[] = [
    { type: 'held', held: heldOf() },
    { type: 'approval', attempt: attemptOf(1, { status: 'awaiting-approval' }) },
    { type: 'stuck', attempt: attemptOf(2) },
  ];
  const fake = (due: readonly Due[]) => {
    const put: [Due, string][] = [];
    const store = {
      due: async () => due,
      postpone: async (one: Due, until: string) => {
        put.push([one, until]);
        return true;
      },
    };
    return { store, put };
  };

  it('sends what is due as commands that the other end understands', async () => {
    const { store } = fake(DUE);
    expect(await sweepOf(store)()).toEqual({ sent: 3, failed: 0 });
    expect(sent()).toEqual([
      { asr: 1, command: 'resume', ...TARGET, remediation: REMEDIATION, mode: 'Remediate' },
      { asr: 1, command: 'expire', ...TARGET, attempt: idOf(1) },
      { asr: 1, command: 'recover', ...TARGET, attempt: idOf(2) },
    ]);
    const types = sent().flatMap((body) =>
      parseRecord(
        {
          messageId: 'message-1',
          body: JSON.stringify(body),
          attributes: { SenderId: 'AROASWEEPEXAMPLE00001:SO0111-ASR-Sweep' },
          eventSourceARN: 'commands',
        },
        { ...environment, eventQueueArn: 'events', commandQueueArn: 'commands', consoleRoleId: '' },
      ),
    );
    expect(types.map(({ type }) => type)).toEqual(['resume', 'expire', 'recover']);
  });

  it('sends ten in one call, and puts off what was sent', async () => {
    const many = Array.from({ length: 23 }, (_, index): Due => {
      return { type: 'stuck', attempt: attemptOf(index) };
    });
    const { store, put } = fake(many);
    sqs
      .on(SendMessageBatchCommand)
      .resolvesOnce({
        Failed: [{ Id: '3', Code: 'InternalError', SenderFault: false }],
      })
      .resolves({});
    expect(await sweepOf(store)()).toEqual({ sent: 22, failed: 1 });
    expect(sqs.commandCalls(SendMessageBatchCommand)).toHaveLength(3);
    expect(put).toHaveLength(22);
    expect(put.every(([, until]) => until === iso(10))).toBe(true);
    expect(put.some(([one]) => one === many[3])).toBe(false);
  });

  it('does nothing when nothing is due', async () => {
    const { store } = fake([]);
    expect(await sweepOf(store)()).toEqual({ sent: 0, failed: 0 });
    expect(sqs.calls()).toEqual([]);
  });

  it('fails when nothing could be sent, so that somebody sees it', async () => {
    const { store, put } = fake(DUE);
    sqs.on(SendMessageBatchCommand).rejects(new Error('no'));
    await expect(sweepOf(store)()).rejects.toThrow('Nothing could be sent.');
    expect(put).toEqual([]);
  });
});

describeWithEmulator('the sweep on the state table', (local) => {
  it('sends what is due once in ten minutes, and looks eight times each minute otherwise', async () => {
    const { store, calls } = await createStateTables(local.emulator().endpoint, () => NOW);
    await sweepOf(store)();
    expect(calls().map(({ name }) => name)).toEqual(Array.from({ length: 8 }, () => 'Query'));
    await store.putHeld(undefined, () => heldOf({ notBefore: iso(5) }));
    await store.claim(attemptOf(1), { ...TAKE, checkAt: iso(15) }, NOW);
    await sweepOf(store, later(5))();
    await sweepOf(store, later(6))();
    expect(sent()).toHaveLength(1);
    await sweepOf(store, later(15))();
    expect(sent()).toHaveLength(3);
  });
});
