import { createRequire } from 'node:module';
import { BatchUpdateFindingsCommand } from '@aws-sdk/client-securityhub';
import {
  DescribeAutomationExecutionsCommand,
  DescribeDocumentCommand,
  GetAutomationExecutionCommand,
  StartAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from 'vitest';
import { bundleFunction } from '../../../generator/emit/admin-bundle.ts';
import { ADMIN, attempt, AUTOMATION, catalog, EXECUTION, ID, KEY } from './fixtures.ts';
import {
  claimed,
  history,
  memory,
  named,
  note,
  reset,
  securityHub,
  told,
  updates,
} from './finish-world.ts';
import {
  beforeEachCall,
  calls,
  done,
  inAws,
  machine,
  resetAll,
  run,
  ssm,
  text,
  waits,
} from './orchestrator-world.ts';

const require = createRequire(import.meta.url);
const validateDefinition = require('asl-validator') as (definition: unknown) => {
  readonly errors: readonly unknown[];
};

beforeEach(resetAll);

const statuses = (): readonly unknown[] => updates().map((one) => one.Workflow?.Status);
const starts = (): number => ssm.commandCalls(StartAutomationExecutionCommand).length;

describe('the definition', () => {
  it('is valid Amazon States Language, without dangling or unreachable states', () => {
    const arn = `arn:aws:lambda:us-east-1:${ADMIN}:function:$1`;
    expect(validateDefinition(inAws(arn)).errors).toEqual([]);
  });
  it('names only the partition and the three functions of the template', () => {
    const references = new Set(
      [...text.matchAll(/\$\{([^}]+)\}/gu)].map((match) => match[1] ?? ''),
    );
    expect([...references].toSorted()).toEqual([
      '...',
      'AWS::Partition',
      'CheckFunction.Arn',
      'FinishFunction.Arn',
      'StartFunction.Arn',
    ]);
  });
  it('leaves no task without retries, and only the last one without a way out', () => {
    const tasks = Object.entries(machine.States).filter(([, { Type }]) => Type === 'Task');
    expect(tasks.every(([, { Retry }]) => Retry?.[0]?.ErrorEquals.includes('Busy'))).toBe(true);
    expect(tasks.filter(([, { Catch }]) => Catch === undefined).map(([name]) => name)).toEqual([
      'Finish',
    ]);
  });
});

describe('an attempt', () => {
  it('that ends within two looks takes nine transitions and four function calls', async () => {
    claimed();
    const execution = await run();
    expect(execution.states).toEqual([
      'Start',
      'What now?',
      'Wait',
      'Check',
      'What now?',
      'Wait',
      'Check',
      'What now?',
      'Finish',
    ]);
    expect(execution.transitions).toBe(9);
    expect(calls).toHaveLength(4);
    expect(waits).toEqual([10, 10]);
    expect(execution.output).toEqual({
      result: 'Succeeded',
      outcome: 'changed',
      message: `Fixed and verified by ASR-CloseGroup, automation ${AUTOMATION}.`,
      problems: [],
    });
    expect(statuses()).toEqual(['RESOLVED']);
    expect(history()).toMatchObject({ status: 'ended', outcome: 'changed', execution: EXECUTION });
  });
  it('that is refused takes three transitions and starts nothing', async () => {
    claimed();
    memory.rows.set('*', { controlId: '*', paused: true });
    expect(await run()).toMatchObject({ transitions: 3, output: { outcome: 'refused' } });
    expect(starts()).toBe(0);
    expect(statuses()).toEqual(['NOTIFIED']);
    expect(memory.leases.size).toBe(0);
  });
  it.each<readonly [string, string, string | undefined]>([
    ['failed', 'refused: x', 'failed'],
    ['failed', 'denied: x', 'denied'],
    ['failed', 'not-verified: x', 'not-verified'],
  ])('whose document answers %s (%s) ends as %s', async (outcome, error, ends) => {
    claimed();
    ssm.on(GetAutomationExecutionCommand).resolves({ AutomationExecution: done(outcome, error) });
    await run();
    expect(history()).toMatchObject({ outcome: ends });
    expect(statuses()).toEqual(['NOTIFIED']);
  });
  it('of a preview leaves the status', async () => {
    claimed({ mode: 'Preview' });
    ssm.on(GetAutomationExecutionCommand).resolves({ AutomationExecution: done('would-change') });
    await run();
    expect(statuses()).toEqual([undefined]);
    expect(history()).toMatchObject({ outcome: 'would-change' });
  });
  it('that needs an approval is previewed by one execution and changed by another', async () => {
    claimed({ phase: 'approval-preview', origin: 'automatic' });
    memory.rows.set('EC2.2', {
      controlId: 'EC2.2',
      automatedRemediationEnabled: true,
      approval: 'always',
    });
    ssm.on(GetAutomationExecutionCommand).resolves({ AutomationExecution: done('would-change') });
    await run();
    const waiting = history();
    expect(waiting).toMatchObject({ status: 'awaiting-approval' });
    if (waiting === undefined) return;
    // What `ingest` writes when somebody approves.
    claimed({ ...waiting, status: 'claimed', phase: 'run', approver: 'Bob' });
    ssm.on(GetAutomationExecutionCommand).resolves({ AutomationExecution: done('changed') });
    await run(KEY, `${EXECUTION}-approved`);
    const modes = ssm
      .commandCalls(StartAutomationExecutionCommand)
      .map((call) => call.args[0].input.Parameters?.['Mode']?.[0]);
    expect(modes).toEqual(['Preview', 'Remediate']);
    expect(history()).toMatchObject({ status: 'ended', outcome: 'changed', approver: 'Bob' });
    expect(statuses()).toEqual([undefined, 'RESOLVED']);
  });
  it('with an automation of hours is looked at less and less often', async () => {
    claimed();
    ssm.on(GetAutomationExecutionCommand).callsFake(() => ({
      AutomationExecution:
        waits.reduce((sum, seconds) => sum + seconds, 0) > 6 * 3600
          ? done('changed')
          : { AutomationExecutionStatus: 'InProgress' },
    }));
    const { transitions } = await run();
    expect(Math.max(...waits)).toBe(300);
    expect(transitions).toBeLessThan(300);
    expect(history()).toMatchObject({ outcome: 'changed' });
  });
});

describe('trouble', () => {
  it('at the start: throttled once, it starts once', async () => {
    claimed();
    ssm
      .on(StartAutomationExecutionCommand)
      .rejectsOnce(named('ThrottlingException'))
      .resolves({ AutomationExecutionId: AUTOMATION });
    const { transitions } = await run();
    const tokens = ssm
      .commandCalls(StartAutomationExecutionCommand)
      .map((call) => call.args[0].input.ClientToken);
    expect(tokens).toHaveLength(2);
    expect(new Set(tokens).size).toBe(1);
    expect(transitions).toBe(10);
    expect(statuses()).toEqual(['RESOLVED']);
  });
  it('at the start: its answer got lost, so the automation is found by its tag', async () => {
    claimed();
    let tries = 0;
    ssm.on(StartAutomationExecutionCommand).callsFake(() => {
      tries += 1;
      ssm.on(DescribeAutomationExecutionsCommand).resolves({
        AutomationExecutionMetadataList: [
          { AutomationExecutionId: AUTOMATION, DocumentName: 'ASR-CloseGroup' },
        ],
      });
      throw named('TimeoutError');
    });
    await run();
    expect(tries).toBe(1);
    expect(statuses()).toEqual(['RESOLVED']);
  });
  it('at the start: the function dies after it started the automation', async () => {
    claimed();
    let isKilled = false;
    ssm.on(StartAutomationExecutionCommand).callsFake(() => {
      ssm.on(DescribeAutomationExecutionsCommand).resolves({
        AutomationExecutionMetadataList: [
          { AutomationExecutionId: AUTOMATION, DocumentName: 'ASR-CloseGroup' },
        ],
      });
      isKilled = true;
      throw named('Lambda.ServiceException');
    });
    // The lookup inside the dying function doesn't happen either.
    ssm.on(DescribeAutomationExecutionsCommand).callsFake(() => {
      if (isKilled) throw named('Lambda.ServiceException');
      return { AutomationExecutionMetadataList: [] };
    });
    await run();
    expect(starts()).toBe(1);
    expect(statuses()).toEqual(['RESOLVED']);
  });
  it('at the start: for good, which is said honestly', async () => {
    claimed();
    ssm.on(DescribeDocumentCommand).rejects(named('Strange'));
    expect(await run()).toMatchObject({ output: { outcome: 'orchestrator-failed' } });
    expect(statuses()).toEqual(['NOTIFIED']);
    expect(memory.leases.size).toBe(0);
  });
  it('at the start: AWS stays busy', async () => {
    claimed();
    ssm.on(StartAutomationExecutionCommand).rejects(named('ThrottlingException'));
    expect(await run()).toMatchObject({ output: { outcome: 'not-started' } });
    expect(starts()).toBe(21);
  });
  it('at a look: once is nothing, for good is called unreadable', async () => {
    claimed();
    let looks = 0;
    beforeEachCall((name) => {
      if (name === 'CheckFunction' && (looks += 1) === 1) throw named('Lambda.ServiceException');
    });
    await run();
    expect(statuses()).toEqual(['RESOLVED']);
    reset();
    claimed();
    ssm.on(GetAutomationExecutionCommand).rejects(named('AccessDeniedException'));
    expect(await run()).toMatchObject({ output: { outcome: 'unreadable' } });
    expect(note()).toContain(AUTOMATION);
  });
  it.each(['Lambda.ServiceException', 'Lambda.TooManyRequestsException', 'Busy'])(
    'at the end: once is nothing (%s)',
    async (name) => {
      claimed();
      let ends = 0;
      beforeEachCall((called) => {
        if (called === 'FinishFunction' && (ends += 1) === 1) throw named(name);
      });
      expect(await run()).toMatchObject({ output: { outcome: 'changed', problems: [] } });
      expect(statuses()).toEqual(['RESOLVED']);
    },
  );
  it('at the end: what AWS is too busy for is left, the rest is done, and the execution fails', async () => {
    claimed();
    securityHub.on(BatchUpdateFindingsCommand).rejects(named('ThrottlingException'));
    expect(await run()).toMatchObject({ error: 'NotRecorded' });
    expect(history()).toMatchObject({ status: 'ended', outcome: 'changed' });
    expect(told()).toHaveLength(1);
  });
  it('at the end: for good, and the execution fails for everybody to see', async () => {
    claimed();
    beforeEachCall((name) => {
      if (name === 'FinishFunction') throw named('Lambda.Unknown');
    });
    expect(await run()).toMatchObject({ error: 'Lambda.Unknown' });
  });
});

describe('an execution that somebody starts by hand', () => {
  it.each([{}, { ...KEY, id: 'f'.repeat(32) }])(
    'with %j fails, and starts nothing',
    async (input) => {
      expect(await run(input)).toHaveProperty('error');
      expect(starts()).toBe(0);
      expect(updates()).toEqual([]);
    },
  );
  it('under another name starts nothing, and ends nothing', async () => {
    claimed();
    expect(await run(KEY, EXECUTION.replace(`asr-${ID}`, 'mine'))).toMatchObject({
      error: 'NotRecorded',
    });
    expect(starts()).toBe(0);
    expect(history()).toEqual(attempt());
  });
  it('for an attempt that waits for an approver changes nothing', async () => {
    claimed({ status: 'awaiting-approval', phase: 'approval-preview' });
    expect(await run()).toMatchObject({ output: { result: 'Refused' } });
    expect(starts()).toBe(0);
    expect(history()).toMatchObject({ status: 'awaiting-approval' });
  });
});

describe('the bundles', () => {
  const variables = {
    SOLUTION_ID: 'SO0111',
    PARTITION: 'aws',
    ADMIN_ACCOUNT: ADMIN,
    AWS_REGION: 'us-east-1',
    VERSION: 'v1.0.0',
    TABLE: 'state',
    CONFIGURATION_TABLE: 'configuration',
    HISTORY_DAYS: '365',
    TOPIC_ARN: 'topic',
    COMMAND_QUEUE_URL: 'queue',
  };
  it.each(['start', 'check', 'finish'])('of %s loads as Lambda loads it', async (name) => {
    const code = await bundleFunction(`templates/admin/functions/${name}.ts`, {
      CATALOG: catalog,
    });
    const saved = { ...process.env };
    Object.assign(process.env, variables);
    try {
      const module = { exports: {} as { readonly handler?: unknown } };
      // oxlint-disable-next-line no-implied-eval, no-new-func -- the code under test is text in a template
      new Function('require', 'module', 'exports', code)(require, module, module.exports);
      expect(module.exports.handler).toBeTypeOf('function');
    } finally {
      process.env = saved;
    }
  });
});
