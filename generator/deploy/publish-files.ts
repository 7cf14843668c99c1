import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LAUNCH_PAGE, publishPage } from '../emit/launch/published.ts';
import type { Manifest } from '../emit/manifest.ts';
import { DeployError } from './deploy-error.ts';

/** A file to upload. */
export interface PublishFile {
  /** Path under the folder of the version, for example `launch/index.html`. */
  readonly path: string;
  readonly text: string;
  readonly contentType: string;
}

/** What of a build is published: its templates and the launch page. */
export interface Publication {
  readonly version: string;
  readonly templates: readonly PublishFile[];
  /** The launch page that knows where the templates are; `folder` is their URL and ends with a slash. */
  readonly page: (folder: string) => PublishFile;
}

/**
 * Reads a build and compares each file with the checksum in its manifest, so that what is published is what was built.
 * Throws `DeployError` when the folder holds no complete build.
 */
export function readPublication(dist: string): Publication {
  const { version, files } = readManifest(dist);
  const templates = files.filter(({ path }) => /^[^/]+\.template$/u.test(path));
  const page = files.find(({ path }) => path === LAUNCH_PAGE);
  if (templates.length === 0 || page === undefined)
    throw new DeployError(`${dist} is no complete build. Run asr build again.`);
  const pageText = readChecked(dist, page);
  return {
    version,
    templates: templates.map((file) => ({
      path: file.path,
      text: readChecked(dist, file),
      contentType: 'application/json',
    })),
    page: (folder) => ({
      path: LAUNCH_PAGE,
      text: publishPage(pageText, folder),
      contentType: 'text/html; charset=utf-8',
    }),
  };
}

function readManifest(dist: string): Pick<Manifest, 'version' | 'files'> {
  const text = read(dist, 'manifest.json');
  try {
    const { version, files } = JSON.parse(text) as Partial<Manifest>;
    if (typeof version === 'string' && /^[\w.+-]+$/u.test(version) && Array.isArray(files))
      return { version, files };
  } catch {
    // Not JSON: the sentence below says what to do.
  }
  throw new DeployError(`${join(dist, 'manifest.json')} is not a manifest. Run asr build again.`);
}

function readChecked(dist: string, { path, sha256 }: Manifest['files'][number]): string {
  const text = read(dist, path);
  if (createHash('sha256').update(text).digest('hex') === sha256) return text;
  throw new DeployError(
    `${join(dist, path)} is not what the build wrote: its checksum differs from the manifest. Run asr build again.`,
  );
}

function read(dist: string, path: string): string {
  try {
    return readFileSync(join(dist, path), 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DeployError(
      `There is no build in ${dist}: ${reason}. Run asr build, or name its folder with --dist.`,
    );
  }
}
