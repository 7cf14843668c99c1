import { outputsOf } from './execution.ts';
import type { Execution } from './execution.ts';
import { isList, isObject, member } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { outcomes } from './unit-test-types.ts';
import type { Outcome } from './unit-test-types.ts';

/** A call that a document made or would make. */
export interface Change {
  readonly call: string;
  /** Empty where the document left the parameters out to save room. */
  readonly with: JsonObject;
}

/** What the step `Result` of an emitted document says. */
export interface RunResult {
  readonly outcome: Outcome;
  readonly note: string;
  readonly error: string;
  readonly changes: readonly Change[];
  /** Of a preview: the calls with which Undo would restore what is there now, as far as they are known before the change. */
  readonly undo: readonly Change[];
  /** What undo needs, in chunks. */
  readonly state: readonly string[];
}

/** One run of a document and what it said. */
export interface Ran {
  readonly result: RunResult;
  readonly execution: Execution;
  /** Names of its calls that are not reads. */
  readonly writes: readonly string[];
}

/**
 * Reads the result of an execution; a failed one has it too when it got that far.
 * @throws Error when there is none or it isn't of the agreed form
 */
export function readResult(execution: Execution): RunResult {
  const outputs = outputsOf(execution, 'Result');
  if (outputs === undefined)
    throw new Error(
      `the document ended before its result: ${execution.failure ?? 'no step Result'}`,
    );
  const outcome = outcomes.find((known) => known === member(outputs, 'Outcome'));
  if (outcome === undefined)
    throw new Error(`Result.Outcome is ${JSON.stringify(outputs['Outcome'])}`);
  const calls = readChanges(textAt(outputs, 'Changes'));
  return {
    outcome,
    note: textAt(outputs, 'Note'),
    error: textAt(outputs, 'Error'),
    changes: calls.filter(({ isUndo }) => !isUndo).map(({ change }) => change),
    undo: calls.filter(({ isUndo }) => isUndo).map(({ change }) => change),
    state: textsAt(outputs, 'State'),
  };
}

function textAt(outputs: JsonObject, name: string): string {
  const value = member(outputs, name);
  if (typeof value !== 'string') throw new Error(`Result.${name} is not text`);
  return value;
}

function textsAt(outputs: JsonObject, name: string): readonly string[] {
  const value = member(outputs, name);
  if (!isList(value)) throw new Error(`Result.${name} is not a list`);
  return value.map((item) => {
    if (typeof item !== 'string') throw new Error(`Result.${name} holds something other than text`);
    return item;
  });
}

function readChanges(
  text: string,
): readonly { readonly change: Change; readonly isUndo: boolean }[] {
  const value: Json = JSON.parse(text) as Json;
  if (!isList(value)) throw new Error('Result.Changes is not a list');
  return value.map((item) => {
    const change = isObject(item) ? item : {};
    const call = member(change, 'call');
    const parameters = member(change, 'with') ?? {};
    if (typeof call !== 'string' || !isObject(parameters)) {
      throw new Error('Result.Changes holds something other than {call, with}');
    }
    return { change: { call, with: parameters }, isUndo: member(change, 'undo') === true };
  });
}
