import { known } from '../members/read.ts';
import type { Read } from '../members/read.ts';
import type { Facts, RegionFacts } from './facts.ts';

/** What a member stack says of itself (templates/member). */
export type MemberParameter = 'admin-account' | 'namespace' | 'version';

/** Undefined where no member stack is installed. */
export function memberParameter(
  { parameters }: RegionFacts,
  solutionId: string,
  name: MemberParameter,
): string | undefined {
  return parameters.known
    ? parameters.value.get(`/Solutions/${solutionId}/member/${name}`)
    : undefined;
}

/** Whether a member stack is installed, as far as its parameters tell. */
export function isInstalled(region: RegionFacts, solutionId: string): boolean {
  return memberParameter(region, solutionId, 'namespace') !== undefined;
}

/** A parameter of the administrator stack; undefined when there is none. */
export function adminParameter(
  { admin, build }: Pick<Facts, 'admin' | 'build'>,
  name: string,
): Read<string | undefined> {
  const { parameters } = admin;
  return parameters.known
    ? known(parameters.value.get(`/Solutions/${build.solutionId}/${name}`))
    : parameters;
}

/** Ids of the standards that the administrator stack loads; undefined when it doesn't say. */
export function loadedStandards(
  facts: Pick<Facts, 'admin' | 'build'>,
): Read<readonly string[] | undefined> {
  const parameter = adminParameter(facts, 'standards');
  if (!parameter.known) return parameter;
  try {
    const value: unknown = JSON.parse(parameter.value ?? '');
    if (typeof value === 'object' && value !== null)
      return known(Object.entries(value).flatMap(([id, on]) => (on === 'yes' ? [id] : [])));
  } catch {
    // Not what the stack wrote.
  }
  return known(undefined);
}

const NAMESPACE = /^[a-z0-9][a-z0-9-]{1,7}[a-z0-9]$/u;

/** The endings of remediation roles in an account, the most frequent first. */
export function namespacesOf(
  roles: readonly { readonly name: string }[],
  stems: readonly string[],
): readonly string[] {
  const counts = new Map<string, number>();
  const known = new Set(stems);
  for (const { name } of roles)
    // The Namespace may have hyphens itself, so each hyphen may be the one before it.
    for (let at = name.indexOf('-'); at >= 0; at = name.indexOf('-', at + 1)) {
      const namespace = name.slice(at + 1);
      if (known.has(name.slice(0, at)) && NAMESPACE.test(namespace))
        counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
    }
  return [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name]) => name);
}

/** AWS's solution has one document for each control of each standard, such as ASR-SC_2.0.0_EC2.2; we have none of these. */
export function isOtherDocument(name: string): boolean {
  return /^(?:ASR|SHARR)-[A-Za-z0-9]+_\d+\.\d+\.\d+_/u.test(name);
}

/** Begins the descriptions of the stacks of AWS's solution. Ours never say "on AWS". */
export function isOtherStack(description: string): boolean {
  return /^\(SO0111[A-Z]*\) Automated Security Response on AWS/u.test(description);
}
