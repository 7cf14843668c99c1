import { throwIfInterrupted } from '../deploy-error.ts';
import type { Definition, Permissions } from './definition.ts';
import type { FollowPorts } from './follow-operation.ts';
import { cellKey, perKind, regionsOf, ROLLOUT_KINDS } from './model.ts';
import type { PerKind, RolloutKind, Wanted } from './model.ts';
import { attemptsOf, planRollout } from './plan.ts';
import type { Step } from './plan.ts';
import type { Pace } from './preferences.ts';
import { readSet } from './read-sets.ts';
import type { KnownSet, KnownSets } from './read-sets.ts';
import { stepTitle } from './render-plan.ts';
import { changesOf, statesOf } from './set-states.ts';
import { runStep } from './run-step.ts';
import type { Operation } from './stack-set-records.ts';
import type { Scope } from './targeting.ts';

export interface RunContext {
  readonly wanted: Wanted;
  readonly scope: Scope;
  readonly definitions: PerKind<Definition>;
  readonly names: PerKind<string>;
  readonly permissions: Permissions;
  readonly pace: Pace;
}

/** How the steps ended. */
export interface RunResult {
  /** The stack sets as they are then. */
  readonly known: KnownSets;
  /** Why not all steps were done; undefined when they were, whether or not every stack came of them. */
  readonly problem?: string;
}

/**
 * Does one step after the other. After each, the plan is made anew from what AWS has then: so a member stack waits for the
 * roles of its account, and the canary's failures keep everybody else from the same. Throws `Interrupted` and `DeployError`.
 */
export async function runSteps(
  context: RunContext,
  before: KnownSets,
  ports: FollowPorts,
): Promise<RunResult> {
  const { wanted, scope, definitions, names, permissions, pace } = context;
  const attempted = new Set<string>();
  let known = before;
  for (;;) {
    // Nothing new is begun after Ctrl-C.
    throwIfInterrupted(ports.signal);
    const sets = statesOf(known, changesOf(known, definitions));
    const [step] = planRollout({ wanted, scope, sets, attempted });
    if (step === undefined) return { known };
    const trouble = isForAll(step) ? canaryTrouble(wanted, known) : [];
    if (trouble.length > 0) return { known, problem: canaryProblem(trouble) };
    for (const key of attemptsOf(step, sets[step.kind])) attempted.add(key);
    const operation = await runStep(
      step,
      { definitions, known, regions: wanted.regions, pace },
      ports,
    );
    const name = names[step.kind];
    const read = await readSet(ports.stackSets, { kind: step.kind, name, permissions });
    known = withSet(known, step.kind, read);
    if (operation !== undefined) {
      if (operation.status !== 'SUCCEEDED') return { known, problem: stopped(step, operation) };
      ports.display.note(`Done: ${stepTitle(step)}.`);
    }
  }
}

function withSet(known: KnownSets, kind: RolloutKind, set: KnownSet | undefined): KnownSets {
  return perKind((own) => (own === kind ? set : known[own]));
}

function isForAll(step: Step): boolean {
  switch (step.type) {
    case 'make':
    case 'settings':
      return false;
    case 'update':
    case 'deploy':
      return step.wave === 'all';
  }
}

/** Cells of the canary that aren't as they should be; the plan has tried all of them before it turns to everybody else. */
function canaryTrouble(wanted: Wanted, known: KnownSets): readonly string[] {
  return ROLLOUT_KINDS.flatMap((kind) => {
    const current = new Set(
      known[kind]?.instances.flatMap((one) => (one.status === 'current' ? [cellKey(one)] : [])),
    );
    return [...wanted.canary].flatMap((account) =>
      regionsOf(kind, wanted).flatMap((region) => {
        const key = cellKey({ account, region });
        return current.has(key) ? [] : [key];
      }),
    );
  });
}

function canaryProblem(cells: readonly string[]): string {
  const shown = cells.slice(0, 5).join(', ');
  const more = cells.length > 5 ? ` and ${cells.length - 5} more` : '';
  return `The canary is not as it should be in ${shown}${more}, so nobody else was touched. Mend it and run the same command again, or leave the accounts out of --canary-ou.`;
}

function stopped(step: Step, { status, reason }: Operation): string {
  const why = reason === undefined || reason === '' ? '' : ` (${reason})`;
  const what = stepTitle(step);
  return status === 'FAILED'
    ? `More failed than --tolerance allows: ${what}${why}. The steps after it were not begun. Mend the causes and run the same command again; it does only what is missing.`
    : `Somebody stopped it: ${what}${why}. Run the same command again to go on.`;
}
