import { statSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { OwnSources } from '../read/own-sources.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import type { Project } from './project.ts';

/** Options of every command that reads the sources. */
export interface SourcesOptions {
  readonly sources?: string;
  readonly prefix?: string;
}

/** Prefix of own units when nothing else is said. */
const DEFAULT_PREFIX = 'OWN';

/** Adds the options that name a user's own folder of standards and runbooks. */
export function withSources(command: Command): Command {
  return command
    .option(
      '--sources <folder>',
      "a folder of your own with standards/, runbooks/ or both, read together with the project's",
    )
    .option(
      '--prefix <prefix>',
      `with --sources: begins the names of your remediations (default: ${DEFAULT_PREFIX})`,
      parsePrefix,
    );
}

/** The project together with the folder that the options name. Throws `CommandError` when there is no such folder. */
export function projectWith(project: Project, { sources, prefix }: SourcesOptions): Project {
  if (sources === undefined) {
    if (prefix === undefined) return project;
    throw new CommandError('--prefix needs --sources, the folder that it is about.', EXIT.usage);
  }
  const folder = resolve(sources);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CommandError(`--sources ${sources}: there is no such folder.`, EXIT.usage);
  return { ...project, own: { folder, shownAs: shown(folder), prefix: prefix ?? DEFAULT_PREFIX } };
}

/** Where a source file lies that diagnostics name so. */
export function pathOf({ root, own }: Project, file: string): string {
  return own !== undefined && isOwn(own, file)
    ? `${own.folder}${file.slice(own.shownAs.length)}`
    : `${root}/${file}`;
}

export function isOwn({ shownAs }: OwnSources, file: string): boolean {
  return file.startsWith(`${shownAs}/`);
}

/** As people find it from where they are, unless that leads out of there. */
function shown(folder: string): string {
  const path = relative(process.cwd(), folder);
  return path === '' || path.startsWith('..') || isAbsolute(path) ? folder : path;
}

function parsePrefix(text: string): string {
  if (!/^[A-Z][A-Z0-9]{2,7}$/u.test(text))
    throw new InvalidArgumentError(
      'Use 3 to 8 capital letters and digits, starting with a letter.',
    );
  return text;
}
