import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { objectOf, plainText, textOf } from '../model/json.ts';
import { errorName } from './member.ts';
import type { Report } from './report.ts';

export interface Ticket {
  readonly url?: string;
  /** Why there is none. */
  readonly problem?: string;
}

/** The ticket function's time, in milliseconds; it runs inside the time of the function that calls it. */
const PATIENCE = 60_000;

/**
 * Invokes the customer's ticket function with `{ RemediationInfo }` and reads `{ Ok, TicketURL, ResponseCode,
 * ResponseReason }`. Never throws: a ticket that can't be opened must not hide the result.
 */
export async function openTicket(
  lambda: LambdaClient,
  functionName: string,
  report: Report,
): Promise<Ticket> {
  const { run, subject } = report;
  if (
    functionName === '' ||
    run?.status !== 'ended' ||
    run.mode !== 'Remediate' ||
    subject === undefined
  )
    return {};
  const payload = {
    RemediationInfo: {
      Message: report.message,
      FindingDescription: subject.description,
      FindingSeverity: subject.severity,
      SecurityControlId: run.securityControlId,
      FindingAccountId: subject.account,
      AffectedResource: run.resource,
    },
  };
  try {
    const answer = await lambda.send(
      new InvokeCommand({
        FunctionName: functionName,
        Payload: Buffer.from(JSON.stringify(payload)),
      }),
      { abortSignal: AbortSignal.timeout(PATIENCE) },
    );
    if (answer.FunctionError !== undefined) return { problem: `${functionName} failed.` };
    return read(JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8')));
  } catch (error) {
    return { problem: `${functionName} could not be invoked (${errorName(error)}).` };
  }
}

function read(raw: unknown): Ticket {
  const answer = objectOf(raw);
  const url = textOf(answer['TicketURL'], 512);
  if (answer['Ok'] === true && url !== undefined && /^https:\/\/[^\s<>"{}]+$/u.test(url))
    return { url };
  const said = [answer['ResponseCode'], answer['ResponseReason']]
    .map((one) => (typeof one === 'string' || typeof one === 'number' ? String(one) : ''))
    .join(' ');
  return { problem: plainText(`The ticket function opened no ticket. ${said}`, 200) };
}
