import { decide } from '../decide/decide.ts';
import { isReverted } from '../decide/attempts.ts';
import type { Decision, Facts, Remembered } from '../decide/types.ts';
import { defined } from '../model/finding-parts.ts';
import { isRefusal } from '../model/refusal.ts';
import type { Refusal } from '../model/refusal.ts';
import { claimAndStart } from './claim-and-start.ts';
import { denied } from './denied.ts';
import { hold, overtaken } from './hold.ts';
import { isSame } from './let-go.ts';
import { joinRunning } from './join-running.ts';
import { attemptOf, commonInput, meaningOf, screenCase, soundOf, targetOf } from './meaning.ts';
import type { Case, Sound } from './meaning.ts';
import { attemptIdOf, newAttempt } from './new-attempt.ts';
import type { Work } from './options.ts';
import { reverted } from './reverted.ts';
import { logDecision } from './tell.ts';

/** How often a request is decided anew when others were faster, before it is held. */
const TRIES = 4;

/**
 * Decides about a request and does what was decided: ignore, tell why not, hold, join, or claim and start. Doing it
 * again, after a redelivery, does no more. Throws `Busy` when AWS is, and the SDK's error.
 */
export async function consider(work: Work, one: Case): Promise<void> {
  const meaning = await meaningOf(work, one.finding);
  const screened = screenCase(work, one, meaning);
  const sound = soundOf(meaning);
  if (screened.verdict === 'deny' || sound === undefined) {
    if (sound !== undefined && mayHideRelapse(one, screened)) {
      const { target } = await rememberTarget(work, one, sound);
      if (isRelapse(one, target)) await reverted(work, one, sound, screened, target);
    }
    logDecision(work, one.request, one.finding, screened);
    return denied(work, one, screened);
  }
  let known = one;
  for (let tries = 1; tries <= TRIES; tries += 1) {
    if ((await decideOnce(work, known, sound, screened)) === 'done') return;
    known = await readAgain(work, known, sound);
  }
  return overtaken(work, known, sound);
}

/** What waits may hold more findings by now. When it is another request, it waits on by itself. */
async function readAgain(
  work: Work,
  { held: before, ...one }: Case,
  { resolved }: Sound,
): Promise<Case> {
  if (before === undefined) return one;
  const { request, finding } = one;
  const target = targetOf(one, resolved);
  const held = await work.store.readHeld(target, resolved.remediation, request.mode);
  const isOurs = held?.request.id === request.id && isSame(held.finding, finding);
  return isOurs ? { ...one, held } : one;
}

/** A finding that fails, yet is marked as resolved: nobody would look at it, whether it is remediated or not. */
function mayHideRelapse({ request, finding }: Case, { reason }: Decision): boolean {
  return (
    request.origin === 'automatic' && reason === 'not-automatic' && finding.workflow === 'RESOLVED'
  );
}

async function remember(work: Work, one: Case, sound: Sound): Promise<Remembered | Refusal> {
  const { request } = one;
  const { resolved } = sound;
  const { remediation, securityControlId: control } = resolved;
  return work.store.readRemembered(
    { ...targetOf(one, resolved), remediation, control },
    work.now(),
    {
      exceptions: await work.batch.exceptions(),
      ...(request.mode === 'Undo' ? defined('undo', request.attempt) : {}),
    },
  );
}

/** Nothing when the state can't be read: then it is denied anyway. */
async function rememberTarget(
  work: Work,
  one: Case,
  sound: Sound,
): Promise<Pick<Remembered, 'target'>> {
  const remembered = await remember(work, one, sound);
  return isRefusal(remembered) ? { target: undefined } : remembered;
}

function isRelapse({ request, finding, approval }: Case, target: Remembered['target']): boolean {
  return request.mode === 'Remediate' && approval === undefined && isReverted(target, finding);
}

async function decideOnce(
  work: Work,
  one: Case,
  sound: Sound,
  screened: Decision,
): Promise<'done' | 'again'> {
  const { request, finding, approval } = one;
  const facts = await work.lookUp(finding, sound.resolved.resource, sound.settings);
  const remembered = await remember(work, one, sound);
  const target = isRefusal(remembered) ? undefined : remembered.target;
  if (isRelapse(one, target)) {
    await reverted(work, one, sound, screened, target);
    return 'again';
  }
  const now = work.now();
  const id = approval?.id ?? attemptIdOf(request, finding, target?.failures ?? 0);
  const decision = decide({
    ...commonInput(work, one, sound, now),
    facts,
    remembered,
    attempt: { id, actor: request.actor },
    ...attemptOf(one),
  });
  logDecision(work, request, finding, decision, id);
  return carryOut(work, one, sound, { id, decision, facts, remembered, now });
}

interface Decided {
  readonly id: string;
  readonly decision: Decision;
  readonly facts: Facts;
  readonly remembered: Remembered | Refusal;
  readonly now: Date;
}

async function carryOut(
  work: Work,
  one: Case,
  sound: Sound,
  { id, decision, facts, remembered, now }: Decided,
): Promise<'done' | 'again'> {
  const { request, finding } = one;
  if (decision.verdict === 'deny' || isRefusal(remembered)) {
    await denied(work, one, decision, { sound, remembered });
    return 'done';
  }
  const phase = decision.verdict === 'needs-approval' ? 'approval-preview' : 'run';
  const attempt = newAttempt({
    id,
    request,
    finding,
    ...sound,
    decision,
    phase,
    facts,
    undoable: remembered.undoable,
    also: one.held?.also,
    now,
  });
  switch (decision.verdict) {
    case 'allow':
    case 'needs-approval':
      return claimAndStart(work, one, attempt, now);
    case 'hold': {
      const joined = await joinRunning(work, one, decision, attempt, remembered.lease);
      if (joined === 'ended') return 'again';
      if (joined === 'no') await hold(work, one, decision, attempt);
      return 'done';
    }
  }
}
