/** The part of the Amazon States Language that the orchestrator uses, run in this process. */
export interface State {
  readonly Type: 'Task' | 'Choice' | 'Wait';
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Choices?: readonly Choice[];
  readonly Catch?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly ResultPath?: string;
    readonly Next: string;
  }[];
  readonly Retry?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly MaxAttempts: number;
  }[];
  readonly Parameters?: Json;
  readonly ResultSelector?: Json;
  readonly SecondsPath?: string;
}
interface Choice {
  readonly Variable: string;
  readonly StringEquals: string;
  readonly Next: string;
}
export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}
type Json = Readonly<Record<string, unknown>>;

export interface World {
  readonly functions: Readonly<Record<string, (payload: unknown) => Promise<unknown>>>;
  /** Called with the seconds of each wait. */
  readonly waited: (seconds: number) => void;
  /** ARN of the execution. */
  readonly execution: string;
}

/** How an execution went: its output, or the error it failed with, and the states it entered. */
export interface Execution {
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  readonly states: readonly string[];
  /** State transitions as Step Functions bills them: one for each state entered, and one for each retry. */
  readonly transitions: number;
}

/** Runs a machine to its end. Whatever this interpreter doesn't know makes it throw. */
export async function runMachine(
  machine: Machine,
  input: unknown,
  world: World,
): Promise<Execution> {
  const states: string[] = [];
  let retries = 0;
  let name: string | undefined = machine.StartAt;
  let data = input;
  while (name !== undefined) {
    const state: State | undefined = machine.States[name];
    if (state === undefined) throw new Error(`There is no state ${name}.`);
    states.push(name);
    const context = {
      Execution: { Id: world.execution, Input: input },
      State: { Name: name, RetryCount: 0 },
    };
    const step: Step = await runState(state, data, world, context, () => (retries += 1));
    if (step.failure !== undefined)
      return { ...step.failure, states, transitions: states.length + retries };
    data = step.data;
    name = step.next;
  }
  return { output: data, states, transitions: states.length + retries };
}

interface Step {
  readonly data: unknown;
  readonly next: string | undefined;
  readonly failure?: { readonly error: string; readonly cause: string };
}

interface Context {
  readonly Execution: Json;
  readonly State: Json;
}

async function runState(
  state: State,
  data: unknown,
  world: World,
  context: Context,
  onRetry: () => void,
): Promise<Step> {
  switch (state.Type) {
    case 'Task':
      return task(state, data, world, context, onRetry);
    case 'Choice':
      return {
        data,
        next:
          state.Choices?.find(
            ({ Variable, StringEquals }) => read(Variable, data, {}) === StringEquals,
          )?.Next ?? state.Default,
      };
    case 'Wait':
      world.waited(read(state.SecondsPath ?? '$', data, context) as number);
      return { data, next: state.Next };
  }
}

async function task(
  state: State,
  data: unknown,
  world: World,
  context: Context,
  onRetry: () => void,
): Promise<Step> {
  const next = state.End === true ? undefined : state.Next;
  for (let tries = 1; ; tries += 1) {
    const now = { ...context, State: { ...context.State, RetryCount: tries - 1 } };
    const { FunctionName, Payload } = build(state.Parameters, data, now) as {
      readonly FunctionName: string;
      readonly Payload: unknown;
    };
    const call = world.functions[FunctionName];
    if (call === undefined) throw new Error(`There is no function ${FunctionName}.`);
    let answer: unknown;
    try {
      answer = overTheWire(await call(overTheWire(Payload)));
    } catch (error) {
      const name = error instanceof Error ? error.name : 'Error';
      const retry = state.Retry?.find((one) => one.ErrorEquals.includes(name));
      if (retry !== undefined && tries <= retry.MaxAttempts) {
        onRetry();
        continue;
      }
      const cause = String(error);
      const handler = state.Catch?.find((one) =>
        one.ErrorEquals.some((wanted) => wanted === name || wanted === 'States.ALL'),
      );
      if (handler === undefined) return { data, next: undefined, failure: { error: name, cause } };
      const problem = { Error: name, Cause: cause };
      const key = handler.ResultPath?.slice(2);
      return {
        data: key === undefined ? problem : { ...(data as Json), [key]: problem },
        next: handler.Next,
      };
    }
    return { data: build(state.ResultSelector, { Payload: answer }, now), next };
  }
}

function overTheWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** A payload template: members that end in `.$` are paths. */
function build(template: unknown, data: unknown, context: Context): unknown {
  if (template === undefined) return data;
  if (typeof template !== 'object' || template === null || Array.isArray(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) =>
      name.endsWith('.$')
        ? [name.slice(0, -2), read(String(value), data, context)]
        : [name, build(value, data, context)],
    ),
  );
}

/** `$.a.b` and `$$.a`; a path that leads nowhere fails as it does in Step Functions. */
function read(path: string, data: unknown, context: Context | Json): unknown {
  const isContext = path.startsWith('$$');
  if (!/^\$?\$(?:\.\w+)*$/u.test(path)) throw new Error(`${path} is no path that is known here.`);
  const steps = path.split('.').slice(1);
  return steps.reduce<unknown>(
    (value, step) => {
      const next = (value as Json | null | undefined)?.[step];
      if (next === undefined)
        throw Object.assign(new Error(`${path} leads nowhere.`), { name: 'States.Runtime' });
      return next;
    },
    isContext ? context : data,
  );
}
