import type { Definition } from './definition.ts';
import { followOperation, waitUntilIdle } from './follow-operation.ts';
import type { FollowPorts } from './follow-operation.ts';
import type { PerKind } from './model.ts';
import type { Step } from './plan.ts';
import { preferencesOf } from './preferences.ts';
import type { Pace } from './preferences.ts';
import type { KnownSets } from './read-sets.ts';
import { stepTitle } from './render-plan.ts';
import { StackSetBusy } from './stack-set-problem.ts';
import type { AutoDeployment, Operation } from './stack-set-records.ts';

export interface StepContext {
  readonly definitions: PerKind<Definition>;
  readonly known: KnownSets;
  readonly regions: readonly string[];
  readonly pace: Pace;
}

/**
 * Does one step and follows it to its end; undefined when it is no operation. While another operation is at work on the
 * stack set, it waits for its turn. Throws `Interrupted`, and `AwsProblem`.
 */
export async function runStep(
  step: Step,
  context: StepContext,
  ports: FollowPorts,
): Promise<Operation | undefined> {
  const { name } = context.definitions[step.kind];
  for (;;) {
    try {
      const id = await start(step, context, ports);
      if (id === undefined) return undefined;
      return await followOperation(ports, { name, id, title: stepTitle(step) });
    } catch (error) {
      if (!(error instanceof StackSetBusy)) throw error;
      await waitUntilIdle(ports, name);
      // The operation may have ended between the refusal and the look.
      await ports.sleep(BUSY_PAUSE, ports.signal);
    }
  }
}

/** Milliseconds before a request is sent again that was refused because another operation was at work. */
const BUSY_PAUSE = 5000;

async function start(
  step: Step,
  { definitions, known, regions, pace }: StepContext,
  { stackSets }: FollowPorts,
): Promise<string | undefined> {
  const definition = definitions[step.kind];
  const autoDeployment = autoDeploymentOf(definition, known);
  switch (step.type) {
    case 'make':
      await stackSets.make(definition, autoDeployment);
      return undefined;
    case 'deploy': {
      const preferences = preferencesOf(pace, {
        isCanary: step.wave === 'canary',
        regions: step.rectangle.regions,
      });
      const { targets, rectangle } = step;
      return stackSets.deploy(
        definition.name,
        { targets, regions: rectangle.regions },
        preferences,
      );
    }
    case 'update': {
      const { part } = step;
      const preferences = preferencesOf(pace, {
        isCanary: part !== undefined,
        regions: part?.rectangle.regions ?? deployedRegions(step.kind, known, regions),
      });
      return stackSets.update({
        definition,
        hasContent: true,
        ...(part === undefined
          ? {}
          : { part: { targets: part.targets, regions: part.rectangle.regions } }),
        autoDeployment,
        preferences,
      });
    }
    case 'settings': {
      const all = deployedRegions(step.kind, known, regions);
      const preferences = preferencesOf(pace, { isCanary: false, regions: all });
      return stackSets.update({ definition, hasContent: false, autoDeployment, preferences });
    }
  }
}

/** Regions that have stacks, in the wanted order first: an update of all stacks reaches every one of them. */
function deployedRegions(
  kind: Step['kind'],
  known: KnownSets,
  wanted: readonly string[],
): readonly string[] {
  const present = new Set(known[kind]?.instances.map(({ region }) => region));
  const others = [...present].filter((region) => !wanted.includes(region)).toSorted();
  return [...wanted.filter((region) => present.has(region)), ...others];
}

/** New accounts get the member stack after their roles, which StackSets itself sees to. */
function autoDeploymentOf({ kind, isAutomatic }: Definition, known: KnownSets): AutoDeployment {
  const deployed = known[kind]?.set.autoDeployment;
  const others = deployed?.dependsOn ?? [];
  const roles = known['member-roles']?.set.arn;
  return {
    isEnabled: isAutomatic ?? deployed?.isEnabled ?? false,
    dependsOn: kind === 'member' && roles !== undefined ? [...new Set([...others, roles])] : others,
  };
}
