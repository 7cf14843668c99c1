import type { Hold } from '../decide/types.ts';
import type { Attempt } from '../model/attempt.ts';
import { plainText } from '../model/json.ts';
import { rethrow } from '../run/aws-errors.ts';
import type { ClaimOptions } from '../store/store.ts';
import { isNotStarted, startExecution } from './execution.ts';
import { joinAll } from './join-running.ts';
import { letGo } from './let-go.ts';
import type { Case } from './meaning.ts';
import type { Work } from './options.ts';
import { event } from './tell.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** An execution ends after a day at the latest (`TimeoutSeconds` of the state machine). */
const LEASE = 25 * HOUR;
/** Milliseconds until somebody looks whether an attempt is still worked on. */
export const CHECK = 15 * MINUTE;

/**
 * Takes the resource and starts the orchestrator. An attempt that exists and isn't over is started again: its start may
 * not have happened. `again`: others were faster, so decide anew. Throws `Busy` when AWS is, and the SDK's error; then
 * the claim stands only if the execution may have been started.
 */
export async function claimAndStart(
  work: Work,
  { request, held, approval }: Case,
  planned: Attempt,
  now: Date,
): Promise<'done' | 'again'> {
  const attempt = approval === undefined ? planned : approved(approval, planned, request.actor);
  const options: ClaimOptions = {
    lease: attempt.mode !== 'Preview' && attempt.phase === 'run',
    leaseUntil: after(now, LEASE),
    checkAt: after(now, CHECK),
    approved: approval !== undefined,
    ...(held === undefined ? {} : { takesUp: held }),
    ...(attempt.mode === 'Undo' ? { hold: holdOf(attempt, now) } : {}),
  };
  const claimed = await work.store.claim(attempt, options, now);
  switch (claimed.result) {
    case 'claimed':
      // Findings that came while an approval waited: what the approver saw doesn't have them.
      if (approval !== undefined) await joinAll(work, attempt, held?.also);
      await start(work, attempt, async () =>
        work.store.unclaim(attempt, options, {
          at: now,
          ...(held === undefined ? {} : { held }),
        }),
      );
      if (approval !== undefined)
        await event(work, attempt, {
          status: 'approved',
          headline: 'Approved',
          message: `Approved by ${plainText(request.actor, 128)}.`,
        });
      work.count('started');
      return 'done';
    case 'exists':
      return startAgain(work, claimed.attempt, { held, approver: attempt.approver });
    case 'overtaken':
      return 'again';
  }
}

function after(now: Date, milliseconds: number): string {
  return new Date(now.getTime() + milliseconds).toISOString();
}

/** The attempt as it waited, with the consent and with what is decided now. What the approver saw stays. */
function approved(waiting: Attempt, planned: Attempt, approver: string): Attempt {
  const { decision, policy, tags, unitPath } = planned;
  return {
    ...waiting,
    status: 'claimed',
    phase: 'run',
    approver,
    decision,
    policy,
    ...(tags === undefined ? {} : { tags }),
    ...(unitPath === undefined ? {} : { unitPath }),
  };
}

/** Written before anything is taken back, or the automatic path would redo the fix at once. */
function holdOf({ actor, undoes, policy }: Attempt, now: Date): Hold {
  return {
    owner: plainText(actor, 128),
    reason: `Undo of attempt ${undoes?.id ?? 'unknown'}`,
    expiresAt: after(now, policy.holdDays * DAY),
  };
}

async function start(work: Work, attempt: Attempt, giveBack: () => Promise<void>): Promise<void> {
  try {
    await startExecution(work, attempt);
  } catch (error) {
    if (isNotStarted(error)) await giveBack();
    return rethrow(error);
  }
}

async function startAgain(
  work: Work,
  existing: Attempt,
  { held, approver }: { readonly held: Case['held']; readonly approver: string | undefined },
): Promise<'done'> {
  const isOurs = existing.status === 'claimed' && existing.approver === approver;
  if (isOurs) await startExecution(work, existing).catch(rethrow);
  if (held !== undefined) await letGo(work, held, await joinAll(work, existing, held.also));
  work.log(JSON.stringify({ attempt: existing.id, status: existing.status, startedAgain: isOurs }));
  work.count(isOurs ? 'started' : 'ignored');
  return 'done';
}
