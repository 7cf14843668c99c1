/** The part of the Amazon States Language that the orchestrator uses, run in this process. */
export interface State {
  readonly Type: 'Task' | 'Choice' | 'Wait' | 'Pass' | 'Map' | 'Fail' | 'Succeed';
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
  readonly ItemSelector?: Json;
  readonly ResultSelector?: Json;
  readonly Result?: unknown;
  readonly ItemsPath?: string;
  readonly ItemProcessor?: Machine;
  readonly SecondsPath?: string;
  readonly Error?: string;
}
interface Choice {
  readonly Variable: string;
  readonly StringEquals?: string;
  readonly BooleanEquals?: boolean;
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
  readonly execution: string;
}

export class ExecutionFailed extends Error {}

export async function runMachine(
  machine: Machine,
  input: unknown,
  world: World,
  context: Json = {},
): Promise<unknown> {
  let name: string | undefined = machine.StartAt;
  let data = input;
  while (name !== undefined) {
    const state: State = stateOf(machine, name);
    const step = await runState(state, data, world, {
      Execution: { Id: world.execution },
      ...context,
    });
    data = step.data;
    name = step.next;
  }
  return data;
}

function stateOf(machine: Machine, name: string): State {
  const state = machine.States[name];
  if (state === undefined) throw new Error(`There is no state ${name}.`);
  return state;
}

interface Step {
  readonly data: unknown;
  readonly next: string | undefined;
}

async function runState(state: State, data: unknown, world: World, context: Json): Promise<Step> {
  switch (state.Type) {
    case 'Task':
      return task(state, data, world, context);
    case 'Choice':
      return {
        data,
        next: state.Choices?.find((choice) => chosen(choice, data))?.Next ?? state.Default,
      };
    case 'Wait':
      world.waited(read(state.SecondsPath ?? '$', data, context) as number);
      return { data, next: state.Next };
    case 'Pass':
      return { data: state.Result ?? build(state.Parameters, data, context), next: state.Next };
    case 'Map':
      return { data: await map(state, data, world, context), next: state.Next };
    case 'Fail':
      throw new ExecutionFailed(state.Error);
    case 'Succeed':
      return { data, next: undefined };
  }
}

async function task(state: State, data: unknown, world: World, context: Json): Promise<Step> {
  const { FunctionName, Payload } = build(state.Parameters, data, context) as {
    FunctionName: string;
    Payload: unknown;
  };
  const call = world.functions[FunctionName];
  if (call === undefined) throw new Error(`There is no function ${FunctionName}.`);
  for (let tries = 1; ; tries += 1)
    try {
      const result = { Payload: await call(JSON.parse(JSON.stringify(Payload))) };
      return { data: build(state.ResultSelector, result, context), next: state.Next };
    } catch (error) {
      const name = error instanceof Error ? error.name : 'Error';
      const retry = state.Retry?.find((one) => one.ErrorEquals.includes(name));
      if (retry !== undefined && tries <= retry.MaxAttempts) continue;
      const handler = state.Catch?.find((one) =>
        one.ErrorEquals.some((wanted) => wanted === name || wanted === 'States.ALL'),
      );
      if (handler === undefined) throw error;
      const problem = { Error: name, Cause: String(error) };
      const key = handler.ResultPath?.slice(2);
      return {
        data: key === undefined ? problem : { ...(data as Json), [key]: problem },
        next: handler.Next,
      };
    }
}

async function map(
  state: State,
  data: unknown,
  world: World,
  context: Json,
): Promise<readonly unknown[]> {
  const items = read(state.ItemsPath ?? '$', data, context) as readonly unknown[];
  if (!Array.isArray(items) || state.ItemProcessor === undefined)
    throw new ExecutionFailed('States.Runtime');
  const processor = state.ItemProcessor;
  return Promise.all(
    items.map(async (Value, Index) => {
      const inner = { ...context, Map: { Item: { Value, Index } } };
      return runMachine(processor, build(state.ItemSelector, data, inner), world, inner);
    }),
  );
}

function chosen({ Variable, StringEquals, BooleanEquals }: Choice, data: unknown): boolean {
  const value = read(Variable, data, {});
  return value === (StringEquals ?? BooleanEquals);
}

/** A payload template: members that end in `.$` are paths or intrinsic functions. */
function build(template: unknown, data: unknown, context: Json): unknown {
  if (template === undefined) return data;
  if (typeof template !== 'object' || template === null || Array.isArray(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) =>
      name.endsWith('.$')
        ? [name.slice(0, -2), evaluate(String(value), data, context)]
        : [name, build(value, data, context)],
    ),
  );
}

function evaluate(text: string, data: unknown, context: Json): unknown {
  const contains = /^States\.ArrayContains\(([^,]+), (\w+)\)$/u.exec(text);
  if (contains === null) return read(text, data, context);
  return (read(contains[1] ?? '', data, context) as readonly unknown[]).includes(
    JSON.parse(contains[2] ?? 'null'),
  );
}

/** `$.a.b[0]`, `$[*].a` and `$$.a`; a path that leads nowhere fails as it does in Step Functions. */
function read(path: string, data: unknown, context: Json): unknown {
  const isContext = path.startsWith('$$');
  const steps = [...path.matchAll(/\.(\w+)|\[(\d+|\*)\]/gu)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
  return steps.reduce<unknown>(
    (value, step, at) => {
      if (step === '*')
        return (value as readonly unknown[]).map((one) =>
          read(`$.${steps.slice(at + 1).join('.')}`, one, {}),
        );
      if (steps.includes('*') && at > steps.indexOf('*')) return value;
      const next = (value as Readonly<Record<string, unknown>> | null | undefined)?.[step];
      if (next === undefined)
        throw Object.assign(new Error(`${path} leads nowhere.`), { name: 'States.Runtime' });
      return next;
    },
    isContext ? context : data,
  );
}
