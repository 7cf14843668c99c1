import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { objectOf } from '../../templates/admin/functions/model/json.ts';
import { MODES } from '../../templates/admin/functions/model/request.ts';
import type { Mode } from '../../templates/admin/functions/model/request.ts';
import { DeployError } from '../deploy/deploy-error.ts';
import type { FindingName } from './query.ts';

/** A command of a run that is sent, or will be. */
export interface Entry {
  readonly finding: FindingName;
  readonly control: string;
  readonly account: string;
  readonly region: string;
  readonly resource: string;
  readonly remediation: string;
  /** Undo: the attempt to take back. */
  readonly attempt?: string;
}

/** A message that Amazon SQS took. */
export interface SentEntry {
  /** Place in the list of entries. */
  readonly at: number;
  readonly messageId: string;
  /** ISO 8601. */
  readonly sentAt: string;
}

/** A list of commands and which of them were sent, as it lies in a file. */
export interface Run {
  readonly mode: Mode;
  readonly force: boolean;
  readonly ticket: boolean;
  /** ISO 8601; when the list was made. */
  readonly createdAt: string;
  readonly entries: readonly Entry[];
  readonly sent: readonly SentEntry[];
}

/** Where such files lie when nothing else is said (XDG Base Directory Specification, XDG_STATE_HOME). */
export function stateFolder(environment: NodeJS.ProcessEnv): string {
  const state = environment['XDG_STATE_HOME'] ?? '';
  return join(state === '' ? join(homedir(), '.local', 'state') : state, 'asr');
}

/** The same file for the same command line on the same installation, so that a second run finds what the first one left. */
export function runFileName(folder: string, mode: Mode, what: object): string {
  const digest = createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 16);
  return join(folder, `${mode.toLowerCase()}-${digest}.jsonl`);
}

/**
 * Writes the list, whole or not at all: one JSON object per line, the first one about the run, then one for each entry.
 * Only its owner may read it. Throws `DeployError`.
 */
export function createRun(file: string, run: Omit<Run, 'sent'>): void {
  const { mode, force, ticket, createdAt, entries } = run;
  const head = { asr: 1, mode, force, ticket, createdAt, count: entries.length };
  const lines = [head, ...entries];
  const draft = `${file}.${process.pid}`;
  writing(file, () => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(draft, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), {
      mode: 0o600,
      flush: true,
    });
    renameSync(draft, file);
  });
}

/**
 * Adds what was sent. A line that a crash cuts short is passed over when it is read; the next one begins on a line of
 * its own. Throws `DeployError`.
 */
export function appendSent(file: string, sent: readonly SentEntry[]): void {
  const text = `\n${JSON.stringify({ sent })}\n`;
  writing(file, () => appendFileSync(file, text, { flush: true }));
}

export function removeRun(file: string): void {
  rmSync(file, { force: true });
}

function writing(file: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new DeployError(
      `${file} can't be written: ${error instanceof Error ? error.message : String(error)}. It keeps what was sent; choose another one with --run-file.`,
    );
  }
}

/** What an earlier run left; undefined when there is none. Throws `DeployError` when it isn't understood. */
export function readRun(file: string): Run | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return undefined;
    throw new DeployError(
      `${file} can't be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  const run = parseRun(text);
  if (run === undefined)
    throw new DeployError(
      `${file} isn't a list of commands of this version. Delete it to start anew, or choose another file with --run-file.`,
    );
  return run;
}

/** Undefined when it isn't understood. */
function parseRun(text: string): Run | undefined {
  const lines = text.split('\n').map(parseLine);
  const head = objectOf(lines[0]);
  const { count, force, ticket, createdAt } = head;
  const mode = MODES.find((one) => one === head['mode']);
  if (head['asr'] !== 1 || mode === undefined || typeof count !== 'number') return undefined;
  const entries = lines.slice(1, 1 + count).filter(isEntry);
  if (entries.length !== count || typeof createdAt !== 'string') return undefined;
  const sent = lines.slice(1 + count).flatMap((line) => {
    const list: unknown = objectOf(line)['sent'];
    return Array.isArray(list) ? list.filter(isSent) : [];
  });
  return {
    mode,
    force: force === true,
    ticket: ticket === true,
    createdAt,
    entries,
    sent: sent.filter(({ at }) => at < count),
  };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is Entry {
  const entry = objectOf(value);
  const { id, productArn } = objectOf(entry['finding']);
  const names = ['control', 'account', 'region', 'resource', 'remediation'];
  return (
    [id, productArn, ...names.map((name) => entry[name])].every((one) => typeof one === 'string') &&
    ['string', 'undefined'].includes(typeof entry['attempt'])
  );
}

function isSent(value: unknown): value is SentEntry {
  const { at, messageId, sentAt } = objectOf(value);
  return typeof at === 'number' && typeof messageId === 'string' && typeof sentAt === 'string';
}
