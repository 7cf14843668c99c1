import type { Attempt } from '../../templates/admin/functions/model/attempt.ts';
import type { Held } from '../../templates/admin/functions/store/store.ts';
import { callLines } from './call-text.ts';
import { canUndo } from './state-queries.ts';

/** One word on how an attempt stands. Pure. */
export function statusOf({ status, outcome, undoneBy }: Attempt): string {
  switch (status) {
    case 'claimed':
      return 'running';
    case 'awaiting-approval':
      return status;
    case 'ended':
      return undoneBy === undefined ? (outcome ?? 'unknown') : `${outcome ?? 'unknown'}, undone`;
  }
}

/** Rows of a table of attempts, heading first. Pure. */
export function attemptTable(attempts: readonly Attempt[]): readonly (readonly string[])[] {
  return [
    ['TIME', 'STATUS', 'MODE', 'CONTROL', 'ACCOUNT', 'REGION', 'ATTEMPT', 'RESOURCE'],
    ...attempts.map((one) => [
      minute(one.claimedAt),
      statusOf(one),
      one.mode,
      one.control,
      one.account,
      one.region,
      one.id,
      one.resource,
    ]),
  ];
}

/** Rows of a table of requests that wait, heading first. Pure. */
export function heldTable(held: readonly Held[]): readonly (readonly string[])[] {
  return [
    ['UNTIL', 'MODE', 'CONTROL', 'ACCOUNT', 'REGION', 'WHY', 'RESOURCE'],
    ...held.map((one) => [
      minute(one.notBefore),
      one.request.mode,
      one.finding.securityControlId ?? one.remediation,
      one.account,
      one.region,
      one.reason,
      one.resource,
    ]),
  ];
}

/** `2026-03-01 10:00`, in UTC. */
export function minute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** All that people ask about one attempt: who, what, why it was allowed, the calls, and how to take it back. Pure. */
export function attemptText(attempt: Attempt): string {
  const { decision, preview, changes, undoneBy, undoes } = attempt;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['attempt', attempt.id],
    ['status', statusOf(attempt)],
    ['message', attempt.message],
    ['error', attempt.error],
    ['mode', attempt.mode],
    ['control', `${attempt.control} (${attempt.standard})`],
    ['document', attempt.document],
    ['account', attempt.account],
    ['region', attempt.region],
    ['resource', attempt.resource],
    ['stack', attempt.stack === '' ? undefined : attempt.stack],
    ['asked by', `${attempt.actor} (${attempt.origin})`],
    ['approved by', attempt.approver],
    ['approval until', attempt.approvalExpiresAt],
    ['claimed', attempt.claimedAt],
    ['ended', attempt.endedAt],
    ['automation', attempt.automation],
    ['execution', attempt.execution],
    ['ticket', attempt.ticket],
    ['takes back', undoes?.id],
    ['undone by', undoneBy],
  ];
  return [
    ...facts.flatMap(([name, value]) =>
      value === undefined ? [] : [`${name.padEnd(16)} ${value}`],
    ),
    ...section(
      'findings',
      attempt.findings.map(({ id, severity, title }) => `${severity} ${title}\n    ${id}`),
    ),
    ...section(
      `decision: ${decision.verdict}`,
      decision.trace.map(({ rule, verdict, why }) => `${rule}: ${verdict}. ${why}`),
    ),
    ...section('calls that were made', callLines(changes)),
    ...section('calls that would be made', callLines(preview)),
    ...(canUndo(attempt) ? [`undo it with      ${undoHint(attempt)}`] : []),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

/** The command that takes an attempt back. */
function undoHint({ id }: Pick<Attempt, 'id'>): string {
  return `asr undo --attempt ${id}`;
}

/** An attempt for programs: without what only the orchestrator needs. Pure. */
export function attemptJson(attempt: Attempt): Readonly<Record<string, unknown>> {
  const { state: _state, policy: _policy, parametersToRead: _read, ...shown } = attempt;
  return { ...shown, canUndo: canUndo(attempt) };
}
