import type { AnswerBook } from './answers.ts';
import type { Bridge } from './bridge.ts';
import type { ApiCall, RecordedCall } from './calls.ts';
import type { SleepMode } from './clock.ts';
import type { Json, JsonObject } from './json.ts';

/** One run of a step; a step in a loop is named `Loop/Step` and has a record per iteration. */
export interface StepRecord {
  readonly name: string;
  readonly action: string;
  readonly status: 'Success' | 'Failed';
  /** Inputs with their references resolved. */
  readonly inputs: JsonObject;
  readonly outputs: JsonObject;
  readonly error?: string;
  /** What a script printed, with the traceback of its error. */
  readonly printed?: string;
  readonly durationMs: number;
}

/** How a document ran. */
export interface Execution {
  readonly status: 'Success' | 'Failed';
  /** Why it failed. */
  readonly failure?: string;
  readonly steps: readonly StepRecord[];
  /** The document's outputs by `Step.Output`; those of steps that did not run are missing. */
  readonly outputs: Readonly<Record<string, Json>>;
  /** All AWS calls of the document, in order, refused and answered ones included. */
  readonly calls: readonly RecordedCall[];
}

/** Where and how to run a document. */
export interface RunOptions {
  /** Values as in StartAutomationExecution. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  /** URL that answers all AWS services. */
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
  /** @default aws */
  readonly partition?: string;
  /** Name of the role session. @default asr-simulate */
  readonly roleSession?: string;
  /** `skip` only moves the clock on, in scripts too. */
  readonly sleep: SleepMode;
  /** ISO time that the execution takes for the present. @default the real time */
  readonly now?: string;
  /** Refuses a call, which the script sees as AccessDenied. @default all are allowed */
  readonly allow?: (call: ApiCall) => boolean;
  /** Recorded answers for what the endpoint lacks. */
  readonly answers?: AnswerBook;
  readonly onStep?: (step: StepRecord) => void;
  /**
   * A bridge to the same endpoint, to save the start of Python.
   * @default one of its own, closed at the end
   */
  readonly bridge?: Bridge;
}

/** Outputs of the last run of a step that succeeded. */
export function outputsOf(execution: Execution, step: string): JsonObject | undefined {
  return execution.steps.findLast((record) => record.name === step && record.status === 'Success')
    ?.outputs;
}
