import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { objectOf } from '../../templates/admin/functions/model/json.ts';
import { DeployError } from '../deploy/deploy-error.ts';

/** Who works on the file of a run. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
}

/**
 * Takes the file of a run for this process; answers how to give it back. A file beside it says who has it. What a process
 * left that has ended is taken over. Throws `DeployError` when another process has it, or the folder can't be written.
 */
export function lockRun(file: string, now: Date): () => void {
  const lock = `${file}.lock`;
  const own: Holder = { pid: process.pid, host: hostname(), since: now.toISOString() };
  if (!take(lock, own) && !(takeAway(lock) && take(lock, own)))
    throw new DeployError(refusal(file, lock, holderOf(lock)));
  return () => rmSync(lock, { force: true });
}

/** Whether nobody had it. */
function take(lock: string, own: Holder): boolean {
  let hasFolder = false;
  try {
    mkdirSync(dirname(lock), { recursive: true, mode: 0o700 });
    hasFolder = true;
    writeFileSync(lock, JSON.stringify(own), { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if (hasFolder && codeOf(error) === 'EEXIST') return false;
    throw new DeployError(
      `${lock} can't be written: ${error instanceof Error ? error.message : String(error)}. It says that this run is under way; choose another place with --run-file.`,
    );
  }
}

/** Removes what an ended process left. Renamed before, so that of several processes that find it only one goes on. */
function takeAway(lock: string): boolean {
  const holder = holderOf(lock);
  if (holder === undefined || !hasEnded(holder)) return false;
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return false;
  }
  rmSync(aside, { force: true });
  return true;
}

function holderOf(lock: string): Holder | undefined {
  try {
    const { pid, host, since } = objectOf(JSON.parse(readFileSync(lock, 'utf8')));
    return typeof pid === 'number' && typeof host === 'string' && typeof since === 'string'
      ? { pid, host, since }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Of another machine, which may share the folder, nothing is known. */
function hasEnded({ pid, host }: Holder): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return codeOf(error) === 'ESRCH';
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function refusal(file: string, lock: string, holder: Holder | undefined): string {
  const who =
    holder === undefined
      ? 'Another process'
      : `Process ${holder.pid} on ${holder.host} (since ${holder.since})`;
  return `${who} works on the same run, ${file}. Two at once would send its commands twice. Wait for it, or choose another file with --run-file; if it is gone, delete ${lock}.`;
}
