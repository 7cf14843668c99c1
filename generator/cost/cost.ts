import { findingCosts, metricCosts } from './finding-cost.ts';
import type { Add, CountOf } from './finding-cost.ts';
import { gigabytes, gigabyteSeconds, HOURS, memoryOf } from './inventory.ts';
import type { Inventory } from './inventory.ts';
import type { CostTables } from './tables.ts';

/** How much an installation is used, in a month. */
export interface Usage {
  /** Findings that are remediated. */
  readonly findings: number;
  /** Findings of which people ask for a preview. */
  readonly previewed: number;
  /** Other failed findings that come in, of which nothing is made. */
  readonly ignored: number;
  readonly accounts: number;
  readonly regions: number;
  /** Days that history is kept: the table holds so many days of findings. */
  readonly historyDays: number;
  /** Users of the web console. */
  readonly users: number;
  /** Whether metrics are on, and whether each control has its own. */
  readonly metrics: 'no' | 'all' | 'per-control';
}

/** What happens to findings; each costs in proportion to their number. */
const KINDS = ['fixed', 'previewed', 'ignored'] as const;
export type Kind = (typeof KINDS)[number];

export type CostPart = 'idle-admin' | 'idle-members' | Kind | 'metrics';

/** One line of the bill: so many units, and what they cost in a month. */
export interface CostLine {
  readonly part: CostPart;
  readonly what: string;
  readonly amount: number;
  /** Name of the price. */
  readonly price: string;
  readonly usd: number;
}

export interface CostInput {
  readonly admin: Inventory;
  /** The stacks of one member account and Region. */
  readonly member: readonly Inventory[];
  readonly tables: CostTables;
  readonly usage: Usage;
}

export interface MonthlyCost {
  readonly lines: readonly CostLine[];
  /** USD of 1,000 findings of each kind, however many there are; metrics, billed by the hour, are no part of it. */
  readonly perThousand: Readonly<Record<Kind, number>>;
  /** Names of the counts that went into the lines and into `perThousand`, and those of the prices. */
  readonly counts: ReadonlySet<string>;
  readonly prices: ReadonlySet<string>;
}

/** What an installation costs in a month, line by line; lines of nothing are left out. Throws when a table lacks a name. */
export function monthlyCost(input: CostInput): MonthlyCost {
  const { tables, usage, admin } = input;
  const usedCounts = new Set<string>();
  const usedPrices = new Set<string>();
  const count: CountOf = (name) => {
    const found = tables.counts.get(name);
    if (found === undefined) throw new Error(`counts.yaml and assumptions.yaml have no ${name}`);
    usedCounts.add(name);
    return found.value;
  };
  const addTo =
    (lines: CostLine[], part: CostPart): Add =>
    (what, amount, price) => {
      const found = tables.prices.get(price);
      if (found === undefined) throw new Error(`prices.yaml has no ${price}`);
      if (amount <= 0) return;
      usedPrices.add(price);
      lines.push({ part, what, amount, price, usd: amount * found.usd });
    };
  const lines: CostLine[] = [];
  idleAdmin(input, count, addTo(lines, 'idle-admin'));
  idleMembers(input, count, addTo(lines, 'idle-members'));
  const linesOf = (kind: Kind, findings: number): readonly CostLine[] => {
    const own: CostLine[] = [];
    const { historyDays } = usage;
    findingCosts({ kind, findings, historyDays, admin }, count, addTo(own, kind));
    return own;
  };
  const numbers = { fixed: usage.findings, previewed: usage.previewed, ignored: usage.ignored };
  for (const kind of KINDS) lines.push(...linesOf(kind, numbers[kind]));
  metricCosts({ numbers, metrics: usage.metrics, tables }, count, addTo(lines, 'metrics'));
  const perThousand = (kind: Kind): number =>
    linesOf(kind, 1000).reduce((sum, { usd }) => sum + usd, 0);
  return {
    lines,
    perThousand: {
      fixed: perThousand('fixed'),
      previewed: perThousand('previewed'),
      ignored: perThousand('ignored'),
    },
    counts: usedCounts,
    prices: usedPrices,
  };
}

function idleAdmin({ admin, usage }: CostInput, count: CountOf, add: Add): void {
  add('alarms', admin.alarmMetrics, 'alarmMonth');
  add('dashboard', admin.dashboards, 'dashboardMonth');
  add('keys', admin.keys, 'keyMonth');
  add('secrets', admin.secrets, 'secretMonth');
  add('polls of the queues', admin.pollers * count('pollsPerMinute') * 60 * HOURS, 'sqsRequest');
  for (const { runs, memory } of admin.schedules) {
    add('sweep, requests', runs, 'lambdaRequest');
    add('sweep, time', gigabyteSeconds(runs * count('sweepSeconds'), memory), 'lambdaGbSecond');
    add('sweep, reads', runs * count('sweep.readUnits'), 'readUnit');
    add('sweep, logs', gigabytes(runs * count('lambdaLogKilobytes')), 'logGb');
  }
  // The sweep alone keeps one table in use all the time.
  if (admin.tables > 0 && admin.schedules.length > 0)
    add('key of the table', count('tableKeyRequestsPerHour') * HOURS, 'keyRequest');
  if (admin.userPools > 0) webConsole(admin, usage.users, count, add);
}

function webConsole(admin: Inventory, users: number, count: CountOf, add: Add): void {
  const requests = users * count('userRequests');
  const seconds = requests * count('userRequestSeconds');
  add('web console, users', users, 'activeUser');
  add('web console, requests', requests, 'apiRequest');
  add('web console, function requests', requests, 'lambdaRequest');
  const time = gigabyteSeconds(seconds, memoryOf(admin, 'ConsoleFunction'));
  add('web console, function time', time, 'lambdaGbSecond');
  add('web console, reads', requests * count('userReadUnits'), 'readUnit');
  add('web console, logs', gigabytes(requests * count('lambdaLogKilobytes')), 'logGb');
}

/** Nothing, unless something was chosen: that is a promise of the member stacks. */
function idleMembers({ member, usage }: CostInput, count: CountOf, add: Add): void {
  const places = usage.accounts * usage.regions;
  const inAll = (field: 'alarmMetrics' | 'dashboards' | 'keys' | 'secrets' | 'trails'): number =>
    member.reduce((sum, one) => sum + one[field], 0) * places;
  add('alarms in member accounts', inAll('alarmMetrics'), 'alarmMonth');
  add('dashboards in member accounts', inAll('dashboards'), 'dashboardMonth');
  add('keys in member accounts', inAll('keys'), 'keyMonth');
  add('secrets in member accounts', inAll('secrets'), 'secretMonth');
  // The first copy of an event is free, and most accounts have a trail already.
  const trails = inAll('trails');
  if (trails > 0) add('action log, events', trails * count('writeEventsPerRegion'), 'trailEvent');
}
