import { plainText } from '../model/json.ts';
import { bodyOf } from './announcement.ts';
import type { Announcement } from './announcement.ts';

interface Notification {
  /** Subject of an email: ASCII, at most 100 characters (SNS API, Publish). */
  readonly subject: string;
  /** Versioned JSON for programs. */
  readonly json: string;
  /** Plain text for people. */
  readonly text: string;
}

/** Writes what subscribers of the topic get. Pure. */
export function notification(announcement: Announcement): Notification {
  const { attempt, headline, message, ticketProblem } = announcement;
  const { control, account, region } = attempt;
  const [first, ...others] = attempt.findings;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['Control', control],
    ['Resource', attempt.resource],
    ['Account', account],
    ['Region', region],
    ['CloudFormation stack', attempt.stack],
    ['Finding', first?.title],
    ['Finding id', first?.id],
    ['Further findings', others.length === 0 ? undefined : String(others.length)],
    ['Asked by', attempt.actor],
    ['Approved by', attempt.approver],
    ['Automation', attempt.automation],
    ['Execution', attempt.execution],
    ['Ticket', attempt.ticket ?? ticketProblem],
    ['History', attempt.id],
  ];
  const facts = lines.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${name}: ${value}`],
  );
  const subject = `ASR ${headline}: ${control} ${account} ${region}`;
  return {
    subject: plainText(subject.replaceAll(/[^\x20-\x7e]/gu, '?'), 100),
    json: JSON.stringify(bodyOf(announcement)),
    text: [message, '', ...facts].join('\n'),
  };
}
