import type { Attempt, Outcome } from '../model/attempt.ts';
import type { EventStatus } from './report.ts';

/** What is told to programs and people about one attempt, besides the note on its findings. */
export interface Announcement {
  readonly attempt: Attempt;
  readonly status: EventStatus;
  /** First word of the subject line, such as `Failed`. */
  readonly headline: string;
  readonly outcome?: Outcome | undefined;
  readonly message: string;
  readonly workflow?: string | undefined;
  readonly ticketProblem?: string | undefined;
}

/**
 * The documented body of notifications and events. Its version changes when a member goes or means something else; new
 * members may come.
 */
export function bodyOf(announcement: Announcement): Readonly<Record<string, unknown>> {
  const { attempt, status, headline, outcome, message, workflow, ticketProblem } = announcement;
  const [first] = attempt.findings;
  return {
    version: '2',
    status,
    result: headline,
    outcome,
    message,
    workflow,
    attempt: attempt.id,
    mode: attempt.mode,
    origin: attempt.origin,
    actor: attempt.actor,
    approver: attempt.approver,
    approvalExpiresAt:
      attempt.status === 'awaiting-approval' ? attempt.approvalExpiresAt : undefined,
    control: attempt.control,
    remediation: attempt.remediation,
    document: attempt.document,
    account: attempt.account,
    region: attempt.region,
    resource: attempt.resource,
    automation: attempt.automation,
    execution: attempt.execution,
    stack: attempt.stack,
    undoes: attempt.undoes?.id,
    ticket: attempt.ticket,
    ticketId: attempt.ticketId,
    ticketProblem,
    finding: first && {
      id: first.id,
      title: first.title,
      severity: first.severity,
      account: attempt.account,
      region: attempt.region,
    },
    findings: attempt.findings.map(({ id }) => id),
  };
}
