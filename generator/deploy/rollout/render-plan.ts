import type { Differences } from './definition.ts';
import type { PerKind, Rectangle, RolloutKind } from './model.ts';
import type { Step } from './plan.ts';

/** The steps of a plan, numbered, for people. */
export function planLines(
  steps: readonly Step[],
  names: PerKind<string>,
  changes: PerKind<Differences | undefined>,
): readonly string[] {
  const width = String(steps.length).length;
  return steps.map(
    (step, index) => `${String(index + 1).padStart(width)}  ${stepText(step, names, changes)}`,
  );
}

function stepText(
  step: Step,
  names: PerKind<string>,
  changes: PerKind<Differences | undefined>,
): string {
  const name = names[step.kind];
  const { content = [], settings = [] } = changes[step.kind] ?? {};
  switch (step.type) {
    case 'make':
      return `make the stack set ${name}`;
    case 'update':
      return step.part === undefined
        ? `update ${name} and all its stacks: ${[...content, ...settings].join('; ')}`
        : `canary: update ${name} in ${size(step.part.rectangle)}: ${content.join('; ')}`;
    case 'deploy':
      return `${stepTitle(step)} in ${size(step.rectangle)}`;
    case 'settings':
      return `update the settings of ${name}: ${settings.join('; ')}`;
  }
}

/** What a step is about, in a few words. */
export function stepTitle(step: Step): string {
  const what = kindText(step.kind);
  switch (step.type) {
    case 'make':
      return `make the stack set of the ${what}`;
    case 'update':
      return step.wave === 'canary' ? `canary: update the ${what}` : `update the ${what}`;
    case 'deploy':
      return step.wave === 'canary' ? `canary: deploy the ${what}` : `deploy the ${what}`;
    case 'settings':
      return `settings of the ${what}`;
  }
}

function kindText(kind: RolloutKind): string {
  return kind === 'member-roles' ? 'roles' : 'member stack';
}

function size({ accounts, regions }: Rectangle): string {
  const [only] = accounts;
  const who =
    accounts.length === 1 && only !== undefined ? `account ${only}` : `${accounts.length} accounts`;
  return `${who}, ${regions.join(', ')}`;
}
