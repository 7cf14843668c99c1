import { createAnswerBook } from './answers.ts';
import type { AnswerBook } from './answers.ts';
import { ApiError } from './bridge.ts';
import type { Bridge, CallTarget } from './bridge.ts';
import { nameOf } from './calls.ts';
import type { Execution } from './execution.ts';
import { isList, isObject, textOfJson } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { otherState } from './other-state.ts';
import {
  checkAgain,
  checkPreview,
  checkRefusal,
  checkRemediate,
  checkUndo,
} from './unit-test-checks.ts';
import { readResult } from './result.ts';
import type { Ran } from './result.ts';
import { runDocument } from './run-document.ts';
import { fill } from './test-values.ts';
import type {
  GivenCall,
  Mode,
  Observed,
  Situation,
  SituationResult,
  UnitTest,
} from './unit-test-types.ts';

/** What the situations of a unit run on. */
export interface UnitTestOptions {
  /** Content of the unit's emitted document. */
  readonly document: unknown;
  readonly bridge: Bridge;
  /** `service:Operation` of all operations that change nothing. */
  readonly reads: ReadonlySet<string>;
  /** ARN of the unit's role; `{account}` and `{partition}` are replaced. */
  readonly assumeRole: string;
  /** @default 111122223333 */
  readonly account?: string;
  /** @default aws */
  readonly partition?: string;
  /** Makes the endpoint forget everything; done before each situation. */
  readonly reset: () => Promise<void>;
}

/**
 * Plays the situations of a unit's test against its emitted document: set-up, Preview, Remediate, Remediate again, an
 * Undo that must refuse, Undo.
 * What is wrong comes back as data; the runs after a broken one are left out.
 * @throws Error when Python or the endpoint can't be reached
 */
export async function runUnitTest(
  test: UnitTest,
  options: UnitTestOptions,
): Promise<readonly SituationResult[]> {
  const results: SituationResult[] = [];
  for (const situation of test.situations) {
    await options.reset();
    results.push(await runSituation(situation, options));
  }
  return results;
}

async function runSituation(
  situation: Situation,
  options: UnitTestOptions,
): Promise<SituationResult> {
  const runs: { readonly mode: Mode; readonly execution: Execution }[] = [];
  const problems: string[] = [];
  try {
    await play(
      situation,
      options,
      problems,
      (mode, execution) => void runs.push({ mode, execution }),
    );
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    problems.push(error.message);
  }
  const { name, control, 'proven-on': provenOn } = situation;
  const calls = runs.flatMap(({ mode, execution }) =>
    execution.calls.map((call) => ({ mode, ...call })),
  );
  return { name, control, provenOn, problems, calls, runs };
}

async function play(
  situation: Situation,
  options: UnitTestOptions,
  problems: string[],
  onRun: (mode: Mode, execution: Execution) => void,
): Promise<void> {
  const stage = await setUp(situation, options);
  const run = async (mode: Mode, state?: readonly string[]): Promise<Ran> => {
    const execution = await execute(mode, stage, options, state);
    onRun(mode, execution);
    const writes = execution.calls.map(nameOf).filter((name) => !options.reads.has(name));
    return { result: readResult(execution), execution, writes };
  };
  const before = await observe(stage, options);
  const preview = await run('Preview');
  problems.push(...checkPreview(situation, preview, before, await observe(stage, options)));

  const remediated = await run('Remediate');
  const after = await observe(stage, options);
  problems.push(...checkRemediate(situation, remediated, preview, before, after, stage.values));

  if (!['compliant', 'failed'].includes(remediated.result.outcome)) {
    problems.push(
      ...checkAgain(situation, await run('Remediate'), after, await observe(stage, options)),
    );
    if (situation.undo?.none !== true)
      problems.push(
        ...(await playUndo(stage, options, run, preview, remediated.result.state, before)),
      );
  }
  problems.push(
    ...stage.answers
      .unused()
      .map((operation) => `the recorded answer of ${operation} was never asked for`),
  );
}

/**
 * Undo, and before it an Undo that must refuse: somebody changed the resource since, in fact or as a forged State says.
 * What was changed in fact is then undone by force.
 */
async function playUndo(
  stage: Stage,
  options: UnitTestOptions,
  run: (mode: Mode, state: readonly string[]) => Promise<Ran>,
  preview: Ran,
  state: readonly string[],
  before: Observed,
): Promise<readonly string[]> {
  const { situation, values } = stage;
  const problems: string[] = [];
  await make(situation.meanwhile ?? [], stage, options);
  const isChanged = situation.meanwhile !== undefined;
  const stale = isChanged ? state : otherState(state);
  if (stale !== undefined) {
    const found = await observe(stage, options);
    const refused = await run('Undo', stale);
    problems.push(...checkRefusal(refused, found, await observe(stage, options)));
  }
  const mode = isChanged ? 'ForceUndo' : 'Undo';
  const undone = await run(mode, state);
  const after = await observe(stage, options);
  return [...problems, ...checkUndo(situation, mode, undone, preview, before, after, values)];
}

interface Stage {
  readonly situation: Situation;
  readonly values: Map<string, Json>;
  readonly answers: AnswerBook;
  readonly target: CallTarget & { readonly partition: string };
}

async function setUp(situation: Situation, options: UnitTestOptions): Promise<Stage> {
  const { account = '111122223333', partition = 'aws' } = options;
  const { region = 'us-east-1' } = situation;
  const values = new Map<string, Json>(Object.entries({ account, region, partition }));
  const answers = createAnswerBook(
    (situation.answers ?? []).map((answer) => ({
      ...answer,
      ...(answer.match === undefined ? {} : { match: fillObject(answer.match, values) }),
      ...(answer.result === undefined ? {} : { result: fillObject(answer.result, values) }),
    })),
  );
  const stage: Stage = { situation, values, answers, target: { account, region, partition } };
  await make(situation.given ?? [], stage, options);
  return stage;
}

async function make(
  calls: readonly GivenCall[],
  stage: Stage,
  options: UnitTestOptions,
): Promise<void> {
  for (const { call, with: template = {}, as } of calls) {
    const result = await callByName(call, template, stage, options);
    if (as !== undefined) stage.values.set(as, result);
  }
}

async function callByName(
  name: string,
  template: JsonObject,
  stage: Stage,
  { bridge }: UnitTestOptions,
): Promise<JsonObject> {
  const [service = '', operation = ''] = name.split(':');
  try {
    return await bridge.call(service, operation, fillObject(template, stage.values), {
      ...stage.target,
      watcher: {
        decide: (call) => stage.answers.answer(call) ?? { kind: 'pass' },
        record: () => undefined,
      },
    });
  } catch (error) {
    throw error instanceof ApiError
      ? new ApiError(error.code, `${name} of the test failed: ${error.message}`)
      : error;
  }
}

async function observe(stage: Stage, options: UnitTestOptions): Promise<Observed> {
  const observed: Record<string, Json> = {};
  for (const { read, with: template = {}, keep, absent = [] } of stage.situation.observe) {
    const values = await readOrNothing(() => callByName(read, template, stage, options), absent);
    const nothing = Object.fromEntries(Object.keys(keep).map((name) => [name, null]));
    Object.assign(
      observed,
      values === undefined ? nothing : await options.bridge.search(keep, values),
    );
  }
  return observed;
}

async function readOrNothing(
  read: () => Promise<JsonObject>,
  absent: readonly string[],
): Promise<JsonObject | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ApiError && absent.includes(error.code)) return undefined;
    throw error;
  }
}

function execute(
  mode: Mode,
  stage: Stage,
  options: UnitTestOptions,
  state?: readonly string[],
): Promise<Execution> {
  const { situation, values, target, answers } = stage;
  const { account, region, partition } = target;
  const { bridge, reads } = options;
  return runDocument(options.document, {
    parameters: {
      ...unitParameters(situation, values),
      AutomationAssumeRole: [textOfJson(fill(options.assumeRole, values))],
      Mode: [mode],
      ControlId: [situation.control],
      AccountId: [account],
      ResourceArn: [textOfJson(fill(situation.resource, values))],
      ...(state === undefined ? {} : { State: state }),
    },
    bridge,
    endpoint: bridge.endpoint,
    account,
    region,
    partition,
    sleep: 'skip',
    answers,
    ...(situation.now === undefined ? {} : { now: situation.now }),
    ...(mode === 'Preview' ? { allow: (call) => reads.has(nameOf(call)) } : {}),
  });
}

function unitParameters(
  situation: Situation,
  values: ReadonlyMap<string, Json>,
): Record<string, readonly string[]> {
  const entries = Object.entries(fillObject(situation.parameters ?? {}, values));
  return Object.fromEntries(
    entries.map(([name, value]) => [name, (isList(value) ? value : [value]).map(textOfJson)]),
  );
}

function fillObject(template: JsonObject, values: ReadonlyMap<string, Json>): JsonObject {
  const filled = fill(template, values);
  return isObject(filled) ? filled : {};
}
