import type { CallWatcher, RecordedCall, Verdict } from './calls.ts';
import { createClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { isObject, textOfJson } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { startPython } from './python-process.ts';
import type { PythonProcess } from './python-process.ts';

/** Credentials of a session. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Where and as whom a script or call runs. */
export interface CallContext {
  readonly credentials: Credentials;
  readonly region: string;
  /** @default a clock that skips sleeps */
  readonly clock?: Clock;
  /** @default calls pass unseen */
  readonly watcher?: CallWatcher;
  /** Seconds until the script or call is ended. @default 600 */
  readonly limit?: number;
}

/** A script of an Automation document. */
export interface ScriptRequest {
  readonly script: string;
  readonly handler: string;
  readonly payload: JsonObject;
}

/** How a script ended, and what it printed. */
export type ScriptOutcome =
  | { readonly kind: 'returned'; readonly result: Json; readonly printed: string }
  | { readonly kind: 'failed'; readonly message: string; readonly printed: string };

/** The account that a set-up or read-back call goes to. */
export interface CallTarget {
  readonly account: string;
  readonly region: string;
  /** @default aws */
  readonly partition?: string;
  readonly watcher?: CallWatcher;
}

/** A long-lived Python process that runs scripts and makes AWS calls, one at a time. */
export interface Bridge {
  readonly endpoint: string;
  readonly runScript: (request: ScriptRequest, context: CallContext) => Promise<ScriptOutcome>;
  /** Makes a call with given credentials. @throws ApiError */
  readonly callAs: (
    service: string,
    operation: string,
    parameters: JsonObject,
    context: CallContext,
  ) => Promise<JsonObject>;
  /** Makes a call as the role `setup` of an account: for what surrounds an execution. @throws ApiError */
  readonly call: (
    service: string,
    operation: string,
    parameters: JsonObject,
    target: CallTarget,
  ) => Promise<JsonObject>;
  /** Evaluates JMESPath expressions by name; what isn't there is null. @throws ApiError on a bad expression */
  readonly search: (
    expressions: Readonly<Record<string, string>>,
    value: Json,
  ) => Promise<JsonObject>;
  /** Assumes a role at the endpoint. @throws ApiError */
  readonly assume: (roleArn: string, sessionName: string, region: string) => Promise<Credentials>;
  readonly close: () => Promise<void>;
}

/** An AWS call failed; `code` is AWS's error code. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

// Systems Manager user guide, "aws:executeScript": a script may run for 10 minutes.
const longestRun = 600;

/** Starts a bridge to an endpoint; the Python process comes with the first request and is renewed if it dies. */
export function startBridge(endpoint: string): Bridge {
  const exchange = createExchange(endpoint);

  const callAs: Bridge['callAs'] = async (service, operation, parameters, context) => {
    const watched = context.watcher !== undefined;
    const answer = await exchange(
      { kind: 'call', service, operation, parameters, watched, ...fieldsOf(context) },
      context,
    );
    context.clock?.advance(numberOf(answer['slept']));
    return resultOf(answer);
  };
  const assume: Bridge['assume'] = async (roleArn, sessionName, region) => {
    const parameters = { RoleArn: roleArn, RoleSessionName: sessionName };
    const base = { accessKeyId: 'simulator', secretAccessKey: 'simulator' };
    const { Credentials: given } = await callAs('sts', 'AssumeRole', parameters, {
      credentials: base,
      region,
    });
    return readCredentials(given);
  };
  return {
    endpoint,
    callAs,
    assume,
    call: async (
      service,
      operation,
      parameters,
      { account, region, partition = 'aws', watcher },
    ) => {
      const credentials = await assume(
        `arn:${partition}:iam::${account}:role/setup`,
        'setup',
        region,
      );
      return callAs(service, operation, parameters, {
        credentials,
        region,
        ...(watcher === undefined ? {} : { watcher }),
      });
    },
    search: async (expressions, value) =>
      resultOf(await exchange({ kind: 'search', expressions, value }, {})),
    runScript: async (request, context) => {
      const answer = await exchange({ kind: 'script', ...request, ...fieldsOf(context) }, context);
      context.clock?.advance(numberOf(answer['slept']));
      const printed = textOfJson(answer['printed'] ?? '');
      const error = answer['error'];
      if (error !== undefined) return { kind: 'failed', message: textOfJson(error), printed };
      return { kind: 'returned', result: answer['result'] ?? null, printed };
    },
    close: async () => void (await exchange('close', {})),
  };
}

type Exchange = (request: object | 'close', context: Partial<CallContext>) => Promise<JsonObject>;

/** Requests wait for each other: the process does one thing at a time. */
function createExchange(endpoint: string): Exchange {
  let process: PythonProcess | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const one = async (
    request: object | 'close',
    context: Partial<CallContext>,
  ): Promise<JsonObject> => {
    if (request === 'close') {
      await process?.end();
      process = undefined;
      return {};
    }
    process ??= startPython('run_script.py', { AWS_ENDPOINT_URL: endpoint, AWS_MAX_ATTEMPTS: '1' });
    const answer = await converse(process, request, context);
    if (answer === undefined) {
      const { complaints } = process;
      process = undefined;
      throw new Error(`the Python process of the simulator ended: ${complaints()}`);
    }
    if (answer['killed'] === true) process = undefined;
    return answer;
  };
  return (request, context) => {
    const next = last.then(() => one(request, context));
    last = next.catch(() => undefined);
    return next;
  };
}

/** Sends a request and serves the calls that it makes, until its answer or its time is over. */
async function converse(
  process: PythonProcess,
  request: object,
  { watcher, limit = longestRun }: Partial<CallContext>,
): Promise<JsonObject | undefined> {
  const open = new Map<number, RecordedCall>();
  let killed = false;
  const timer = setTimeout(() => {
    killed = true;
    process.kill();
  }, limit * 1000);
  try {
    process.send(request);
    for (;;) {
      const line = await process.receive();
      if (line === undefined) return killed ? timeOut(limit, open, watcher) : undefined;
      const message = JSON.parse(line) as JsonObject;
      if (message['event'] === 'answer') return message;
      serve(message, open, process, watcher);
    }
  } finally {
    clearTimeout(timer);
  }
}

function serve(
  message: JsonObject,
  open: Map<number, RecordedCall>,
  process: PythonProcess,
  watcher?: CallWatcher,
): void {
  const number = numberOf(message['number']);
  const known = open.get(number);
  if (message['event'] === 'outcome' && known !== undefined) {
    open.delete(number);
    const errorCode = message['errorCode'];
    watcher?.record(typeof errorCode === 'string' ? { ...known, errorCode } : known);
    return;
  }
  const parameters = message['parameters'];
  const call: RecordedCall = {
    service: textOfJson(message['service']),
    operation: textOfJson(message['operation']),
    parameters: isObject(parameters) ? parameters : {},
  };
  open.set(number, call);
  const verdict: Verdict = watcher?.decide(call) ?? { kind: 'pass' };
  process.send(verdict);
}

function timeOut(
  limit: number,
  open: ReadonlyMap<number, RecordedCall>,
  watcher?: CallWatcher,
): JsonObject {
  for (const call of open.values()) watcher?.record({ ...call, errorCode: 'NoAnswer' });
  return { killed: true, error: `timed out after ${limit} seconds`, printed: '' };
}

function fieldsOf({
  credentials,
  region,
  clock = createClock('skip'),
  limit = longestRun,
}: CallContext): object {
  return {
    credentials,
    region,
    limit,
    clock: { now: clock.fixed ?? null, offset: clock.offset(), skip: clock.mode === 'skip' },
  };
}

function resultOf(answer: JsonObject): JsonObject {
  const error = answer['error'];
  if (isObject(error)) throw new ApiError(textOfJson(error['code']), textOfJson(error['message']));
  if (error !== undefined) throw new ApiError('TimeLimit', textOfJson(error));
  const result = answer['result'];
  return isObject(result) ? result : {};
}

function readCredentials(given: Json | undefined): Credentials {
  if (!isObject(given)) throw new ApiError('NoCredentials', 'AssumeRole gave none');
  return {
    accessKeyId: textOfJson(given['AccessKeyId']),
    secretAccessKey: textOfJson(given['SecretAccessKey']),
    sessionToken: textOfJson(given['SessionToken']),
  };
}

function numberOf(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}
