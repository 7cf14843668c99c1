import type { Attempt } from '../model/attempt.ts';
import { defined } from '../model/finding-parts.ts';
import { plainText } from '../model/json.ts';
import { announce } from './announce.ts';
import { parseAttemptKey } from './attempt-key.ts';
import { rethrow } from './aws-errors.ts';
import { createAwaiting } from './create-awaiting.ts';
import { createEnding } from './create-ending.ts';
import type { EndingOptions } from './ending-options.ts';
import { isOwnExecution } from './execution.ts';
import type { Recorded } from './recorded.ts';
import { report } from './report.ts';
import { without } from './run.ts';
import type { Ended, Result, Running } from './run.ts';

/** What the state machine hands to `finish`. */
export interface FinishInput {
  /** The execution's input. */
  readonly key: unknown;
  readonly state: {
    /** What `start` or `check` answered last. */
    readonly run?: Running | Ended;
    /** Error that the state machine caught. */
    readonly problem?: { readonly Error?: string };
  };
  /** ARN of the execution. */
  readonly execution: string;
  /** How often this was tried before. */
  readonly retries: number;
}

/** Raised when something could not be written, after everything else was: the execution fails, for everybody to see. */
class NotRecorded extends Error {
  override readonly name = 'NotRecorded';
}

/** From this try on, what AWS is too busy for is left, and the rest is done. The state machine tries ten times more. */
const PATIENCE = 8;

/**
 * The function that records how an execution ended. Throws `Busy` while trying again helps, and `NotRecorded` when a
 * finding, the history or the topic doesn't know the result in the end.
 */
export function createFinish(options: EndingOptions): (input: FinishInput) => Promise<Recorded> {
  return async ({ key: raw, state, execution, retries }) => {
    const key = parseAttemptKey(raw);
    const attempt = await options.store.readAttempt(key, key.id).catch(rethrow);
    if (attempt === undefined) throw new NotRecorded(`There is no attempt ${key.id}.`);
    if (!isOwnExecution(execution, attempt))
      throw new NotRecorded(`This execution isn't the one of attempt ${key.id}.`);
    const recorded = await record(
      { ...options, isPatient: retries < PATIENCE },
      attempt,
      resultOf(state),
      execution,
    );
    if (!recorded.recorded) throw new NotRecorded(recorded.problems.join(' '));
    return recorded;
  };
}

async function record(
  options: EndingOptions,
  attempt: Attempt,
  result: Result,
  execution: string,
): Promise<Recorded> {
  const isAgain = attempt.execution === execution;
  const isPlan = attempt.phase === 'approval-preview' && result.outcome === 'would-change';
  switch (attempt.status) {
    case 'claimed':
      return isPlan
        ? createAwaiting(options)(attempt, result, execution)
        : createEnding(options)(attempt, result, execution);
    case 'awaiting-approval':
      return isAgain && isPlan
        ? createAwaiting(options)(attempt, result, execution)
        : untouched(attempt, result);
    case 'ended':
      if (isAgain) return toldAgain(options, attempt, result);
      // A result that comes late is told, although the history can't hold it any more.
      return result.automation === undefined
        ? untouched(attempt, result)
        : createEnding(options)(attempt, result, execution);
  }
}

/** Nothing was started, because the attempt is over or waits: what is written about it stays. */
function untouched(attempt: Attempt, result: Result): Recorded {
  return {
    result: 'Refused',
    outcome: attempt.outcome ?? result.outcome,
    message: result.error,
    recorded: true,
    problems: [],
  };
}

/** An earlier try ended the attempt and then broke off: only who listens may not know yet. */
async function toldAgain(
  options: EndingOptions,
  attempt: Attempt,
  result: Result,
): Promise<Recorded> {
  const made = report(attempt, result);
  const { kind, status, workflow } = made;
  const message = attempt.message ?? made.message;
  const outcome = attempt.outcome ?? result.outcome;
  const problems = await announce(options, {
    attempt,
    status,
    headline: kind,
    outcome,
    message,
    workflow,
  });
  return { result: kind, outcome, message, recorded: problems.length === 0, problems };
}

/** What the execution came to, by what its functions answered and what the state machine caught. */
function resultOf({ run, problem }: FinishInput['state']): Result {
  const error = plainText(problem?.Error ?? 'unknown error', 80);
  if (run === undefined)
    return problem?.Error === 'Busy'
      ? without('not-started', 'AWS was too busy for too long; no start was confirmed.')
      : without(
          'orchestrator-failed',
          `Whether the remediation was started isn't known (${error}); the log of the start function says more.`,
        );
  if (run.status === 'ended') return run;
  const { automation, stack } = run;
  return {
    ...without(
      'unreadable',
      `The automation was started, but its result could not be read (${error}); look it up.`,
    ),
    automation,
    ...defined('stack', stack),
  };
}
