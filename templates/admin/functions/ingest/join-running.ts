import type { Decision, Lease } from '../decide/types.ts';
import type { Attempt, AttemptFinding } from '../model/attempt.ts';
import type { Case } from './meaning.ts';
import { attemptFinding } from './new-attempt.ts';
import type { Work } from './options.ts';
import { isAsked, note } from './tell.ts';

/**
 * Lets a finding join the attempt that does the same to the resource right now: another standard's finding, or the
 * same in the other format. `no`: what runs is something else. `ended`: it ended meanwhile, so decide anew.
 */
export async function joinRunning(
  work: Work,
  one: Case,
  { reason }: Decision,
  attempt: Attempt,
  lease: Lease | undefined,
): Promise<'joined' | 'ended' | 'no'> {
  const { request, finding, held, approval } = one;
  const isSame =
    reason === 'resource-busy' &&
    request.mode === 'Remediate' &&
    approval === undefined &&
    lease?.remediation === attempt.remediation;
  if (!isSame) return 'no';
  const running = await work.store.readAttempt(attempt, lease.attempt);
  if (running === undefined || running.mode !== 'Remediate') return 'no';
  // It would end without the ticket that this request asks for.
  if (request.ticket && !running.ticketAsked) return 'no';
  const joined = await work.store.join(attempt, running.id, attemptFinding(finding));
  if (joined === 'ended') return 'ended';
  if (joined === 'joined' && isAsked(request))
    await note(
      work,
      finding,
      'The resource is being remediated already; this finding is part of it.',
    );
  if (held !== undefined) {
    const { also = [] } = held;
    if ((await joinAll(work, running, also)).length < also.length) return 'ended';
    // A finding came since: it belongs to the attempt, too.
    if (!(await work.store.deleteHeld(held))) return 'ended';
  }
  work.count('joined');
  return 'joined';
}

/** Lets findings join an attempt under way; answers those that it has now. */
export async function joinAll(
  { store }: Work,
  attempt: Attempt,
  findings: readonly AttemptFinding[] = [],
): Promise<readonly AttemptFinding[]> {
  const inIt: AttemptFinding[] = [];
  for (const one of findings)
    if ((await store.join(attempt, attempt.id, one)) !== 'ended') inIt.push(one);
  return inIt;
}
