import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

import { asJson, isList, isObject, member } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { outcomes } from './unit-test-types.ts';
import type { Outcome } from './unit-test-types.ts';

/** Where `simulate` keeps what undo needs. */
export const defaultStateFile = '.asr/state.json';

/** The last run for a finding that changed something: all that undo needs. */
export interface FindingRun {
  readonly document: string;
  /** Parameters of the run other than Mode and State. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly outcome: Outcome;
  /** Names of the calls that changed something. */
  readonly changes: readonly string[];
  readonly state: readonly string[];
}

/**
 * The last changing run for a finding.
 * @returns undefined when there is none
 * @throws Error when the file is there but can't be read
 */
export async function loadState(file: string, findingId: string): Promise<FindingRun | undefined> {
  const entry = member(await readAll(file), findingId);
  return entry === undefined ? undefined : readRun(entry, file, findingId);
}

/**
 * Keeps a run for a finding. One that changed nothing (Preview, Undo, a compliant resource) leaves the kept one alone.
 * The file is replaced at once or not at all.
 * @returns whether the run was kept
 * @throws Error when the file is there but can't be read; it is then left as it is
 */
export async function saveState(
  file: string,
  findingId: string,
  run: FindingRun,
): Promise<boolean> {
  if (!hasChanged(run)) return false;
  const all = await readAll(file);
  const entries = {
    ...Object.fromEntries(Object.entries(all).filter(([id]) => id !== findingId)),
    ...entryOf(findingId, run),
  };
  const sorted = Object.entries(entries).toSorted(([one], [other]) => (one < other ? -1 : 1));
  await replace(file, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`);
  return true;
}

/** A failed run counts too: it may have got part of the way, and its state is the way back. */
function hasChanged({ outcome, changes, state }: FindingRun): boolean {
  switch (outcome) {
    case 'changed':
    case 'mitigated':
    case 'failed':
      return changes.length > 0 && state.length > 0;
    case 'compliant':
    case 'would-change':
    case 'undone':
      return false;
    default:
      return outcome satisfies never;
  }
}

function entryOf(findingId: string, run: FindingRun): JsonObject {
  return Object.fromEntries([[findingId, asJson(run)]]);
}

async function replace(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  // What undo needs is not for everyone to read.
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

async function readAll(file: string): Promise<JsonObject> {
  const text = await readText(file);
  if (text === undefined) return {};
  const value = parse(text);
  if (isObject(value)) return value;
  throw unreadable(file, 'it is not a JSON map');
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw unreadable(file, String(error));
  }
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function readRun(entry: Json, file: string, findingId: string): FindingRun {
  if (!isObject(entry) || !isRun(entry))
    throw unreadable(file, `the entry of ${findingId} is incomplete`);
  return entry;
}

function isRun(entry: JsonObject): entry is JsonObject & FindingRun {
  const { document, parameters, outcome, changes, state } = entry;
  return (
    typeof document === 'string' &&
    isObject(parameters) &&
    Object.values(parameters).every(isTexts) &&
    outcomes.some((known) => known === outcome) &&
    isTexts(changes) &&
    isTexts(state)
  );
}

function isTexts(value: Json | undefined): boolean {
  return isList(value) && value.every((item) => typeof item === 'string');
}

function unreadable(file: string, why: string): Error {
  return new Error(
    `${file} can't be read: ${why}. It holds what undo needs, so it is left as it is: repair it, or move it away to start anew.`,
  );
}
