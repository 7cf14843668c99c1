import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileAll } from '../../../generator/compile/compile.ts';
import type { CompileOptions } from '../../../generator/compile/compile.ts';
import type { CompiledRunbook } from '../../../generator/compile/compiled.ts';
import { checkPythonStyle } from '../../../generator/compile/check-python.ts';
import { sortDiagnostics } from '../../../generator/read/diagnostics.ts';
import type { Diagnostic } from '../../../generator/read/diagnostics.ts';
import { readKinds } from '../../../generator/read/read-kinds.ts';
import { readRunbooks } from '../../../generator/read/read-runbooks.ts';
import { readStandards } from '../../../generator/read/read-standards.ts';
import type { Sources } from '../../../generator/read/read-sources.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/u, '');
const realKinds = readKinds(`${root}/generator/model/kinds`, 'kinds');
const realStandards = readStandards(`${root}/standards`, 'standards');

/** Files of a small project by path, such as `runbooks/kms/Rotate.yaml`; `»` marks what is wrong. A path with / at its end is a folder. */
export type Files = Readonly<Record<string, string>>;

/** What the compiler makes of a small project. */
export interface CompiledSource {
  readonly compiled: readonly CompiledRunbook[];
  readonly problems: readonly Diagnostic[];
  /** Each problem as `file:line:column`, then code, what, why and fix, as people read it. */
  readonly report: string;
}

/** Parameters of the member stack in these tests. */
const STACK_PARAMETERS = new Set(['KmsKeyForTopics', 'CreateLogBucket']);

const MARKS = /[»«]/gu;

/**
 * Reads and compiles a project that exists only for a test: real kinds and standards unless the files bring their own,
 * and the real reader, compiler and Python lint.
 */
export async function compileFiles(
  files: Files,
  options?: CompileOptions,
): Promise<CompiledSource> {
  const folder = mkdtempSync(join(tmpdir(), 'asr-test-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      const isFolder = path.endsWith('/');
      mkdirSync(isFolder ? `${folder}/${path}` : dirname(`${folder}/${path}`), { recursive: true });
      if (!isFolder) writeFileSync(`${folder}/${path}`, text.replaceAll(MARKS, ''));
    }
    mkdirSync(`${folder}/runbooks`, { recursive: true });
    return await compileFolder(folder, files, options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compileFolder(
  folder: string,
  files: Files,
  options?: CompileOptions,
): Promise<CompiledSource> {
  const has = (start: string): boolean => Object.keys(files).some((path) => path.startsWith(start));
  const kinds = has('kinds/') ? readKinds(`${folder}/kinds`, 'kinds') : realKinds;
  const standards = has('standards/')
    ? readStandards(`${folder}/standards`, 'standards')
    : realStandards;
  const runbooks = readRunbooks(`${folder}/runbooks`, 'runbooks', kinds.kinds);
  const sources: Sources = {
    kinds: kinds.kinds,
    standards: standards.standards,
    runbooks: runbooks.runbooks,
    shared: runbooks.shared,
    tests: runbooks.tests,
    stackParameters: STACK_PARAMETERS,
    problems: [...kinds.problems, ...standards.problems, ...runbooks.problems],
  };
  const { compiled, problems } = await compileAll(sources, 'SO0111', options);
  const python = [
    ...sources.shared,
    ...sources.runbooks.flatMap((unit) => unit.python ?? []),
  ].flatMap(checkPythonStyle);
  const all = sortDiagnostics([...sources.problems, ...problems, ...python]);
  return { compiled, problems: all, report: all.map(rendered).join('\n') };
}

function rendered({ file, line, column, code, what, why, fix }: Diagnostic): string {
  return `${file}:${line}:${column} ${code}\n  ${what}\n  ${why}\n  ${fix}`;
}

/** `file:line:column` of every `»` in the files. */
export function markedPlaces(files: Files): readonly string[] {
  return Object.entries(files)
    .flatMap(([file, text]) =>
      [...text.replaceAll('«', '').matchAll(/»/gu)].map(({ index }, nth) => {
        // Marks before this one are not in the file.
        const before = text.replaceAll('«', '').slice(0, index).replaceAll('»', '').split('\n');
        const column = (before.at(-1) ?? '').length + 1;
        return { file: file.replace(/\/$/u, ''), line: before.length, column, nth };
      }),
    )
    .toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.nth - b.nth))
    .map(({ file, line, column }) => `${file}:${line}:${column}`);
}

/** One mistake: the sources with the place marked, and what must be said. */
export interface MistakeCase {
  readonly title: string;
  readonly files: Files;
  /** Per problem `code`, what, why and fix on lines of their own, as the command line prints them, without the place. */
  readonly says: string;
}

/** What was said, place by place, without the places; how large a document is changes with the compiler. */
export function said(problems: readonly Diagnostic[]): string {
  const text = problems.map(({ code, what, why, fix }) => [code, what, why, fix].join('\n'));
  return text.join('\n').replace(/\d+ bytes, 65536/u, 'N bytes, 65536');
}

/** Text of a template literal without its first line break and common indentation. */
export function dedent(text: string): string {
  const lines = text.replace(/^\n/u, '').trimEnd().split('\n');
  const indents = lines
    .filter((line) => line.trim() !== '')
    .map((line) => /^ */u.exec(line)?.[0].length ?? 0);
  return lines.map((line) => line.slice(Math.min(...indents))).join('\n');
}
