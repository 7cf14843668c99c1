import { InvokeCommand } from '@aws-sdk/client-lambda';
import { BatchUpdateFindingsCommand } from '@aws-sdk/client-securityhub';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../../templates/admin/functions/model/attempt.ts';
import type { Policy } from '../../../templates/admin/functions/model/policy.ts';
import type { Recorded } from '../../../templates/admin/functions/run/recorded.ts';
import { without } from '../../../templates/admin/functions/run/run.ts';
import { attempt, AUTOMATION, ended, GROUP, ID, MEMBER, policy } from './fixtures.ts';
import {
  claimed,
  finish,
  history,
  lambda,
  named,
  note,
  reset,
  securityHub,
  ticketAnswer,
  ticketPayloads,
  told,
  updates,
} from './finish-world.ts';

const URL = 'https://tickets.example/SEC-1';

beforeEach(() => {
  reset();
  ticketAnswer({ Ok: true, TicketURL: URL, TicketId: 'SEC-1' });
});

async function finishWithTickets(outcome: Outcome = 'changed'): Promise<Recorded> {
  return finish({ run: ended({ outcome, error: 'x' }) }, {}, { ticketFunction: 'tickets' });
}

describe('a ticket that was asked for', () => {
  beforeEach(() => {
    claimed({ ticketAsked: true });
  });
  it('is opened with the documented payload', async () => {
    await finishWithTickets();
    expect(lambda.commandCalls(InvokeCommand)[0]?.args[0].input.FunctionName).toBe('tickets');
    expect(ticketPayloads()).toEqual([
      {
        RemediationInfo: {
          Message: `Fixed and verified by ASR-CloseGroup, automation ${AUTOMATION}.`,
          FindingDescription: 'Somebody opened it.',
          FindingSeverity: 'HIGH',
          SecurityControlId: 'EC2.2',
          FindingAccountId: MEMBER,
          AffectedResource: GROUP,
          FindingId: attempt().findings[0]?.id,
          AttemptId: ID,
          Outcome: 'changed',
        },
      },
    ]);
  });
  it('stands in the history, the note and the notification', async () => {
    expect(await finishWithTickets()).toMatchObject({ ticket: URL, recorded: true });
    expect(history()).toMatchObject({ ticket: URL, ticketId: 'SEC-1' });
    expect(note()).toContain(`Ticket SEC-1 ${URL}`);
    expect(told()[0]).toMatchObject({ ticket: URL, ticketId: 'SEC-1' });
  });
  it('does not delay the status of the finding, nor push it out of the note', async () => {
    claimed({ ticketAsked: true });
    await finish({ run: ended({ note: 'x'.repeat(900) }) }, {}, { ticketFunction: 'tickets' });
    expect(updates().map((one) => one.Workflow?.Status)).toEqual(['RESOLVED', 'RESOLVED']);
    expect(updates()[0]?.Note?.Text).toHaveLength(512);
    expect(note()).toHaveLength(512);
    expect(note().endsWith(`Ticket SEC-1 ${URL}`)).toBe(true);
  });
  it('whose address can not be noted is reported, and the execution goes on', async () => {
    securityHub
      .on(BatchUpdateFindingsCommand)
      .resolvesOnce({ ProcessedFindings: [], UnprocessedFindings: [] })
      .rejects(named('ThrottlingException'));
    const result = await finishWithTickets();
    expect(result).toMatchObject({ recorded: true, ticket: URL });
    expect(result.problems).toHaveLength(1);
  });
  it('is opened although nothing was started: somebody waits for it', async () => {
    await finish(
      { run: { status: 'ended', ...without('role-missing', 'No role.') } },
      {},
      { ticketFunction: 'tickets' },
    );
    expect(ticketPayloads()).toMatchObject([{ RemediationInfo: { Outcome: 'role-missing' } }]);
  });
});

describe('a ticket that was not opened', () => {
  beforeEach(() => {
    claimed({ ticketAsked: true });
  });
  it.each([
    { Ok: false, ResponseCode: '500', ResponseReason: 'down' },
    { Ok: true, TicketURL: 'javascript:alert(1)' },
    { Ok: true, TicketURL: 'https://a b' },
    { TicketURL: URL },
    null,
    'text',
  ])('is said so, and the result stands: %j', async (body) => {
    ticketAnswer(body);
    const result = await finishWithTickets();
    expect(result).toMatchObject({ recorded: true, outcome: 'changed' });
    expect(result.problems).toHaveLength(1);
    expect(result).not.toHaveProperty('ticket');
    expect(history()).not.toHaveProperty('ticket');
    expect(told()[0]?.['ticketProblem']).toContain('no ticket');
  });
  it('because the function broke is said so', async () => {
    lambda.on(InvokeCommand).resolves({ FunctionError: 'Unhandled' });
    await finishWithTickets();
    expect(told()[0]?.['ticketProblem']).toBe('tickets failed.');
    reset();
    claimed({ ticketAsked: true });
    lambda.on(InvokeCommand).rejects(named('ResourceNotFoundException'));
    expect(await finishWithTickets()).toMatchObject({ recorded: true });
    expect(told()[0]?.['ticketProblem']).toContain('ResourceNotFoundException');
  });
});

describe("the control's row", () => {
  const cases: readonly (readonly [Policy['tickets'], Outcome, number])[] = [
    ['asked', 'changed', 0],
    ['asked', 'failed', 0],
    ['failed', 'changed', 0],
    ['failed', 'failed', 1],
    ['failed', 'role-missing', 0],
    ['always', 'changed', 1],
    ['always', 'failed', 1],
    ['always', 'refused', 0],
  ];
  it.each(cases)('%s, and the attempt ends as %s: %i', async (tickets, outcome, count) => {
    claimed({ policy: { ...policy, tickets } });
    await finishWithTickets(outcome);
    expect(ticketPayloads()).toHaveLength(count);
  });
  it.each(['Preview', 'Undo'] as const)('opens none for %s', async (mode) => {
    claimed({ mode, policy: { ...policy, tickets: 'always' } });
    await finishWithTickets('failed');
    expect(ticketPayloads()).toHaveLength(0);
  });
  it('opens none while an approver is waited for, nor without a function', async () => {
    claimed({ phase: 'approval-preview', policy: { ...policy, tickets: 'always' } });
    await finishWithTickets('would-change');
    reset();
    claimed({ ticketAsked: true });
    await finish({ run: ended() });
    expect(ticketPayloads()).toHaveLength(0);
  });
});
