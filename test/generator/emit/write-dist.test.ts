import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutputFolderError, writeDist } from '../../../generator/emit/write-dist.ts';

describe('writeDist', () => {
  let parent = '';
  let dist = '';
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'asr-dist-'));
    dist = join(parent, 'dist');
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const build = (text: string, ...more: readonly (readonly [string, string])[]) =>
    new Map([['manifest.json', text] as const, ...more]);

  it('writes files into folders and leaves nothing beside them', () => {
    writeDist(dist, build('one', ['documents/a.yaml', 'A']));
    expect(readFileSync(join(dist, 'documents/a.yaml'), 'utf8')).toBe('A');
    expect(readdirSync(parent)).toEqual(['dist']);
  });

  it('replaces a build as a whole: files that are gone are gone', () => {
    writeDist(dist, build('one', ['old.txt', 'old']));
    writeDist(dist, build('two'));
    expect(readdirSync(dist)).toEqual(['manifest.json']);
    expect(readFileSync(join(dist, 'manifest.json'), 'utf8')).toBe('two');
    expect(readdirSync(parent)).toEqual(['dist']);
  });

  it('keeps the old build when writing fails', () => {
    writeDist(dist, build('one'));
    // A file cannot also be a folder.
    const impossible = build('two', ['a', 'file'], ['a/b', 'file in it']);
    expect(() => writeDist(dist, impossible)).toThrow(/EEXIST|ENOTDIR/u);
    expect(readFileSync(join(dist, 'manifest.json'), 'utf8')).toBe('one');
    expect(readdirSync(parent)).toEqual(['dist']);
  });

  it('refuses a folder that no build wrote', () => {
    mkdirSync(dist);
    writeFileSync(join(dist, 'thesis.txt'), 'years of work');
    expect(() => writeDist(dist, build('one'))).toThrow(OutputFolderError);
    expect(readdirSync(dist)).toEqual(['thesis.txt']);
  });

  it('takes an empty folder', () => {
    mkdirSync(dist);
    writeDist(dist, build('one'));
    expect(readdirSync(dist)).toEqual(['manifest.json']);
  });

  it('brings back the old build when the last one ended between its two moves', () => {
    writeDist(dist, build('one'));
    renameSync(dist, join(parent, '.dist.old'));
    expect(() => writeDist(dist, build('two', ['a', ''], ['a/b', '']))).toThrow(/EEXIST|ENOTDIR/u);
    expect(readFileSync(join(dist, 'manifest.json'), 'utf8')).toBe('one');
    expect(existsSync(join(parent, '.dist.old'))).toBe(false);
  });
});
