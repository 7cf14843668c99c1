import type { Diagnostic } from '../read/diagnostics.ts';
import { LIMITS, measure, startOf } from './limits.ts';
import type { TemplateFile } from './types.ts';

/** What CloudFormation counts of a template. */
export interface TemplateSize {
  readonly bytes: number;
  readonly resources: number;
  readonly parameters: number;
  readonly outputs: number;
}

const LIMIT_OF = {
  bytes: 'templateBytes',
  resources: 'templateResources',
  parameters: 'templateParameters',
  outputs: 'templateOutputs',
} as const satisfies Record<keyof TemplateSize, keyof typeof LIMITS>;

const COUNTS = Object.keys(LIMIT_OF) as readonly (keyof TemplateSize)[];

export function templateSize({ text, json }: TemplateFile): TemplateSize {
  return {
    bytes: Buffer.byteLength(text),
    resources: Object.keys(json.Resources).length,
    parameters: Object.keys(json.Parameters ?? {}).length,
    outputs: Object.keys(json.Outputs ?? {}).length,
  };
}

/** What is left of each limit. */
export function templateHeadRoom(size: TemplateSize): TemplateSize {
  const left = COUNTS.map((count) => [count, LIMITS[LIMIT_OF[count]] - size[count]] as const);
  return Object.fromEntries(left) as unknown as TemplateSize;
}

/** Diagnostics for every limit of CloudFormation that a template exceeds. */
export function measureTemplate(file: TemplateFile): readonly Diagnostic[] {
  const size = templateSize(file);
  const at = startOf(`dist/${file.fileName}`);
  return COUNTS.flatMap((count) =>
    measure(LIMIT_OF[count], size[count], file.fileName, at, 'Make units smaller or fewer.'),
  );
}
