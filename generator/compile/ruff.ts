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

/** Line length of all Python in the project. */
const LINE = 100;

let loaded: RuffWorkspace | undefined;

/** ruff, compiled to WebAssembly: it starts slowly, so it is loaded when first needed. */
function ruff(): RuffWorkspace {
  if (loaded === undefined) {
    const { Workspace, PositionEncoding } = createRequire(import.meta.url)(
      '@astral-sh/ruff-wasm-nodejs',
    ) as Ruff;
    const settings = {
      'line-length': LINE,
      'target-version': 'py311',
      // E501 would ask people to break ARN patterns; S101 forbids asserts, which are not used anyway.
      lint: {
        select: ['E4', 'E7', 'E9', 'F', 'B', 'S', 'DTZ', 'T20', 'UP', 'SIM'],
        ignore: ['S311', 'UP017', 'SIM108', 'B905'],
      },
    };
    loaded = new Workspace(settings, PositionEncoding.Utf16);
  }
  return loaded;
}

export interface PythonProblem {
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
}

/** Formats Python; throws a SyntaxError with ruff's message when it can't be parsed. */
export function formatPython(source: string): string {
  try {
    return ruff().format(source);
  } catch (error) {
    throw new SyntaxError(String(error));
  }
}

/** Lint problems of Python, in order of position. */
export function lintPython(source: string): readonly PythonProblem[] {
  return ruff()
    .check(source)
    .map((found) => ({
      line: found.start_location.row,
      column: found.start_location.column,
      code: found.code ?? 'syntax',
      message: found.message,
    }));
}
