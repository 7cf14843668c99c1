import { objectOf, textOf } from '../document.ts';
import { Failure } from '../failure.ts';
import { isList, member } from '../json.ts';
import type { Json } from '../json.ts';
import { hasReference } from '../references.ts';
import { ScriptFailure } from './action.ts';
import type { Action } from './action.ts';

// Systems Manager user guide, "aws:executeScript - Run a script".
const longestRun = 600;
const largestResult = 100 * 1024;
const longestList = 100;

/** aws:executeScript for Python. The result is under $.Payload. */
export const executeScript: Action = {
  unresolved: ['Script'],
  run: async (inputs, { aws, step }) => {
    const runtime = textOf(member(inputs, 'Runtime'), 'Runtime');
    if (runtime !== 'python3.11')
      throw new Failure(`runtime ${runtime} is not supported by the simulator`);
    const script = textOf(member(inputs, 'Script'), 'Script');
    if (hasReference(script))
      throw new Failure('the script holds {{ }}, in whose place Automation puts a value');
    const outcome = await aws.runScript(
      {
        script,
        handler: textOf(member(inputs, 'Handler'), 'Handler'),
        payload: objectOf(member(inputs, 'InputPayload') ?? {}, 'InputPayload'),
      },
      Math.min(step.timeoutSeconds ?? longestRun, longestRun),
    );
    if (outcome.kind === 'failed') throw new ScriptFailure(outcome.message, outcome.printed);
    checkSize(outcome.result);
    const { printed } = outcome;
    return {
      result: { Payload: outcome.result },
      outputs: { Payload: outcome.result },
      ...(printed === '' ? {} : { printed }),
    };
  },
};

/** Automation cuts what is larger; here that is a failure, since what remains would be wrong. */
function checkSize(result: Json): void {
  const size = Buffer.byteLength(JSON.stringify(result));
  if (size > largestResult)
    throw new Failure(`the script returned ${size} bytes; ${largestResult} are the most`);
  if (isList(result) && result.length > longestList) {
    throw new Failure(
      `the script returned a list of ${result.length} items; ${longestList} are the most`,
    );
  }
}
