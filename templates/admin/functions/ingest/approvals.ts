import type { Attempt } from '../model/attempt.ts';
import { plainText } from '../model/json.ts';
import { isRefusal } from '../model/refusal.ts';
import type { Request } from '../model/request.ts';
import { parseFinding } from '../model/finding.ts';
import { rethrow } from '../run/aws-errors.ts';
import { without } from '../run/run.ts';
import type { Held } from '../store/store.ts';
import { CHECK } from './claim-and-start.ts';
import type { Answer, LookAfter } from './commands.ts';
import { consider } from './consider.ts';
import { startExecution } from './execution.ts';
import { findFinding } from './find-finding.ts';
import { letGo } from './let-go.ts';
import type { Work } from './options.ts';

/**
 * A named person approves an attempt: everything is decided anew, with the finding as it is now. Throws `Busy` when AWS
 * is, and the SDK's error.
 */
export async function approve(work: Work, answer: Answer, held?: Held): Promise<void> {
  const { attempt: id, actor, messageId } = answer;
  const attempt = await work.store.findAttempt(id);
  // The answer to an earlier delivery of the same command got lost.
  if (attempt?.status === 'claimed' && attempt.approver === actor) {
    await startExecution(work, attempt).catch(rethrow);
    return work.count('started');
  }
  if (attempt === undefined || !isWaiting(attempt, work.now()))
    return drop(work, id, "It doesn't wait for an approval.", held);
  const [first] = attempt.findings;
  const finding = parseFinding(
    first === undefined ? undefined : await findFinding(work.securityHub, first),
  );
  if (isRefusal(finding)) return drop(work, id, finding.message, held);
  const request: Request = {
    id: held?.request.id ?? messageId,
    origin: 'approval',
    mode: 'Remediate',
    actor,
    force: attempt.force,
    ticket: attempt.ticketAsked,
    attempt: id,
  };
  return consider(work, {
    request,
    finding,
    approval: attempt,
    ...(held === undefined ? {} : { held }),
  });
}

/** A named person rejects an attempt. */
export async function reject(work: Work, { attempt: id, actor }: Answer): Promise<void> {
  const attempt = await work.store.findAttempt(id);
  if (attempt === undefined || !(isWaiting(attempt, work.now()) || isSettled(attempt)))
    return drop(work, id, "It doesn't wait for an approval.");
  const mine = await settle(work, attempt);
  if (mine === undefined) return drop(work, id, "It doesn't wait for an approval any more.");
  await work.ending(mine, without('rejected', `Rejected by ${plainText(actor, 128)}.`));
}

/** Nobody answered in time. */
export async function expire(work: Work, { attempt: id, ...target }: LookAfter): Promise<void> {
  const attempt = await work.store.readAttempt(target, id);
  const isLapsed = attempt?.status === 'awaiting-approval' && !isWaiting(attempt, work.now());
  if (!isLapsed) return drop(work, id, "It doesn't wait for an approval, or still may.");
  const mine = await settle(work, attempt);
  if (mine === undefined) return drop(work, id, "It doesn't wait for an approval any more.");
  await work.ending(mine, lapsed());
}

export function lapsed() {
  return without('approval-expired', 'Nobody approved it in time.');
}

function isWaiting({ status, approvalExpiresAt }: Attempt, now: Date): boolean {
  return (
    status === 'awaiting-approval' &&
    approvalExpiresAt !== undefined &&
    Date.parse(approvalExpiresAt) > now.getTime()
  );
}

/** It waited, and somebody began to end it without an execution. */
export function isSettled({ status, phase, approvalExpiresAt }: Attempt): boolean {
  return status === 'claimed' && phase === 'approval-preview' && approvalExpiresAt !== undefined;
}

/**
 * Takes an attempt that waits out of everybody else's reach before it is ended: an approval at the same moment must not
 * start what is written down as rejected. Undefined when somebody else was faster.
 */
async function settle(work: Work, attempt: Attempt): Promise<Attempt | undefined> {
  if (isSettled(attempt)) return attempt;
  const now = work.now();
  const leaseUntil = new Date(now.getTime() + CHECK).toISOString();
  const settled: Attempt = { ...attempt, status: 'claimed' };
  const claimed = await work.store.claim(
    settled,
    { lease: false, leaseUntil, approved: true },
    now,
  );
  return claimed.result === 'claimed' ? settled : undefined;
}

async function drop(work: Work, attempt: string, why: string, held?: Held): Promise<void> {
  if (held !== undefined) await letGo(work, held);
  work.log(JSON.stringify({ attempt, ignored: why }));
  work.count('ignored');
}
