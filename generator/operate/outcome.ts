import type { Attempt, Outcome } from '../../templates/admin/functions/model/attempt.ts';
import type { Mode } from '../../templates/admin/functions/model/request.ts';
import type { Held } from '../../templates/admin/functions/store/store.ts';
import { attemptIdOfMessage } from './commands.ts';
import type { Entry, SentEntry } from './run-file.ts';
import type { ResourceState } from './state-queries.ts';

/** What became of a command. */
export type Followed =
  /** Nothing is known yet. */
  | { readonly state: 'unknown' }
  | { readonly state: 'running'; readonly attempt: Attempt }
  | { readonly state: 'waiting'; readonly held: Held }
  | { readonly state: 'awaiting-approval'; readonly attempt: Attempt }
  | { readonly state: 'ended'; readonly attempt: Attempt; readonly outcome: Outcome }
  /** The administrator account refused it; the note says why. */
  | { readonly state: 'denied'; readonly note: string };

/** A command and when it was sent. */
export interface Followable {
  readonly entry: Entry;
  readonly sent: SentEntry;
}

/**
 * What became of a command, by what the state table says of its resource: its own attempt, or one of the same remediation
 * that its finding joined. Pure.
 */
export function followUp(
  { entry, sent }: Followable,
  mode: Mode,
  { attempts, held }: ResourceState,
  note?: FindingNote,
): Followed {
  const id = attemptIdOfMessage(sent.messageId);
  const same = attempts.filter((one) => one.remediation === entry.remediation && one.mode === mode);
  const own = same.find((one) => one.id === id);
  const joined = same.find(
    (one) =>
      one.findings.some((finding) => finding.id === entry.finding.id) &&
      (one.status !== 'ended' || (one.endedAt ?? '') >= sent.sentAt),
  );
  const attempt = own ?? joined;
  if (attempt !== undefined) return ofAttempt(attempt);
  const waiting = held.find(
    (one) => one.remediation === entry.remediation && one.request.mode === mode,
  );
  if (waiting !== undefined) return { state: 'waiting', held: waiting };
  return note !== undefined && isAnswer(note, sent)
    ? { state: 'denied', note: note.text }
    : { state: 'unknown' };
}

function ofAttempt(attempt: Attempt): Followed {
  const { status, outcome } = attempt;
  switch (status) {
    case 'ended':
      return { state: 'ended', attempt, outcome: outcome ?? 'orchestrator-failed' };
    case 'awaiting-approval':
      return { state: 'awaiting-approval', attempt };
    case 'claimed':
      return { state: 'running', attempt };
  }
}

/** The note that the finding carries now. */
export interface FindingNote {
  readonly text: string;
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** How the administrator account begins what it writes to people who asked and are denied (ingest/denied.ts). */
const DENIED = /^Not (?:started|approved): /u;

/** Clocks differ a little. */
const LEEWAY = 60_000;

function isAnswer({ text, updatedAt }: FindingNote, { sentAt }: SentEntry): boolean {
  return DENIED.test(text) && Date.parse(updatedAt) >= Date.parse(sentAt) - LEEWAY;
}

/** Outcomes with which people got what they asked for. */
const GOOD: Readonly<Record<Mode, readonly Outcome[]>> = {
  Remediate: ['changed', 'compliant', 'mitigated'],
  Preview: ['would-change', 'compliant'],
  Undo: ['undone'],
};

/** Whether the command came to its good end. */
export function isGood(followed: Followed, mode: Mode): boolean {
  return followed.state === 'ended' && GOOD[mode].includes(followed.outcome);
}

/** Whether there is nothing to wait for, at least not before `until`. */
export function isSettled(followed: Followed, until: Date): boolean {
  switch (followed.state) {
    case 'unknown':
    case 'running':
      return false;
    case 'waiting':
      return Date.parse(followed.held.notBefore) > until.getTime();
    case 'awaiting-approval':
    case 'ended':
    case 'denied':
      return true;
  }
}
