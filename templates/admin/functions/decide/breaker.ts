import type { Policy } from '../model/policy.ts';
import { isAfter, timeOf } from './strict.ts';
import type { Breaker } from './types.ts';

const MINUTE = 60_000;

/** Whether the breaker of a control is open. Throws when it isn't understood. */
export function isOpenBreaker(breaker: Breaker | undefined, now: Date): boolean {
  if (breaker === undefined) return false;
  const { failures, openUntil } = breaker;
  for (const failure of failures) timeOf(failure);
  return openUntil !== undefined && isAfter(openUntil, now);
}

/**
 * The breaker of a control after a failed attempt: open when there were enough failures in the policy's time. `opened`
 * says that this failure opened it. One that is open stays so, and counts afresh when it closes.
 */
export function afterFailure(
  breaker: Breaker | undefined,
  policy: Pick<Policy, 'breakerFailures' | 'breakerMinutes' | 'breakerPauseMinutes'>,
  now: Date,
): { readonly breaker: Breaker; readonly opened: boolean } {
  if (breaker !== undefined && isOpenBreaker(breaker, now)) return { breaker, opened: false };
  const since = now.getTime() - policy.breakerMinutes * MINUTE;
  const failures = [...(breaker?.failures ?? []), now.toISOString()]
    .filter((one) => timeOf(one) > since)
    .slice(-policy.breakerFailures);
  if (failures.length < policy.breakerFailures) return { breaker: { failures }, opened: false };
  const openUntil = new Date(now.getTime() + policy.breakerPauseMinutes * MINUTE).toISOString();
  return { breaker: { failures: [], openUntil }, opened: true };
}
