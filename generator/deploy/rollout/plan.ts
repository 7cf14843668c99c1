import { cellKey, cellsOf, isAsked, regionsOf, ROLLOUT_KINDS } from './model.ts';
import type { Cell, PerKind, Rectangle, RolloutKind, SetState, Wanted } from './model.ts';
import { accountsOf, namedTargets, targetsFor } from './targeting.ts';
import type { Scope, Targets } from './targeting.ts';
import { rectangles, worldOf } from './world.ts';
import type { World } from './world.ts';

/** `canary`: the accounts that go first; `all`: everybody else. */
export type Wave = 'canary' | 'all';

/** One request to CloudFormation. */
export type Step =
  /** Makes the stack set, without any stack. */
  | { readonly type: 'make'; readonly kind: RolloutKind }
  /** Gives the stack set its template and parameters, and all its stacks, or those of the canary only. */
  | {
      readonly type: 'update';
      readonly kind: RolloutKind;
      readonly wave: Wave;
      /** Everything of the stack set when it is undefined. */
      readonly part?: { readonly targets: Targets; readonly rectangle: Rectangle };
    }
  /** Makes stacks that are missing, and tries again those that aren't as the stack set wants them. */
  | {
      readonly type: 'deploy';
      readonly kind: RolloutKind;
      readonly wave: Wave;
      readonly targets: Targets;
      readonly rectangle: Rectangle;
    }
  /** Changes what happens to accounts that join, and no stack. */
  | { readonly type: 'settings'; readonly kind: RolloutKind };

export interface PlanInput {
  readonly wanted: Wanted;
  readonly scope: Scope;
  /** Undefined when the stack set does not exist. */
  readonly sets: PerKind<SetState | undefined>;
  /** Keys of what this run has tried already, by `attemptsOf`: it is not tried again. */
  readonly attempted: ReadonlySet<string>;
}

/** Everything that is missing, in order: roles before documents, the canary before everybody else. Pure. */
export function planRollout(input: PlanInput): readonly Step[] {
  const { wanted, sets, attempted } = input;
  const steps: Step[] = ROLLOUT_KINDS.filter((kind) => sets[kind] === undefined).map((kind) => ({
    type: 'make',
    kind,
  }));
  const worlds: PerKind<World> = {
    'member-roles': worldOf(sets['member-roles']),
    member: worldOf(sets.member),
  };
  const canary = wanted.accounts.filter((account) => wanted.canary.has(account));
  const waves: readonly (readonly [Wave, readonly string[]])[] = [
    ...(canary.length === 0 ? [] : [['canary', canary] as const]),
    ['all', wanted.accounts],
  ];
  for (const [wave, accounts] of waves)
    for (const kind of ROLLOUT_KINDS)
      steps.push(...waveSteps(input, worlds, { kind, wave, accounts }));
  const changed = ROLLOUT_KINDS.filter(
    (kind) => worlds[kind].settingsDiffer && !attempted.has(`${kind}:settings`),
  );
  return [...steps, ...changed.map((kind) => ({ type: 'settings' as const, kind }))];
}

interface Turn {
  readonly kind: RolloutKind;
  readonly wave: Wave;
  readonly accounts: readonly string[];
}

function waveSteps(input: PlanInput, worlds: PerKind<World>, turn: Turn): readonly Step[] {
  const world = worlds[turn.kind];
  const steps: Step[] = [];
  if (world.contentDiffers && !input.attempted.has(`${turn.kind}:content`))
    steps.push(
      ...(turn.wave === 'all' || world.cells.size === 0
        ? [updateAll(world, turn)]
        : updateCanary(input, worlds, turn)),
    );
  return [...steps, ...deploySteps(input, worlds, turn)];
}

function updateAll(world: World, { kind, wave }: Turn): Step {
  world.contentDiffers = false;
  world.settingsDiffer = false;
  for (const [key, status] of world.cells)
    if (status !== 'inoperable') world.cells.set(key, 'current');
  return { type: 'update', kind, wave };
}

/**
 * A template reaches the stacks that the update names, and all others are outdated from then on. Another update of the
 * same kind would outdate the first ones again, so one rectangle is updated and the rest of the canary deployed after it.
 */
function updateCanary(input: PlanInput, worlds: PerKind<World>, turn: Turn): readonly Step[] {
  const world = worlds[turn.kind];
  const existing = (): Rectangle | undefined =>
    rectangles(
      cellsIn(input.wanted, turn).filter((cell) =>
        ['current', 'outdated'].includes(world.cells.get(cellKey(cell)) ?? ''),
      ),
    )[0];
  // An update must name stacks that exist: when the canary has none, it gets the version of the others first.
  const before = existing() === undefined ? deploySteps(input, worlds, turn) : [];
  const rectangle = existing();
  if (rectangle === undefined) return before;
  for (const [key, status] of world.cells)
    if (status !== 'inoperable') world.cells.set(key, 'outdated');
  for (const cell of cellsOf(rectangle)) world.cells.set(cellKey(cell), 'current');
  world.contentDiffers = false;
  const targets = namedTargets(rectangle.accounts, input.scope);
  const { kind, wave } = turn;
  return [...before, { type: 'update', kind, wave, part: { targets, rectangle } }];
}

function deploySteps(input: PlanInput, worlds: PerKind<World>, turn: Turn): readonly Step[] {
  const { wanted, scope, attempted } = input;
  const world = worlds[turn.kind];
  const missing = cellsIn(wanted, turn).filter((cell) => {
    const status = world.cells.get(cellKey(cell));
    return (
      status !== 'current' &&
      status !== 'inoperable' &&
      isAsked(turn.kind, cell, wanted) &&
      !attempted.has(`${turn.kind}:${cellKey(cell)}`) &&
      hasRoles(turn.kind, cell, wanted, worlds)
    );
  });
  for (const cell of missing) world.cells.set(cellKey(cell), 'current');
  const { kind, wave } = turn;
  return rectangles(missing).flatMap(({ accounts, regions }) =>
    targetsFor(accounts, scope).map((targets): Step => {
      const rectangle = { accounts: accountsOf(targets, accounts), regions };
      return { type: 'deploy', kind, wave, targets, rectangle };
    }),
  );
}

/** A document without its role could do nothing, so an account's documents come after its roles. */
function hasRoles(
  kind: RolloutKind,
  { account }: Cell,
  { rolesRegion: region }: Wanted,
  worlds: PerKind<World>,
): boolean {
  const roles = worlds['member-roles'].cells.get(cellKey({ account, region }));
  return kind === 'member-roles' || roles === 'current';
}

function cellsIn(wanted: Wanted, { kind, accounts }: Turn): readonly Cell[] {
  return cellsOf({ accounts, regions: regionsOf(kind, wanted) });
}

/** Keys of what a step tries, to be remembered as `attempted`. */
export function attemptsOf(step: Step, set: SetState | undefined): readonly string[] {
  switch (step.type) {
    case 'make':
      return [];
    case 'settings':
      return [`${step.kind}:settings`];
    case 'update': {
      const cells = step.part === undefined ? set?.instances : cellsOf(step.part.rectangle);
      const own = [`${step.kind}:content`];
      const all = step.part === undefined ? [...own, `${step.kind}:settings`] : own;
      return [...all, ...(cells ?? []).map((cell) => `${step.kind}:${cellKey(cell)}`)];
    }
    case 'deploy':
      return cellsOf(step.rectangle).map((cell) => `${step.kind}:${cellKey(cell)}`);
  }
}
