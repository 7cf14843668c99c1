import type { RecordedAnswer } from './answers.ts';
import type { RecordedCall } from './calls.ts';
import type { Execution } from './execution.ts';
import type { Json, JsonObject } from './json.ts';

/** A unit's `<Name>.test.yaml`; its JSON Schema is generator/read/schemas/unit-test.schema.json. */
export interface UnitTest {
  readonly situations: readonly Situation[];
}

/** How a run of a document can end. */
export const outcomes = [
  'compliant',
  'would-change',
  'changed',
  'mitigated',
  'undone',
  'failed',
] as const;

/** One of `outcomes`. */
export type Outcome = (typeof outcomes)[number];

/**
 * One situation: how the resource is made wrong, and what must be true afterwards.
 * Text may hold `{account}`, `{region}`, `{partition}` and `{name.path[0].to}` of a given call's result.
 */
export interface Situation {
  readonly name: string;
  /** The control whose finding it is. */
  readonly control: string;
  readonly 'proven-on': 'emulator' | 'recorded answers';
  /** @default us-east-1 */
  readonly region?: string;
  /** ISO time that the document takes for the present. @default the real time */
  readonly now?: string;
  /** Calls that make the resource wrong. */
  readonly given?: readonly GivenCall[];
  /** Answers for what the emulator lacks. */
  readonly answers?: readonly RecordedAnswer[];
  /** ARN of the finding's resource. */
  readonly resource: string;
  /** Parameters of the unit; a scalar is a list of one. */
  readonly parameters?: JsonObject;
  readonly observe: readonly Observation[];
  readonly preview: PreviewExpectation;
  readonly remediate: RemediateExpectation;
  /** Remediating once more. @default compliant, without a write */
  readonly again?: AgainExpectation;
  /** Calls that somebody else makes before Undo, which must then refuse; ForceUndo takes its place. */
  readonly meanwhile?: readonly GivenCall[];
  /** @default undone, all observed values as before */
  readonly undo?: UndoExpectation;
}

/** A call of the set-up, or of somebody else. */
export interface GivenCall {
  /** `service:Operation`. */
  readonly call: string;
  readonly with?: JsonObject;
  /** Name under which the result can be referenced. */
  readonly as?: string;
}

/** A read that is made before the first and after every run. */
export interface Observation {
  /** `service:Operation`. */
  readonly read: string;
  readonly with?: JsonObject;
  /** Names and JMESPath expressions of the observed values. */
  readonly keep: Readonly<Record<string, string>>;
  /** Error codes that mean "nothing there": the values are then null. */
  readonly absent?: readonly string[];
}

/** A planned call: its name, or the name with its parameters. */
export type PlannedCall = string | { readonly call: string; readonly with: JsonObject };

/** What Preview must say. It must change nothing in any case. */
export interface PreviewExpectation {
  readonly outcome: Outcome;
  /** The calls that it would make, in order. @default none */
  readonly calls?: readonly PlannedCall[];
}

/** What Remediate must do. */
export interface RemediateExpectation {
  /** @default changed */
  readonly outcome?: Outcome;
  /** Observed values afterwards; the others must be as before. */
  readonly expect?: JsonObject;
  /** Text that the error or the note must contain. */
  readonly says?: string;
}

/** What remediating once more must do. */
export interface AgainExpectation {
  /** @default compliant */
  readonly outcome?: Outcome;
  /** Names of the calls other than reads that it may make, such as ones that find their work done. @default none */
  readonly writes?: readonly string[];
}

/** What Undo must do. */
export interface UndoExpectation {
  /** The unit has no undo. */
  readonly none?: true;
  /** @default undone */
  readonly outcome?: Outcome;
  /** Observed values that are not as before, because undo leaves them. */
  readonly except?: JsonObject;
}

/** Modes of a document. */
export type Mode = 'Preview' | 'Remediate' | 'Undo' | 'ForceUndo';

/** A call of a document and the mode in which it was made. */
export interface ModeCall extends RecordedCall {
  readonly mode: Mode;
}

/** How a situation went. */
export interface SituationResult {
  readonly name: string;
  readonly control: string;
  readonly provenOn: Situation['proven-on'];
  /** What was not as it must be, in the order of the runs; empty when all was. */
  readonly problems: readonly string[];
  /** All calls that the document made, for the check of its role's permissions. */
  readonly calls: readonly ModeCall[];
  readonly runs: readonly { readonly mode: Mode; readonly execution: Execution }[];
}

/** Values observed at one moment. */
export type Observed = Readonly<Record<string, Json>>;
