import type { Diagnostic } from '../read/diagnostics.ts';
import { validate } from '../read/schema.ts';
import { readYaml } from '../read/source.ts';
import type { GivenParameter } from './parameters.ts';
import type { StackKind } from './stack-kind.ts';

/** What a file says about one stack; `diagnostics` are what is wrong with the file, and with any it says nothing. */
export interface ParameterFile {
  readonly bucket?: string;
  readonly parameters: readonly GivenParameter[];
  readonly diagnostics: readonly Diagnostic[];
}

type Content = Readonly<
  Partial<Record<StackKind, Readonly<Record<string, string | number | boolean>>>>
> & {
  readonly bucket?: string;
};

/** Reads a YAML file with a section for each stack (`deploy-parameters.schema.json`); never throws. */
export function readParameterFile(path: string, kind: StackKind): ParameterFile {
  const source = readYaml(path, path);
  // An empty file is null to YAML; it says nothing, which is allowed.
  if (source.problems.length === 0 && source.value === null)
    return { parameters: [], diagnostics: [] };
  const diagnostics = validate(source, 'deploy-parameters');
  if (diagnostics.length > 0) return { parameters: [], diagnostics };
  const { bucket, [kind]: section = {} } = source.value as Content;
  const parameters = Object.entries(section).map(([name, value]) => {
    const { file, line, column } = source.atKey([kind, name]);
    return { name, value, where: `${file}:${line}:${column}` };
  });
  return { ...(bucket === undefined ? {} : { bucket }), parameters, diagnostics: [] };
}
