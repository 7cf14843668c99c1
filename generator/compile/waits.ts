import { allSteps } from '../model/runbook.ts';
import type { Runbook, WaitStep } from '../model/runbook.ts';

/** `aws:executeScript` ends a script after ten minutes (user guide, "aws:executeScript"); one is left for the rest. */
export const SCRIPT_SECONDS = 540;

/** `aws:loop` runs at most 100 times (user guide, "aws:loop"); ten are left for steps between the waits. */
const LOOKS = 90;

/** A wait that one script run can't hold: the document loops instead. */
export function isLongWait(step: WaitStep): boolean {
  return step.withinSeconds > SCRIPT_SECONDS;
}

export function longWaits(runbook: Runbook): readonly WaitStep[] {
  return allSteps(runbook)
    .filter((step) => step.type === 'wait')
    .filter(isLongWait);
}

/** Seconds between looks: long waits of a unit share the iterations of the loop. */
export function everySeconds(runbook: Runbook, step: WaitStep): number {
  if (!isLongWait(step)) return step.everySeconds;
  const total = longWaits(runbook).reduce((sum, wait) => sum + wait.withinSeconds, 0);
  return Math.max(step.everySeconds, Math.ceil(total / LOOKS));
}
