import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { BatchUpdateFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFinish } from '../../../templates/admin/functions/run/create-finish.ts';
import type {
  FinishOptions,
  Recorded,
} from '../../../templates/admin/functions/run/create-finish.ts';
import type { FinishInput } from '../../../templates/admin/functions/run/report.ts';
import {
  ACTION,
  ended,
  environment,
  finding,
  GROUP,
  MEMBER,
  PREVIEW,
  running,
} from './fixtures.ts';

const securityHub = mockClient(SecurityHubClient);
const sns = mockClient(SNSClient);
const lambda = mockClient(LambdaClient);
let lines: string[] = [];

async function finish(
  state: FinishInput['state'],
  changes: Partial<FinishOptions> = {},
): Promise<Recorded> {
  const region = 'us-east-1';
  const handler = createFinish({
    ...environment,
    securityHub: new SecurityHubClient({ region }),
    sns: new SNSClient({ region }),
    lambda: new LambdaClient({ region }),
    topicArn: 'arn:aws:sns:us-east-1:012345678901:SO0111-ASR_Topic',
    ticketFunction: '',
    metrics: true,
    metricsPerControl: false,
    now: () => new Date(0),
    log: (line) => lines.push(line),
    ...changes,
  });
  return handler({
    state,
    execution: 'arn:aws:states:us-east-1:012345678901:execution:SO0111-ASR-Orchestrator:one',
  });
}

const update = (): unknown =>
  securityHub.commandCalls(BatchUpdateFindingsCommand)[0]?.args[0].input;
const message = (): Record<string, unknown> => {
  const text = sns.commandCalls(PublishCommand)[0]?.args[0].input.Message ?? '{}';
  return JSON.parse((JSON.parse(text) as { readonly default: string }).default) as Record<
    string,
    unknown
  >;
};
const named = (name: string): Error => Object.assign(new Error(name), { name });

beforeEach(() => {
  lines = [];
  for (const mock of [securityHub, sns, lambda]) mock.reset();
  securityHub
    .on(BatchUpdateFindingsCommand)
    .resolves({ ProcessedFindings: [], UnprocessedFindings: [] });
  sns.on(PublishCommand).resolves({});
});

describe('workflow status', () => {
  it('is RESOLVED when the fix was verified, and the note says by what', async () => {
    const result = await finish({ run: ended({ note: 'Removed 2 rules.' }) });
    expect(result).toMatchObject({ result: 'Succeeded', recorded: true, problems: [] });
    expect(update()).toEqual({
      FindingIdentifiers: [{ Id: running.subject.id, ProductArn: running.subject.productArn }],
      Note: {
        Text: `Fixed and verified by ASR-CloseGroup, automation ${running.automation}. Removed 2 rules.`,
        UpdatedBy: 'SO0111-ASR',
      },
      Workflow: { Status: 'RESOLVED' },
    });
  });
  it.each<readonly [FinishInput['state'], string | undefined]>([
    [{ run: ended({ outcome: 'compliant' }) }, 'RESOLVED'],
    [{ run: ended({ outcome: 'mitigated' }) }, 'NOTIFIED'],
    [{ run: ended({ outcome: 'failed', error: 'denied' }) }, 'NOTIFIED'],
    [{ run: ended({ outcome: 'timed-out' }) }, 'NOTIFIED'],
    [{ run: ended({ outcome: 'cancelled' }) }, 'NOTIFIED'],
    [{ run: ended({ outcome: 'unreadable' }) }, 'NOTIFIED'],
    [{ run: ended({ outcome: 'would-change' }) }, 'NOTIFIED'],
    [{ run: ended({ outcome: 'would-change', mode: 'Preview' }) }, undefined],
    [{ run: ended({ outcome: 'compliant', mode: 'Preview' }) }, undefined],
    [{ run: ended({ outcome: 'failed', mode: 'Preview' }) }, undefined],
    [{ run: running, problem: { Error: 'States.Timeout' } }, 'NOTIFIED'],
    [{ finding: finding(), action: ACTION, problem: { Error: 'Lambda.Unknown' } }, 'NOTIFIED'],
    [{ finding: finding(), action: PREVIEW, problem: { Error: 'Lambda.Unknown' } }, undefined],
    [
      {
        finding: finding({ Workflow: { Status: 'SUPPRESSED' } }),
        action: ACTION,
        problem: { Error: 'Lambda.Unknown' },
      },
      undefined,
    ],
    [
      {
        run: {
          status: 'refused',
          reason: 'role-missing',
          message: 'No role.',
          subject: running.subject,
          mode: 'Remediate',
        },
      },
      'NOTIFIED',
    ],
    [
      {
        run: {
          status: 'refused',
          reason: 'not-failed',
          message: 'Suppressed.',
          subject: running.subject,
          mode: 'Remediate',
        },
      },
      undefined,
    ],
    [
      {
        run: {
          status: 'refused',
          reason: 'role-missing',
          message: 'No role.',
          subject: running.subject,
          mode: 'Preview',
        },
      },
      undefined,
    ],
  ])('%#', async (state, status) => {
    await finish(state);
    expect((update() as { readonly Workflow?: { readonly Status: string } }).Workflow?.Status).toBe(
      status,
    );
  });
  it('stays as it is when the origin of the finding is in doubt; the topic hears of it', async () => {
    await finish({
      run: { status: 'refused', reason: 'foreign-product', message: 'Not from Security Hub.' },
    });
    await finish({
      finding: finding({ ProductArn: 'arn:aws:x' }),
      problem: { Error: 'Lambda.Unknown' },
    });
    expect(securityHub.calls()).toHaveLength(0);
    expect(sns.calls()).toHaveLength(2);
  });
});

describe('text', () => {
  it('is one line of at most 512 characters in the note', async () => {
    await finish({ run: ended({ note: `a\u0000\nb\u2028${'c'.repeat(2000)}` }) });
    const { Note } = update() as { readonly Note: { readonly Text: string } };
    expect(Note.Text).toHaveLength(512);
    expect(Note.Text).not.toMatch(/[\p{Cc}\u2028]/u);
  });
  it('goes to the topic as versioned JSON and as plain text', async () => {
    await finish({ run: ended({}) });
    expect(message()).toMatchObject({
      version: '1',
      result: 'Succeeded',
      workflow: 'RESOLVED',
      control: 'EC2.2',
      resource: GROUP,
      finding: { account: MEMBER },
    });
    const { Subject = '' } = sns.commandCalls(PublishCommand)[0]?.args[0].input ?? {};
    expect(Subject).toBe(`ASR Succeeded: EC2.2 ${MEMBER} eu-west-1`);
  });
});

describe('what cannot be written', () => {
  it('is tried again while nothing is written yet', async () => {
    securityHub.on(BatchUpdateFindingsCommand).rejects(named('ThrottlingException'));
    await expect(finish({ run: ended({}) })).rejects.toMatchObject({ name: 'Busy' });
    expect(sns.calls()).toHaveLength(0);
  });
  it('is told otherwise, and the execution fails visibly', async () => {
    securityHub.on(BatchUpdateFindingsCommand).rejects(named('AccessDeniedException'));
    const result = await finish({ run: ended({}) });
    expect(result).toMatchObject({
      recorded: false,
      problems: ['The finding could not be updated (AccessDeniedException).'],
    });
    expect(sns.calls()).toHaveLength(1);
  });
  it('counts an update that Security Hub left out', async () => {
    securityHub.on(BatchUpdateFindingsCommand).resolves({
      ProcessedFindings: [],
      UnprocessedFindings: [
        {
          FindingIdentifier: { Id: 'x', ProductArn: 'y' },
          ErrorCode: 'FindingNotFound',
          ErrorMessage: 'no',
        },
      ],
    });
    expect(await finish({ run: ended({}) })).toMatchObject({ recorded: false });
  });
  it('counts a notification that was not sent, without throwing', async () => {
    sns.on(PublishCommand).rejects(named('ThrottlingException'));
    expect(await finish({ run: ended({}) })).toMatchObject({ recorded: false });
  });
});

describe('tickets', () => {
  const answer = (body: unknown): void => {
    lambda.on(InvokeCommand).resolves({ Payload: Buffer.from(JSON.stringify(body)) as never });
  };
  const state = { run: ended({}) } as const;
  it('are opened with a documented payload, and the notification names them', async () => {
    answer({ Ok: true, TicketURL: 'https://tickets.example/SEC-1', ResponseCode: '201' });
    expect(await finish(state, { ticketFunction: 'tickets' })).toMatchObject({
      ticket: 'https://tickets.example/SEC-1',
      recorded: true,
    });
    const { FunctionName, Payload } = lambda.commandCalls(InvokeCommand)[0]?.args[0].input ?? {};
    expect(FunctionName).toBe('tickets');
    expect(JSON.parse(Buffer.from(Payload as Uint8Array).toString())).toEqual({
      RemediationInfo: {
        Message: `Fixed and verified by ASR-CloseGroup, automation ${running.automation}.`,
        FindingDescription: 'Somebody opened it.',
        FindingSeverity: 'HIGH',
        SecurityControlId: 'EC2.2',
        FindingAccountId: MEMBER,
        AffectedResource: GROUP,
      },
    });
    expect(message()).toMatchObject({ ticket: 'https://tickets.example/SEC-1' });
  });
  it.each([
    { Ok: false, ResponseCode: '500', ResponseReason: 'down' },
    { Ok: true, TicketURL: 'javascript:alert(1)' },
    null,
    'text',
  ])('that were not opened are said so: %j', async (body) => {
    answer(body);
    const result = await finish(state, { ticketFunction: 'tickets' });
    expect(result).toMatchObject({ recorded: true });
    expect(result.problems).toHaveLength(1);
    expect(result).not.toHaveProperty('ticket');
  });
  it('do not hide the result when the function breaks', async () => {
    lambda.on(InvokeCommand).rejects(named('ResourceNotFoundException'));
    expect(await finish(state, { ticketFunction: 'tickets' })).toMatchObject({ recorded: true });
    expect(message()['ticketProblem']).toContain('ResourceNotFoundException');
  });
  it('are not opened for previews and refusals, nor without a function', async () => {
    await finish(
      { run: ended({ mode: 'Preview', outcome: 'would-change' }) },
      { ticketFunction: 'tickets' },
    );
    await finish(
      { run: { status: 'refused', reason: 'filtered', message: 'x', subject: running.subject } },
      { ticketFunction: 'tickets' },
    );
    await finish(state);
    expect(lambda.calls()).toHaveLength(0);
  });
});

describe('metrics', () => {
  const metrics = (): unknown[] =>
    lines.map((line) => JSON.parse(line) as object).filter((line) => '_aws' in line);
  it('count the result', async () => {
    await finish({ run: ended({ outcome: 'failed' }) });
    expect(metrics()).toEqual([
      {
        _aws: {
          Timestamp: 0,
          CloudWatchMetrics: [
            {
              Namespace: 'SO0111-ASR',
              Dimensions: [['Solution']],
              Metrics: [{ Name: 'Failed', Unit: 'Count' }],
            },
          ],
        },
        Solution: 'SO0111',
        Failed: 1,
      },
    ]);
  });
  it('count for the control too with enhanced metrics', async () => {
    await finish({ run: ended({ outcome: 'failed' }) }, { metricsPerControl: true });
    expect(metrics()[0]).toMatchObject({
      ControlId: 'EC2.2',
      _aws: { CloudWatchMetrics: [{ Dimensions: [['Solution'], ['ControlId']] }] },
    });
  });
  it('are not counted when they are off', async () => {
    await finish({ run: ended({}) }, { metrics: false });
    expect(metrics()).toEqual([]);
  });
});
