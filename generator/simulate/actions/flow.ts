import { secondsOf } from '../clock.ts';
import { holds } from '../conditions.ts';
import { listOf, objectOf, readSteps, textOf } from '../document.ts';
import { Failure } from '../failure.ts';
import { isList, isObject, member } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { resolve } from '../references.ts';
import type { Scope } from '../references.ts';
import { isOfType, isValueType } from '../value-types.ts';
import type { Action, ActionContext } from './action.ts';

/** aws:sleep by a duration. */
export const sleep: Action = {
  run: async (inputs, { clock }) => {
    if (member(inputs, 'Timestamp') !== undefined)
      throw new Failure('Timestamp is not supported by the simulator');
    await clock.sleep(secondsOf(textOf(member(inputs, 'Duration'), 'Duration')));
    return {};
  },
};

/** aws:branch: the first choice that holds, else Default, else the step that follows. */
export const branch: Action = {
  run: async (inputs) => {
    const choices = listOf(member(inputs, 'Choices'), 'Choices').map((choice) =>
      objectOf(choice, 'a choice'),
    );
    const taken = choices.find((choice) => holds(choice));
    const next = taken === undefined ? member(inputs, 'Default') : member(taken, 'NextStep');
    return next === undefined && taken === undefined ? {} : { next: textOf(next, 'NextStep') };
  },
};

/** aws:updateVariable: the value must have the variable's type; nothing is converted. */
export const updateVariable: Action = {
  run: async (inputs, { declaredVariables, setVariable }) => {
    const name = textOf(member(inputs, 'Name'), 'Name');
    if (!name.startsWith('variable:'))
      throw new Failure(`Name must be variable:<name>, not ${name}`);
    const variable = name.slice('variable:'.length);
    const type = declaredVariables.get(variable)?.type;
    if (type === undefined) throw new Failure(`the document has no variable ${variable}`);
    if (!isValueType(type)) throw new Failure(`variable ${variable}: there is no type ${type}`);
    const value = member(inputs, 'Value');
    if (value === undefined || !isOfType(value, type))
      throw new Failure(`variable ${variable} takes the type ${type} only`);
    checkLimits(variable, value);
    setVariable(variable, value);
    return {};
  },
};

// Systems Manager user guide, "aws:updateVariable - Updates a value for a runbook variable".
function checkLimits(variable: string, value: Json): void {
  const items = isList(value) ? value : [value];
  const most = items.some(isObject) ? 200 : 50;
  if (items.length > most)
    throw new Failure(`variable ${variable}: ${items.length} items, more than ${most}`);
  for (const item of items) {
    if (typeof item === 'string' && (item.length < 1 || item.length > 512)) {
      throw new Failure(
        `variable ${variable}: text of ${item.length} characters; 1 to 512 are allowed`,
      );
    }
    const key = isObject(item)
      ? Object.keys(item).find((name) => name.length < 1 || name.length > 50)
      : undefined;
    if (key !== undefined)
      throw new Failure(`variable ${variable}: the key ${key} is not 1 to 50 characters long`);
  }
}

/**
 * aws:loop as do-while: the condition is looked at after each round, and a true one asks for another.
 * Outputs of inner steps can be read by inner steps and by the condition, not after the loop: AWS documents no such
 * reference. Carry results out by aws:updateVariable.
 */
export const loop: Action = {
  unresolved: ['Steps', 'LoopCondition'],
  run: async (inputs, context) => {
    if (member(inputs, 'Iterators') !== undefined)
      throw new Failure('Iterators are not supported by the simulator');
    const { step, scope } = context;
    const steps = readSteps(member(inputs, 'Steps'), `step ${step.name}.Steps`);
    if (steps.some((inner) => inner.isEnd))
      throw new Failure('isEnd in a loop is not supported by the simulator');
    const condition = objectOf(member(inputs, 'LoopCondition'), 'LoopCondition');
    const most = iterationsOf(inputs);
    for (let iteration = 1; ; iteration += 1) {
      const inner = innerScope(scope, step.name, iteration);
      await context.runInner(steps, inner);
      if (iteration >= most || !again(condition, inner))
        return { outputs: { CurrentIteration: iteration } };
    }
  },
};

function innerScope(scope: Scope, loopName: string, iteration: number): Scope {
  const current: ReadonlyMap<string, Json> = new Map([['CurrentIteration', iteration]]);
  return { ...scope, steps: new Map(scope.steps).set(loopName, current) };
}

function again(condition: JsonObject, scope: ActionContext['scope']): boolean {
  return holds(objectOf(resolve(condition, scope), 'LoopCondition'));
}

function iterationsOf(inputs: JsonObject): number {
  const most = member(inputs, 'MaxIterations') ?? 100;
  if (typeof most !== 'number' || !Number.isInteger(most) || most < 1 || most > 100) {
    throw new Failure(`MaxIterations must be 1 to 100, not ${JSON.stringify(most)}`);
  }
  return most;
}
