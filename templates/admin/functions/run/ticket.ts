import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { Attempt, Outcome } from '../model/attempt.ts';
import { objectOf, plainText, textOf } from '../model/json.ts';
import { errorName } from './aws-errors.ts';
import type { Report } from './report.ts';

export interface Ticket {
  readonly url?: string;
  /** The ticket system's own id for it. */
  readonly id?: string;
  /** Why there is none. */
  readonly problem?: string;
}

interface TicketOptions {
  readonly lambda: LambdaClient;
  /** Name of the customer's ticket function; empty when there is none. */
  readonly ticketFunction: string;
}

/** The ticket function's time, in milliseconds; it runs inside the time of the function that calls it. */
const PATIENCE = 60_000;

/** Whether somebody asked for a ticket, or the control's row wants one. Previews and undos have none. */
function isTicketWanted(attempt: Attempt, { kind }: Pick<Report, 'kind'>): boolean {
  if (attempt.mode !== 'Remediate') return false;
  if (attempt.ticketAsked) return true;
  switch (attempt.policy.tickets) {
    case 'asked':
      return false;
    case 'failed':
      return kind === 'Failed';
    case 'always':
      return kind === 'Failed' || kind === 'Succeeded';
  }
}

/**
 * Invokes the customer's ticket function with `{ RemediationInfo }` and reads `{ Ok, TicketURL, TicketId, ResponseCode,
 * ResponseReason }`. It may be invoked twice for one attempt, with the same `AttemptId`. Never throws: a ticket that
 * can't be opened must not hide the result.
 */
export async function openTicket(
  { lambda, ticketFunction }: TicketOptions,
  attempt: Attempt,
  outcome: Outcome,
  report: Report,
): Promise<Ticket> {
  if (ticketFunction === '' || !isTicketWanted(attempt, report)) return {};
  const [finding] = attempt.findings;
  const payload = {
    RemediationInfo: {
      Message: report.message,
      FindingDescription: finding?.description ?? '',
      FindingSeverity: finding?.severity ?? 'INFORMATIONAL',
      SecurityControlId: attempt.control,
      FindingAccountId: attempt.account,
      AffectedResource: attempt.resource,
      FindingId: finding?.id ?? '',
      AttemptId: attempt.id,
      Outcome: outcome,
    },
  };
  try {
    const answer = await lambda.send(
      new InvokeCommand({
        FunctionName: ticketFunction,
        Payload: Buffer.from(JSON.stringify(payload)),
      }),
      { abortSignal: AbortSignal.timeout(PATIENCE) },
    );
    if (answer.FunctionError !== undefined) return { problem: `${ticketFunction} failed.` };
    return read(JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8')));
  } catch (error) {
    return { problem: `${ticketFunction} could not be invoked (${errorName(error)}).` };
  }
}

function read(raw: unknown): Ticket {
  const answer = objectOf(raw);
  const url = textOf(answer['TicketURL'], 512);
  const id = textOf(answer['TicketId'], 64);
  if (answer['Ok'] === true && url !== undefined && /^https:\/\/[^\s<>"{}]+$/u.test(url))
    return { url, ...(id === undefined ? {} : { id: plainText(id, 64) }) };
  const said = [answer['ResponseCode'], answer['ResponseReason']]
    .map((one) => (typeof one === 'string' || typeof one === 'number' ? String(one) : ''))
    .join(' ');
  return { problem: plainText(`The ticket function opened no ticket. ${said}`, 200) };
}
