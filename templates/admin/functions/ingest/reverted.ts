import { afterReverted } from '../decide/attempts.ts';
import type { Decision, Remembered } from '../decide/types.ts';
import { targetOf } from './meaning.ts';
import type { Case, Sound } from './meaning.ts';
import { attemptIdOf, newAttempt } from './new-attempt.ts';
import type { Work } from './options.ts';
import { event, note } from './tell.ts';

/**
 * A verified fix didn't last, or Security Hub doesn't see it: the finding becomes new again, since Security Hub itself
 * leaves a resolved finding resolved while it keeps failing; it counts as a failure. What is remembered is written last,
 * so that a retry does it all again. Throws `Busy` when AWS is.
 */
export async function reverted(
  work: Work,
  one: Case,
  { resolved, policy, ...sound }: Sound,
  decision: Decision,
  target: Remembered['target'],
): Promise<void> {
  const { request, finding } = one;
  const { remediation, securityControlId } = resolved;
  const now = work.now();
  const message = `The check fails again after the fix was verified at ${target?.verifiedAt ?? 'an earlier time'}: something reverted it, or it was not enough.`;
  await note(work, finding, message, 'NEW');
  const { opened } = await work.store.countFailure(securityControlId, policy, now);
  if (opened) work.count('breakerOpened');
  await work.store.putTarget(
    targetOf(one, resolved),
    remediation,
    afterReverted(target, finding, now),
  );
  const attempt = newAttempt({
    id: attemptIdOf(request, finding, target?.failures ?? 0),
    request,
    finding,
    resolved,
    policy,
    ...sound,
    decision,
    phase: 'run',
    facts: { tags: { known: false, why: 'later' }, unitPath: { known: false, why: 'later' } },
    undoable: undefined,
    now,
  });
  await event(work, attempt, { status: 'failed', headline: 'Reverted', message, workflow: 'NEW' });
}
