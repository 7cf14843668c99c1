import type { Attempt } from '../model/attempt.ts';
import { defined } from '../model/finding-parts.ts';
import { announce } from './announce.ts';
import { attempted } from './attempted.ts';
import type { EndingOptions } from './ending-options.ts';
import { metricsLine } from './metrics.ts';
import type { Recorded } from './recorded.ts';
import { ownerOf, planOf, sentences } from './report.ts';
import type { Result } from './run.ts';
import { updateFindings } from './update-findings.ts';

const HOUR = 3_600_000;

/**
 * Builds the function that puts an attempt aside until a named person approves it: the history keeps its preview, the
 * findings and the topic say how to approve. The findings' status stays, and nothing holds the resource. Throws `Busy`
 * while AWS is; doing it again writes the same again.
 */
export function createAwaiting(
  options: EndingOptions,
): (attempt: Attempt, result: Result, execution: string) => Promise<Recorded> {
  return async (attempt, result, execution) => {
    const waiting = waitingAttempt(attempt, result, execution, options.now());
    const message = messageOf(waiting, result);
    const kept = await attempted(options, 'The history could not be written', async () =>
      attempt.status === 'awaiting-approval' ? undefined : options.store.awaitApproval(waiting),
    );
    const noted = await attempted(options, 'The finding could not be updated', async () =>
      updateFindings(options, {
        account: attempt.account,
        findings: attempt.findings,
        note: message,
      }),
    );
    const untold = await announce(options, {
      attempt: waiting,
      status: 'planned',
      headline: 'Awaiting approval',
      outcome: result.outcome,
      message,
    });
    if (options.metrics)
      options.log(
        metricsLine(options, {
          kind: 'Previewed',
          control: attempt.control,
          breakerOpened: false,
        }),
      );
    const unwritten = 'problem' in noted ? noted.problem : noted.value;
    const problems = ['problem' in kept ? kept.problem : [], unwritten ?? [], untold].flat();
    const recorded: Recorded = {
      result: 'Previewed',
      outcome: result.outcome,
      message,
      recorded: problems.length === 0,
      problems,
    };
    const { id: attemptId } = attempt;
    options.log(
      JSON.stringify({
        attempt: attemptId,
        execution,
        awaiting: true,
        outcome: result.outcome,
        problems,
      }),
    );
    return recorded;
  };
}

function waitingAttempt(
  attempt: Attempt,
  { changes, note, automation, stack }: Result,
  execution: string,
  now: Date,
): Attempt {
  const until = new Date(now.getTime() + attempt.policy.approvalHours * HOUR).toISOString();
  return {
    ...attempt,
    status: 'awaiting-approval',
    preview: changes,
    note,
    approvalExpiresAt: attempt.approvalExpiresAt ?? until,
    execution,
    ...defined('automation', automation),
    ...defined('stack', stack),
  };
}

function messageOf(waiting: Attempt, result: Result): string {
  const until = waiting.approvalExpiresAt?.slice(0, 16).replace('T', ' ') ?? '';
  return `Waits for the approval of another person until ${until} UTC: run "asr approve ${waiting.id}", with --reject to say no. ${sentences(planOf(waiting, result), ownerOf(waiting, result))}`;
}
