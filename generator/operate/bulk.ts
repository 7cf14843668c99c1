import type { Mode } from '../../templates/admin/functions/model/request.ts';
import { DeployError, Interrupted } from '../deploy/deploy-error.ts';
import { confirm } from '../deploy/terminal.ts';
import { follow } from './follow.ts';
import { isGood } from './outcome.ts';
import type { Followed } from './outcome.ts';
import { followedJson, followedText, followedWord } from './outcome-text.ts';
import type { OperatePorts } from './ports.ts';
import { createRun, readRun, removeRun, runFileName } from './run-file.ts';
import type { Entry, Run, SentEntry } from './run-file.ts';
import { lockRun } from './run-lock.ts';
import { sendRun } from './send-run.ts';
import { count, groupedBy } from './summary.ts';

export interface BulkOptions {
  readonly mode: Mode;
  readonly force: boolean;
  readonly ticket: boolean;
  /** What makes it the same run: the command line's choice of findings. */
  readonly choice: object;
  /** @default a file in the state folder, named after the choice */
  readonly runFile?: string;
  /** Leave what an earlier run left unsent. */
  readonly isFresh: boolean;
  readonly isYes: boolean;
  /** Show what would be sent, and end. */
  readonly isDryRun: boolean;
  readonly perMinute: number;
  /** Minutes to wait for the outcomes; 0 waits for none. */
  readonly waitMinutes: number;
  /** One JSON object for each command instead of text. */
  readonly isJson: boolean;
}

/** What is to be sent, and what people are shown of it. */
export interface Selection {
  readonly entries: readonly Entry[];
  readonly text: string;
  /** Something that was named can't be sent. */
  readonly isIncomplete: boolean;
}

/** `problems`: not all that was asked for was sent, or, when waited for, came to a good end. What there is to say was said. */
export type BulkEnd = 'done' | 'problems';

/**
 * Sends commands about many findings: shows them, asks, sends, and waits for what becomes of them. What was sent is kept
 * in a file, so that the same command goes on where an earlier one was interrupted. One process at a time works on it.
 * Throws `DeployError`.
 */
export async function runBulk(
  ports: OperatePorts,
  options: BulkOptions,
  select: () => Promise<Selection>,
): Promise<BulkEnd> {
  const { connection, stateFolder } = ports;
  const { mode, force, ticket, choice } = options;
  const { account, region, stackName } = connection.installation;
  const what = { account, region, stackName, mode, force, ticket, choice };
  const file = options.runFile ?? runFileName(stateFolder, mode, what);
  if (options.isDryRun) return runLocked(ports, options, select, file);
  const unlock = lockRun(file, ports.now());
  try {
    return await runLocked(ports, options, select, file);
  } finally {
    unlock();
  }
}

async function runLocked(
  ports: OperatePorts,
  options: BulkOptions,
  select: () => Promise<Selection>,
  file: string,
): Promise<BulkEnd> {
  const { display } = ports;
  try {
    const earlier = leftBehind(file, options, ports.now());
    if (earlier !== undefined) display.note(earlierText(earlier, file));
    const prepared =
      earlier === undefined
        ? await prepare(ports, options, select)
        : { run: earlier, isIncomplete: false };
    if (typeof prepared === 'string') return prepared;
    const { run, isIncomplete } = prepared;
    const left = run.entries.length - run.sent.length;
    if (left > 0 && !(await isConfirmed(ports, options, left))) return 'problems';
    if (earlier === undefined) createRun(file, run);
    const sent = await sending(ports, file, run, options);
    const end = await watch(ports, file, run, sent, options);
    return isIncomplete ? 'problems' : end;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    display.live('');
    display.note(howToGoOn(file));
    return 'problems';
  }
}

/** An earlier run that isn't over: unsent commands, or outcomes that somebody still wants to see. */
function leftBehind(
  file: string,
  { isFresh, isDryRun, waitMinutes, mode }: BulkOptions,
  now: Date,
): Run | undefined {
  if (isFresh || isDryRun) return undefined;
  const run = readRun(file);
  if (run === undefined) return undefined;
  if (run.mode !== mode)
    throw new DeployError(`${file} holds commands of another kind (${run.mode}).`, {
      isUsage: true,
    });
  const isWatched = now.getTime() < Date.parse(run.createdAt) + waitMinutes * 60_000;
  return run.sent.length < run.entries.length || isWatched ? run : undefined;
}

function earlierText({ createdAt, sent, entries }: Run, file: string): string {
  return `An earlier run of this command (${createdAt}) sent ${sent.length} of ${count(entries.length, 'command')}. This one goes on there; --fresh starts anew. (${file})`;
}

function howToGoOn(file: string): string {
  const run = readRun(file);
  if (run === undefined) return 'Interrupted. Nothing was sent.';
  return `Interrupted after ${run.sent.length} of ${count(run.entries.length, 'command')}; what was sent goes on in AWS. Run the same command again to go on.`;
}

async function prepare(
  { display, now }: OperatePorts,
  { isDryRun, mode, force, ticket, isJson }: BulkOptions,
  select: () => Promise<Selection>,
): Promise<{ readonly run: Run; readonly isIncomplete: boolean } | BulkEnd> {
  const { entries, text, isIncomplete } = await select();
  // Standard output belongs to the JSON lines.
  if (isJson) display.note(text);
  else display.result(text);
  if (entries.length === 0) {
    display.note('There is nothing to send.');
    return isIncomplete ? 'problems' : 'done';
  }
  if (isDryRun) return isIncomplete ? 'problems' : 'done';
  const createdAt = now().toISOString();
  return { run: { mode, force, ticket, createdAt, entries, sent: [] }, isIncomplete };
}

async function isConfirmed(
  { prompter, display, signal }: OperatePorts,
  { isYes }: BulkOptions,
  left: number,
): Promise<boolean> {
  if (!isYes && !prompter.isInteractive) {
    display.note('Nothing was sent: there is nobody to ask. Say --yes to send.');
    return false;
  }
  if (await confirm(`Send ${count(left, 'command')}?`, { prompter, isYes, signal })) return true;
  display.note('Nothing was sent.');
  return false;
}

async function sending(
  ports: OperatePorts,
  file: string,
  run: Run,
  { perMinute }: BulkOptions,
): Promise<readonly SentEntry[]> {
  try {
    return await sendRun(ports, file, run, perMinute);
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    const { sent = [] } = readRun(file) ?? {};
    throw new DeployError(
      `${error.message}\n${sent.length} of ${count(run.entries.length, 'command')} were sent. Run the same command again to go on.`,
    );
  }
}

async function watch(
  ports: OperatePorts,
  file: string,
  run: Run,
  sent: readonly SentEntry[],
  { mode, waitMinutes, isJson }: BulkOptions,
): Promise<BulkEnd> {
  const { display, now } = ports;
  const commands = sent.flatMap((one) => {
    const entry = run.entries[one.at];
    return entry === undefined ? [] : [{ entry, sent: one }];
  });
  const tell = (at: number, followed: Followed): void => {
    const command = commands[at];
    if (command === undefined) return;
    display.result(isJson ? followedJson(command, followed) : followedText(command, followed));
  };
  display.note(`${count(sent.length, 'command')} sent.`);
  if (waitMinutes === 0) {
    if (isJson) for (const at of commands.keys()) tell(at, { state: 'unknown' });
    removeRun(file);
    display.note('What becomes of them is in asr history.');
    return 'done';
  }
  const until = new Date(now().getTime() + waitMinutes * 60_000);
  const settled = new Set<number>();
  const onSettled = (at: number, followed: Followed): void => {
    settled.add(at);
    tell(at, followed);
  };
  const known = await follow(ports, commands, { mode, until, onSettled });
  display.live('');
  for (const [at, followed] of known.entries()) if (!settled.has(at)) tell(at, followed);
  removeRun(file);
  display.note(
    [...groupedBy(known, followedWord)].map(([word, all]) => `${word}: ${all.length}`).join(', '),
  );
  return known.every((one) => isGood(one, mode)) ? 'done' : 'problems';
}
