import { createHash } from 'node:crypto';
import type { CompiledRunbook } from '../compile/compiled.ts';
import { documentBytes } from './documents.ts';
import { LIMITS } from './limits.ts';
import type { LimitName } from './limits.ts';
import { templateHeadRoom, templateSize } from './measure-template.ts';
import type { TemplateSize } from './measure-template.ts';
import { worstCaseLength } from './substitute.ts';
import type { EmitInput, TemplateFile } from './types.ts';

/** How near a limit of AWS one of many comes. */
export interface Worst {
  readonly of: string;
  readonly used: number;
  readonly limit: number;
  readonly left: number;
}

/** A template's size, and what is left of each limit of CloudFormation. */
export interface ManifestTemplate extends TemplateSize {
  readonly name: string;
  readonly headRoom: TemplateSize;
}

export interface Manifest {
  readonly version: string;
  readonly solutionId: string;
  readonly remediations: number;
  readonly templates: readonly ManifestTemplate[];
  /** The largest document, the most steps, the longest policy. */
  readonly worst: Readonly<Record<string, Worst>>;
  /** All files but this one. */
  readonly files: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly sha256: string;
  }[];
}

/** What was built: every file with its hash, and how near each limit of AWS is. */
export function buildManifest(
  input: EmitInput,
  templates: readonly TemplateFile[],
  files: ReadonlyMap<string, string>,
): Manifest {
  return {
    version: input.names.version,
    solutionId: input.names.solutionId,
    remediations: input.compiled.length,
    templates: templates.map((template) => {
      const size = templateSize(template);
      return { name: template.fileName, ...size, headRoom: templateHeadRoom(size) };
    }),
    worst: worstUnits(input.compiled),
    files: [...files]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, text]) => ({ path, bytes: Buffer.byteLength(text), sha256: sha256(text) })),
  };
}

function worstUnits(units: readonly CompiledRunbook[]): Readonly<Record<string, Worst>> {
  const policies = units.flatMap((unit) => [
    [unit.roleStem, worstCaseLength(unit.statements)] as const,
    ...unit.supportingRoles.map((role) => [role.name, worstCaseLength(role.statements)] as const),
  ]);
  return {
    ...worst(
      'documentBytes',
      units.map((unit) => [unit.documentName, documentBytes(unit)]),
    ),
    ...worst(
      'documentSteps',
      units.map((unit) => [unit.documentName, unit.document.mainSteps.length]),
    ),
    ...worst('inlinePolicies', policies),
  };
}

function worst(
  limit: LimitName,
  all: readonly (readonly [string, number])[],
): Readonly<Record<string, Worst>> {
  const [first] = all.toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  if (first === undefined) return {};
  const [of, used] = first;
  return { [limit]: { of, used, limit: LIMITS[limit], left: LIMITS[limit] - used } };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
