import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { createTables } from '../../../templates/admin/console/api/aws/tables.ts';
import { parseException } from '../../../templates/admin/functions/decide/exceptions.ts';
import type { Attempt } from '../../../templates/admin/functions/model/attempt.ts';
import { isRefusal } from '../../../templates/admin/functions/model/refusal.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import type { Local } from '../../support/emulator.ts';
import { createStateTables } from '../../support/state-tables.ts';
import { GROUP, MEMBER } from '../admin/fixtures.ts';
import { OTHER, START, attempt } from './api-world.ts';

async function make(local: Local) {
  const { endpoint } = local.emulator();
  const client = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const state = await createStateTables(endpoint, () => START);
  const ssm = new SSMClient(client);
  const tables = createTables({
    dynamodb: new DynamoDBClient(client),
    table: 'State',
    configurationTable: 'Configuration',
    historyDays: 365,
    pause: async () => undefined,
    random: () => 0,
    log: () => undefined,
    ssm,
    solutionId: 'SO0111',
  });
  /** Writes an attempt as the orchestrator leaves it: ended, or waiting. */
  const put = async (changes: Partial<Attempt>): Promise<void> => {
    const { endedAt: _, outcome: _outcome, ...begun } = attempt(changes);
    const claimed: Attempt = { ...begun, status: 'claimed' };
    const options = { lease: false, leaseUntil: '2026-05-07T12:00:00.000Z' };
    expect(await state.store.claim(claimed, options, START)).toEqual({ result: 'claimed' });
    if (changes.status === 'awaiting-approval')
      await state.store.awaitApproval({
        ...claimed,
        approvalExpiresAt: '2026-05-08T12:00:00.000Z',
      });
    else await state.store.end({ attempt: attempt(changes) });
  };
  return { tables, state, ssm, put };
}

async function idsOf(attempts: AsyncIterable<Attempt>): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of attempts) ids.push(id);
  return ids;
}

const id = (n: number): string => String(n).padStart(32, '0');
const week = { from: '2026-05-01T00:00:00.000Z', to: '2026-05-07T23:59:59.999Z' };

describeWithEmulator('the tables of the console', (local) => {
  it('gives the history, the newest first, of all accounts or of some', async () => {
    const { tables, put } = await make(local);
    // Over days and shards, and out of order.
    await put({ id: id(1), claimedAt: '2026-05-03T10:00:00.000Z' });
    await put({ id: id(2), claimedAt: '2026-05-06T10:00:00.000Z', account: OTHER });
    await put({ id: id(3), claimedAt: '2026-05-06T11:00:00.000Z' });
    await put({ id: id(4), claimedAt: '2026-05-06T09:00:00.000Z' });
    await put({ id: id(5), claimedAt: '2026-04-30T23:59:00.000Z' });
    const ids = async (accounts: readonly string[] | undefined) =>
      idsOf(tables.attempts({ accounts, ...week }));
    expect(await ids(undefined)).toEqual([id(3), id(2), id(4), id(1)]);
    expect(await ids([MEMBER])).toEqual([id(3), id(4), id(1)]);
    expect(await ids([OTHER, MEMBER])).toEqual([id(3), id(2), id(4), id(1)]);
    expect(await ids([])).toEqual([]);
    const until = { accounts: undefined, from: week.from, to: '2026-05-06T10:00:00.000Z' };
    expect(await idsOf(tables.attempts(until))).toEqual([id(2), id(4), id(1)]);
  });

  it('finds attempts by id and by resource, and counts what waits', async () => {
    const { tables, put } = await make(local);
    await put({ id: id(1), claimedAt: '2026-05-06T10:00:00.000Z' });
    await put({ id: id(2), claimedAt: '2026-05-06T11:00:00.000Z', status: 'awaiting-approval' });
    const target = { account: MEMBER, region: 'eu-west-1', resource: GROUP };
    expect((await tables.attemptsOf(target)).map((one) => one.id)).toEqual([id(1), id(2)]);
    expect(await tables.findAttempt(id(2))).toMatchObject({ status: 'awaiting-approval' });
    expect(await tables.findAttempt(id(9))).toBeUndefined();
    expect(await tables.waiting(10)).toEqual({ approvals: 1, held: 0 });
    const key = { ...target, remediation: 'CloseGroup', control: 'EC2.2' };
    expect(await tables.remembered(key, START)).toMatchObject({ awaiting: { id: id(2) } });
  });

  it('changes switches of rows that exist, and leaves the rest of the row alone', async () => {
    const { tables, state } = await make(local);
    await state.putRow({ controlId: 'EC2.2', automatedRemediationEnabled: false, perHour: 7 });
    const change = { automatedRemediationEnabled: true, lastChangedBy: 'olga@example.com' };
    expect(await tables.changeRow('EC2.2', change)).toBe(true);
    expect(await tables.changeRow('EC2.99', change)).toBe(false);
    expect(await tables.changeRow('*', { paused: true, lastChangedBy: 'olga' })).toBe(true);
    const rows = await tables.rows();
    expect(rows.get('EC2.2')).toEqual({ controlId: 'EC2.2', perHour: 7, ...change });
    expect(rows.get('*')).toMatchObject({ paused: true });
    expect(rows.has('EC2.99')).toBe(false);
  });

  it('keeps exceptions as decisions read them, and operators', async () => {
    const { tables } = await make(local);
    const exception = parseException({
      id: 'console-1',
      owner: 'Olga',
      reason: 'Migration',
      expiresAt: '2026-06-01T00:00:00.000Z',
      accounts: [MEMBER],
    });
    if (isRefusal(exception)) throw new Error(exception.message);
    await tables.putException(exception);
    expect(await tables.exceptions()).toEqual([exception]);
    await tables.deleteException('console-1');
    expect(await tables.exceptions()).toEqual([]);
    await tables.putOperator('sub-1', 'olga@example.com', [MEMBER, OTHER]);
    expect([...(await tables.operators())]).toEqual([['sub-1', [MEMBER, OTHER]]]);
    await tables.deleteOperator('sub-1');
    expect((await tables.operators()).size).toBe(0);
  });

  it('believes only account ids of an operator', async () => {
    const { tables, state } = await make(local);
    await state.put({ pk: 'users', sk: 'sub-1', type: 'operator', accounts: ['*', MEMBER, 7] });
    expect((await tables.operators()).get('sub-1')).toEqual([MEMBER]);
  });

  it('reads settings and open breakers', async () => {
    const { tables, state, ssm } = await make(local);
    expect(await tables.settings()).toMatchObject({ status: 'refused' });
    const parameters: readonly (readonly [string, string])[] = [
      ['/Solutions/SO0111/standards', '{"SC":"yes"}'],
      ...['Account', 'OU', 'Tag'].flatMap((kind) => [
        [`/ASR/Filters/${kind}Filters`, 'none'] as const,
        [`/ASR/Filters/${kind}FilterMode`, 'Disabled'] as const,
      ]),
    ];
    for (const [Name, Value] of parameters)
      await ssm.send(new PutParameterCommand({ Name, Value, Type: 'String' }));
    expect(await tables.settings()).toMatchObject({ standards: ['SC'] });
    const breaker = {
      failures: ['2026-05-06T12:00:00.000Z'],
      openUntil: '2026-05-07T12:00:00.000Z',
    };
    await state.store.putBreaker('EC2.2', breaker);
    expect([...(await tables.breakers(['EC2.1', 'EC2.2']))]).toEqual([['EC2.2', breaker]]);
  });
});
