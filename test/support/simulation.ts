import type { Execution, RunOptions } from '../../generator/simulate/execution.ts';
import type { JsonObject } from '../../generator/simulate/json.ts';
import { runDocument } from '../../generator/simulate/run-document.ts';

/** Account and Region of simulations in tests; the account has a leading zero on purpose. */
export const account = '012345678901';
export const region = 'eu-west-1';

/** A document with the given steps. */
export function documentOf(mainSteps: readonly JsonObject[], rest: JsonObject = {}): JsonObject {
  return { schemaVersion: '0.3', ...rest, mainSteps };
}

/** A script step whose handler is `handler`. */
export function scriptStep(name: string, script: string, rest: JsonObject = {}): JsonObject {
  const { InputPayload = {}, ...others } = rest;
  return {
    name,
    action: 'aws:executeScript',
    inputs: { Runtime: 'python3.11', Handler: 'handler', Script: script, InputPayload },
    ...others,
  };
}

/** Runs a document, by default without any endpoint, sleeps skipped. */
export function simulate(document: unknown, options: Partial<RunOptions> = {}): Promise<Execution> {
  return runDocument(document, {
    parameters: {},
    endpoint: options.bridge?.endpoint ?? 'http://localhost:9',
    region,
    account,
    sleep: 'skip',
    ...options,
  });
}
