import type { Target } from '../model/attempt.ts';
import { objectOf } from '../model/json.ts';

/** All that an execution of the orchestrator is told; everything else it reads from the state table. */
export interface AttemptKey extends Target {
  /** Id of the attempt. */
  readonly id: string;
}

const FORMS: Readonly<Record<keyof AttemptKey, RegExp>> = {
  account: /^\d{12}$/u,
  region: /^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/u,
  resource: /^\P{C}{1,2048}$/u,
  id: /^[0-9a-f]{32}$/u,
};

/** Reads the input of an execution, which anybody with the right to start one may have written; throws when it isn't a key. */
export function parseAttemptKey(raw: unknown): AttemptKey {
  const given = objectOf(raw);
  const read = (name: keyof AttemptKey): string => {
    const value = given[name];
    if (typeof value === 'string' && FORMS[name].test(value)) return value;
    throw new Error(`The execution's input must be the key of an attempt; its ${name} is none.`);
  };
  return {
    account: read('account'),
    region: read('region'),
    resource: read('resource'),
    id: read('id'),
  };
}
