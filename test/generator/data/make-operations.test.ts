import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelVersion } from '../../../generator/data/operations.ts';

const script = fileURLToPath(
  new URL('../../../generator/data/make-operations.py', import.meta.url),
);
const committed = fileURLToPath(new URL('../../../generator/data/operations', import.meta.url));
let target = '';

beforeAll(() => {
  target = mkdtempSync(join(tmpdir(), 'operations-'));
});

afterAll(() => {
  rmSync(target, { recursive: true, force: true });
});

function installedBotocore(): string | undefined {
  const run = spawnSync('python3', ['-c', 'import botocore; print(botocore.__version__)'], {
    encoding: 'utf8',
  });
  return run.status === 0 ? run.stdout.trim() : undefined;
}

test('the index is what make-operations.py writes', { timeout: 120_000 }, (context) => {
  const installed = installedBotocore();
  if (installed !== modelVersion()) {
    context.skip(`needs python3 with botocore ${modelVersion()}, found ${installed ?? 'none'}`);
  }
  const run = spawnSync('python3', [script, target], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  expect(run.status).toBe(0);
  const files = readdirSync(target).toSorted();
  expect(files).toEqual(readdirSync(committed).toSorted());
  const changed = files.filter(
    (file) =>
      readFileSync(join(target, file), 'utf8') !== readFileSync(join(committed, file), 'utf8'),
  );
  expect(changed).toEqual([]);
});
