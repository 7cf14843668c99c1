import { AwsProblem } from '../aws-problem.ts';
import { DeployError, Interrupted, throwIfInterrupted } from '../deploy-error.ts';
import type { Outcome, Ports } from '../ports.ts';
import { confirm } from '../terminal.ts';
import { defineSets } from './define-sets.ts';
import type { Inputs } from './define-sets.ts';
import type { Definition, Differences, Permissions } from './definition.ts';
import { findAudience } from './find-accounts.ts';
import type { AccountQuery, Audience } from './find-accounts.ts';
import { waitUntilIdle } from './follow-operation.ts';
import { cellKey, cellsOf, ROLLOUT_KINDS } from './model.ts';
import type { PerKind, Wanted } from './model.ts';
import type { OrganizationClient } from './organization-client.ts';
import { planRollout } from './plan.ts';
import type { Pace } from './preferences.ts';
import { readSets, rolesRegionOf, setNames } from './read-sets.ts';
import type { KnownSets } from './read-sets.ts';
import { planLines } from './render-plan.ts';
import { runSteps } from './run-steps.ts';
import { changesOf, statesOf } from './set-states.ts';
import { headingText, tellCoverage } from './summarize.ts';
import type { StackSetClient } from './stack-set-client.ts';
import { ENABLE_TRUSTED_ACCESS } from './stack-set-problem.ts';

export interface RolloutRequest {
  /** Of the stack sets themselves. */
  readonly region: string;
  readonly query: AccountQuery;
  /** Of the member stack, in the order of their deployment. */
  readonly regions: readonly string[];
  readonly rolesRegion: string | undefined;
  /** Only these, each `account` or `account/region`. */
  readonly only: ReadonlySet<string> | undefined;
  /** Beginning of the names of the stack sets. */
  readonly name: string;
  readonly inputs: Omit<Inputs, 'isAutomaticAtFirst'>;
  readonly pace: Pace;
  readonly isYes: boolean;
}

/** The outside world of a rollout. */
export type RolloutPorts = Ports & {
  readonly organization: OrganizationClient;
  /** A client that acts with the permissions that were found out. */
  readonly stackSets: (permissions: Permissions) => StackSetClient;
};

/**
 * Brings the roles and the member stack to every account that is meant, in every Region: shows what is missing, asks, and does
 * it. A second run does only what the first one did not. Throws `DeployError` with what to do.
 */
export async function rollOut(request: RolloutRequest, ports: RolloutPorts): Promise<Outcome> {
  const { display, prompter, signal } = ports;
  if (!request.isYes && !prompter.isInteractive)
    throw new DeployError('There is no terminal to ask on. Add --yes.', { isUsage: true });
  let hasBegun = false;
  try {
    const prepared = await prepare(request, ports);
    const { audience, stackSets, names, known, wanted, definitions, changes } = prepared;
    const { scope, permissions } = audience;
    const sets = statesOf(known, changes);
    const steps = planRollout({ wanted, scope, sets, attempted: new Set() });
    display.note(`${headingText(audience, wanted, { definitions, region: request.region })}\n`);
    if (steps.length === 0) return tellCoverage(audience, wanted, { known, definitions }, display);
    display.note(`${planLines(steps, names, changes).join('\n')}\n`);
    if (!(await confirm('Roll this out?', { prompter, isYes: request.isYes, signal }))) {
      display.note('Nothing was changed.');
      return 'declined';
    }
    hasBegun = true;
    const { known: after, problem } = await runSteps(
      { wanted, scope, definitions, names, pace: request.pace, permissions },
      known,
      { ...ports, stackSets },
    );
    if (problem !== undefined) display.note(problem);
    const outcome = tellCoverage(audience, wanted, { known: after, definitions }, display);
    return problem === undefined && outcome === 'nothing' ? 'done' : 'failed';
  } catch (error) {
    if (error instanceof Interrupted) {
      display.note(`Interrupted. ${hasBegun ? GOES_ON : 'Nothing was changed.'}`);
      return 'interrupted';
    }
    if (hasBegun && error instanceof AwsProblem)
      throw new DeployError(`${error.message}\n${GOES_ON}`);
    throw error;
  }
}

interface Prepared {
  readonly audience: Audience;
  readonly stackSets: StackSetClient;
  readonly names: PerKind<string>;
  readonly known: KnownSets;
  readonly wanted: Wanted;
  readonly definitions: PerKind<Definition>;
  readonly changes: PerKind<Differences | undefined>;
}

/** Everything that is known before the plan; of all this, only an upload of the templates changes anything. */
async function prepare(request: RolloutRequest, ports: RolloutPorts): Promise<Prepared> {
  const audience = await findAudience(ports.organization, request.query, request.region);
  throwIfInterrupted(ports.signal);
  const { permissions } = audience;
  const stackSets = ports.stackSets(permissions);
  if (permissions.type === 'organization' && (await stackSets.hasTrustedAccess()) === false)
    throw new DeployError(ENABLE_TRUSTED_ACCESS);
  const names = setNames(request.name);
  // What an interrupted run has started goes on, and belongs to what is there.
  for (const kind of ROLLOUT_KINDS)
    if ((await stackSets.describe(names[kind])) !== undefined)
      await waitUntilIdle({ ...ports, stackSets }, names[kind]);
  const known = await readSets(stackSets, names, permissions);
  const wanted = wantedOf(request, audience, known);
  const inputs = { ...request.inputs, isAutomaticAtFirst: request.query.accounts === undefined };
  const definitions = await defineSets(inputs, { names, known, region: request.region }, ports);
  const changes = changesOf(known, definitions);
  refuseOnly(request, { known, changes, wanted });
  return { audience, stackSets, names, known, wanted, definitions, changes };
}

const GOES_ON =
  'What StackSets has begun, if anything, goes on by itself. Run the same command again to follow it and do the rest; to stop it: aws cloudformation list-stack-set-operations and stop-stack-set-operation.';

function wantedOf(request: RolloutRequest, { choice }: Audience, known: KnownSets): Wanted {
  return {
    accounts: choice.accounts,
    canary: choice.canary,
    rolesRegion: rolesRegionOf(known, request.rolesRegion, request.regions),
    regions: request.regions,
    ...(request.only === undefined ? {} : { only: request.only }),
  };
}

/** `--only` mends single stacks that are meant anyway; a new version or new values concern all of them. */
function refuseOnly(
  { only }: RolloutRequest,
  {
    known,
    changes,
    wanted,
  }: {
    readonly known: KnownSets;
    readonly changes: PerKind<Differences | undefined>;
    readonly wanted: Wanted;
  },
): void {
  const meant = new Set([
    ...wanted.accounts,
    ...cellsOf({ accounts: wanted.accounts, regions: wanted.regions }).map(cellKey),
  ]);
  for (const one of only ?? [])
    if (!meant.has(one))
      throw new DeployError(
        `--only: ${one} is not among the accounts and Regions of this rollout. Look at --ou, --accounts, --exclude and --regions.`,
        { isUsage: true },
      );
  for (const kind of only === undefined ? [] : ROLLOUT_KINDS) {
    const content = changes[kind]?.content ?? [];
    const why =
      known[kind] === undefined ? 'does not exist yet' : `would change (${content.join('; ')})`;
    if (known[kind] === undefined || content.length > 0)
      throw new DeployError(
        `--only tries single stacks again and changes nothing else, but the ${kind} stack set ${why}. Run the same command without --only.`,
        { isUsage: true },
      );
  }
}
