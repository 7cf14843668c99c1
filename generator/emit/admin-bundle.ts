import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles one function for inline use: a single CommonJS file (Lambda writes inline code to `index.js`) with the AWS SDK
 * left to the runtime. `values` replace the names that the source declares. Readable on purpose: people audit it in the
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
    external: ['@aws-sdk/*'],
    legalComments: 'none',
    logLevel: 'silent',
    define: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]),
    ),
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`${file} gave no code.`);
  return output.text;
}
