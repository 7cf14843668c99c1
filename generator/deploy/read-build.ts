import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Partition } from '../../templates/launch/links.ts';
import type { Template } from '../emit/types.ts';
import { DeployError } from './deploy-error.ts';
import { isFields } from './intrinsics.ts';
import { templateFileName } from './stack-kind.ts';
import type { StackKind } from './stack-kind.ts';

/** A template as the build wrote it. */
export interface BuiltTemplate {
  readonly kind: StackKind;
  readonly fileName: string;
  readonly text: string;
  /** Length of the text in UTF-8. */
  readonly bytes: number;
  readonly template: Template;
  /** Version of the build, for example 0.1.0. */
  readonly version: string;
}

/**
 * Reads one template of a build. Throws `DeployError` when the folder holds no build.
 * @param partition where it is to be deployed; only the admin stack has more than one template
 */
export function readBuild(
  dist: string,
  kind: StackKind,
  partition: Partition = 'aws',
): BuiltTemplate {
  const fileName = templateFileName(kind, partition);
  const text = read(dist, fileName);
  const { version } = parse(dist, 'manifest.json', read(dist, 'manifest.json'));
  const template = parse(dist, fileName, text) as unknown as Template;
  if (typeof version !== 'string' || !isFields(template.Resources))
    throw new DeployError(`${dist} is no complete build. Run asr build again.`);
  return { kind, fileName, text, bytes: Buffer.byteLength(text), template, version };
}

function parse(dist: string, file: string, text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isFields(value)) return value;
  throw new DeployError(`${join(dist, file)} is no JSON object. Run asr build again.`);
}

function read(dist: string, file: string): string {
  try {
    return readFileSync(join(dist, file), 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DeployError(
      `There is no build in ${dist}: ${reason}. Run asr build, or name its folder with --dist.`,
    );
  }
}
