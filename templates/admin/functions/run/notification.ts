import { plainText } from '../model/json.ts';
import type { Report } from './report.ts';

interface Notification {
  /** Subject of an email: ASCII, at most 100 characters (SNS API, Publish). */
  readonly subject: string;
  /** Versioned JSON for programs. */
  readonly json: string;
  /** Plain text for people. */
  readonly text: string;
}

/** Writes what subscribers of the topic get. */
export function notification(
  made: Report,
  execution: string,
  ticket: string | undefined,
  ticketProblem: string | undefined,
): Notification {
  const { result, outcome, message, subject, workflow, run } = made;
  const {
    securityControlId: control,
    remediation,
    document,
    resource,
    automation,
    mode,
  } = known(made);
  const finding = subject && {
    id: subject.id,
    title: subject.title,
    severity: subject.severity,
    account: subject.account,
    region: subject.region,
  };
  const body = {
    version: '1',
    result,
    outcome,
    message,
    workflow,
    mode,
    control,
    remediation,
    document,
    resource,
    automation,
    execution,
    finding,
    ticket,
    ticketProblem,
  };
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['Control', control],
    ['Resource', resource],
    ['Account', subject?.account],
    ['Region', subject?.region],
    ['Finding', subject?.title],
    ['Finding id', subject?.id],
    ['Automation', automation],
    ['Execution', execution],
    ['Ticket', ticket ?? ticketProblem],
  ];
  const facts = lines.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${name}: ${value}`],
  );
  const about = [control ?? run?.status, subject?.account, subject?.region].filter(
    (one) => one !== undefined,
  );
  return {
    subject: plainText(`ASR ${result}: ${about.join(' ')}`.replaceAll(/[^\x20-\x7e]/gu, '?'), 100),
    json: JSON.stringify(body),
    text: [message, '', ...facts].join('\n'),
  };
}

type Known = Readonly<
  Partial<
    Record<
      'securityControlId' | 'remediation' | 'document' | 'resource' | 'automation' | 'mode',
      string
    >
  >
>;

function known({ run }: Report): Known {
  if (run === undefined) return {};
  if (run.status !== 'refused') return run;
  const { securityControlId, mode } = run;
  return {
    ...(securityControlId === undefined ? {} : { securityControlId }),
    ...(mode === undefined ? {} : { mode }),
  };
}
