import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { BuildOptions } from 'esbuild';
import { packedConstant } from './packed.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STRICT = '"use strict";\n';

/**
 * The code of a function as one CommonJS file (Lambda writes inline code to `index.js`), with the AWS SDK left to the
 * runtime. Throws esbuild's error when the source doesn't compile.
 */
export async function bundledCode(file: string, options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    charset: 'utf8',
    external: ['@aws-sdk/*'],
    legalComments: 'none',
    logLevel: 'silent',
    ...options,
  });
  const [output] = outputFiles ?? [];
  if (output === undefined) throw new Error(`${file} gave no code.`);
  return output.text;
}

/**
 * Bundles one function for inline use. `values` define the names that the source declares. Readable on purpose: people
 * audit it in the Lambda console, so statements are shorter than in the source, but names and lines as they are; the
 * template must have room. Throws as `bundledCode`.
 */
export async function bundleFunction(
  file: string,
  values: Readonly<Record<string, unknown>>,
): Promise<string> {
  const text = await bundledCode(file, { minifySyntax: true });
  if (!text.startsWith(STRICT)) throw new Error(`${file} gave code that is not strict.`);
  const defined = Object.entries(values)
    .filter(([name]) => new RegExp(String.raw`\b${name}\b`, 'u').test(text))
    .map(([name, value]) => packedConstant(name, value));
  return STRICT + defined.join('') + text.slice(STRICT.length);
}
