#!/usr/bin/env node
// The sources are TypeScript. Running them through a loader hook would slow down every package that they load, so they
// are bundled first (a tenth of a second) and the bundle is kept under the name of its content.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

// The AWS SDK would tell at every start that it will drop this Node version one day.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// Whoever stops reading, as `head` does, doesn't end work that is under way.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
  });

const folder = fileURLToPath(new URL('../../node_modules/.cache/asr/', import.meta.url));

/** Sources find their data beside themselves, so each keeps its own URL in the bundle. */
const ownUrls = {
  name: 'own-urls',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[/\\](generator|templates)[/\\].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(
        'import.meta.url',
        JSON.stringify(pathToFileURL(path).href),
      ),
      loader: 'ts',
    })),
};

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('./main.ts', import.meta.url))],
  bundle: true,
  // Commands that talk to AWS are a chunk of their own, so that the others don't load the SDK.
  splitting: true,
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: process.env.ASR_DEBUG === undefined ? false : 'inline',
  write: false,
  plugins: [ownUrls],
});
const hash = createHash('sha256');
for (const { path, contents } of outputFiles) hash.update(path).update(contents);
const bundle = join(folder, hash.digest('hex').slice(0, 16));
if (!existsSync(bundle)) {
  const draft = `${bundle}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  for (const { path, contents } of outputFiles)
    writeFileSync(join(draft, basename(path)), contents);
  try {
    renameSync(draft, bundle);
  } catch (error) {
    // Another process was faster: its bundle is the same.
    if (!existsSync(bundle)) throw error;
    rmSync(draft, { recursive: true });
  }
}
const { main } = await import(pathToFileURL(join(bundle, 'main.mjs')).href);
process.exitCode = await main(process.argv.slice(2));
