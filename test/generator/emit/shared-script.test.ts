import { describe, expect, it } from 'vitest';
import { shareScripts } from '../../../generator/emit/shared-script.ts';
import { joined } from '../../support/joined.ts';

const LONG =
  '    """A docstring that is long enough to make sharing this function worth a reference."""';
const helper = (name: string): string => `def ${name}(value):\n${LONG}\n    return value\n`;
const own = (name: string): string => `def main_${name}():\n    return "${name}"\n`;
const script = (...blocks: readonly string[]): string => ['import json\n', ...blocks].join('\n\n');

describe('shared scripts', () => {
  it('stores functions of several scripts once, and joins to the same bytes', () => {
    const scripts = [
      script(helper('ask'), helper('read'), own('a')),
      script(helper('ask'), helper('read'), helper('wait'), own('b')),
      script(helper('wait'), own('c')),
    ];
    const { mapping, expression } = shareScripts(scripts);
    expect(Object.keys(mapping)).toEqual(['Ask', 'Wait']);
    expect(mapping['Ask']?.['Text']).toContain('def read');
    for (const text of scripts) expect(joined(expression(text), { Script: mapping })).toBe(text);
  });

  it('leaves a script alone that shares nothing worth it', () => {
    const scripts = [script(own('a')), script(own('b'))];
    const { mapping, expression } = shareScripts(scripts);
    expect(mapping).toEqual({});
    expect(expression(scripts[0] ?? '')).toBe(scripts[0]);
  });

  it('tells two functions of one name apart', () => {
    const other = helper('ask').replace('return value', 'return [value]');
    const scripts = [
      script(helper('ask'), own('a')),
      script(helper('ask'), own('b')),
      script(other, own('c')),
      script(other, own('d')),
    ];
    const { mapping, expression } = shareScripts(scripts);
    expect(Object.keys(mapping)).toEqual(['Ask', 'Ask2']);
    for (const text of scripts) expect(joined(expression(text), { Script: mapping })).toBe(text);
  });
});
