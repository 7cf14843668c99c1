import type { StaticFile } from '../../templates/admin/console/api/pages.ts';
import { bundledCode } from './admin-bundle.ts';
import { contentTag } from './console-web.ts';
import type { ConsoleFiles } from './console-web.ts';
import { packed } from './packed.ts';

/** The pages as the function serves them, by path. */
export function staticFiles({
  indexHtml,
  appJs,
  appCss,
}: ConsoleFiles): Readonly<Record<string, StaticFile>> {
  const file = (type: string, text: string): StaticFile => ({
    type: `${type}; charset=utf-8`,
    tag: contentTag(text),
    body: packed(text),
  });
  return {
    '/index.html': file('text/html', indexHtml),
    '/app.js': file('text/javascript', appJs),
    '/app.css': file('text/css', appCss),
  };
}

/**
 * The code of the console's function for inline use, as CommonJS with the AWS SDK left to the runtime. Unlike the other
 * functions all of it is compressed, code and catalogue in one piece and each page as browsers get it: the template has no
 * room for more. Throws esbuild's error when the source doesn't compile.
 */
export async function bundleConsoleFunction(
  file: string,
  data: Readonly<Record<string, unknown>>,
  pages: ConsoleFiles | Promise<ConsoleFiles>,
): Promise<string> {
  const [code, files] = await Promise.all([bundledCode(file, { minify: true }), pages]);
  const constants = Object.entries(data).map(
    ([name, value]) => `const ${name} = ${JSON.stringify(value)};\n`,
  );
  return [
    '"use strict";',
    '// Compressed by the build from templates/admin/functions/console.ts, which is what to read.',
    `const FILES = ${JSON.stringify(staticFiles(files))};`,
    `const CODE = "${packed(`"use strict";\n${constants.join('')}${code}`)}";`,
    'const text = require("node:zlib").gunzipSync(Buffer.from(CODE, "base64")).toString();',
    'new Function("require", "module", "FILES", text)(require, module, FILES);',
    '',
  ].join('\n');
}
