import { DeployError } from '../deploy-error.ts';
import { brokenRules, mergeParameters } from '../parameters.ts';
import type { ParameterValue } from '../parameters.ts';
import type { Ports } from '../ports.ts';
import type { BuiltTemplate } from '../read-build.ts';
import { templateSource } from '../template-source.ts';
import type { Definition } from './definition.ts';
import { perKind, ROLLOUT_KINDS } from './model.ts';
import type { PerKind, RolloutKind } from './model.ts';
import type { KnownSets } from './read-sets.ts';

/** What people gave for the two stack sets. */
export interface Inputs {
  readonly builds: PerKind<BuiltTemplate>;
  readonly given: PerKind<ReadonlyMap<string, string>>;
  /** Whether accounts that join get the stacks; undefined leaves it as it is. */
  readonly isAutomatic: boolean | undefined;
  /** The same for a stack set that is made now. */
  readonly isAutomaticAtFirst: boolean;
  readonly bucket: string | undefined;
  readonly prefix: string;
}

/** Values that only make sense when both stacks have the same. */
const SHARED = ['SecHubAdminAccount', 'Namespace'];

/**
 * The stack sets as they are wanted; templates that are too large for a request are put into the bucket. Values that
 * nobody gives stay as they are. Throws `DeployError` with all that is wrong with them.
 * @param region for rules of the templates that look at it
 */
export async function defineSets(
  { builds, given, isAutomatic, isAutomaticAtFirst, bucket, prefix }: Inputs,
  {
    names,
    known,
    region,
  }: {
    readonly names: PerKind<string>;
    readonly known: KnownSets;
    readonly region: string;
  },
  ports: Ports,
): Promise<PerKind<Definition>> {
  const merged = perKind((kind) =>
    mergeParameters(builds[kind].template, given[kind], known[kind]?.set.parameters),
  );
  const problems = [
    ...new Set(ROLLOUT_KINDS.flatMap((kind) => merged[kind].problems)),
    ...unequal(ROLLOUT_KINDS.flatMap((kind) => merged[kind].values)),
    ...ROLLOUT_KINDS.flatMap((kind) =>
      brokenRules(builds[kind].template, merged[kind].values, region),
    ),
  ];
  if (problems.length > 0) throw new DeployError(problems.join('\n'));
  const define = async (kind: RolloutKind): Promise<Definition> => ({
    kind,
    name: names[kind],
    build: builds[kind],
    source: await templateSource(builds[kind], { bucket, prefix }, ports),
    parameters: merged[kind].values,
    isAutomatic: isAutomatic ?? (known[kind] === undefined ? isAutomaticAtFirst : undefined),
  });
  return { 'member-roles': await define('member-roles'), member: await define('member') };
}

function unequal(values: readonly ParameterValue[]): readonly string[] {
  return SHARED.flatMap((name) => {
    const [ofRoles, ofMember] = values.flatMap((one) => (one.name === name ? [one.value] : []));
    return ofMember === undefined || ofRoles === ofMember
      ? []
      : [
          `${name} is ${ofRoles ?? ''} for the roles and ${ofMember} for the member stack. Give both the same: --parameter ${name}=<value>.`,
        ];
  });
}
