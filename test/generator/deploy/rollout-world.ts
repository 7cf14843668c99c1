import type { StackSetOperationPreferences } from '@aws-sdk/client-cloudformation';
import type { OrganizationAccount } from '../../../generator/deploy/rollout/choose-accounts.ts';
import type { Definition, Permissions } from '../../../generator/deploy/rollout/definition.ts';
import { cellKey } from '../../../generator/deploy/rollout/model.ts';
import type { Instance } from '../../../generator/deploy/rollout/model.ts';
import type { OrganizationClient } from '../../../generator/deploy/rollout/organization-client.ts';
import type { StackSetClient } from '../../../generator/deploy/rollout/stack-set-client.ts';
import { StackSetBusy } from '../../../generator/deploy/rollout/stack-set-problem.ts';
import type {
  AutoDeployment,
  Operation,
} from '../../../generator/deploy/rollout/stack-set-records.ts';
import type { Targets } from '../../../generator/deploy/rollout/targeting.ts';
import { schedule } from './rollout-schedule.ts';
import type { ScheduledCell } from './rollout-schedule.ts';

/** An account of the simulated organization and the unit that it is in. */
export interface WorldAccount extends OrganizationAccount {
  readonly unit: string;
}

export interface WorldOptions {
  readonly accounts: readonly WorldAccount[];
  /** Parent by unit; the root is `r-root`. */
  readonly units: Readonly<Record<string, string>>;
  /** The account that calls. @default the management account */
  readonly caller?: string;
  /** How long a stack takes, in seconds. @default 60 */
  readonly stackSeconds?: number;
  /** How long one call takes, a page each, in seconds. @default 0.1 */
  readonly callSeconds?: number;
  /** Stacks at a time that StackSets works on for one stack set. @default 100 */
  readonly most?: number;
  /** Why a stack fails; undefined when it goes well. */
  readonly failing?: (cell: {
    readonly name: string;
    readonly account: string;
    readonly region: string;
  }) => string | undefined;
  readonly hasTrustedAccess?: boolean;
  readonly isInOrganization?: boolean;
}

export const MANAGEMENT = '111111111111';
const ROOT = 'r-root';

interface SimulatedOperation {
  readonly id: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly cells: readonly ScheduledCell[];
  readonly isFailed: boolean;
}

interface SimulatedSet {
  definition: { text: string; description: string; parameters: ReadonlyMap<string, string> };
  autoDeployment: AutoDeployment;
  permissions: Permissions;
  readonly instances: Map<string, Instance>;
  readonly operations: SimulatedOperation[];
  applied: number;
}

/**
 * StackSets and an organization in memory, with a clock that only calls and waiting move on. What it knows of StackSets is
 * what the API reference says: instances outdated by an update that leaves them out, failure tolerance by Region, closed
 * accounts skipped, one operation after the other.
 */
export function createWorld(options: WorldOptions) {
  const { accounts, units, stackSeconds = 60, callSeconds = 0.1, most = 100 } = options;
  const caller = options.caller ?? MANAGEMENT;
  let clock = Date.UTC(2027, 0, 2, 3, 4, 5);
  let operationCount = 0;
  const sets = new Map<string, SimulatedSet>();
  const calls = new Map<string, number>();
  const call = (operation: string, pages = 1): void => {
    calls.set(operation, (calls.get(operation) ?? 0) + pages);
    clock += pages * callSeconds * 1000;
  };

  const isUnder = (unit: string, roots: readonly string[]): boolean =>
    roots.includes(unit) || (units[unit] !== undefined && isUnder(units[unit], roots));
  const reached = (targets: Targets): readonly WorldAccount[] => {
    const named = new Set(targets.accounts);
    if (targets.type === 'accounts') return accounts.filter(({ id }) => named.has(id));
    const inside = accounts.filter(
      ({ id, unit }) => id !== MANAGEMENT && isUnder(unit, targets.units),
    );
    switch (targets.filter) {
      case 'NONE':
        return inside;
      case 'DIFFERENCE':
        return inside.filter(({ id }) => !named.has(id));
      case 'INTERSECTION':
        return inside.filter(({ id }) => named.has(id));
    }
  };

  /** Brings the instances to what the operations have done until now. */
  const settle = (set: SimulatedSet): void => {
    for (const operation of set.operations.slice(set.applied)) {
      for (const cell of operation.cells)
        if (cell.endsAt <= clock) set.instances.set(cellKey(cell), toInstance(cell));
      if (operation.endsAt <= clock) set.applied += 1;
    }
  };
  const found = (name: string): SimulatedSet => {
    const set = sets.get(name);
    if (set === undefined) throw new Error(`there is no ${name}`);
    settle(set);
    return set;
  };
  const active = (set: SimulatedSet): SimulatedOperation | undefined =>
    set.operations.find(({ endsAt }) => endsAt > clock);

  const begin = (
    name: string,
    cells: readonly { readonly account: string; readonly region: string }[],
    preferences: StackSetOperationPreferences,
  ): string => {
    const set = found(name);
    if (active(set) !== undefined) throw new StackSetBusy('Another operation is in progress.');
    for (const cell of cells)
      set.instances.set(cellKey(cell), { ...cell, status: 'outdated', detail: 'PENDING' });
    const closed = new Set(accounts.flatMap(({ id, isActive }) => (isActive ? [] : [id])));
    const scheduled = schedule(cells, {
      preferences,
      startsAt: clock,
      stackMilliseconds: stackSeconds * 1000,
      most,
      outcome: ({ account, region }) =>
        closed.has(account)
          ? { detail: 'SKIPPED_SUSPENDED_ACCOUNT', reason: 'Account is suspended.' }
          : reasonOf(options.failing?.({ name, account, region })),
    });
    operationCount += 1;
    const id = `operation-${operationCount}`;
    set.operations.push({ id, startsAt: clock, ...scheduled });
    return id;
  };

  const stackSets = (permissions: Permissions): StackSetClient => ({
    describe: async (name) => {
      call('DescribeStackSet');
      const set = sets.get(name);
      if (set === undefined) return undefined;
      return {
        arn: arnOf(name),
        description: set.definition.description,
        templateText: set.definition.text,
        parameters: set.definition.parameters,
        isServiceManaged: set.permissions.type === 'organization',
        autoDeployment: set.autoDeployment,
        isManagedExecution: true,
      };
    },
    instances: async (name) => {
      const set = found(name);
      call('ListStackInstances', pages(set.instances.size));
      settle(set);
      return [...set.instances.values()];
    },
    activeOperation: async (name) => {
      call('ListStackSetOperations');
      const operation = active(found(name));
      return operation === undefined ? undefined : { id: operation.id, status: 'RUNNING' };
    },
    operation: async (name, id): Promise<Operation> => {
      call('DescribeStackSetOperation');
      const operation = found(name).operations.find((one) => one.id === id);
      if (operation === undefined) throw new Error(`there is no ${id}`);
      if (operation.endsAt > clock) return { id, status: 'RUNNING' };
      return { id, status: operation.isFailed ? 'FAILED' : 'SUCCEEDED' };
    },
    results: async (name, id, status) => {
      const operation = found(name).operations.find((one) => one.id === id);
      const all = (operation?.cells ?? []).map((cell) => ({
        account: cell.account,
        region: cell.region,
        status: resultOf(cell, clock),
      }));
      const listed = status === undefined ? all : all.filter((one) => one.status === status);
      call('ListStackSetOperationResults', pages(listed.length));
      return listed;
    },
    make: async (definition, autoDeployment) => {
      call('CreateStackSet');
      sets.set(definition.name, {
        definition: contentOf(definition),
        autoDeployment,
        permissions,
        instances: new Map(),
        operations: [],
        applied: 0,
      });
    },
    update: async ({ definition, hasContent, part, autoDeployment, preferences }) => {
      call('UpdateStackSet');
      const set = found(definition.name);
      if (active(set) !== undefined) throw new StackSetBusy('Another operation is in progress.');
      if (hasContent) {
        set.definition = contentOf(definition);
        for (const [key, one] of set.instances)
          set.instances.set(key, { ...one, status: 'outdated', detail: 'PENDING' });
      }
      if (part === undefined) set.autoDeployment = autoDeployment;
      const chosen = new Set(part === undefined ? [] : reached(part.targets).map(({ id }) => id));
      const cells = [...set.instances.values()].filter(
        ({ account, region }) =>
          part === undefined || (chosen.has(account) && part.regions.includes(region)),
      );
      return begin(definition.name, cells, preferences);
    },
    deploy: async (name, { targets, regions }, preferences) => {
      call('CreateStackInstances');
      const cells = reached(targets).flatMap(({ id: account }) =>
        regions.map((region) => ({ account, region })),
      );
      return begin(name, cells, preferences);
    },
    hasTrustedAccess: async () => {
      call('DescribeOrganizationsAccess');
      return options.hasTrustedAccess ?? true;
    },
  });

  const organization: OrganizationClient = {
    account: async () => caller,
    organization: async () => {
      call('DescribeOrganization');
      return options.isInOrganization === false
        ? undefined
        : { id: 'o-abcdefghij', management: MANAGEMENT, hasAllFeatures: true };
    },
    root: async () => {
      call('ListRoots');
      return ROOT;
    },
    allAccounts: async () => {
      call('ListAccounts', Math.ceil(accounts.length / 20));
      return accounts;
    },
    accountsUnder: async (roots) => {
      const inside = accounts.filter(({ unit }) => isUnder(unit, roots));
      const below = Object.keys(units).filter((unit) => isUnder(unit, roots));
      call('ListAccountsForParent', Math.ceil(inside.length / 20) + below.length);
      call('ListOrganizationalUnitsForParent', below.length + roots.length);
      return inside;
    },
  };

  return {
    organization,
    stackSets,
    calls,
    now: () => new Date(clock),
    wait: (milliseconds: number) => {
      clock += milliseconds;
    },
    /** Stacks by cell, as they are when all that goes on has ended. */
    stacksOf: (name: string): readonly Instance[] => {
      const set = sets.get(name);
      if (set === undefined) return [];
      settle(set);
      return [...set.instances.values()];
    },
    set: (name: string) => sets.get(name),
    /** Something that somebody else has begun. */
    begin,
    seconds: () => (clock - Date.UTC(2027, 0, 2, 3, 4, 5)) / 1000,
  };
}

export type World = ReturnType<typeof createWorld>;

export function arnOf(name: string): string {
  return `arn:aws:cloudformation:us-east-1:${MANAGEMENT}:stackset/${name}:1a2b`;
}

function contentOf({ build, parameters }: Definition): SimulatedSet['definition'] {
  return {
    text: build.text,
    description: build.template.Description ?? '',
    parameters: new Map(parameters.map(({ name, value }) => [name, value])),
  };
}

function pages(count: number): number {
  return Math.max(1, Math.ceil(count / 100));
}

function reasonOf(reason: string | undefined) {
  return reason === undefined ? undefined : { detail: 'FAILED', reason };
}

function toInstance({ account, region, detail, reason }: ScheduledCell): Instance {
  return {
    account,
    region,
    status: detail === 'SUCCEEDED' ? 'current' : 'outdated',
    detail,
    ...(reason === undefined ? {} : { reason }),
  };
}

function resultOf({ startsAt, endsAt, detail }: ScheduledCell, clock: number) {
  if (endsAt > clock) return startsAt > clock ? ('PENDING' as const) : ('RUNNING' as const);
  if (detail === 'SUCCEEDED' || detail === 'SKIPPED_SUSPENDED_ACCOUNT') return 'SUCCEEDED' as const;
  return detail === 'CANCELLED' ? ('CANCELLED' as const) : ('FAILED' as const);
}
