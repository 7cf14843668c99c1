import type { Action } from './action.ts';
import { assertAwsResourceProperty, executeAwsApi, waitForAwsResourceProperty } from './aws-api.ts';
import { branch, loop, sleep, updateVariable } from './flow.ts';
import { executeScript } from './script.ts';

/** The actions that the simulator can run, by their name in documents. */
export const actions: ReadonlyMap<string, Action> = new Map([
  ['aws:assertAwsResourceProperty', assertAwsResourceProperty],
  ['aws:branch', branch],
  ['aws:executeAwsApi', executeAwsApi],
  ['aws:executeScript', executeScript],
  ['aws:loop', loop],
  ['aws:sleep', sleep],
  ['aws:updateVariable', updateVariable],
  ['aws:waitForAwsResourceProperty', waitForAwsResourceProperty],
]);
