import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WEB = 'templates/admin/console/web';
/** First load of the console, compressed: people open it on a phone, too. */
const MOST_BYTES = 150_000;
/** Preact's license asks for its notice in every copy. */
const NOTICE = '/*! Contains Preact, (c) 2015-present Jason Miller, MIT License. */';

export interface ConsoleFiles {
  readonly indexHtml: string;
  readonly appJs: string;
  readonly appCss: string;
}

/** Digest by which the page names a file, so that browsers may keep the file for good. */
export function contentTag(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

/**
 * Bundles the pages of the web console: the same sources give the same bytes. The page names its files as `/app.js?v=` and
 * `/app.css?v=` with their `contentTag`. Throws esbuild's error when a source doesn't compile, and an Error when the files
 * are too large.
 */
export async function bundleConsole(): Promise<ConsoleFiles> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: { app: `${WEB}/main.tsx`, 'app-css': `${WEB}/styles/app.css` },
    outdir: 'out',
    bundle: true,
    write: false,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: ['es2022', 'safari16.4'],
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    banner: { js: NOTICE },
    logLevel: 'silent',
  });
  const content = (ending: string): string => {
    const file = outputFiles.find(({ path }) => path.endsWith(ending));
    if (file === undefined) throw new Error(`The web console gave no ${ending}.`);
    return file.text;
  };
  const [appJs, appCss] = [content('.js'), content('.css')];
  const page = readFileSync(new URL(`../../${WEB}/index.html`, import.meta.url), 'utf8');
  const files = {
    indexHtml: versioned(versioned(page, 'app.js', appJs), 'app.css', appCss),
    appJs,
    appCss,
  };
  const size = Object.values(files).reduce((sum, text) => sum + gzipSync(text).length, 0);
  if (size > MOST_BYTES)
    throw new Error(`The web console has ${size} bytes compressed; at most ${MOST_BYTES} may be.`);
  return files;
}

function versioned(page: string, name: string, content: string): string {
  const [before, after, ...others] = page.split(`"/${name}"`);
  if (before === undefined || after === undefined || others.length > 0)
    throw new Error(`The page must name /${name} once.`);
  return `${before}"/${name}?v=${contentTag(content)}"${after}`;
}
