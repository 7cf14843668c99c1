import { describe, expect, it } from 'vitest';

import type { ParameterDeclaration } from '../../../generator/simulate/document.ts';
import { bindParameters } from '../../../generator/simulate/parameters.ts';

const bind = (declaration: ParameterDeclaration, values?: readonly string[]): unknown =>
  bindParameters(new Map([['P', declaration]]), values === undefined ? {} : { P: values }).get('P');

describe('parameters', () => {
  it.each<[ParameterDeclaration, readonly string[] | undefined, unknown]>([
    [{ type: 'String' }, ['text'], 'text'],
    [{ type: 'String', default: '' }, [''], ''],
    [{ type: 'String', default: 'x' }, undefined, 'x'],
    [{ type: 'Boolean' }, ['true'], true],
    [{ type: 'Integer' }, ['-7'], -7],
    [{ type: 'StringList' }, ['a', 'b'], ['a', 'b']],
    [{ type: 'StringList', default: [] }, undefined, []],
    [{ type: 'StringMap' }, ['{"a": "b"}'], { a: 'b' }],
    [{ type: 'MapList' }, ['{"a": 1}', '{}'], [{ a: 1 }, {}]],
    [{ type: 'String', allowedPattern: '^(?:a|b)+$' }, ['abba'], 'abba'],
  ])('%j takes %j as %j', (declaration, values, expected) => {
    expect(bind(declaration, values)).toEqual(expected);
  });

  it.each<[string, ParameterDeclaration, readonly string[] | undefined, string]>([
    ['a missing value', { type: 'String' }, undefined, 'required'],
    ['two values for text', { type: 'String' }, ['a', 'b'], 'one value'],
    ['no text', { type: 'String', default: 'x' }, [''], '0 characters'],
    ['text that is too long', { type: 'String' }, ['x'.repeat(513)], '513 characters'],
    ['too long a value in a list', { type: 'StringList' }, ['x'.repeat(513)], '513 characters'],
    [
      'too many values',
      { type: 'StringList' },
      Array.from({ length: 51 }, () => 'x'),
      'more than 50',
    ],
    ['a reference', { type: 'String' }, ['{{ssm:/secret}}'], '{{'],
    ['a boolean in capitals', { type: 'Boolean' }, ['True'], 'neither'],
    ['a broken number', { type: 'Integer' }, ['1.5'], 'whole number'],
    ['a list for a map', { type: 'StringMap' }, ['[]'], 'JSON map'],
    ['a value that is not allowed', { type: 'String', allowedValues: ['a'] }, ['b'], 'not one of'],
    [
      'one that does not match',
      { type: 'StringList', allowedPattern: '^a' },
      ['a', 'b'],
      'does not match',
    ],
    [
      'a default that does not match',
      { type: 'String', default: 'b', allowedPattern: '^a' },
      undefined,
      'does not match',
    ],
    [
      'a default of another type',
      { type: 'Integer', default: '5' },
      undefined,
      'not of type Integer',
    ],
    ['short text', { type: 'String', minChars: 2 }, ['a'], 'shorter'],
    ['long text', { type: 'String', maxChars: 2 }, ['abc'], 'longer'],
    ['few items', { type: 'StringList', minItems: 1 }, [], 'fewer'],
    ['many items', { type: 'StringList', maxItems: 1 }, ['a', 'b'], 'more than 1'],
    ['an unknown type', { type: 'AWS::IAM::Role::Arn' }, ['x'], 'knows the types'],
    [
      'a Java pattern',
      { type: 'String', allowedPattern: '^(?i:a)$' },
      ['a'],
      '(?i: in ^(?i:a)$ has a meaning in Java only',
    ],
    ['a Java class', { type: 'String', allowedPattern: '\\p{Alpha}' }, ['a'], 'Java only'],
    ['a broken pattern', { type: 'String', allowedPattern: '(' }, ['a'], "can't be compiled"],
  ])('refuses %s', (_, declaration, values, message) => {
    expect(() => bind(declaration, values)).toThrow(message);
  });

  it('refuses a parameter that the document lacks', () => {
    expect(() => bindParameters(new Map(), { constructor: ['x'] })).toThrow(
      'parameter constructor: the document has no such parameter',
    );
  });
});
