import { HOURS } from './inventory.ts';
import type { Inventory } from './inventory.ts';
import type { CostTables } from './tables.ts';

/** How much an installation is used, in a month. */
export interface Usage {
  /** Findings that are remediated. */
  readonly findings: number;
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

export type CostPart = 'idle-admin' | 'idle-members' | 'remediations' | 'ignored';

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

type Add = (what: string, amount: number, price: string) => void;
type CountOf = (name: string) => number;

export interface MonthlyCost {
  readonly lines: readonly CostLine[];
  /** Names of the counts that went into the lines. */
  readonly counts: ReadonlySet<string>;
}

/** What an installation costs in a month, line by line; lines of nothing are left out. Throws when a table lacks a name. */
export function monthlyCost(input: CostInput): MonthlyCost {
  const { prices, counts } = input.tables;
  const used = new Set<string>();
  const count: CountOf = (name) => {
    const found = counts.get(name);
    if (found === undefined) throw new Error(`counts.yaml has no ${name}`);
    used.add(name);
    return found.value;
  };
  const lines: CostLine[] = [];
  const addTo =
    (part: CostPart): Add =>
    (what, amount, price) => {
      const found = prices.get(price);
      if (found === undefined) throw new Error(`prices.yaml has no ${price}`);
      if (amount > 0) lines.push({ part, what, amount, price, usd: amount * found.usd });
    };
  idleAdmin(input, count, addTo('idle-admin'));
  idleMembers(input, count, addTo('idle-members'));
  remediations(input, count, addTo('remediations'));
  ignoredEvents(input, count, addTo('ignored'));
  return { lines, counts: used };
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
    add('sweep, reads', runs * count('sweepReadUnits'), 'readUnit');
    add('sweep, logs', gigabytes(runs * count('sweepLogKilobytes')), 'logGb');
  }
  // The sweep alone keeps one table in use all the time.
  if (admin.tables > 0 && admin.schedules.length > 0)
    add('key of the table', count('tableKeyRequestsPerHour') * HOURS, 'keyRequest');
  if (admin.userPools > 0) {
    add('users of the web console', usage.users, 'activeUser');
    add('requests to the web console', usage.users * count('userRequests'), 'apiRequest');
  }
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

function remediations({ admin, usage }: CostInput, count: CountOf, add: Add): void {
  const { findings } = usage;
  const echoes = findings * count('echoes');
  const looks = findings * count('looks');
  add('automation steps (member accounts)', findings * count('automationSteps'), 'automationStep');
  add('script seconds (member accounts)', findings * count('scriptSeconds'), 'scriptSecond');
  const transitions = findings * count('transitions') + looks * count('transitionsPerLook');
  add('state transitions', transitions, 'transition');
  add('function requests', findings * 3 + echoes + looks, 'lambdaRequest');
  const seconds = [
    [findings * count('ingestSeconds') + echoes * count('ignoredSeconds'), 'IngestFunction'],
    [findings * count('startSeconds'), 'StartFunction'],
    [looks * count('lookSeconds'), 'CheckFunction'],
    [findings * count('finishSeconds'), 'FinishFunction'],
  ] as const;
  const time = seconds.map(([all, id]) => gigabyteSeconds(all, memoryOf(admin, id)));
  add('function time', sum(time), 'lambdaGbSecond');
  add('queue requests', (findings + echoes) * count('queueRequests'), 'sqsRequest');
  add('writes', findings * count('writeUnits'), 'writeUnit');
  const reads = findings * count('readUnits') + echoes * count('ignoredReadUnits');
  add('reads', reads, 'readUnit');
  const months = usage.historyDays / (365 / 12);
  const kept = gigabytes(findings * months * count('storedKilobytes'));
  add('history, once it is full', kept * (1 + count('indexCopies')), 'tableGbMonth');
  add('recovery of the history', kept, 'recoveryGbMonth');
  add('events', findings * count('customEvents'), 'customEvent');
  add('notifications', findings * count('publishes'), 'publish');
  add('emails', findings * count('emails'), 'email');
  add('requests to keys', findings * count('keyRequests'), 'keyRequest');
  const logs = gigabytes(findings * count('logKilobytes'));
  add('logs', logs, 'logGb');
  add('logs kept, before compression', logs * count('logMonths'), 'logGbMonth');
  add('metrics', metricMonths(usage, count), 'metricMonth');
}

function ignoredEvents({ admin, usage }: CostInput, count: CountOf, add: Add): void {
  const { ignored } = usage;
  add('function requests', ignored, 'lambdaRequest');
  const time = ignored * count('ignoredSeconds');
  add('function time', gigabyteSeconds(time, memoryOf(admin, 'IngestFunction')), 'lambdaGbSecond');
  add('queue requests', ignored * count('queueRequests'), 'sqsRequest');
  add('reads', ignored * count('ignoredReadUnits'), 'readUnit');
  add('logs', gigabytes(ignored * count('ignoredLogKilobytes')), 'logGb');
  if (usage.metrics !== 'no') add('metrics', Math.min(1, ignored / HOURS), 'metricMonth');
}

/** A metric is billed for the hours in which it counts something: never for more hours than there are findings. */
function metricMonths({ findings, metrics }: Usage, count: CountOf): number {
  if (metrics === 'no') return 0;
  const shared = count('metricsTouched') * Math.min(1, findings / HOURS);
  return metrics === 'all' ? shared : shared + findings / HOURS;
}

function memoryOf({ memory }: Inventory, id: string): number {
  const found = memory.get(id);
  if (found === undefined) throw new Error(`The administrator template has no function ${id}`);
  return found;
}

function gigabyteSeconds(seconds: number, megabytes: number): number {
  return (seconds * megabytes) / 1024;
}

function gigabytes(kilobytes: number): number {
  return kilobytes / 1024 / 1024;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
