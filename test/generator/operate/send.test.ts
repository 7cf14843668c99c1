import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { Interrupted } from '../../../generator/deploy/deploy-error.ts';
import { answerCommand, attemptIdOfMessage } from '../../../generator/operate/commands.ts';
import { connectionTo } from '../../../generator/operate/connect.ts';
import { sendCommands } from '../../../generator/operate/send.ts';
import { attemptIdOf } from '../../../templates/admin/functions/ingest/new-attempt.ts';
import { findingOf, requestOf } from '../../templates/admin/store-fixtures.ts';

const mock = mockClient(SQSClient);
beforeEach(() => mock.reset());

const connection = connectionTo(
  {
    stackName: 'admin',
    partition: 'aws',
    account: '012345678901',
    region: 'us-east-1',
    solutionId: 'SO0111',
    configurationTable: 'Rows',
    stateTable: 'State',
    commandQueueUrl: 'https://sqs/commands',
  },
  { region: 'us-east-1' },
);
const commands = ['a', 'b', 'c'].map((one) => answerCommand('approve', one.repeat(32)));
const taken = (...places: readonly number[]) => ({
  Successful: places.map((at) => ({ Id: String(at), MessageId: `m${at}`, MD5OfMessageBody: '' })),
});
const refused = (Code: string, SenderFault: boolean, ...places: readonly number[]) => ({
  Failed: places.map((at) => ({ Id: String(at), Code, SenderFault })),
});
const send = (sleep: (milliseconds: number) => Promise<void> = async () => undefined) =>
  sendCommands({ connection, sleep, signal: new AbortController().signal }, commands);
/** Ids of the entries of each call. */
const calls = () =>
  mock
    .commandCalls(SendMessageBatchCommand)
    .map(({ args: [command] }) => command.input.Entries?.map(({ Id }) => Id));

describe('sending commands', () => {
  it('is one call', async () => {
    mock.on(SendMessageBatchCommand).resolves({ ...taken(0, 1, 2), Failed: [] });
    const { messageIds } = await send();
    expect([...messageIds]).toEqual([
      [0, 'm0'],
      [1, 'm1'],
      [2, 'm2'],
    ]);
    expect(calls()).toEqual([['0', '1', '2']]);
  });

  it('tries only those again that were not taken', async () => {
    mock
      .on(SendMessageBatchCommand)
      .resolvesOnce({ ...taken(0, 2), ...refused('ThrottlingException', false, 1) })
      .resolves({ ...taken(1), Failed: [] });
    const { messageIds, problem } = await send();
    expect(new Set(messageIds.keys())).toEqual(new Set([0, 1, 2]));
    expect(problem).toBeUndefined();
    expect(calls()).toEqual([['0', '1', '2'], ['1']]);
  });

  it('tells what was taken when the rest is refused', async () => {
    mock
      .on(SendMessageBatchCommand)
      .resolves({ ...taken(0), ...refused('InvalidMessageContents', true, 1, 2) });
    const { messageIds, problem } = await send();
    expect([...messageIds.keys()]).toEqual([0]);
    expect(problem).toContain('did not take 2 of the commands (InvalidMessageContents)');
    expect(calls()).toHaveLength(1);
  });

  it('tells what was taken when it is interrupted', async () => {
    mock
      .on(SendMessageBatchCommand)
      .resolves({ ...taken(0), ...refused('ThrottlingException', false, 1, 2) });
    const { messageIds } = await send(async () => {
      throw new Interrupted('Interrupted.');
    });
    expect([...messageIds.keys()]).toEqual([0]);
  });

  it('fails in a sentence when nothing was taken', async () => {
    const error = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    mock.on(SendMessageBatchCommand).rejects(error);
    await expect(send()).rejects.toThrow(
      'Sending commands failed: no. Ask for this permission, or use another --profile.',
    );
  });
});

it('knows the attempt that answers a command by its message', () => {
  const request = requestOf({ origin: 'command', id: '5fea7756-0ea4-451a-a703-a558b933e274' });
  expect(attemptIdOfMessage(request.id)).toBe(attemptIdOf(request, findingOf(1), 0));
});
