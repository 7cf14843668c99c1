import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { packedConstant } from './packed.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STRICT = '"use strict";\n';

/**
 * Bundles one function for inline use: a single CommonJS file (Lambda writes inline code to `index.js`) with the AWS SDK
 * left to the runtime. `values` define the names that the source declares. Readable on purpose: people audit it in the
 * Lambda console. Throws esbuild's error when the source doesn't compile.
 */
export async function bundleFunction(
  file: string,
  values: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    charset: 'utf8',
    // Shorter statements, but names and lines as they are: the template must have room, and people must read it.
    minifySyntax: true,
    external: ['@aws-sdk/*'],
    legalComments: 'none',
    logLevel: 'silent',
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`${file} gave no code.`);
  const { text } = output;
  if (!text.startsWith(STRICT)) throw new Error(`${file} gave code that is not strict.`);
  const defined = Object.entries(values)
    .filter(([name]) => new RegExp(String.raw`\b${name}\b`, 'u').test(text))
    .map(([name, value]) => packedConstant(name, value));
  return STRICT + defined.join('') + text.slice(STRICT.length);
}
