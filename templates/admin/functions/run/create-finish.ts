import type { LambdaClient } from '@aws-sdk/client-lambda';
import { BatchUpdateFindingsCommand } from '@aws-sdk/client-securityhub';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { PublishCommand } from '@aws-sdk/client-sns';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { Environment } from './environment.ts';
import { plainText } from '../model/json.ts';
import { Busy, errorName, rethrow } from './member.ts';
import { metricsLine } from './metrics.ts';
import { notification } from './notification.ts';
import { report } from './report.ts';
import type { FinishInput, Report } from './report.ts';
import { openTicket } from './ticket.ts';

export interface FinishOptions extends Environment {
  readonly securityHub: SecurityHubClient;
  readonly sns: SNSClient;
  readonly lambda: LambdaClient;
  readonly topicArn: string;
  /** Name of the customer's ticket function; empty when there is none. */
  readonly ticketFunction: string;
  readonly metrics: boolean;
  readonly metricsPerControl: boolean;
  readonly now: () => Date;
  readonly log: (line: string) => void;
}

export interface Recorded {
  readonly result: Report['result'];
  readonly outcome: string;
  readonly message: string;
  /** False when the finding or the notification could not be written: the execution then fails, visibly. */
  readonly recorded: boolean;
  readonly problems: readonly string[];
  readonly ticket?: string;
}

/** Characters of a finding's note (Security Hub API, NoteUpdate). */
const LONGEST_NOTE = 512;

/**
 * The function that records how a remediation ended: finding, ticket, notification, metrics. Throws `Busy` only while
 * nothing was written, so that a retry writes nothing twice.
 */
export function createFinish(options: FinishOptions): (input: FinishInput) => Promise<Recorded> {
  return async (input) => {
    const made = report(input);
    const unwritten = await updateFinding(options, made);
    const ticket = await openTicket(options.lambda, options.ticketFunction, made);
    const unsent = await notify(options, input, made, ticket.url, ticket.problem);
    const problems = [unwritten, ticket.problem, unsent].filter((one) => one !== undefined);
    if (options.metrics) options.log(metricsLine(options, made));
    const { result, outcome, message } = made;
    const recorded = {
      result,
      outcome,
      message,
      recorded: unwritten === undefined && unsent === undefined,
      problems,
    };
    const { id: finding = '' } = made.subject ?? {};
    options.log(JSON.stringify({ finding, execution: input.execution, ...recorded }));
    return ticket.url === undefined ? recorded : { ...recorded, ticket: ticket.url };
  };
}

/** Writes note and workflow status (Security Hub API, BatchUpdateFindings); answers what went wrong. */
async function updateFinding(
  { securityHub, solutionId }: FinishOptions,
  made: Report,
): Promise<string | undefined> {
  const { subject, workflow, message } = made;
  if (subject === undefined) return undefined;
  try {
    const { UnprocessedFindings: left = [] } = await securityHub.send(
      new BatchUpdateFindingsCommand({
        FindingIdentifiers: [{ Id: subject.id, ProductArn: subject.productArn }],
        Note: { Text: plainText(message, LONGEST_NOTE), UpdatedBy: `${solutionId}-ASR` },
        ...(workflow === undefined ? {} : { Workflow: { Status: workflow } }),
      }),
    );
    const [first] = left;
    return first === undefined
      ? undefined
      : `Security Hub did not update the finding (${first.ErrorCode ?? 'unknown'}).`;
  } catch (error) {
    return tryLater(error, 'The finding could not be updated');
  }
}

function tryLater(error: unknown, what: string): string {
  try {
    return rethrow(error);
  } catch (thrown) {
    if (thrown instanceof Busy) throw thrown;
    return `${what} (${errorName(thrown)}).`;
  }
}

async function notify(
  { sns, topicArn }: FinishOptions,
  { execution }: FinishInput,
  made: Report,
  ticket: string | undefined,
  ticketProblem: string | undefined,
): Promise<string | undefined> {
  const { subject, json, text } = notification(made, execution, ticket, ticketProblem);
  try {
    await sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: subject,
        MessageStructure: 'json',
        Message: JSON.stringify({ default: json, email: text }),
      }),
    );
    return undefined;
  } catch (error) {
    return `The notification could not be sent (${errorName(error)}).`;
  }
}
