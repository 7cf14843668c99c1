import { afterAttempt } from '../decide/attempts.ts';
import type { Decision, Remembered } from '../decide/types.ts';
import { isRefusal } from '../model/refusal.ts';
import type { Refusal } from '../model/refusal.ts';
import type { AttemptFinding } from '../model/attempt.ts';
import { letGo } from './let-go.ts';
import { targetOf } from './meaning.ts';
import type { Case, Sound } from './meaning.ts';
import type { Work } from './options.ts';
import { attemptFinding } from './new-attempt.ts';
import { isAsked, note, noteAll } from './tell.ts';

/** What was known when it was denied. */
interface Grounds {
  readonly sound: Sound;
  readonly remembered: Remembered | Refusal;
}

/** Raised when something that came by itself can't be judged: nobody asked, so nobody would be told. */
class Unjudged extends Error {
  override readonly name = 'Unjudged';
}

/** Reasons of a denial for want of an answer of AWS, which may come another time. */
const UNANSWERED: ReadonlySet<string> = new Set(['membership-unknown', 'filter-unknown']);

/**
 * Ends a request that is denied: who asked reads on the finding why. What came by itself is ignored, without a write;
 * but a finding that is older than a verified fix is resolved by it. Throws `Busy` when AWS is, and `Unjudged` when it
 * should be delivered again, and put aside in the end.
 */
export async function denied(
  work: Work,
  one: Case,
  decision: Decision,
  grounds?: Grounds,
): Promise<void> {
  const { request, finding, held, approval } = one;
  let dealtWith: readonly AttemptFinding[] = [];
  if (isAsked(request)) {
    const what = approval === undefined ? 'Not started' : 'Not approved';
    await note(work, finding, `${what}: ${decision.message}`, workflowOf(one));
    work.count('denied');
  } else if (decision.reason === 'already-verified' && grounds !== undefined) {
    dealtWith = await resolveDuplicate(work, one, grounds);
  } else if (UNANSWERED.has(decision.reason)) {
    throw new Unjudged(decision.message);
  } else {
    work.count('ignored');
  }
  if (held !== undefined) await letGo(work, held, dealtWith);
}

/** A failed finding stays to be looked at by a person. */
function workflowOf({ request, finding, approval }: Case): 'NOTIFIED' | undefined {
  const { compliance, recordState, workflow } = finding;
  const isOpen =
    compliance === 'FAILED' &&
    recordState === 'ACTIVE' &&
    (workflow === 'NEW' || workflow === 'RESOLVED');
  return isOpen && request.mode === 'Remediate' && approval === undefined ? 'NOTIFIED' : undefined;
}

/** Another standard's finding, or one in the other format, whose check came before the fix. Answers what was resolved. */
async function resolveDuplicate(
  work: Work,
  one: Case,
  { sound: { resolved }, remembered }: Grounds,
): Promise<readonly AttemptFinding[]> {
  const { finding, held } = one;
  const target = isRefusal(remembered) ? undefined : remembered.target;
  const verifiedAt = target?.verifiedAt;
  if (verifiedAt === undefined) {
    work.count('ignored');
    return [];
  }
  const also = (held?.also ?? []).filter(({ updatedAt }) => updatedAt <= verifiedAt);
  const findings = [attemptFinding(finding), ...also];
  await noteAll(
    work,
    finding.account,
    findings,
    `Fixed already: ${resolved.document} verified the resource at ${verifiedAt}, after this finding's check.`,
    'RESOLVED',
  );
  // An attempt without an effect: nothing changes but which findings were dealt with.
  const state = afterAttempt(target, { outcome: 'refused', findings, now: work.now() });
  await work.store.putTarget(targetOf(one, resolved), resolved.remediation, state);
  work.count('joined');
  return findings;
}
