import type { Decision } from '../decide/types.ts';
import type { Attempt, Target } from '../model/attempt.ts';
import type { Finding } from '../model/finding.ts';
import type { Request } from '../model/request.ts';
import type { Held, HeldChange } from '../store/store.ts';
import { isSame } from './let-go.ts';
import { targetOf } from './meaning.ts';
import type { Case, Sound } from './meaning.ts';
import { attemptFinding } from './new-attempt.ts';
import type { Work } from './options.ts';
import { event, isAsked, note } from './tell.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Milliseconds between looks at a busy resource: at first, and at most. Whoever ends there wakes the next one anyway. */
const FIRST_LOOK = MINUTE;
const LAST_LOOK = 15 * MINUTE;

/**
 * Keeps a request until its time, when everything is decided anew. Who asked is told once for each reason. What comes by
 * itself doesn't take the place of what a person asked for. Throws `Busy` when AWS is.
 */
export async function hold(
  work: Work,
  one: Case,
  decision: Decision,
  attempt: Attempt,
): Promise<void> {
  const { request, finding, approval } = one;
  const { reason, message } = decision;
  const now = work.now();
  const { account, region, resource, remediation } = attempt;
  const wait: Wait = {
    target: { account, region, resource },
    remediation,
    reason,
    message,
    notBefore: (times) => notBeforeOf(decision, times, now),
  };
  const known = await waitingOf(work, one, wait);
  if (approval !== undefined) await keepApproval(work, approval, wait.notBefore(timesAfter(known)));
  const { before, held } = await keepWaiting(work, one, wait, known);
  if (held === undefined || isFirst(before, request)) return;
  const isKnown = !isAsked(request) || before?.request.id === request.id;
  if (before?.reason === reason && isKnown) return;
  work.count('held');
  await event(work, attempt, { status: 'held', headline: 'Held', message });
  if (isAsked(request)) await note(work, finding, `Waits until ${held.notBefore}: ${message}`);
}

/** Others took the resource again and again. */
export async function overtaken(work: Work, one: Case, { resolved }: Sound): Promise<void> {
  const soonest = new Date(work.now().getTime() + FIRST_LOOK).toISOString();
  const wait: Wait = {
    target: targetOf(one, resolved),
    remediation: resolved.remediation,
    reason: 'resource-busy',
    message: 'Another remediation changes the resource right now.',
    notBefore: () => soonest,
  };
  work.count('held');
  await keepWaiting(work, one, wait, await waitingOf(work, one, wait));
}

/** Why and how long a request waits. */
interface Wait {
  readonly target: Target;
  readonly remediation: string;
  readonly reason: string;
  readonly message: string;
  /** ISO 8601, when it is held for the so manieth time. */
  readonly notBefore: (times: number) => string;
}

async function waitingOf(
  { store }: Work,
  { held, request }: Case,
  { target, remediation }: Wait,
): Promise<Held | undefined> {
  return held ?? (await store.readHeld(target, remediation, request.mode));
}

/** Others may write the same item at the same moment: what is kept is made anew of what they wrote. */
async function keepWaiting(
  work: Work,
  { request, finding }: Case,
  { target, remediation, reason, message, notBefore }: Wait,
  known: Held | undefined,
): Promise<HeldChange> {
  const since = work.now().toISOString();
  return work.store.putHeld(known, (before) => {
    if (before !== undefined && isFirst(before, request)) return withAnother(before, finding);
    const times = timesAfter(before);
    return {
      ...target,
      remediation,
      request,
      finding,
      ...alsoOf(before, finding),
      reason,
      message,
      notBefore: notBefore(times),
      since: before?.since ?? since,
      times,
    };
  });
}

function timesAfter(before: Held | undefined): number {
  return (before?.times ?? 0) + 1;
}

/** What a person asked for waits already, with more consent than what comes by itself. */
function isFirst(before: Held | undefined, request: Request): boolean {
  return before !== undefined && isAsked(before.request) && !isAsked(request);
}

/** More than all standards in both formats have of one failure. */
const MOST = 20;

/** The findings that a held item keeps besides `finding`, which takes the first place. */
function alsoOf(before: Held | undefined, finding: Finding): Pick<Held, 'also'> {
  if (before === undefined) return {};
  const also = [attemptFinding(before.finding), ...(before.also ?? [])].filter(
    (one) => !isSame(one, finding),
  );
  return also.length === 0 ? {} : { also: also.slice(0, MOST) };
}

/** What a person asked for stays as it is; the finding that came by itself ends with it. Nothing when it does already. */
function withAnother(before: Held, finding: Finding): Held | undefined {
  const { also = [] } = before;
  if ([before.finding, ...also].some((one) => isSame(one, finding)) || also.length === MOST)
    return undefined;
  return { ...before, also: [...also, attemptFinding(finding)] };
}

function notBeforeOf({ reason, notBefore }: Decision, times: number, now: Date): string {
  const asked = notBefore === undefined ? 0 : Date.parse(notBefore);
  const pause = Math.min(FIRST_LOOK * 2 ** (times - 1), LAST_LOOK);
  const soonest = now.getTime() + (reason === 'resource-busy' ? pause : FIRST_LOOK);
  return new Date(Math.max(asked, soonest)).toISOString();
}

/** Who approved in time must not be too late because the change has to wait. */
async function keepApproval(work: Work, approval: Attempt, notBefore: string): Promise<void> {
  const until = new Date(Date.parse(notBefore) + DAY).toISOString();
  if ((approval.approvalExpiresAt ?? '') < until) await work.store.extendApproval(approval, until);
}
