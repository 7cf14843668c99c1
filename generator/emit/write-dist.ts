import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Only a folder with this file in it was written by a build, and may be replaced. */
const MARK = 'manifest.json';

/** The output folder holds something that no build wrote. */
export class OutputFolderError extends Error {
  override readonly name = 'OutputFolderError';
}

/**
 * Replaces a folder by the given files in one move, so that it never holds half a build: everything is written beside
 * it first. Throws `OutputFolderError` when the folder holds something else, and lets errors of the file system through;
 * the old folder is then still there.
 */
export function writeDist(outDir: string, files: ReadonlyMap<string, string>): void {
  const target = resolve(outDir);
  const parent = dirname(target);
  const fresh = join(parent, `.${basename(target)}.new`);
  const old = join(parent, `.${basename(target)}.old`);
  recover(target, old);
  refuseForeign(target);
  rmSync(fresh, { recursive: true, force: true });
  try {
    for (const [path, text] of files) {
      const file = join(fresh, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    swap(fresh, target, old);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function swap(fresh: string, target: string, old: string): void {
  if (!existsSync(target)) {
    renameSync(fresh, target);
    return;
  }
  renameSync(target, old);
  try {
    renameSync(fresh, target);
  } catch (error) {
    renameSync(old, target);
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

/** A build that was ended between the two moves left the old folder under its other name. */
function recover(target: string, old: string): void {
  if (!existsSync(old)) return;
  if (existsSync(target)) rmSync(old, { recursive: true, force: true });
  else renameSync(old, target);
}

function refuseForeign(target: string): void {
  if (!existsSync(target)) return;
  const found = readdirSync(target);
  if (found.length === 0 || found.includes(MARK)) return;
  throw new OutputFolderError(
    `${target} holds files that no build wrote (there is no ${MARK}), so it is not replaced. Choose another folder, or empty it.`,
  );
}
