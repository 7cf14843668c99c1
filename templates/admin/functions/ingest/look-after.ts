import { parseFinding } from '../model/finding.ts';
import { isRefusal } from '../model/refusal.ts';
import { rethrow } from '../run/aws-errors.ts';
import { without } from '../run/run.ts';
import { approve, isSettled, lapsed } from './approvals.ts';
import { CHECK } from './claim-and-start.ts';
import type { LookAfter, Release, Resume } from './commands.ts';
import { consider } from './consider.ts';
import { describeExecution, startExecution } from './execution.ts';
import { findFinding } from './find-finding.ts';
import { letGo } from './let-go.ts';
import type { Work } from './options.ts';

/**
 * Takes a held request up again, with the finding as it is now: it may have passed, or somebody suppressed it. Throws
 * `Busy` when AWS is, and the SDK's error.
 */
export async function resume(work: Work, { mode, remediation, ...target }: Resume): Promise<void> {
  const held = await work.store.readHeld(target, remediation, mode);
  if (held === undefined) return work.count('ignored');
  const { request } = held;
  if (request.origin === 'approval' && request.attempt !== undefined) {
    const { attempt, actor, id: messageId } = request;
    return approve(work, { type: 'approve', attempt, actor, messageId }, held);
  }
  const finding = parseFinding(await findFinding(work.securityHub, held.finding));
  if (isRefusal(finding)) {
    work.log(JSON.stringify({ finding: held.finding.id, ignored: finding.message }));
    work.count('ignored');
    return letGo(work, held);
  }
  return consider(work, { request, finding, held });
}

/**
 * Looks after an attempt that should have ended: starts it when it never started, lets it go on when it runs, and ends
 * it when its execution is over. Throws `Busy` when AWS is, and the SDK's error.
 */
export async function recover(
  work: Work,
  { attempt: id, account, region, resource }: LookAfter,
): Promise<void> {
  const target = { account, region, resource };
  const found = await work.store.readAttempt(target, id);
  if (found?.status !== 'claimed') return work.count('ignored');
  if (isSettled(found)) {
    const isLate = (found.approvalExpiresAt ?? '') <= work.now().toISOString();
    await work.ending(found, isLate ? lapsed() : without('rejected', 'Somebody rejected it.'));
    return;
  }
  const { arn, state } = await describeExecution(work, found);
  work.log(JSON.stringify({ attempt: id, execution: arn, state }));
  switch (state) {
    case 'missing':
      await startExecution(work, found).catch(rethrow);
      return work.count('started');
    case 'running': {
      const until = new Date(work.now().getTime() + CHECK).toISOString();
      await work.store.postpone({ type: 'stuck', attempt: found }, until);
      return work.count('ignored');
    }
    case 'over': {
      // It may have ended between the two looks.
      const attempt = await work.store.readAttempt(target, id);
      if (attempt?.status !== 'claimed') return work.count('ignored');
      const why = 'The execution of the orchestrator ended without recording a result.';
      await work.ending(attempt, without('orchestrator-failed', why), arn);
    }
  }
}

/** Deletes the hold that Undo left, so that the remediation may be done again. */
export async function release(
  work: Work,
  { remediation, actor, account, region, resource }: Release,
): Promise<void> {
  const target = { account, region, resource };
  const released = await work.store.deleteHold(target, remediation);
  work.log(JSON.stringify({ ...target, remediation, actor, released }));
}
