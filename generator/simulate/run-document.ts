import { randomUUID } from 'node:crypto';

import type { Aws } from './actions/action.ts';
import { ApiError, startBridge } from './bridge.ts';
import type { Bridge, Credentials } from './bridge.ts';
import { refusal } from './calls.ts';
import type { CallWatcher, RecordedCall } from './calls.ts';
import { createClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { readDocument, textOf } from './document.ts';
import type { AutomationDocument } from './document.ts';
import type { Execution, RunOptions, StepRecord } from './execution.ts';
import { Failure } from './failure.ts';
import type { Json } from './json.ts';
import { bindParameters } from './parameters.ts';
import { resolve } from './references.ts';
import type { Scope } from './references.ts';
import { runSteps } from './run-steps.ts';

/**
 * Runs an Automation document of schema 0.3 as Systems Manager would, against any AWS endpoint.
 * Where AWS's rule isn't documented, the strict reading fails the execution: unknown references, selectors that match nothing, values of another type.
 * @param content the document's content, as parsed from YAML
 * @returns how it ran; a document or parameters that Systems Manager would refuse give a failed execution without steps
 * @throws Error when Python can't be run
 */
export async function runDocument(content: unknown, options: RunOptions): Promise<Execution> {
  const steps: StepRecord[] = [];
  const calls: RecordedCall[] = [];
  const record = (step: StepRecord): void => {
    steps.push(step);
    options.onStep?.(step);
  };
  try {
    const clock = createClock(options.sleep, options.now);
    const document = readDocument(content);
    const { scope, variables } = createScope(document, options, clock);
    const access = createAccess(roleOf(document, scope, options), options, clock, calls);
    try {
      const failure = await runSteps(document.steps, scope, {
        path: '',
        aws: access.aws,
        clock,
        declaredVariables: document.variables,
        setVariable: (name, value) => void variables.set(name, value),
        count: () => steps.length,
        record,
      });
      return { ...ending(failure), steps, outputs: outputsOf(document, scope), calls };
    } finally {
      await access.close();
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...ending(error.message), steps, outputs: {}, calls };
  }
}

function ending(failure: string | undefined): Pick<Execution, 'status' | 'failure'> {
  return failure === undefined ? { status: 'Success' } : { status: 'Failed', failure };
}

interface ScopeParts {
  readonly scope: Scope;
  readonly variables: Map<string, Json>;
}

function createScope(document: AutomationDocument, options: RunOptions, clock: Clock): ScopeParts {
  const variables = new Map<string, Json>();
  for (const [name, { default: initial }] of document.variables) {
    if (initial !== undefined) variables.set(name, initial);
  }
  const executionId = randomUUID();
  const system = (name: string): string | undefined => {
    const time = clock.now().toISOString();
    switch (name) {
      case 'global:REGION':
        return options.region;
      case 'global:ACCOUNT_ID':
        return options.account;
      case 'global:AWS_PARTITION':
        return options.partition ?? 'aws';
      case 'global:DATE':
        return time.slice(0, 10);
      case 'global:DATE_TIME':
        return `${time.slice(0, 10)}_${time.slice(11, 19).replaceAll(':', '.')}`;
      case 'automation:EXECUTION_ID':
        return executionId;
      default:
        return undefined;
    }
  };
  const parameters = bindParameters(document.parameters, options.parameters);
  return { scope: { parameters, variables, steps: new Map(), system }, variables };
}

/** The role that the document asks for, which must be one of the account, as Systems Manager demands. */
function roleOf(
  document: AutomationDocument,
  scope: Scope,
  { account, partition = 'aws' }: RunOptions,
): string {
  const role = textOf(resolve(document.assumeRole ?? '', scope), 'assumeRole');
  if (role === '') return `arn:${partition}:iam::${account}:role/caller`;
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(role)) {
    throw new Failure(`assumeRole: ${role} is not the ARN of a role`);
  }
  if (role.split(':')[4] !== account)
    throw new Failure(`assumeRole: ${role} is not a role of account ${account}`);
  return role;
}

interface Access {
  readonly aws: Aws;
  readonly close: () => Promise<void>;
}

/** Starts Python and assumes the role when first needed: many documents end before. */
function createAccess(
  role: string,
  options: RunOptions,
  clock: Clock,
  calls: RecordedCall[],
): Access {
  let own: Bridge | undefined;
  let credentials: Promise<Credentials> | undefined;
  const { region, roleSession = 'asr-simulate' } = options;
  const bridge = (): Bridge => options.bridge ?? (own ??= startBridge(options.endpoint));
  const watcher: CallWatcher = {
    decide: (call) =>
      options.allow?.(call) === false
        ? refusal(call)
        : (options.answers?.answer(call) ?? { kind: 'pass' }),
    record: (call) => void calls.push(call),
  };
  const context = async () => ({
    credentials: await (credentials ??= bridge().assume(role, roleSession, region)),
    region,
    clock,
    watcher,
  });
  return {
    aws: {
      call: (service, operation, parameters) =>
        failing(async () => bridge().callAs(service, operation, parameters, await context())),
      runScript: (request, limit) =>
        failing(async () => bridge().runScript(request, { ...(await context()), limit })),
    },
    close: async () => own?.close(),
  };
}

async function failing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ApiError ? new Failure(error.message) : error;
  }
}

function outputsOf(document: AutomationDocument, scope: Scope): Record<string, Json> {
  const entries = document.outputs.map((name) => {
    const dot = name.indexOf('.');
    return [name, scope.steps.get(name.slice(0, dot))?.get(name.slice(dot + 1))] as const;
  });
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
