import type { Attempt } from '../../templates/admin/functions/model/attempt.ts';
import { DeployError } from '../deploy/deploy-error.ts';
import { confirm } from '../deploy/terminal.ts';
import { attemptText } from './attempt-text.ts';
import type { BulkEnd } from './bulk.ts';
import { answerCommand } from './commands.ts';
import { whoCalls } from './connect.ts';
import type { OperatePorts } from './ports.ts';
import { sendCommands } from './send.ts';
import { requireAttempt } from './state-queries.ts';
import { count } from './summary.ts';

export interface ApproveOptions {
  readonly ids: readonly string[];
  readonly answer: 'approve' | 'reject';
  readonly isYes: boolean;
  /** Minutes to wait for the end; 0 doesn't. */
  readonly waitMinutes: number;
}

/**
 * Shows attempts that wait for an approval, with the calls that they would make, and answers them. Throws `DeployError`
 * when one of them doesn't wait, or whoever calls asked for it: then nothing is sent.
 */
export async function answerAttempts(
  ports: OperatePorts,
  { ids, answer, isYes, waitMinutes }: ApproveOptions,
): Promise<BulkEnd> {
  const { connection, display, prompter, signal, now } = ports;
  const attempts: Attempt[] = [];
  for (const id of ids) attempts.push(await requireAttempt(connection, id));
  const caller = await whoCalls(connection);
  const problems = attempts.flatMap((one) => problemOf(one, answer, caller.id, now()) ?? []);
  if (problems.length > 0) throw new DeployError(`${problems.join('\n')}\nNothing was sent.`);
  display.result(attempts.map(attemptText).join('\n\n'));
  if (!isYes && !prompter.isInteractive)
    throw new DeployError(`Nothing was sent: there is nobody to ask. Say --yes to ${answer}.`);
  const question = `${answer === 'approve' ? 'Approve' : 'Reject'} ${count(attempts.length, 'attempt')}?`;
  if (!(await confirm(question, { prompter, isYes, signal }))) {
    display.note('Nothing was sent.');
    return 'problems';
  }
  for (const { id } of attempts) {
    const { problem } = await sendCommands(ports, [answerCommand(answer, id)]);
    if (problem !== undefined) throw new DeployError(problem);
  }
  display.note(`${count(attempts.length, 'command')} sent.`);
  return waitMinutes === 0 ? 'done' : ended(ports, attempts, answer, waitMinutes);
}

/** Why an answer would be ignored. The administrator account decides again, by who sent the message. Pure. */
function problemOf(
  { id, status, approvalExpiresAt, actor }: Attempt,
  answer: ApproveOptions['answer'],
  caller: string,
  now: Date,
): string | undefined {
  if (status !== 'awaiting-approval') return `The attempt ${id} doesn't wait for an approval.`;
  if (Date.parse(approvalExpiresAt ?? '') <= now.getTime())
    return `The approval of attempt ${id} lapsed at ${approvalExpiresAt ?? 'an unknown time'}. Ask for the remediation again.`;
  return answer === 'approve' && actor === caller
    ? `You asked for attempt ${id} yourself, so somebody else must approve it.`
    : undefined;
}

const LOOK = 5000;

async function ended(
  { connection, display, now, sleep, signal }: OperatePorts,
  attempts: readonly Attempt[],
  answer: ApproveOptions['answer'],
  waitMinutes: number,
): Promise<BulkEnd> {
  const until = now().getTime() + waitMinutes * 60_000;
  let left = attempts.map(({ id }) => id);
  let isGood = true;
  while (left.length > 0 && now().getTime() < until) {
    display.live(`Waiting for ${count(left.length, 'attempt')}.`);
    await sleep(LOOK, signal);
    for (const id of left) {
      const attempt = await requireAttempt(connection, id);
      if (attempt.status !== 'ended') continue;
      left = left.filter((one) => one !== id);
      isGood &&= isAnswered(attempt, answer);
      display.result(`${attempt.outcome ?? 'unknown'}: ${id}\n  ${attempt.message ?? ''}`);
    }
  }
  display.live('');
  if (left.length > 0)
    display.note(`${count(left.length, 'attempt')} did not end yet: ${left.join(', ')}.`);
  return isGood && left.length === 0 ? 'done' : 'problems';
}

function isAnswered({ outcome }: Attempt, answer: ApproveOptions['answer']): boolean {
  return answer === 'reject'
    ? outcome === 'rejected'
    : ['changed', 'compliant', 'mitigated'].some((one) => one === outcome);
}
