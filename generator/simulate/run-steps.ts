import type { ActionContext, ActionResult } from './actions/action.ts';
import { ScriptFailure } from './actions/action.ts';
import { actions } from './actions/index.ts';
import type { Step } from './document.ts';
import type { StepRecord } from './execution.ts';
import { Failure } from './failure.ts';
import type { Json, JsonObject } from './json.ts';
import { resolve } from './references.ts';
import type { Scope } from './references.ts';
import { pickOutput } from './selector.ts';

/** What all steps of an execution share. */
export interface StepsContext extends Pick<
  ActionContext,
  'aws' | 'clock' | 'declaredVariables' | 'setVariable'
> {
  /** Prefix of the names in records: the loops around a step. */
  readonly path: string;
  /** Number of steps run so far. */
  readonly count: () => number;
  readonly record: (step: StepRecord) => void;
}

// No document of ours comes near; one that does goes round in circles.
const mostSteps = 5000;

/**
 * Runs steps in their order, jumps included.
 * @returns why they failed, or undefined
 */
export async function runSteps(
  steps: readonly Step[],
  scope: Scope,
  context: StepsContext,
): Promise<string | undefined> {
  let failure: string | undefined;
  let step = steps[0];
  while (step !== undefined) {
    if (context.count() >= mostSteps)
      return `more than ${mostSteps} steps: the document goes round in circles`;
    const end = await runStep(step, scope, context);
    if (end.error !== undefined) {
      const message = `step ${context.path}${step.name}: ${end.error}`;
      if (step.onFailure.kind === 'abort') return message;
      if (isCritical(step)) failure ??= message;
    }
    const { next } = following(step, steps, end);
    if (next === 'missing')
      return `step ${context.path}${step.name}: there is no step ${end.next ?? ''} to go to`;
    step = next;
  }
  return failure;
}

/** Systems Manager user guide, "Properties shared by all actions": isCritical is false where onFailure is Continue, else true. */
function isCritical(step: Step): boolean {
  return step.isCritical ?? step.onFailure.kind !== 'continue';
}

function following(
  step: Step,
  steps: readonly Step[],
  end: StepEnd,
): { readonly next: Step | 'missing' | undefined } {
  const find = (name: string): Step | 'missing' =>
    steps.find((other) => other.name === name) ?? 'missing';
  if (end.error !== undefined && step.onFailure.kind === 'step')
    return { next: find(step.onFailure.step) };
  if (end.next !== undefined) return { next: find(end.next) };
  if (step.isEnd) return { next: undefined };
  if (step.nextStep !== undefined) return { next: find(step.nextStep) };
  return { next: steps[steps.indexOf(step) + 1] };
}

interface StepEnd {
  readonly error?: string;
  readonly next?: string;
}

async function runStep(step: Step, scope: Scope, context: StepsContext): Promise<StepEnd> {
  for (let attempt = 1; ; attempt += 1) {
    const record = await attemptStep(step, scope, context);
    context.record(record.record);
    if (record.record.status === 'Success' || attempt >= step.maxAttempts) return record.end;
  }
}

interface Attempt {
  readonly record: StepRecord;
  readonly end: StepEnd;
}

async function attemptStep(step: Step, scope: Scope, context: StepsContext): Promise<Attempt> {
  const start = performance.now();
  let inputs: JsonObject = step.inputs;
  const finish = (
    rest: Pick<StepRecord, 'status' | 'outputs' | 'error' | 'printed'>,
  ): StepRecord => ({
    name: context.path + step.name,
    action: step.action,
    inputs,
    ...rest,
    durationMs: Math.round(performance.now() - start),
  });
  try {
    const action = actions.get(step.action);
    if (action === undefined)
      throw new Failure(`action ${step.action} is not supported by the simulator`);
    inputs = resolveInputs(step, scope, action.unresolved ?? []);
    const result = await action.run(inputs, contextOf(step, scope, context));
    const outputs = outputsOf(step, result);
    scope.steps.set(step.name, new Map(Object.entries(outputs)));
    const printed = result.printed === undefined ? {} : { printed: result.printed };
    const end = result.next === undefined ? {} : { next: result.next };
    return { record: finish({ status: 'Success', outputs, ...printed }), end };
  } catch (error) {
    if (!(error instanceof Failure) && !(error instanceof ScriptFailure)) throw error;
    // A later step must not read what an earlier run of this one gave.
    scope.steps.delete(step.name);
    const printed = error instanceof ScriptFailure ? { printed: error.printed } : {};
    const record = finish({ status: 'Failed', outputs: {}, error: error.message, ...printed });
    return { record, end: { error: error.message } };
  }
}

function resolveInputs(step: Step, scope: Scope, unresolved: readonly string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(step.inputs).map(([key, value]) => [
      key,
      unresolved.includes(key) ? value : resolve(value, scope),
    ]),
  );
}

function contextOf(step: Step, scope: Scope, context: StepsContext): ActionContext {
  return {
    ...context,
    step,
    scope,
    runInner: async (steps, inner) => {
      const failure = await runSteps(steps, inner, {
        ...context,
        path: `${context.path}${step.name}/`,
      });
      if (failure !== undefined) throw new Failure(failure);
    },
  };
}

function outputsOf(step: Step, { result = {}, outputs = {} }: ActionResult): Record<string, Json> {
  const picked = step.outputs.map((output) => [output.name, pickOutput(result, output)] as const);
  return { ...outputs, ...Object.fromEntries(picked) };
}
