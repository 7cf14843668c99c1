import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CLAIMS } from './proof/claims.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const IGNORED = new Set(['node_modules', 'dist', '.git', '.asr', 'coverage', '__pycache__']);

/** Every file of the project, by its path from the root. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (IGNORED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [relative(ROOT, path)];
  });
}

const files = filesBelow(ROOT);
const pages = files.filter((file) => file.endsWith('.md'));

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

function matches(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].flatMap(([, found]) => (found === undefined ? [] : [found]));
}

/** As GitHub makes anchors of headings. */
function anchors(text: string): readonly string[] {
  return matches(text, /^#+ (.*)$/gmu).map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{Nd}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('pages', () => {
  it('are there', () => {
    const wanted = ['README.md', 'CHANGELOG.md', 'docs/aws-assumptions.md', 'docs/user-guide.md'];
    expect(pages).toEqual(expect.arrayContaining(wanted));
  });

  it.each(pages)('%s links to what exists', (page) => {
    const links = matches(read(page), /\]\(([^)\s]+)\)/gu).filter(
      (link) => !/^[a-z]+:/u.test(link),
    );
    for (const link of links) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      expect(existsSync(join(ROOT, target)), `${link} in ${page}`).toBe(true);
      if (anchor !== undefined)
        expect(anchors(read(target)), `${link} in ${page}`).toContain(anchor);
    }
  });

  it.each(pages)('%s names npm scripts and commands that exist', (page) => {
    const text = read(page);
    const { scripts } = JSON.parse(read('package.json')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    for (const script of matches(text, /npm run (?:--silent )?([a-z][a-z:-]*)/gu))
      expect(Object.keys(scripts), `npm run ${script}`).toContain(script);
    const sources = files
      .filter((file) => file.startsWith('generator/cli/'))
      .map(read)
      .join('\n');
    const commands = matches(sources, /[cC]ommand\((?:program, )?'([a-z]+)/gu);
    for (const command of matches(text, /(?:`|cli\/)asr(?:\.js)? ([a-z]+)/gu))
      expect(commands, `asr ${command}`).toContain(command);
  });

  it('number the decisions without gaps', () => {
    const numbers = pages
      .filter((page) => page.startsWith('docs/decisions/'))
      .map((page) => Number(/(\d{4})-/u.exec(page)?.[1]));
    expect(numbers.toSorted((a, b) => a - b)).toStrictEqual(numbers.map((_, index) => index + 1));
  });
});

describe('README.ja.md', () => {
  it('has the same commands and examples as README.md', () => {
    const fences = (page: string): readonly string[] =>
      matches(read(page), /^ *```[a-z]*\n([\s\S]*?)^ *```$/gmu);
    expect(fences('README.ja.md')).toEqual(fences('README.md'));
    expect(fences('README.md').length).toBeGreaterThan(5);
  });
});

describe('README.md', () => {
  it('shows the unit of DynamoDB.2 as it is', () => {
    const shown = /```yaml\n([\s\S]*?)\n *```/u.exec(read('README.md'))?.[1];
    const unit = read('runbooks/dynamodb/EnableDynamoDBPointInTimeRecovery.yaml');
    expect(shown?.replaceAll(/^ {3}/gmu, '')).toBe(unit.trimEnd());
  });

  it('explains every npm script and every folder', () => {
    const text = read('README.md');
    for (const name of ['build', 'check', 'bench', 'console', 'proof:aws'])
      expect(text).toContain(`npm run ${name}`);
    for (const folder of readdirSync(join(ROOT, 'generator')))
      if (statSync(join(ROOT, 'generator', folder)).isDirectory())
        expect(text).toContain(`\n  ${folder}/`);
  });
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

describe('docs/runbook-format.md', () => {
  const schema = JSON.parse(read('generator/read/schemas/runbook.schema.json')) as Schema;
  const documented = new Set(matches(read('docs/runbook-format.md'), /([A-Za-z]+)/gu));
  const sections: readonly (readonly [string, Schema | undefined])[] = [
    ['a unit', schema],
    ...['parameter', 'role', 'permission', 'step'].map(
      (name) => [name, schema.definitions?.[name]] as const,
    ),
  ];

  it.each(sections)('documents every key of %s', (_name, part) => {
    const keys = Object.keys(part?.properties ?? {});
    expect(keys).not.toHaveLength(0);
    expect(keys.filter((key) => !documented.has(key))).toStrictEqual([]);
  });

  it('documents every key of a unit in a row of its own', () => {
    const rows = matches(read('docs/runbook-format.md'), /^\| `([A-Za-z]+)`/gmu);
    expect(rows).toEqual(expect.arrayContaining(Object.keys(schema.properties ?? {})));
  });
});

describe('docs/aws-assumptions.md', () => {
  it('names exactly the claims that npm run proof:aws checks', () => {
    const rows = read('docs/aws-assumptions.md')
      .split('\n')
      .filter((line) => line.startsWith('| '));
    const cells = rows.map((row) => row.split(' | ').at(-1) ?? '');
    const named = new Set(cells.flatMap((cell) => matches(cell, /`([a-z-]+)`/gu)));
    expect([...named].toSorted()).toStrictEqual(Object.keys(CLAIMS).toSorted());
  });

  it('gives every claim a source, a way to check it and an answer for proof:aws', () => {
    const rows = read('docs/aws-assumptions.md')
      .split('\n')
      .filter((line) => /^\| [^|]+ \| [^|]+ \| [^|]+ \| [^|]+ \| [^|]+ \|$/u.test(line));
    expect(rows.length).toBeGreaterThan(40);
    for (const row of rows)
      expect(row).toMatch(/\| (?:no|proof:aws|---|(?:`[a-z-]+`(?:, )?)+(?: \(.*\))?) \|$/u);
  });
});

describe('every file', () => {
  // Written in two halves, so that this list doesn't find itself.
  const forbidden = [
    ['/wo', 'rk/'],
    ['/ro', 'ot/'],
    ['/tmp/br', 'ief'],
    ['shared/', 'facts'],
    ['shared/', 'design'],
    ['emulator', '.md'],
    ['reference-', 'system'],
    ['language', ' model'],
    ['as an', ' AI'],
    ['TO', 'DO:'],
    ['FIX', 'ME'],
  ].map((halves) => halves.join(''));

  it('is about the product and names no place of one machine', () => {
    const found = files.flatMap((file) => {
      const text = read(file);
      return forbidden.filter((word) => text.includes(word)).map((word) => `${file}: ${word}`);
    });
    expect(found).toStrictEqual([]);
  });
});
