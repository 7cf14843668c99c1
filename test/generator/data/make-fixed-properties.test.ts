import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { fixedProperties, schemasVersion } from '../../../generator/data/fixed-properties.ts';

const script = fileURLToPath(
  new URL('../../../generator/data/make-fixed-properties.py', import.meta.url),
);
const committed = fileURLToPath(
  new URL('../../../generator/data/fixed-properties.yaml', import.meta.url),
);
const folder = mkdtempSync(join(tmpdir(), 'fixed-properties-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the index is what make-fixed-properties.py writes', (context) => {
  const version = spawnSync(
    'python3',
    ['-c', 'from cfnlint.version import __version__; print(__version__)'],
    { encoding: 'utf8' },
  );
  const installed = version.status === 0 ? version.stdout.trim() : 'none';
  if (installed !== schemasVersion())
    context.skip(`needs python3 with cfn-lint ${schemasVersion()}, found ${installed}`);
  const run = spawnSync('python3', [script, `${folder}/out.yaml`], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  expect(readFileSync(`${folder}/out.yaml`, 'utf8')).toBe(readFileSync(committed, 'utf8'));
});

test('a type has its name and what is fixed besides', () => {
  expect(fixedProperties('AWS::IAM::Role')).toEqual({ name: 'RoleName', fixed: ['Path'] });
  expect(fixedProperties('AWS::KMS::Key')).toEqual({
    fixed: ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'],
  });
  expect(fixedProperties('AWS::SSM::Document')?.fixed).not.toContain('Content');
  expect(fixedProperties('Custom::Anything')).toBeUndefined();
  expect(fixedProperties('constructor')).toBeUndefined();
});
