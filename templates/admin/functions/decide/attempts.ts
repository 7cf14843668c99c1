import type { AttemptFinding, Outcome } from '../model/attempt.ts';
import { findingKey } from '../model/finding-parts.ts';
import type { Finding } from '../model/finding.ts';
import type { Mode } from '../model/request.ts';
import { mapOf, timeOf } from './strict.ts';
import type { TargetState } from './types.ts';

const MINUTE = 60_000;
const FIRST_PAUSE = 15 * MINUTE;
const LONGEST_PAUSE = 24 * 60 * MINUTE;
/** A fix that lasted longer than this was one: what undoes it then is no fight with something that repeats itself. */
const LASTING = 7 * 24 * 60 * MINUTE;
/** Findings that are remembered for one (remediation, resource): each standard and both formats have one. */
const MOST_SEEN = 50;

export interface EndedAttempt {
  readonly outcome: Outcome;
  /** Those that the attempt answered. */
  readonly findings: readonly Pick<AttemptFinding, 'format' | 'id' | 'updatedAt'>[];
  readonly now: Date;
  /** @default Remediate */
  readonly mode?: Mode;
}

const EMPTY: TargetState = { failures: 0, seen: {} };

type Effect = 'verified' | 'succeeded' | 'undone' | 'none' | 'failed';

/** What an outcome says about the resource. */
const EFFECTS: Readonly<Record<Outcome, Effect>> = {
  compliant: 'verified',
  changed: 'verified',
  mitigated: 'succeeded',
  undone: 'undone',
  'would-change': 'none',
  'changed-since': 'none',
  refused: 'none',
  rejected: 'none',
  'approval-expired': 'none',
  failed: 'failed',
  'not-verified': 'failed',
  denied: 'failed',
  'timed-out': 'failed',
  cancelled: 'failed',
  unreadable: 'failed',
  'not-started': 'failed',
  'role-missing': 'failed',
  'member-missing': 'failed',
  'foreign-member': 'failed',
  'document-missing': 'failed',
  'document-foreign': 'failed',
  'parameters-unknown': 'failed',
  'orchestrator-failed': 'failed',
};

/** Whether an outcome counts as a failed attempt, for the target and for the breaker. */
export function isFailure(outcome: Outcome): boolean {
  return EFFECTS[outcome] === 'failed';
}

/**
 * What is remembered about (remediation, resource) after an attempt. Only a verified fix counts as verified; previews
 * change nothing, and an Undo that fails says nothing about the remediation.
 */
export function afterAttempt(
  target: TargetState | undefined,
  { outcome, findings, now, mode = 'Remediate' }: EndedAttempt,
): TargetState {
  const before = target ?? EMPTY;
  if (mode === 'Preview') return before;
  const effect = EFFECTS[outcome];
  if (mode === 'Undo' && effect !== 'undone') return before;
  const seen = remember(before.seen, findings);
  const { verifiedAt } = before;
  const kept = verifiedAt === undefined ? {} : { verifiedAt };
  switch (effect) {
    case 'verified':
      // Whether it lasts is not known yet: the failures before it count again when it doesn't.
      return { ...before, verifiedAt: now.toISOString(), seen };
    case 'succeeded':
      return { failures: 0, ...kept, seen };
    case 'undone':
      // What fails now is no relapse: somebody wanted it so.
      return { failures: 0, seen };
    case 'none':
      return { ...before, seen };
    case 'failed':
      return { failures: failuresOf(before) + 1, failedAt: now.toISOString(), ...kept, seen };
  }
}

/** Failures in a row by now: none when a fix was verified after the last one. */
export function failuresOf(target: TargetState | undefined): number {
  if (target === undefined) return 0;
  const { failures, failedAt, verifiedAt } = target;
  const isFixed =
    failedAt !== undefined && verifiedAt !== undefined && timeOf(verifiedAt) >= timeOf(failedAt);
  return isFixed ? 0 : failures;
}

/** The newest ones stay, and of equal ones those with the smaller key. */
function remember(
  seen: TargetState['seen'],
  findings: EndedAttempt['findings'],
): TargetState['seen'] {
  const all = new Map(Object.entries(seen));
  for (const finding of findings) {
    const { updatedAt } = finding;
    const known = all.get(findingKey(finding));
    if (known === undefined || timeOf(known) < timeOf(updatedAt))
      all.set(findingKey(finding), updatedAt);
  }
  const newestFirst = [...all].toSorted(
    ([oneKey, one], [otherKey, other]) =>
      timeOf(other) - timeOf(one) || (oneKey < otherKey ? -1 : Number(oneKey > otherKey)),
  );
  return Object.fromEntries(newestFirst.slice(0, MOST_SEEN));
}

/**
 * Whether a finding says that a verified fix didn't last: it failed again after the verification, and it is one that
 * was resolved or dealt with before.
 */
export function isReverted(target: TargetState | undefined, finding: Finding): boolean {
  if (target?.verifiedAt === undefined) return false;
  if (finding.compliance !== 'FAILED' || finding.recordState !== 'ACTIVE') return false;
  const updated = timeOf(finding.updatedAt);
  if (updated <= timeOf(target.verifiedAt)) return false;
  const seen = seenAt(target, finding);
  if (seen === undefined) return finding.workflow === 'RESOLVED';
  return updated > timeOf(seen);
}

/**
 * What is remembered after a fix didn't last: nothing is verified, and there is one more failure than before the fix,
 * so that a fight with something that repeats itself ends.
 */
export function afterReverted(
  target: TargetState | undefined,
  finding: Finding,
  now: Date,
): TargetState {
  const { failures, verifiedAt, seen } = target ?? EMPTY;
  const hasLasted =
    verifiedAt !== undefined && timeOf(finding.updatedAt) - timeOf(verifiedAt) > LASTING;
  return { failures: (hasLasted ? 0 : failures) + 1, failedAt: now.toISOString(), seen };
}

/** The `updatedAt` of a finding that was dealt with last. Throws when what is remembered isn't understood. */
export function seenAt(
  target: TargetState | undefined,
  finding: Pick<Finding, 'format' | 'id'>,
): string | undefined {
  if (target === undefined) return undefined;
  const seen = mapOf(target.seen);
  const key = findingKey(finding);
  return Object.hasOwn(seen, key) ? seen[key] : undefined;
}

/** Until when the automatic path waits after `failures` failed attempts: 15 minutes, then four times as long each time, up to a day. */
export function retryAt(failures: number, failedAt: string): Date {
  const pause = Math.min(FIRST_PAUSE * 4 ** (failures - 1), LONGEST_PAUSE);
  return new Date(timeOf(failedAt) + pause);
}
