import { fileURLToPath } from 'node:url';
import { compileAll } from '../../../generator/compile/compile.ts';
import type { SolutionNames } from '../../../generator/compile/compiled.ts';
import { emitAdmin } from '../../../generator/emit/admin.ts';
import { bundleConsole } from '../../../generator/emit/console-web.ts';
import type { EmitInput, TemplateFile } from '../../../generator/emit/types.ts';
import { readSources } from '../../../generator/read/read-sources.ts';
import { inputOf, unit } from '../../generator/emit/fixtures.ts';
import { resourceOf } from './intrinsics.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const NAMES: SolutionNames = { solutionId: 'SO0111', version: 'v0.1.0' };

/** The project's own standards and units, compiled. */
export async function realInput(names = NAMES): Promise<EmitInput> {
  const sources = readSources(ROOT);
  const { compiled } = await compileAll(sources, names.solutionId);
  return { compiled, standards: sources.standards, names };
}

/** The template with one remediation in it, made at once: for what doesn't depend on the units. */
export async function emittedSmall(): Promise<TemplateFile> {
  return emitAdmin(inputOf([unit('Simple', ['A.1'])]), await bundleConsole());
}

/** The template as the build writes it. */
export async function emitted(): Promise<TemplateFile> {
  return emitAdmin(await realInput(), await bundleConsole());
}

/** A value deep inside a resource's properties. */
export function propertyOf(
  file: TemplateFile,
  logicalId: string,
  ...path: readonly string[]
): unknown {
  return path.reduce<unknown>(
    (value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name],
    resourceOf(file, logicalId).Properties,
  );
}
