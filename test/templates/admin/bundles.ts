import { createRequire } from 'node:module';
import type { TemplateFile } from '../../../generator/emit/types.ts';
import { propertyOf } from './emitted.ts';

type Handler = (event: unknown, context?: unknown) => Promise<unknown>;

const require = createRequire(import.meta.url);

/** Loads a function's inline code as Lambda would, with its environment; the AWS SDK comes from this project. */
export function loadBundle(
  file: TemplateFile,
  logicalId: string,
  environment: Readonly<Record<string, string>>,
): Handler {
  const code = String(propertyOf(file, logicalId, 'Code', 'ZipFile'));
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    const module = { exports: {} as { handler?: Handler } };
    // oxlint-disable-next-line no-implied-eval, no-new-func -- the code under test is text in a template
    new Function('require', 'module', 'exports', code)(require, module, module.exports);
    const { handler } = module.exports;
    if (handler === undefined) throw new Error(`${logicalId} exports no handler.`);
    return handler;
  } finally {
    process.env = before;
  }
}
