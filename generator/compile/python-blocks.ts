/** A top-level piece of a Python file: an import, a constant, a function or a class. */
export interface PythonBlock {
  readonly type: 'import' | 'code';
  /** Names it binds. */
  readonly names: readonly string[];
  readonly text: string;
  /** First line in the file, from 1. */
  readonly line: number;
}

const split = new Map<string, readonly PythonBlock[]>();

/** Splits Python at its top-level statements. Only what formatted modules contain is understood. */
export function splitPython(source: string): readonly PythonBlock[] {
  const known = split.get(source);
  if (known !== undefined) return known;
  const blocks = splitLines(source);
  split.set(source, blocks);
  return blocks;
}

function splitLines(source: string): readonly PythonBlock[] {
  const lines = source.split('\n');
  const texts = linesOfTexts(source);
  const starts = lines.flatMap((line, index) =>
    !texts.has(index) && startsStatement(lines, index, line) ? [index] : [],
  );
  const firsts = starts.map((start) => withComments(lines, start));
  return starts.map((start, index) => {
    const isImport = /^(?:import|from)\s/u.test(lines[start] ?? '');
    const text = lines
      .slice(isImport ? start : firsts[index], firsts[index + 1] ?? lines.length)
      .join('\n')
      .trimEnd();
    return { type: isImport ? 'import' : 'code', names: boundNames(text), text, line: start + 1 };
  });
}

/** The blocks that `wanted` needs, directly or through other blocks, in file order. */
export function selectBlocks(
  blocks: readonly PythonBlock[],
  wanted: Iterable<string>,
): readonly PythonBlock[] {
  const byName = new Map<string, PythonBlock[]>();
  for (const block of blocks)
    for (const name of block.names) byName.set(name, [...(byName.get(name) ?? []), block]);
  const chosen = new Set<PythonBlock>();
  const todo = [...wanted];
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    for (const block of byName.get(name) ?? []) {
      if (chosen.has(block)) continue;
      chosen.add(block);
      todo.push(...namesIn(block.text));
    }
  }
  return blocks.filter((block) => chosen.has(block));
}

/** Every identifier in a piece of Python; text in strings counts too, which only ever selects too much. */
export function namesIn(text: string): readonly string[] {
  const known = named.get(text);
  if (known !== undefined) return known;
  const names = [...new Set(text.match(/[A-Za-z_][A-Za-z0-9_]*/gu) ?? [])];
  named.set(text, names);
  return names;
}

const named = new Map<string, readonly string[]>();

/** Lines that begin inside a text in triple quotes. */
function linesOfTexts(source: string): ReadonlySet<number> {
  const inside = new Set<number>();
  const token = /"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*/gu;
  for (const { index, 0: text } of source.matchAll(token)) {
    // Nearly all texts end on their line; looking back for each would take longer than all the rest.
    if (!text.includes('\n')) continue;
    const first = source.slice(0, index).split('\n').length;
    for (let line = 1; line < text.split('\n').length; line += 1) inside.add(first - 1 + line);
  }
  return inside;
}

/** Comments directly above a statement belong to it. */
function withComments(lines: readonly string[], start: number): number {
  let first = start;
  while (lines[first - 1]?.startsWith('#') === true) first -= 1;
  return first;
}

const DEFINITION = /^(?:def|class)\s+([A-Za-z_]\w*)/u;

function startsStatement(lines: readonly string[], index: number, line: string): boolean {
  if (!/^[A-Za-z_@]/u.test(line)) return false;
  if (line.startsWith('@')) return true;
  return !(lines[index - 1] ?? '').startsWith('@');
}

function boundNames(text: string): readonly string[] {
  const body = text.replaceAll(/^[@#].*\n/gmu, '');
  const definition = DEFINITION.exec(body);
  if (definition?.[1] !== undefined) return [definition[1]];
  const imported =
    /^from\s+\S+\s+import\s+\(?([^)]*)\)?/u.exec(body) ?? /^import\s+(.*)/u.exec(body);
  if (imported?.[1] !== undefined)
    return imported[1].split(',').flatMap((part) => {
      const name = part
        .trim()
        .split(/\s+as\s+/u)
        .at(-1)
        ?.trim()
        .split('.')[0];
      return name === undefined || name === '' ? [] : [name];
    });
  const assigned = /^([A-Za-z_]\w*)\s*(?::[^=]+)?=/u.exec(body);
  return assigned?.[1] === undefined ? [] : [assigned[1]];
}

/** Import statements for exactly the names that `code` uses, one line a name, sorted. */
export function importLines(blocks: readonly PythonBlock[], code: string): readonly string[] {
  const used = new Set(namesIn(code));
  const modules = new Set<string>();
  const members = new Map<string, Set<string>>();
  for (const { text } of blocks) {
    const from = /^from\s+(\S+)\s+import\s+\(?([^)]*)\)?/u.exec(text);
    const names = (from?.[2] ?? text.replace(/^import\s+/u, ''))
      .split(',')
      .map((name) => name.trim());
    for (const name of names) {
      if (
        !used.has(
          name
            .split(/\s+as\s+/u)
            .at(-1)
            ?.split('.')[0] ?? '',
        )
      )
        continue;
      if (from?.[1] === undefined) modules.add(name);
      else members.set(from[1], (members.get(from[1]) ?? new Set<string>()).add(name));
    }
  }
  // A line a name: lines that another part of a script has already can then be left out.
  const fromLines = [...members].flatMap(([module, names]) =>
    [...names].map((name) => `from ${module} import ${name}`),
  );
  return [...[...modules].map((name) => `import ${name}`).toSorted(), ...fromLines.toSorted()];
}
