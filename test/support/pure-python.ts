import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';

/** One answer of a pure function: what it returned, or the message of the exception it raised. */
export type PureResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: string };

const RUNNER = `
import json, pathlib, sys
file, function, shared = sys.argv[1:4]
names = {}
for path in [*sorted(pathlib.Path(shared).glob("*.py")), pathlib.Path(file)]:
    exec(compile(path.read_text(), path, "exec"), names)
def call(kwargs):
    try:
        return {"ok": True, "value": names[function](**kwargs)}
    except Exception as error:
        return {"ok": False, "error": f"{type(error).__name__}: {error}"}
json.dump([call(kwargs) for kwargs in json.load(sys.stdin)], sys.stdout)
`;

/**
 * Calls a function of a unit's Python file once per set of keyword arguments, all in one child process.
 * @param file path from the project's root, such as `runbooks/s3/SetSSLBucketPolicy.py`
 * @throws when Python can't run the file at all; an exception of a single call is part of its result
 */
export function callPure(
  file: string,
  name: string,
  kwargsList: readonly Readonly<Record<string, unknown>>[],
): readonly PureResult[] {
  const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
  const shared = fileURLToPath(new URL('../../runbooks/_shared', import.meta.url));
  const run = spawnSync('python3', ['-c', RUNNER, path, name, shared], {
    input: JSON.stringify(kwargsList),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (run.error !== undefined) throw run.error;
  if (run.status !== 0) throw new Error(`python3 could not run ${file}:\n${run.stderr}`);
  return JSON.parse(run.stdout) as readonly PureResult[];
}

/** The value that a pure function returned; an exception becomes an error of the test. */
export function valueOf(result: PureResult | undefined): unknown {
  if (result === undefined) throw new Error('no such result');
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

/** A group of tests on pure functions; without python3 it is skipped and its title says why. */
export function describePure(title: string, body: () => void): void {
  const hasPython = spawnSync('python3', ['--version']).status === 0;
  // Starting Python takes seconds on a busy machine.
  if (hasPython) describe(title, { timeout: 60_000 }, body);
  else describe.skip(`${title} (skipped: python3 is not on the PATH)`, body);
}
