import { readdirSync, readFileSync } from 'node:fs';
import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';
import { diagnostic } from './diagnostics.ts';
import type { Diagnostic, DiagnosticCode, Position } from './diagnostics.ts';

/** Steps from the root of a YAML file to a value: map keys and list indexes. */
export type Path = readonly (string | number)[];

/** A parsed YAML file that knows where each value stands. */
export class YamlSource {
  readonly file: string;
  readonly value: unknown;
  readonly problems: readonly Diagnostic[];
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #text: string;

  constructor(file: string, text: string) {
    this.file = file;
    this.#text = text;
    this.#lines = new LineCounter();
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      uniqueKeys: true,
      prettyErrors: false,
    });
    const errors = [...this.#document.errors, ...this.#document.warnings];
    const problems = errors.map((error) => this.#problem(error.code, error.message, error.pos[0]));
    try {
      this.value = problems.length === 0 ? this.#document.toJS({ maxAliasCount: 50 }) : undefined;
    } catch (error) {
      // Aliases that lead nowhere, or that would fill the memory.
      problems.push(
        this.#problem('ALIAS', error instanceof Error ? error.message : String(error), 0),
      );
    }
    this.problems = problems;
  }

  /** Position of the value at `path`, or of its nearest ancestor that exists. */
  at(path: Path): Position {
    return this.#positionOf(this.#node(path, 'value'), path);
  }

  /** Position of the key at `path` (its last step is the key). */
  atKey(path: Path): Position {
    return this.#positionOf(this.#node(path, 'key'), path);
  }

  /** Position of the character `offset` characters into the text at `path`; exact for one-line scalars. */
  within(path: Path, offset: number): Position {
    const node = this.#node(path, 'value');
    const start = this.#positionOf(node, path);
    if (!isScalar(node) || typeof node.value !== 'string') return start;
    const quote = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? 1 : 0;
    const [from = 0, to = 0] = node.range ?? [];
    const isAsWritten = this.#text.slice(from + quote, to - quote) === node.value;
    return isAsWritten && !node.value.includes('\n')
      ? { ...start, column: start.column + quote + offset }
      : start;
  }

  /** A diagnostic at the value at `path`. */
  report(path: Path, code: DiagnosticCode, what: string, fix: string): Diagnostic {
    return diagnostic(this.at(path), code, what, fix);
  }

  /** A diagnostic at the key at `path`. */
  reportKey(path: Path, code: DiagnosticCode, what: string, fix: string): Diagnostic {
    return diagnostic(this.atKey(path), code, what, fix);
  }

  #node(path: Path, want: 'key' | 'value'): Node | undefined {
    let node = this.#document.contents as Node | null | undefined;
    for (const [index, step] of path.entries()) {
      const last = index === path.length - 1;
      if (isAlias(node)) node = node.resolve(this.#document);
      if (isMap(node)) {
        const pair = findPair(node, step);
        if (pair === undefined) return node;
        if (last && want === 'key') return pair.key as Node;
        node = (pair.value ?? pair.key) as Node;
      } else if (isSeq(node) && typeof step === 'number') {
        const item = node.items[step];
        if (item === undefined) return node;
        node = (isPair(item) ? item.key : item) as Node;
      } else {
        return node ?? undefined;
      }
    }
    return node ?? undefined;
  }

  #positionOf(node: Node | undefined, _path: Path): Position {
    const offset = node?.range?.[0] ?? 0;
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  #problem(code: string, message: string, offset: number): Diagnostic {
    const { line, col } = this.#lines.linePos(offset);
    const position = { file: this.file, line, column: col };
    if (code === 'DUPLICATE_KEY')
      return diagnostic(position, 'duplicate-key', 'This key is there twice.', 'Keep one of them.');
    if (code === 'MULTIPLE_DOCS')
      return diagnostic(position, 'yaml-syntax', 'A second document begins here.', 'Keep one.');
    const what = message.split('\n')[0] ?? message;
    return diagnostic(position, 'yaml-syntax', what.replace(/\.?$/u, '.'), 'Mend the YAML.');
  }
}

/** `{X}` when the value is what YAML makes of a reference without quotes: a map with one empty value. */
export function unquotedReference(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const [first, second] = Object.entries(value);
  return first !== undefined && second === undefined && first[1] === null
    ? `{${first[0]}}`
    : undefined;
}

function findPair(map: YAMLMap, key: string | number): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
}

/** Reads and parses a YAML file; an unreadable file becomes a problem of the source, never an exception. */
export function readYaml(path: string, shownAs: string): YamlSource {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return new UnreadableSource(shownAs, error);
  }
  return new YamlSource(shownAs, text);
}

class UnreadableSource extends YamlSource {
  override readonly problems: readonly Diagnostic[];
  override readonly value = undefined;

  constructor(file: string, error: unknown) {
    super(file, '');
    this.problems = [unreadable(file, error)];
  }
}

/** What is said of a file or folder that can't be read. */
export function unreadable(file: string, error: unknown): Diagnostic {
  const reason = error instanceof Error ? error.message.replace(/(?:, \w+)? '[^']*'$/u, '') : error;
  return diagnostic(
    { file, line: 1, column: 1 },
    'unreadable-file',
    `It cannot be read: ${String(reason)}.`,
    'Check that it exists and that you may read it.',
  );
}

/** Names in a folder, sorted; a folder that can't be read is a problem and empty. */
export function listFolder(
  folder: string,
  shownAs: string,
  problems: Diagnostic[],
): readonly string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch (error) {
    problems.push(unreadable(shownAs, error));
    return [];
  }
}
