import { listOf, textOf } from '../document.ts';
import { Failure } from '../failure.ts';
import { member, textOfJson } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { select } from '../selector.ts';
import type { Action, ActionContext } from './action.ts';

// Systems Manager user guide, "aws:waitForAwsResourceProperty"; it doesn't say how often the action looks.
const longestWait = 3600;
const secondsBetweenLooks = 10;

const ownInputs = new Set(['Service', 'Api', 'PropertySelector', 'DesiredValues']);

/** aws:executeAwsApi: one call; selectors read its answer. */
export const executeAwsApi: Action = {
  run: async (inputs, context) => ({ result: await call(inputs, context) }),
};

/** aws:assertAwsResourceProperty: one call, whose answer must have one of the desired values. */
export const assertAwsResourceProperty: Action = {
  run: async (inputs, context) => {
    const result = await call(inputs, context);
    const { found, desired } = propertyOf(inputs, result);
    if (!desired.includes(found ?? ''))
      throw new Failure(`the value is ${found ?? 'absent'}, not ${desired.join(' or ')}`);
    return { result };
  },
};

/** aws:waitForAwsResourceProperty: looks again until a desired value is there or the time is over. */
export const waitForAwsResourceProperty: Action = {
  run: async (inputs, context) => {
    const { clock, step } = context;
    const limit = step.timeoutSeconds ?? longestWait;
    const end = clock.now().getTime() + limit * 1000;
    for (;;) {
      const result = await call(inputs, context);
      const { found, desired } = propertyOf(inputs, result);
      if (desired.includes(found ?? '')) return { result };
      if (clock.now().getTime() >= end) {
        throw new Failure(`timed out after ${limit} seconds: the value is ${found ?? 'absent'}`);
      }
      await clock.sleep(secondsBetweenLooks);
    }
  },
};

function call(inputs: JsonObject, { aws }: ActionContext): Promise<JsonObject> {
  const rest = Object.entries(inputs).filter(([key]) => !ownInputs.has(key));
  const service = textOf(member(inputs, 'Service'), 'Service');
  return aws.call(service, textOf(member(inputs, 'Api'), 'Api'), Object.fromEntries(rest));
}

interface Property {
  readonly found: string | undefined;
  readonly desired: readonly string[];
}

/** Values are compared as text, booleans without regard to case: the user guide's examples write True. */
function propertyOf(inputs: JsonObject, result: Json): Property {
  const found = select(result, textOf(member(inputs, 'PropertySelector'), 'PropertySelector'));
  const asText = (value: Json): string => {
    const text = textOfJson(value);
    return /^(?:true|false)$/i.test(text) ? text.toLowerCase() : text;
  };
  return {
    found: found === undefined ? undefined : asText(found),
    desired: listOf(member(inputs, 'DesiredValues'), 'DesiredValues').map(asText),
  };
}
