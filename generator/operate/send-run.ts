import type { Mode } from '../../templates/admin/functions/model/request.ts';
import { DeployError, throwIfInterrupted } from '../deploy/deploy-error.ts';
import { chunksOf } from './chunks.ts';
import { findingCommand, undoCommand } from './commands.ts';
import type { Command } from './commands.ts';
import type { OperatePorts } from './ports.ts';
import { appendSent } from './run-file.ts';
import type { Entry, Run, SentEntry } from './run-file.ts';
import { MESSAGES, sendCommands } from './send.ts';

/**
 * Sends the commands of a run that were not sent yet, at most `perMinute` of them a minute, and writes down after each
 * call which ones Amazon SQS took. Answers all that were sent by now. A command whose answer got lost is sent again by
 * the next run: the same request on the same resource joins the one under way. Throws `DeployError`, and `Interrupted`
 * on Ctrl-C.
 */
export async function sendRun(
  ports: Pick<OperatePorts, 'connection' | 'display' | 'now' | 'sleep' | 'signal'>,
  file: string,
  run: Run,
  perMinute: number,
): Promise<readonly SentEntry[]> {
  const { display, now, sleep, signal } = ports;
  const sent = [...run.sent];
  const done = new Set(sent.map(({ at }) => at));
  const left = [...run.entries.keys()].filter((at) => !done.has(at));
  for (const [index, batch] of chunksOf(left, Math.min(MESSAGES, perMinute)).entries()) {
    if (index > 0) await sleep((batch.length * 60_000) / perMinute, signal);
    throwIfInterrupted(signal);
    const commands = batch.flatMap((at) => {
      const entry = run.entries[at];
      return entry === undefined ? [] : [commandOf(entry, run)];
    });
    const { messageIds, problem } = await sendCommands(ports, commands);
    const taken = [...messageIds].flatMap(([place, messageId]) => {
      const at = batch[place];
      return at === undefined ? [] : [{ at, messageId, sentAt: now().toISOString() }];
    });
    if (taken.length > 0) appendSent(file, taken);
    sent.push(...taken);
    display.live(`Sent ${sent.length} of ${run.entries.length} commands.`);
    throwIfInterrupted(signal);
    if (problem !== undefined) throw new DeployError(problem);
  }
  display.live('');
  return sent;
}

function commandOf(
  { finding, attempt }: Entry,
  {
    mode,
    force,
    ticket,
  }: { readonly mode: Mode; readonly force: boolean; readonly ticket: boolean },
): Command {
  return mode === 'Undo'
    ? undoCommand(finding, attempt ?? '', force)
    : findingCommand(mode, finding, ticket);
}
