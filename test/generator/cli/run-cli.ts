import { cpSync, existsSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '../../../generator/cli/main.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/u, '');

/** What a command line printed, and its exit code. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A project with the real standards, kinds and templates, and only some of the units, such as `kms/EnableKeyRotation`; the caller removes it. */
export function smallProject(units: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'asr-cli-'));
  for (const name of ['generator', 'standards', 'templates'])
    symlinkSync(`${root}/${name}`, `${folder}/${name}`);
  mkdirSync(`${folder}/runbooks`);
  for (const unit of units) {
    for (const end of ['.yaml', '.test.yaml', '.py']) {
      const from = `${root}/runbooks/${unit}${end}`;
      if (existsSync(from)) cpSync(from, `${folder}/runbooks/${unit}${end}`);
    }
  }
  return folder;
}

/** Runs a command line in this process, on a project, away from any terminal. */
export async function asr(project: string, ...args: readonly string[]): Promise<Ended> {
  const written = { out: '', err: '' };
  const sink = (name: 'out' | 'err') => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const code = await main(args, {
    out: sink('out'),
    err: sink('err'),
    project: { root: project, version: '1.2.3' },
  });
  return { code, ...written };
}
