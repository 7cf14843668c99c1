import type { Attempt } from '../../templates/admin/functions/model/attempt.ts';
import { DeployError, throwIfInterrupted } from '../deploy/deploy-error.ts';
import { confirm } from '../deploy/terminal.ts';
import type { BulkEnd } from './bulk.ts';
import { releaseCommand } from './commands.ts';
import type { OperatePorts } from './ports.ts';
import { sendCommands } from './send.ts';
import { readHold, requireAttempt } from './state-queries.ts';

/**
 * Asks the administrator account to end the hold that an Undo left on the remediation and the resource of an attempt.
 * Throws `DeployError`, and `Interrupted` on Ctrl-C.
 */
export async function releaseHold(
  ports: OperatePorts,
  id: string,
  isYes: boolean,
): Promise<BulkEnd> {
  const { connection, display, prompter, signal } = ports;
  const attempt = await requireAttempt(connection, id);
  const hold = await readHold(connection, attempt, attempt.remediation);
  if (hold === undefined) {
    display.note(`Nothing holds ${placeOf(attempt)}.`);
    return 'done';
  }
  display.result(
    `${placeOf(attempt)} is held until ${hold.expiresAt} by ${hold.owner}: ${hold.reason}.\nWithout the hold it is fixed again as soon as its check fails again, if the control is automatic.`,
  );
  if (!isYes && !prompter.isInteractive)
    throw new DeployError('Nothing was sent: there is nobody to ask. Say --yes to end the hold.');
  if (!(await confirm('End the hold?', { prompter, isYes, signal }))) return 'problems';
  throwIfInterrupted(signal);
  const { problem } = await sendCommands(ports, [releaseCommand(attempt, attempt.remediation)]);
  if (problem !== undefined) throw new DeployError(problem);
  display.note('The command is sent.');
  return 'done';
}

function placeOf({ remediation, resource, account, region }: Attempt): string {
  return `${remediation} of ${resource} (${account}, ${region})`;
}
