import { splitPython } from '../compile/python-blocks.ts';

/** A mapping of the template: first key, second key, value. */
export type Mapping = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Logical id of the mapping that holds what scripts share. */
export const SHARED_SCRIPT = 'Script';

/** Second key of every entry: mappings have two levels. */
const TEXT = 'Text';

/** Shorter pieces than this cost more as a reference than as text. */
const WORTHWHILE = 80;

export interface SharedScripts {
  readonly mapping: Mapping;
  /** The script as text, or as a join of its own text and what it shares with others. */
  readonly expression: (script: string) => unknown;
}

interface Piece {
  readonly name: string;
  readonly text: string;
}

/**
 * Many documents hold the same helper functions, and a template may have 1,000,000 bytes: a mapping holds each shared
 * run of functions once, and CloudFormation joins the scripts again. Deployed documents are the same byte for byte.
 */
export function shareScripts(scripts: readonly string[]): SharedScripts {
  const split = scripts.map(pieces);
  const shared = new Set(piecesOfSeveral(split));
  const places = split.map(placesOf);
  const runs = new Map<string, readonly Piece[]>();
  for (const script of split)
    for (const run of runsOf(script, shared, places)) runs.set(textOf(run), run);
  const names = nameRuns([...runs.values()]);
  const mapping = Object.fromEntries(
    [...names].map(([text, name]) => [name, { [TEXT]: text }] as const),
  );
  return {
    mapping,
    expression: (script) => {
      const parts = segments(pieces(script), shared, places).map((run) => {
        const text = textOf(run);
        const name = names.get(text);
        return name === undefined ? text : { 'Fn::FindInMap': [SHARED_SCRIPT, name, TEXT] };
      });
      return parts.every((part) => typeof part === 'string')
        ? script
        : { 'Fn::Join': ['', joinTexts(parts)] };
    },
  };
}

/** Top-level statements with the blank lines behind them: together they are the script again. */
function pieces(script: string): readonly Piece[] {
  const lines = script.split('\n');
  const blocks = splitPython(script);
  return blocks.map((block, index) => {
    const start = index === 0 ? 0 : block.line - 1;
    const next = blocks[index + 1];
    const text = lines.slice(start, next === undefined ? lines.length : next.line - 1).join('\n');
    return { name: block.names[0] ?? 'piece', text: next === undefined ? text : `${text}\n` };
  });
}

function piecesOfSeveral(split: readonly (readonly Piece[])[]): readonly string[] {
  const count = new Map<string, number>();
  for (const script of split)
    for (const text of new Set(script.map((piece) => piece.text)))
      count.set(text, (count.get(text) ?? 0) + 1);
  return [...count].filter(([, times]) => times > 1).map(([text]) => text);
}

function runsOf(
  script: readonly Piece[],
  shared: ReadonlySet<string>,
  places: readonly Places[],
): readonly (readonly Piece[])[] {
  return segments(script, shared, places).filter(
    (run) => run.every(({ text }) => shared.has(text)) && textOf(run).length >= WORTHWHILE,
  );
}

/** Cuts a script where sharing starts, ends, or goes on with other scripts. */
function segments(
  script: readonly Piece[],
  shared: ReadonlySet<string>,
  places: readonly Places[],
): readonly (readonly Piece[])[] {
  const found: Piece[][] = [];
  for (const [index, piece] of script.entries()) {
    const before = script[index - 1];
    const last = found.at(-1);
    const joined = before !== undefined && belongTogether(before, piece, shared, places);
    if (last !== undefined && joined) last.push(piece);
    else found.push([piece]);
  }
  return found;
}

/** Both are shared by the same scripts and always stand one after the other, or neither is shared. */
function belongTogether(
  first: Piece,
  second: Piece,
  shared: ReadonlySet<string>,
  places: readonly Places[],
): boolean {
  if (!shared.has(first.text) || !shared.has(second.text))
    return shared.has(first.text) === shared.has(second.text);
  return places.every((script) => {
    const at = script.get(first.text);
    const next = script.get(second.text);
    return at === undefined ? next === undefined : next === at + 1;
  });
}

/** Where a script has each piece first, by the piece's text. */
type Places = ReadonlyMap<string, number>;

function placesOf(script: readonly Piece[]): Places {
  // Of equal pieces the last one set is the first in the script.
  return new Map(script.map(({ text }, at) => [text, at] as const).toReversed());
}

/** Names of runs, from their first function; a second run of that name gets a number. */
function nameRuns(runs: readonly (readonly Piece[])[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Map<string, number>();
  const sorted = runs.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
  for (const run of sorted) {
    const name = (run[0]?.name ?? 'piece').replaceAll(/(?:^|_)([a-z])/gu, (_, letter: string) =>
      letter.toUpperCase(),
    );
    const plain = name.replaceAll('_', '');
    const times = (taken.get(plain) ?? 0) + 1;
    taken.set(plain, times);
    names.set(textOf(run), times === 1 ? plain : `${plain}${times}`);
  }
  return new Map([...names].toSorted(([, a], [, b]) => (a < b ? -1 : 1)));
}

function textOf(run: readonly Piece[]): string {
  return run.map(({ text }) => text).join('');
}

/** Neighbouring texts become one. */
function joinTexts(parts: readonly unknown[]): readonly unknown[] {
  const joined: unknown[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string')
      joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  return joined;
}
