import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach } from 'vitest';
import { asr, smallProject } from './run-cli.ts';
import type { Ended } from './run-cli.ts';

const EXAMPLE = fileURLToPath(new URL('../../support/fixtures/own-sources', import.meta.url));

/** A small project beside a folder with the example of own sources, which is as new for each test. */
export function stageOwnSources() {
  // The project has one unit that the example's standard maps to, so that everything compiles at once.
  const project = smallProject(['kms/EnableKeyRotation']);
  const folder = mkdtempSync(join(tmpdir(), 'asr-own-'));
  const own = `${folder}/mine`;
  afterAll(() => {
    rmSync(project, { recursive: true });
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    rmSync(own, { recursive: true, force: true });
    cpSync(EXAMPLE, own, { recursive: true });
  });
  const run = async (...args: readonly string[]): Promise<Ended> =>
    asr(project, ...args, '--sources', own, '--prefix', 'ACME');
  return { project, folder, own, example: EXAMPLE, run };
}
