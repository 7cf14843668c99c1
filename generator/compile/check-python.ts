import { Buffer } from 'node:buffer';
import { allSteps } from '../model/runbook.ts';
import type { ComputeStep, PythonSource, Runbook } from '../model/runbook.ts';
import { suggest } from '../data/operations.ts';
import { diagnostic } from '../read/diagnostics.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import { selectBlocks, splitPython } from './python-blocks.ts';
import type { PythonBlock } from './python-blocks.ts';
import { formatEmitted, formatPython, lintPython } from './ruff.ts';
import { scriptNames } from './script.ts';

const ALLOWED_MODULES = new Set([
  're',
  'json',
  'ipaddress',
  'datetime',
  'fnmatch',
  'copy',
  'math',
  'string',
  'itertools',
  'functools',
  'hashlib',
  'base64',
]);

/** Calls that read the clock, do I/O or run text as code. */
const IMPURE =
  /(?<![\w.])(open|print|input|eval|exec|compile|__import__|globals|vars|breakpoint|exit|quit)\s*\(|\.(now|utcnow|today)\s*\(/gu;

/** Steps must call functions that exist, with their arguments; every function of the unit's own file must serve a step. */
export function checkFunctions(
  runbook: Runbook,
  shared: readonly PythonSource[],
): readonly Diagnostic[] {
  const own = runbook.python === undefined ? [] : splitPython(runbook.python.text);
  const blocks = [...shared.flatMap((source) => splitPython(source.text)), ...own];
  const functions = new Map(
    blocks.flatMap((block) =>
      block.text.includes('def ') && block.type === 'code'
        ? block.names.map((name) => [name, block] as const)
        : [],
    ),
  );
  const steps = allSteps(runbook).filter((step): step is ComputeStep => step.type === 'compute');
  const calls = steps.flatMap((step) => {
    const block = functions.get(step.function);
    if (block === undefined) {
      const near = suggest(step.function, functions.keys());
      return [
        runbook.source.report(
          [...step.path, 'compute'],
          'unknown-function',
          `There is no function ${step.function}.`,
          near === undefined ? `Write it in ${runbook.name}.py.` : `Did you mean ${near}?`,
        ),
      ];
    }
    return argumentProblems(runbook, step, block);
  });
  const used = selectBlocks(
    own,
    steps.map((step) => step.function),
  );
  const unused = own
    .filter((block) => block.type === 'code' && !used.includes(block))
    .map((block) =>
      diagnostic(
        { file: runbook.python?.file ?? '', line: block.line, column: 1 },
        'unused-function',
        `No step needs ${block.names.join(', ') || 'this'}.`,
        'Remove it, or call it in a compute step.',
      ),
    );
  return [...calls, ...unused, ...takenFunctions(runbook, shared)];
}

/** All functions of a document share one script, the generated ones included. */
function takenFunctions(runbook: Runbook, shared: readonly PythonSource[]): readonly Diagnostic[] {
  const sources = [...shared, ...(runbook.python === undefined ? [] : [runbook.python])];
  const owners = new Map<string, string>(
    [...scriptNames].map((name) => [name, 'the script itself']),
  );
  return sources.flatMap(({ file, text }) =>
    splitPython(text)
      .filter(({ type }) => type === 'code')
      .flatMap(({ names, line }) =>
        names.flatMap((name) => {
          const owner = owners.get(name);
          owners.set(name, file);
          if (owner === undefined) return [];
          const what = `${name} is already defined by ${owner}.`;
          return [diagnostic({ file, line, column: 1 }, 'taken-name', what, 'Rename it.')];
        }),
      ),
  );
}

function argumentProblems(
  runbook: Runbook,
  step: ComputeStep,
  block: PythonBlock,
): readonly Diagnostic[] {
  const parameters = signature(block.text);
  const given = step.with.entries.map(([name]) => name);
  const unknown = given.filter((name) => !parameters.some((parameter) => parameter.name === name));
  const missing = parameters.filter(
    (parameter) => parameter.required && !given.includes(parameter.name),
  );
  return [
    ...unknown.map((name) =>
      runbook.source.reportKey(
        [...step.path, 'with', name],
        'function-arguments',
        `${step.function} has no argument ${name}.`,
        `It has: ${parameters.map((parameter) => parameter.name).join(', ') || 'none'}.`,
      ),
    ),
    ...missing.map((parameter) =>
      runbook.source.report(
        [...step.path, 'compute'],
        'function-arguments',
        `${step.function} needs the argument ${parameter.name}.`,
        'Add it to with.',
      ),
    ),
  ];
}

/** Arguments of a function as it is written; annotations and defaults may hold commas in brackets. */
function signature(text: string): readonly { readonly name: string; readonly required: boolean }[] {
  const inside = /def\s+\w+\s*\(([\s\S]*?)\)\s*(?:->[^:]*)?:/u.exec(text)?.[1] ?? '';
  const pieces: string[] = [''];
  let depth = 0;
  for (const character of inside) {
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0) pieces.push('');
    else pieces[pieces.length - 1] = `${pieces.at(-1) ?? ''}${character}`;
  }
  return pieces.flatMap((piece) => {
    const name = /^\s*([A-Za-z_]\w*)/u.exec(piece)?.[1];
    return name === undefined ? [] : [{ name, required: !piece.includes('=') }];
  });
}

/** A unit's Python must be pure: only harmless imports, no clock, no I/O. */
export function checkPurity(source: PythonSource): readonly Diagnostic[] {
  const code = blankStrings(source.text);
  const at = (index: number) => {
    const before = code.slice(0, index).split('\n');
    return { file: source.file, line: before.length, column: (before.at(-1) ?? '').length + 1 };
  };
  const imports = [
    ...code.matchAll(
      /(?<=(?:^|[;:])[ \t]*)(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([^;\n]+))/gmu,
    ),
  ].flatMap((match) =>
    (match[1] ?? match[2] ?? '').split(',').flatMap((part) => {
      const module = part.trim().split(/[\s.]/u)[0] ?? '';
      return ALLOWED_MODULES.has(module)
        ? []
        : [
            diagnostic(
              at(match.index),
              'impure-function',
              `The module ${module} must not be imported here.`,
              `Allowed: ${[...ALLOWED_MODULES].join(', ')}.`,
            ),
          ];
    }),
  );
  const calls = [...code.matchAll(IMPURE)].map((match) =>
    diagnostic(
      at(match.index),
      'impure-function',
      `${(match[1] ?? match[2] ?? '').trim()}() is not pure.`,
      match[2] === undefined ? 'Return a value instead.' : 'Take the time as an argument: {now}.',
    ),
  );
  return [...imports, ...calls];
}

/** Whether Python can be parsed; when it can't, the other checks would only report consequences. */
export function checkPythonSyntax({ file, text }: PythonSource): readonly Diagnostic[] {
  try {
    formatEmitted(text);
    return [];
  } catch (error) {
    const whole = error instanceof Error ? error.message : String(error);
    const [, message = whole, offset = '0'] =
      /^(?:Error: )?(.*) at byte range (\d+)\.\.\d+$/su.exec(whole) ?? [];
    const before = Buffer.from(text).subarray(0, Number(offset)).toString().split('\n');
    const place = { file, line: before.length, column: (before.at(-1) ?? '').length + 1 };
    return [diagnostic(place, 'python-syntax', `${message}.`, 'Mend the Python.')];
  }
}

/** What ruff finds in a Python source of the project; names that `shared` defines are known in it. */
export function checkPythonLint(
  { file, text }: PythonSource,
  shared: readonly PythonSource[] = [],
): readonly Diagnostic[] {
  const known = shared.flatMap((source) => splitPython(source.text).flatMap(({ names }) => names));
  const isShared = (code: string, message: string): boolean =>
    code === 'F821' && known.includes(/`(\w+)`/u.exec(message)?.[1] ?? '');
  const found = lintPython(text).filter(({ code, message }) => !isShared(code, message));
  return found.map(({ line, column, code, message }) =>
    diagnostic(
      { file, line, column },
      'python-lint',
      `${code} ${message.replace(/\.$/u, '')}.`,
      'See the rule in the ruff documentation.',
    ),
  );
}

/** Format of a Python source of the project. */
export function checkPythonStyle(source: PythonSource): readonly Diagnostic[] {
  // The compiler has reported what can't be parsed.
  if (checkPythonSyntax(source).length > 0) return [];
  const formatted = formatPython(source.text);
  if (formatted === source.text) return [];
  const line =
    source.text.split('\n').findIndex((text, index) => text !== formatted.split('\n')[index]) + 1;
  return [
    diagnostic(
      { file: source.file, line: Math.max(line, 1), column: 1 },
      'python-lint',
      'The file is not formatted.',
      'Run npm run format.',
    ),
  ];
}

/** The same text with the content of strings and comments blanked, so that positions stay. */
function blankStrings(text: string): string {
  const token =
    /[A-Za-z]*(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|#[^\n]*/gu;
  const blank = (found: string): string => found.replaceAll(/[^\n]/gu, ' ');
  return text.replaceAll(token, (found) =>
    // What stands in the braces of an f-string is code.
    /^[A-Za-z]*f/iu.test(found) && !found.startsWith('#')
      ? found.replaceAll(/\{[^{}]*\}|[^\n]/gu, (part) => (part.length > 1 ? part : ' '))
      : blank(found),
  );
}
