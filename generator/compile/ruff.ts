import { createRequire } from 'node:module';

interface RuffDiagnostic {
  readonly code: string | null;
  readonly message: string;
  readonly start_location: { readonly row: number; readonly column: number };
}

interface RuffWorkspace {
  check(source: string): readonly RuffDiagnostic[];
  format(source: string): string;
}

interface Ruff {
  readonly Workspace: new (settings: unknown, encoding: number) => RuffWorkspace;
  readonly PositionEncoding: { readonly Utf16: number };
}

const LINT = {
  select: ['E4', 'E7', 'E9', 'F', 'B', 'S', 'DTZ', 'T20', 'UP', 'SIM'],
  ignore: ['S311', 'UP017', 'SIM108', 'B905'],
};

const STYLES = {
  /** Python files of the project. */
  project: { 'line-length': 100 },
  /** Scripts in documents: a template carries dozens of them, and JSON escapes every double quote. */
  emitted: { 'line-length': 120, 'indent-width': 2, format: { 'quote-style': 'single' } },
} as const;

type Style = keyof typeof STYLES;

const loaded = new Map<Style, RuffWorkspace>();

/** ruff, compiled to WebAssembly: it starts slowly, so it is loaded when first needed. */
function ruff(style: Style): RuffWorkspace {
  const known = loaded.get(style);
  if (known !== undefined) return known;
  const { Workspace, PositionEncoding } = createRequire(import.meta.url)(
    '@astral-sh/ruff-wasm-nodejs',
  ) as Ruff;
  const settings = { 'target-version': 'py311', lint: LINT, ...STYLES[style] };
  const made = new Workspace(settings, PositionEncoding.Utf16);
  loaded.set(style, made);
  return made;
}

export interface PythonProblem {
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
}

/** Formats a Python file of the project; throws a SyntaxError with ruff's message when it can't be parsed. */
export function formatPython(source: string): string {
  return format(source, 'project');
}

/** Formats Python as documents carry it; throws a SyntaxError with ruff's message when it can't be parsed. */
export function formatEmitted(source: string): string {
  return format(source, 'emitted');
}

const formatted: Readonly<Record<Style, Map<string, string>>> = {
  project: new Map(),
  emitted: new Map(),
};

function format(source: string, style: Style): string {
  const known = formatted[style].get(source);
  if (known !== undefined) return known;
  try {
    const text = ruff(style).format(source);
    formatted[style].set(source, text);
    return text;
  } catch (error) {
    throw new SyntaxError(String(error));
  }
}

/** Lint problems of Python, in order of position. */
export function lintPython(source: string): readonly PythonProblem[] {
  return ruff('project')
    .check(source)
    .map((found) => ({
      line: found.start_location.row,
      column: found.start_location.column,
      code: found.code ?? 'syntax',
      message: found.message,
    }));
}
