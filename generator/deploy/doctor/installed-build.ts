import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeployError } from '../deploy-error.ts';
import { isFields } from '../intrinsics.ts';
import { readBuild } from '../read-build.ts';
import { orchestratorNeeds, roleNeeds } from './policies/needs.ts';
import type { Need } from './policies/needs.ts';

/** A control with a remediation, as the build's catalogue has it. */
export interface BuiltControl {
  readonly id: string;
  readonly remediation: string;
  /** Ids of the standards that have it. */
  readonly standards: readonly string[];
  /** IAM actions of the remediation's role. */
  readonly permissions: readonly string[];
}

/** What an installation of this build should look like. */
export interface InstalledBuild {
  /** Without a `v` in front. */
  readonly version: string;
  readonly solutionId: string;
  readonly controls: readonly BuiltControl[];
  /** Names of the member account's roles without `-<Namespace>`. */
  readonly roleStems: readonly string[];
  /** What the roles call, for the evaluation of policies. */
  readonly needs: readonly Need[];
  /** Our own service control policy, as text; undefined when the build has none. */
  readonly ownPolicy: string | undefined;
}

/** Reads it from the output folder of `asr build`. Throws `DeployError` when there is no build. */
export function readInstalledBuild(dist: string): InstalledBuild {
  const { template } = readBuild(dist, 'member-roles');
  const { version, solutionId } = parse(dist, 'manifest.json');
  const { controls } = parse(dist, 'catalog.json');
  const { roles } = parse(dist, 'iam-proof.json');
  if (typeof version !== 'string' || typeof solutionId !== 'string')
    throw new DeployError(`${dist} is no complete build. Run asr build again.`);
  if (!Array.isArray(controls) || !isFields(roles))
    throw new DeployError(`${dist} is no complete build. Run asr build again.`);
  return {
    version: plainVersion(version),
    solutionId,
    controls: controls.flatMap(toControl),
    roleStems: Object.keys(roles).map((name) => name.replace(/-<Namespace>$/u, '')),
    needs: [...roleNeeds(roles), ...orchestratorNeeds(template)],
    ownPolicy: readOptional(join(dist, 'service-control-policy.json')),
  };
}

/** `v1.2.3` and `1.2.3` are the same version. */
export function plainVersion(text: string): string {
  return text.trim().replace(/^v(?=\d)/u, '');
}

/** Documents of the remediations that the loaded standards need. */
export function documentsOf(
  build: InstalledBuild,
  standards: readonly string[],
): readonly string[] {
  const wanted = build.controls.filter((control) =>
    control.standards.some((standard) => standards.includes(standard)),
  );
  return [...new Set(wanted.map(({ remediation }) => `ASR-${remediation}`))].toSorted();
}

function toControl(row: unknown): readonly BuiltControl[] {
  if (!isFields(row)) return [];
  const { securityControlId: id, remediation, standards, permissions } = row;
  if (typeof id !== 'string' || typeof remediation !== 'string' || !isFields(standards)) return [];
  return [
    {
      id,
      remediation,
      standards: Object.keys(standards),
      permissions: Array.isArray(permissions) ? permissions.map(String) : [],
    },
  ];
}

function parse(dist: string, file: string): Readonly<Record<string, unknown>> {
  const text = readOptional(join(dist, file));
  if (text === undefined)
    throw new DeployError(
      `There is no ${file} in ${dist}. Run asr build, or name its folder with --dist.`,
    );
  try {
    const value: unknown = JSON.parse(text);
    if (isFields(value)) return value;
  } catch {
    // Said below.
  }
  throw new DeployError(`${join(dist, file)} is no JSON object. Run asr build again.`);
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
