import { GetAutomationExecutionCommand } from '@aws-sdk/client-ssm';
import { beforeEach, expect, it } from 'vitest';
import type { Attempt } from '../../../templates/admin/functions/model/attempt.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { createStateTables } from '../../support/state-tables.ts';
import type { StateTables } from '../../support/state-tables.ts';
import { attempt, AUTOMATION, EXECUTION, ID, KEY, NOW, TARGET } from './fixtures.ts';
import { updates } from './finish-world.ts';
import { done, resetAll, run, ssm } from './orchestrator-world.ts';

// The state machine, the real functions and the real store, on the emulator's DynamoDB.
describeWithEmulator('an execution on the tables', ({ emulator }) => {
  let tables: StateTables;
  beforeEach(async () => {
    resetAll();
    tables = await createStateTables(emulator().endpoint, () => NOW);
  });

  async function claim(made: Attempt, approved = false): Promise<void> {
    const lease = made.mode !== 'Preview' && made.phase === 'run';
    const leaseUntil = '2024-05-02T13:00:00.000Z';
    const claimed = await tables.store.claim(made, { lease, leaseUntil, approved }, NOW);
    expect(claimed).toEqual({ result: 'claimed' });
  }
  const answers = (outcome: string): void => {
    const execution = { ...done(outcome), AutomationExecutionStatus: 'Success' as const };
    ssm.on(GetAutomationExecutionCommand).resolves({ AutomationExecution: execution });
  };
  const history = async (id = ID): Promise<Attempt | undefined> =>
    tables.store.readAttempt(TARGET, id);

  it('ends a claimed attempt, gives the resource back and remembers the fix', async () => {
    await claim(attempt());
    answers('changed');
    expect(await run(KEY, EXECUTION, tables.store)).toMatchObject({
      output: { outcome: 'changed', problems: [] },
    });
    expect(await history()).toMatchObject({
      status: 'ended',
      outcome: 'changed',
      automation: AUTOMATION,
      execution: EXECUTION,
    });
    const key = { ...TARGET, remediation: 'CloseGroup', control: 'EC2.2' };
    expect(await tables.store.readRemembered(key, NOW)).toMatchObject({
      lease: undefined,
      target: { failures: 0 },
    });
  });
  it('counts a failure for the resource and the control', async () => {
    await claim(attempt());
    answers('failed');
    await run(KEY, EXECUTION, tables.store);
    expect(await tables.store.readTarget(TARGET, 'CloseGroup')).toMatchObject({ failures: 1 });
    expect((await tables.store.readBreaker('EC2.2'))?.failures).toHaveLength(1);
  });
  it('waits for an approver after the preview, and goes on after the approval', async () => {
    await claim(attempt({ phase: 'approval-preview', origin: 'automatic' }));
    await tables.putRow({
      controlId: 'EC2.2',
      automatedRemediationEnabled: true,
      approval: 'always',
    });
    answers('would-change');
    await run(KEY, EXECUTION, tables.store);
    const waiting = await history();
    expect(waiting).toMatchObject({ status: 'awaiting-approval' });
    if (waiting === undefined) throw new Error('The attempt is gone.');
    await claim({ ...waiting, status: 'claimed', phase: 'run', approver: 'Bob' }, true);
    answers('changed');
    await run(KEY, `${EXECUTION}-approved`, tables.store);
    expect(await history()).toMatchObject({ status: 'ended', outcome: 'changed', approver: 'Bob' });
    expect(updates().map((one) => one.Workflow?.Status)).toEqual([undefined, 'RESOLVED']);
  });
  it('takes back an earlier change and marks it', async () => {
    await claim(attempt());
    ssm.on(GetAutomationExecutionCommand).resolves({
      AutomationExecution: {
        AutomationExecutionStatus: 'Success',
        Outputs: { 'Result.Outcome': ['changed'], 'Result.State': ['chunk'] },
      },
    });
    await run(KEY, EXECUTION, tables.store);
    const id = 'f'.repeat(32);
    await claim(attempt({ id, mode: 'Undo', undoes: { id: ID, state: ['chunk'] } }));
    answers('undone');
    await run({ ...KEY, id }, EXECUTION.replace(ID, id), tables.store);
    expect(await history(id)).toMatchObject({ status: 'ended', outcome: 'undone' });
    expect(await history()).toMatchObject({ outcome: 'changed', undoneBy: id });
    expect(await tables.store.readTarget(TARGET, 'CloseGroup')).not.toHaveProperty('verifiedAt');
  });
});
