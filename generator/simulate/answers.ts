import type { ApiCall, Verdict } from './calls.ts';
import { nameOf } from './calls.ts';
import { isPartOf } from './json.ts';
import type { JsonObject } from './json.ts';

/**
 * A recorded answer for an operation that the endpoint lacks.
 * Answers share one state, at first `start`: `when` asks for it and `sets` changes it, so that a read after a write can differ from the one before.
 */
export interface RecordedAnswer {
  /** `service:Operation`. */
  readonly operation: string;
  /**
   * Part of the parameters that a call must have.
   * @default any call of the operation
   */
  readonly match?: JsonObject;
  /** State in which the answer holds. @default any */
  readonly when?: string;
  /** State after the answer. @default unchanged */
  readonly sets?: string;
  /** What the call returns. @default {} */
  readonly result?: JsonObject;
  /** Error code that the call raises instead. */
  readonly error?: string;
  /** How many times the answer can be given. @default any number */
  readonly times?: number;
}

/** Answers with their state. Calls that none fits go to the endpoint. */
export interface AnswerBook {
  readonly answer: (call: ApiCall) => Verdict | undefined;
  /** Operations of the answers that were never given. */
  readonly unused: () => readonly string[];
}

/** Makes an answer book; the first answer that fits a call is given. */
export function createAnswerBook(answers: readonly RecordedAnswer[]): AnswerBook {
  const given = new Map<RecordedAnswer, number>();
  let state = 'start';
  const fits = (answer: RecordedAnswer, call: ApiCall): boolean =>
    answer.operation === nameOf(call) &&
    (answer.when ?? state) === state &&
    (given.get(answer) ?? 0) < (answer.times ?? Infinity) &&
    isPartOf(answer.match ?? {}, call.parameters);
  return {
    answer: (call) => {
      const answer = answers.find((candidate) => fits(candidate, call));
      if (answer === undefined) return undefined;
      given.set(answer, (given.get(answer) ?? 0) + 1);
      state = answer.sets ?? state;
      if (answer.error === undefined) return { kind: 'answer', result: answer.result ?? {} };
      return {
        kind: 'error',
        code: answer.error,
        message: `recorded answer of ${answer.operation}`,
      };
    },
    unused: () => answers.filter((answer) => !given.has(answer)).map((answer) => answer.operation),
  };
}
