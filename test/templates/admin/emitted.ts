import { fileURLToPath } from 'node:url';
import { compileAll } from '../../../generator/compile/compile.ts';
import type { SolutionNames } from '../../../generator/compile/compiled.ts';
import { emitAdmin } from '../../../generator/emit/admin.ts';
import type { EmitInput, TemplateFile, TemplateResource } from '../../../generator/emit/types.ts';
import { readSources } from '../../../generator/read/read-sources.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const NAMES: SolutionNames = { solutionId: 'SO0111', version: 'v0.1.0' };

/** The project's own standards and units, compiled. */
export async function realInput(names = NAMES): Promise<EmitInput> {
  const sources = readSources(ROOT);
  const { compiled } = await compileAll(sources, names.solutionId);
  return { compiled, standards: sources.standards, names };
}

/** The template as the build writes it. */
export async function emitted(): Promise<TemplateFile> {
  return emitAdmin(await realInput());
}

/** One resource of the template; throws when it isn't there. */
function resourceOf({ json }: TemplateFile, logicalId: string): TemplateResource {
  const resource = json.Resources[logicalId];
  if (resource === undefined) throw new Error(`The template has no ${logicalId}.`);
  return resource;
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
