import fc from 'fast-check';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { packed, packedConstant } from '../../../generator/emit/packed.ts';

const require = createRequire(import.meta.url);

/** What a function would see under the name. */
function read(code: string): unknown {
  // oxlint-disable-next-line no-implied-eval, no-new-func -- the code under test is text
  const made: unknown = new Function('require', `"use strict";\n${code}return DATA;`)(require);
  return made;
}

describe('packed text', () => {
  it('is gzip in base64, and always the same', () => {
    const text = 'Größe '.repeat(1000);
    expect(gunzipSync(Buffer.from(packed(text), 'base64')).toString()).toBe(text);
    expect(packed(text)).toBe(packed(text));
    // Bytes 4 to 7 of gzip are the time (RFC 1952): none.
    expect(Buffer.from(packed('x'), 'base64').readUInt32LE(4)).toBe(0);
  });
  it('defines the same data again, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(read(packedConstant('DATA', value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
