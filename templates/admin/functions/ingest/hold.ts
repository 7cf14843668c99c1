import type { Decision } from '../decide/types.ts';
import type { Attempt } from '../model/attempt.ts';
import type { Finding } from '../model/finding.ts';
import type { Held } from '../store/store.ts';
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
  const { store } = work;
  const before = one.held ?? (await store.readHeld(attempt, attempt.remediation, request.mode));
  if (before !== undefined && isAsked(before.request) && !isAsked(request))
    return keepBoth(work, before, finding);
  const now = work.now();
  const times = (before?.times ?? 0) + 1;
  const notBefore = notBeforeOf(decision, times, now);
  const { reason, message } = decision;
  const { account, region, resource, remediation } = attempt;
  const held: Held = {
    account,
    region,
    resource,
    remediation,
    request,
    finding,
    ...alsoOf(before, finding),
    reason,
    message,
    notBefore,
    since: before?.since ?? now.toISOString(),
    times,
  };
  if (approval !== undefined) await keepApproval(work, approval, notBefore);
  await store.putHeld(held);
  const isKnown = !isAsked(request) || before?.request.id === request.id;
  if (before?.reason === reason && isKnown) return;
  work.count('held');
  await event(work, attempt, { status: 'held', headline: 'Held', message });
  if (isAsked(request)) await note(work, finding, `Waits until ${notBefore}: ${message}`);
}

/** Others took the resource again and again. */
export async function overtaken(work: Work, one: Case, { resolved }: Sound): Promise<void> {
  const { request, finding } = one;
  const { remediation } = resolved;
  const now = work.now().getTime();
  const target = targetOf(one, resolved);
  work.count('held');
  const before = one.held ?? (await work.store.readHeld(target, remediation, request.mode));
  if (before !== undefined && isAsked(before.request) && !isAsked(request))
    return keepBoth(work, before, finding);
  await work.store.putHeld({
    ...target,
    remediation,
    request,
    finding,
    ...alsoOf(before, finding),
    reason: 'resource-busy',
    message: 'Another remediation changes the resource right now.',
    notBefore: new Date(now + FIRST_LOOK).toISOString(),
    since: before?.since ?? new Date(now).toISOString(),
    times: (before?.times ?? 0) + 1,
  });
}

/** Each standard and both formats have a finding of one failure: one item holds them all, within reason. */
const MOST = 20;

/** The findings that a held item keeps besides `finding`, which takes the first place. */
function alsoOf(before: Held | undefined, finding: Finding): Pick<Held, 'also'> {
  if (before === undefined) return {};
  const also = [attemptFinding(before.finding), ...(before.also ?? [])].filter(
    ({ format, id }) => format !== finding.format || id !== finding.id,
  );
  return also.length === 0 ? {} : { also: also.slice(0, MOST) };
}

/** What a person asked for stays as it is; the finding that came by itself ends with it. */
async function keepBoth(work: Work, before: Held, finding: Finding): Promise<void> {
  const own = attemptFinding(finding);
  const known = [before.finding, ...(before.also ?? [])];
  if (known.some(({ format, id }) => format === own.format && id === own.id)) return;
  await work.store.putHeld({ ...before, also: [...(before.also ?? []), own].slice(0, MOST) });
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
