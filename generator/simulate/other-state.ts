import { Buffer } from 'node:buffer';
import { gunzipSync, gzipSync } from 'node:zlib';

import { isObject } from './json.ts';
import type { Json, JsonObject } from './json.ts';

/** Characters of one text of a State. */
const CHUNK = 512;

/**
 * The State of a change as if the change had left another resource than the one that is there now: what Undo finds
 * after somebody changed it.
 * @returns undefined when the State doesn't say what the change left
 */
export function otherState(state: readonly string[]): readonly string[] | undefined {
  const known = unpack(state);
  if (typeof known?.['after'] !== 'string') return undefined;
  return pack({ ...known, after: 'something else' });
}

function unpack(state: readonly string[]): JsonObject | undefined {
  try {
    const text = gunzipSync(Buffer.from(state.join(''), 'base64url')).toString();
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    // A document that was written by hand keeps its State in a form of its own.
    return undefined;
  }
}

function pack(value: JsonObject): readonly string[] {
  const line = gzipSync(JSON.stringify(value))
    .toString('base64')
    .replaceAll('+', '-')
    .replaceAll('/', '_');
  return line.match(new RegExp(`.{1,${CHUNK}}`, 'gu')) ?? [];
}
