import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readRunbooks } from '../../../generator/read/read-runbooks.ts';
import { readStandards } from '../../../generator/read/read-standards.ts';
import { readYaml, unquotedReference, YamlSource } from '../../../generator/read/source.ts';
import { validate } from '../../../generator/read/schema.ts';
import { unitText } from '../compile/unit-text.ts';

const text = `plain: one {two} three
double: "one {two} three"
escaped: "a\\tb {two}"
single: 'it''s {two}'
folded: one
  and {two}
block: |
  {two}
list: [a, { deep: x }]
base: &base { a: 1 }
copy: *base
`;
const source = new YamlSource('x.yaml', text);
const place = ({ line, column }: { readonly line: number; readonly column: number }): string =>
  `${line}:${column}`;

describe('positions', () => {
  it.each([
    ['plain', '1:12'],
    ['double', '2:14'],
    // Where the text is not written as it reads, its beginning.
    ['escaped', '3:10'],
    ['single', '4:9'],
    ['folded', '5:9'],
    ['block', '7:8'],
  ])('within %s are %s', (key, expected) => {
    const value = (source.value as Readonly<Record<string, string>>)[key] ?? '';
    expect(place(source.within([key], value.indexOf('{two}')))).toBe(expected);
  });

  it('of values, keys, list items and aliases', () => {
    expect(place(source.at(['list', 1, 'deep']))).toBe('9:19');
    expect(place(source.atKey(['list', 1, 'deep']))).toBe('9:13');
    expect(place(source.at(['copy', 'a']))).toBe('10:18');
  });

  it('of what is not there are those of its nearest ancestor', () => {
    expect(place(source.at(['list', 7, 'x']))).toBe('9:7');
    expect(place(source.at(['nothing']))).toBe('1:1');
    expect(place(new YamlSource('x.yaml', '').at(['a']))).toBe('1:1');
  });

  it('survive Windows line ends', () => {
    expect(place(new YamlSource('x.yaml', 'a: 1\r\nb: 2\r\n').at(['b']))).toBe('2:4');
  });
});

describe('references without quotes', () => {
  it.each([
    [{ X: null }, '{X}'],
    [{ 'before.x': null }, '{before.x}'],
    [{ X: 1 }, undefined],
    [{ X: null, Y: null }, undefined],
    [[null], undefined],
    [null, undefined],
    ['{X}', undefined],
  ])('%j', (value, expected) => {
    expect(unquotedReference(value)).toBe(expected);
  });
});

describe('what can not be read', () => {
  const kinds = { resources: new Map(), parameters: new Map() };
  it('is said at its name, and nothing is thrown', () => {
    expect(readYaml('/nowhere/at-all.yaml', 'at-all.yaml')).toMatchObject({
      value: undefined,
      problems: [
        {
          file: 'at-all.yaml',
          line: 1,
          column: 1,
          code: 'unreadable-file',
          what: 'It cannot be read: ENOENT: no such file or directory.',
        },
      ],
    });
    const said = [
      { code: 'unreadable-file', what: 'It cannot be read: ENOENT: no such file or directory.' },
    ];
    expect(readRunbooks('/nowhere', 'runbooks', kinds)).toMatchObject({
      runbooks: [],
      problems: [{ ...said[0], file: 'runbooks' }],
    });
    expect(readStandards('/nowhere', 'standards')).toMatchObject({
      problems: [{ ...said[0], file: 'standards' }],
    });
  });
});

/** What the schema says of steps, which the messages about steps repeat in words. */
interface StepSchema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly oneOf: readonly { readonly required: readonly string[] }[];
}

describe('steps', () => {
  const file = new URL('../../../generator/read/schemas/runbook.schema.json', import.meta.url);
  const { definitions } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly definitions: { readonly step: StepSchema };
  };
  const samples: Readonly<Record<string, string>> = {
    with: '{ a: b }',
    when: '{ a: b }',
    each: '"{a}"',
    on: 'a',
    as: 'a',
    keep: '{ a: b }',
    absent: '[A]',
    ok: '[A]',
    retry: '[A]',
    hide: '[A]',
    until: '{ a: b }',
    fail: '{ a: b }',
    within: '5m',
    every: '5s',
  };
  const starts: Readonly<Record<string, string>> = {
    read: 'read: kms:ListKeys',
    call: 'call: kms:ListKeys',
    compute: 'compute: f',
    wait: 'wait: kms:ListKeys, until: { a: b }, within: 5m',
  };
  const types = definitions.step.oneOf.map(({ required: [type = ''] }) => type);
  const members = Object.keys(definitions.step.properties).filter((key) => !types.includes(key));

  it('are of four types, and every member has a sample here', () => {
    expect(types.toSorted()).toEqual(Object.keys(starts).toSorted());
    expect(members.toSorted()).toEqual(Object.keys(samples).toSorted());
  });

  it.each(types.flatMap((type) => members.map((member) => [type, member] as const)))(
    'a %s with %s is fine or says that it does not belong',
    (type, member) => {
      const start = starts[type] ?? '';
      const step = start.includes(`${member}:`)
        ? `{ ${start} }`
        : `{ ${start}, ${member}: ${samples[member] ?? ''} }`;
      const unit = new YamlSource('unit.yaml', unitText({ change: `change:\n  - ${step}` }));
      const found = validate(unit, 'runbook').map(({ what }) => what);
      expect(found.length).toBeLessThan(2);
      if (found.length === 1) expect(found[0]).toBe(`${member} is not a key of a ${type}.`);
    },
  );
});
