import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  acceptsValue,
  arnPattern,
  arnScope,
  matchArn,
  valuePattern,
} from '../../../generator/model/kinds/kinds.ts';
import { arnMatchesType, resourceTypeArn } from '../../../generator/data/iam.ts';
import { readKinds } from '../../../generator/read/read-kinds.ts';

const folder = fileURLToPath(new URL('../../../generator/model/kinds', import.meta.url));
const { kinds, problems } = readKinds(folder, 'kinds');
const resources = [...kinds.resources.values()];
const parameters = [...kinds.parameters.values()];

/** One pattern, one text, and what JavaScript says of it. */
interface Probe {
  readonly kind: string;
  readonly pattern: string;
  readonly text: string;
  readonly fits: boolean;
  readonly groups: Readonly<Record<string, string>>;
}

/** Texts that a pattern should never let through, made from one that it accepts. */
const twisted = (text: string): readonly string[] => [
  `${text}\n`,
  ` ${text}`,
  `${text}{{x}}`,
  text.replaceAll(/[0-9]/gu, '\u0663'),
  `${text}\u0000`,
];

const asks = (text: string | readonly string[]): readonly string[] =>
  typeof text === 'string' ? [text] : text;

const probes: readonly Probe[] = [
  ...resources.flatMap((kind) =>
    [...kind.accepts, ...kind.accepts.flatMap(twisted), ...kind.refuses].map((text) => {
      const groups = matchArn(kind, text);
      return {
        kind: kind.name,
        pattern: arnPattern(kind, 'python'),
        text,
        fits: groups !== undefined,
        groups: groups ?? {},
      };
    }),
  ),
  ...parameters.flatMap((kind) =>
    [
      ...kind.accepts.flatMap(asks),
      ...kind.accepts.flatMap(asks).flatMap(twisted),
      ...kind.refuses.flatMap(asks),
    ].map((text) => {
      const pattern = valuePattern(kind);
      return {
        kind: kind.name,
        pattern,
        text,
        fits: new RegExp(pattern, 'u').test(text),
        groups: {},
      };
    }),
  ),
];

/** Ids that findings use and IAM does not: units on them must say with `on` what a call acts on. */
const NO_ARN_OF_IAM: ReadonlySet<string> = new Set(['rds-instance-resource']);

const PYTHON = `
import json, re, sys
for probe in json.load(sys.stdin):
    match = re.fullmatch(probe["pattern"], probe["text"])
    if (match is not None) != probe["fits"] or (match and match.groupdict() != probe["groups"]):
        print(probe["kind"], repr(probe["text"]))
`;
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe('kinds', () => {
  it('have no problems, and there are many', () => {
    expect(problems).toEqual([]);
    expect(resources.length).toBeGreaterThan(40);
    expect(parameters.length).toBeGreaterThan(25);
  });

  it.each(resources.map((kind) => [kind.name, kind] as const))(
    '%s accepts and refuses its examples, and names its parts',
    (_, kind) => {
      for (const arn of kind.accepts)
        expect(Object.keys(matchArn(kind, arn) ?? {}).length).toBeGreaterThan(0);
      for (const arn of kind.refuses) expect(matchArn(kind, arn)).toBeUndefined();
      for (const arn of kind.accepts.flatMap(twisted))
        expect(matchArn(kind, arn), arn).toBeUndefined();
      for (const arn of kind.accepts)
        expect(new RegExp(arnPattern(kind, 'none'), 'u').test(arn)).toBe(true);
      for (const [name, field] of kind.fields)
        expect(`${name} ${field}`).not.toMatch(/\\[dwsDWS]|\(\?[=!<]/u);
    },
  );

  it.each(parameters.map((kind) => [kind.name, kind] as const))(
    '%s accepts and refuses its examples',
    (_, kind) => {
      for (const value of kind.accepts) expect(acceptsValue(kind, value)).toBe(true);
      for (const value of kind.refuses) expect(acceptsValue(kind, value)).toBe(false);
      const isList = kind.type === 'list' || kind.type === 'integer-list';
      expect(acceptsValue(kind, isList ? '{{ x }}' : ['{{ x }}'])).toBe(false);
      expect(acceptsValue(kind, isList ? ['{{ x }}'] : '{{ x }}')).toBe(false);
    },
  );

  it.skipIf(!hasPython)(
    'mean the same in Python (skipped without python3)',
    { timeout: 60_000 },
    () => {
      const run = spawnSync('python3', ['-c', PYTHON], {
        input: JSON.stringify(probes),
        encoding: 'utf8',
      });
      expect(run.stderr).toBe('');
      expect(run.stdout.split('\n').filter(Boolean)).toEqual([]);
    },
  );

  it(
    'name IAM resource types that exist and that their ARN fits',
    { timeout: 60_000 },
    async () => {
      const wrong: string[] = [];
      for (const kind of resources) {
        for (const type of kind.iam) {
          const arn = await resourceTypeArn(type);
          if (
            arn === undefined ||
            !(arnMatchesType(arnScope(kind), arn) || NO_ARN_OF_IAM.has(kind.name))
          )
            wrong.push(`${kind.name} ${type} ${arn ?? 'unknown'}`);
        }
      }
      expect(wrong).toEqual([]);
    },
  );
});
