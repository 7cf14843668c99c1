import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseAccounts } from '../../../generator/deploy/rollout/choose-accounts.ts';
import { cellKey, cellsOf, regionsOf } from '../../../generator/deploy/rollout/model.ts';
import type {
  Instance,
  PerKind,
  RolloutKind,
  SetState,
  Wanted,
} from '../../../generator/deploy/rollout/model.ts';
import { attemptsOf, planRollout } from '../../../generator/deploy/rollout/plan.ts';
import type { PlanInput, Step } from '../../../generator/deploy/rollout/plan.ts';
import { targetsFor } from '../../../generator/deploy/rollout/targeting.ts';
import type { Scope } from '../../../generator/deploy/rollout/targeting.ts';
import { rectangles } from '../../../generator/deploy/rollout/world.ts';

const [A, B, C] = ['200000000001', '200000000002', '200000000003'];
const ALL = [A, B, C];
const REGIONS = ['us-east-1', 'eu-west-1'];
const scope: Scope = { type: 'units', units: ['r-root'], members: ALL, isFiltered: false };
const wanted: Wanted = {
  accounts: ALL,
  canary: new Set(),
  rolesRegion: 'us-east-1',
  regions: REGIONS,
};

const instance = (
  account: string,
  region: string,
  status: Instance['status'] = 'current',
): Instance => ({
  account,
  region,
  status,
  detail: '',
});
const set = (instances: readonly Instance[], differs: Partial<SetState> = {}): SetState => ({
  contentDiffers: false,
  settingsDiffer: false,
  instances,
  ...differs,
});
const everywhere = (accounts: readonly string[], status: Instance['status'] = 'current') => ({
  roles: accounts.map((account) => instance(account, 'us-east-1', status)),
  member: cellsOf({ accounts, regions: REGIONS }).map((cell) =>
    instance(cell.account, cell.region, status),
  ),
});
const plan = (
  sets: PerKind<SetState | undefined>,
  change: Partial<PlanInput> = {},
): readonly Step[] => planRollout({ wanted, scope, sets, attempted: new Set(), ...change });
/** Steps in short: what, of which kind, for whom. */
const short = (steps: readonly Step[]): readonly string[] =>
  steps.map((step) => {
    const rectangle =
      step.type === 'deploy'
        ? step.rectangle
        : step.type === 'update'
          ? step.part?.rectangle
          : undefined;
    const where =
      rectangle === undefined
        ? []
        : [rectangle.accounts.map((id) => id.at(-1)).join(''), rectangle.regions.join('+')];
    const wave = step.type === 'deploy' || step.type === 'update' ? [step.wave] : [];
    return [step.type, step.kind, ...wave, ...where].join(' ');
  });

describe('planRollout', () => {
  it('has no step when everything is as wanted', () => {
    const { roles, member } = everywhere(ALL);
    expect(plan({ 'member-roles': set(roles), member: set(member) })).toEqual([]);
  });

  it('joins accounts that lack the same Regions', () => {
    const { roles } = everywhere(ALL);
    const member = [instance(A, 'us-east-1'), instance(A, 'eu-west-1'), instance(B, 'us-east-1')];
    expect(short(plan({ 'member-roles': set(roles), member: set(member) }))).toEqual([
      'deploy member all 2 eu-west-1',
      'deploy member all 3 us-east-1+eu-west-1',
    ]);
  });

  it('leaves alone what StackSets does not touch, and documents without roles', () => {
    const roles = [
      instance(A, 'us-east-1', 'inoperable'),
      instance(B, 'us-east-1'),
      instance(C, 'us-east-1'),
    ];
    expect(short(plan({ 'member-roles': set(roles), member: set([]) }))).toEqual([
      'deploy member all 23 us-east-1+eu-west-1',
    ]);
  });

  it('does not try again in the same run what has failed', () => {
    const { roles, member } = everywhere(ALL, 'outdated');
    const sets = { 'member-roles': set(roles), member: set(member) };
    const [first] = plan(sets);
    const attempted = new Set(first === undefined ? [] : attemptsOf(first, sets['member-roles']));
    expect(short(plan(sets))[0]).toBe('deploy member-roles all 123 us-east-1');
    expect(plan(sets, { attempted })).toEqual([]);
  });

  it('updates the largest part of a canary at once and deploys the rest of it', () => {
    const { roles } = everywhere(ALL);
    const member = [
      instance(A, 'us-east-1'),
      instance(A, 'eu-west-1'),
      instance(B, 'us-east-1'),
      instance(C, 'us-east-1'),
      instance(C, 'eu-west-1'),
    ];
    const canary = new Set([A, B]);
    const steps = plan(
      { 'member-roles': set(roles), member: set(member, { contentDiffers: true }) },
      { wanted: { ...wanted, canary } },
    );
    expect(short(steps)).toEqual([
      'update member canary 1 us-east-1+eu-west-1',
      'deploy member canary 2 us-east-1+eu-west-1',
      'deploy member all 3 us-east-1+eu-west-1',
    ]);
  });

  it('gives a canary without stacks the version of the others first, because an update must name stacks that exist', () => {
    const roles = [B, C].map((account) => instance(account, 'us-east-1'));
    const steps = plan(
      { 'member-roles': set(roles, { contentDiffers: true }), member: set([]) },
      { wanted: { ...wanted, canary: new Set([A]), regions: ['us-east-1'] } },
    );
    expect(short(steps)).toEqual([
      'deploy member-roles canary 1 us-east-1',
      'update member-roles canary 1 us-east-1',
      'deploy member canary 1 us-east-1',
      'deploy member-roles all 23 us-east-1',
      'deploy member all 23 us-east-1',
    ]);
  });

  it('changes settings at the end, when every stack is as it should be', () => {
    const { roles } = everywhere(ALL);
    const sets = { 'member-roles': set(roles), member: set([], { settingsDiffer: true }) };
    expect(short(plan(sets)).at(-1)).toBe('settings member');
  });

  it('touches only what is asked for', () => {
    const { roles, member } = everywhere(ALL, 'outdated');
    const sets = { 'member-roles': set(roles), member: set(member) };
    const only = new Set([A, `${B}/eu-west-1`]);
    expect(short(plan(sets, { wanted: { ...wanted, only } }))).toEqual([
      'deploy member-roles all 12 us-east-1',
      'deploy member all 1 us-east-1+eu-west-1',
      'deploy member all 2 eu-west-1',
    ]);
  });
});

describe('any plan', () => {
  const status = fc.constantFrom<Instance['status'] | 'missing'>(
    'current',
    'outdated',
    'inoperable',
    'missing',
  );
  const setArbitrary = (cells: readonly { readonly account: string; readonly region: string }[]) =>
    fc.option(
      fc.record({
        contentDiffers: fc.boolean(),
        settingsDiffer: fc.boolean(),
        statuses: fc.array(status, { minLength: cells.length, maxLength: cells.length }),
      }),
      { nil: undefined },
    );
  const accounts = [...ALL, '200000000004', '200000000005'];
  const big: Wanted = { ...wanted, accounts };
  const cellsFor = (kind: RolloutKind) => cellsOf({ accounts, regions: regionsOf(kind, big) });
  const input = fc
    .tuple(
      setArbitrary(cellsFor('member-roles')),
      setArbitrary(cellsFor('member')),
      fc.subarray(accounts),
    )
    .map(([roles, member, canary]): PlanInput => {
      const toSet = (made: typeof roles, kind: RolloutKind): SetState | undefined =>
        made === undefined
          ? undefined
          : set(
              cellsFor(kind).flatMap((cell, index) => {
                const is = made.statuses[index] ?? 'missing';
                return is === 'missing' ? [] : [instance(cell.account, cell.region, is)];
              }),
              { contentDiffers: made.contentDiffers, settingsDiffer: made.settingsDiffer },
            );
      return {
        wanted: { ...big, canary: new Set(canary) },
        scope: { ...scope, members: accounts },
        sets: { 'member-roles': toSet(roles, 'member-roles'), member: toSet(member, 'member') },
        attempted: new Set(),
      };
    });

  /** The stack sets after a step that went well, as the API reference says. */
  const after = (
    sets: PerKind<SetState | undefined>,
    step: Step,
  ): PerKind<SetState | undefined> => {
    const before = sets[step.kind] ?? set([]);
    const changed = (): SetState => {
      const cells = new Map(before.instances.map((one) => [cellKey(one), one]));
      switch (step.type) {
        case 'make':
          return set([]);
        case 'settings':
          return { ...before, settingsDiffer: false };
        case 'update': {
          const reached =
            step.part === undefined
              ? undefined
              : new Set(cellsOf(step.part.rectangle).map(cellKey));
          for (const key of reached ?? []) expect(cells.has(key)).toBe(true);
          return {
            contentDiffers: false,
            settingsDiffer: step.part === undefined ? false : before.settingsDiffer,
            instances: before.instances.map((one) => {
              const isReached = reached === undefined || reached.has(cellKey(one));
              if (one.status === 'inoperable') return one;
              return { ...one, status: isReached ? 'current' : 'outdated' };
            }),
          };
        }
        case 'deploy':
          for (const cell of cellsOf(step.rectangle))
            cells.set(cellKey(cell), instance(cell.account, cell.region));
          return { ...before, instances: [...cells.values()] };
      }
    };
    return { ...sets, [step.kind]: changed() };
  };

  it('leaves nothing to do when all its steps go well, and makes no document before its role', () => {
    fc.assert(
      fc.property(input, (given) => {
        let { sets } = given;
        for (const step of planRollout(given)) {
          if (step.type === 'deploy' && step.kind === 'member') {
            const roles = new Set(
              sets['member-roles']?.instances.flatMap((one) =>
                one.status === 'current' ? [one.account] : [],
              ),
            );
            for (const account of step.rectangle.accounts) expect(roles.has(account)).toBe(true);
          }
          sets = after(sets, step);
        }
        expect(planRollout({ ...given, sets })).toEqual([]);
      }),
    );
  });

  it('turns to everybody else only after the canary', () => {
    fc.assert(
      fc.property(input, (given) => {
        const waves = planRollout(given).flatMap((step) =>
          step.type === 'deploy' ? [step.wave] : [],
        );
        expect(waves.lastIndexOf('canary')).toBeLessThanOrEqual(
          waves.includes('all') ? waves.indexOf('all') : waves.length,
        );
        for (const step of planRollout(given))
          if (step.type === 'deploy' && step.wave === 'canary')
            for (const account of step.rectangle.accounts)
              expect(given.wanted.canary.has(account)).toBe(true);
      }),
    );
  });
});

describe('targetsFor', () => {
  const members = Array.from({ length: 1200 }, (_, index) => String(200_000_000_000 + index));
  const units: Scope = { type: 'units', units: ['ou-test-work0000'], members, isFiltered: false };

  it('takes the whole unit, the unit without a few, or a few of it', () => {
    expect(targetsFor(members, units)).toMatchObject([{ filter: 'NONE', accounts: [] }]);
    expect(targetsFor(members.slice(2), units)).toMatchObject([
      { filter: 'DIFFERENCE', accounts: members.slice(0, 2) },
    ]);
    expect(targetsFor(members.slice(0, 2), units)).toMatchObject([
      { filter: 'INTERSECTION', accounts: members.slice(0, 2) },
    ]);
  });

  it('names accounts that were chosen by name, in several requests when there are many', () => {
    const chosen = targetsFor(members, { ...units, isFiltered: true });
    expect(chosen).toHaveLength(3);
    expect(chosen.flatMap((one) => one.accounts)).toEqual(members);
    expect(targetsFor(members, { type: 'accounts' })).toHaveLength(3);
  });
});

describe('rectangles', () => {
  it('covers every cell once, the one with most accounts first', () => {
    const cells = [
      ...cellsOf({ accounts: [A], regions: REGIONS }),
      ...cellsOf({ accounts: [B, C], regions: ['eu-west-1'] }),
    ];
    expect(rectangles(cells)).toEqual([
      { accounts: [B, C], regions: ['eu-west-1'] },
      { accounts: [A], regions: REGIONS },
    ]);
  });
});

describe('chooseAccounts', () => {
  it('leaves out the management account, whatever its unit', () => {
    const members = [A, B].map((id) => ({ id, name: '', isActive: true }));
    expect(
      chooseAccounts({ members, management: A, asked: undefined, excluded: [], canary: [] }),
    ).toMatchObject({ accounts: [B], leftOut: { management: A }, problems: [] });
  });
});
