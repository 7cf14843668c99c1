import type { Kind, Usage } from './cost.ts';
import { gigabytes, gigabyteSeconds, HOURS, memoryOf } from './inventory.ts';
import type { Inventory } from './inventory.ts';
import type { CostTables } from './tables.ts';

export type Add = (what: string, amount: number, price: string) => void;
/** A count by its name; throws when there is none. */
export type CountOf = (name: string) => number;

interface Findings {
  readonly kind: Kind;
  readonly findings: number;
  readonly historyDays: number;
  readonly admin: Inventory;
}

/** Further looks at an automation add to these. */
const LOOKED = ['looks', 'transitions', 'historyEvents'];

/** What findings of one kind cost, in proportion to their number. */
export function findingCosts(
  { kind, findings, historyDays, admin }: Findings,
  count: CountOf,
  add: Add,
): void {
  const own = (name: string): number => findings * count(`${kind}.${name}`);
  // They were counted with one look.
  const moreLooks = own('looks') === 0 ? 0 : own('looks') * (count('looks') - 1);
  const amount = (name: string): number =>
    own(name) + (LOOKED.includes(name) && moreLooks !== 0 ? moreLooks * count(`look.${name}`) : 0);
  add('automation steps (member accounts)', own('automationSteps'), 'automationStep');
  const scripts = own('starts');
  if (scripts > 0)
    add('script seconds (member accounts)', scripts * count('scriptSeconds'), 'scriptSecond');
  add('state transitions', amount('transitions'), 'transition');
  const runs = own('ingests') + own('starts') + amount('looks') + own('finishes');
  add('function requests', runs, 'lambdaRequest');
  // Of what comes in, one is worked on; the rest comes from our own updates.
  const worked = kind === 'ignored' ? 0 : findings;
  const times = [
    [worked, 'ingestSeconds', 'IngestFunction'],
    [own('ingests') - worked, 'ignoredSeconds', 'IngestFunction'],
    [own('starts'), 'startSeconds', 'StartFunction'],
    [amount('looks'), 'lookSeconds', 'CheckFunction'],
    [own('finishes'), 'finishSeconds', 'FinishFunction'],
  ] as const;
  const time = times.map(([number, seconds, id]) =>
    number === 0 ? 0 : gigabyteSeconds(number * count(seconds), memoryOf(admin, id)),
  );
  add('function time', sum(time), 'lambdaGbSecond');
  add('queue requests', own('ingests') * count('queueRequests'), 'sqsRequest');
  add('writes', own('writeUnits'), 'writeUnit');
  add('reads', own('readUnits'), 'readUnit');
  const months = historyDays / (365 / 12);
  const history = gigabytes(own('historyKilobytes') * months);
  const indexes = gigabytes(own('indexKilobytes') * months);
  add('history, once it is full', history + indexes, 'tableGbMonth');
  add('recovery of the history', history, 'recoveryGbMonth');
  add('events', own('customEvents'), 'customEvent');
  const publishes = own('publishes');
  add('notifications', publishes, 'publish');
  if (publishes > 0) {
    add('emails', publishes * count('emails'), 'email');
    add('requests to keys', publishes * count('keyRequests'), 'keyRequest');
  }
  const executions = amount('historyEvents');
  const logged =
    own('logKilobytes') +
    runs * count('lambdaLogKilobytes') +
    (executions === 0 ? 0 : executions * count('eventLogKilobytes'));
  add('logs', gigabytes(logged), 'logGb');
  add('logs kept, before compression', gigabytes(logged) * count('logMonths'), 'logGbMonth');
}

interface Metrics {
  readonly numbers: Readonly<Record<Kind, number>>;
  readonly metrics: Usage['metrics'];
  readonly tables: CostTables;
}

/**
 * Metrics of the functions. Each is billed for the hours in which it counts something: never for more hours than there
 * are findings that it counts, and never for more than a month has.
 */
export function metricCosts({ numbers, metrics, tables }: Metrics, count: CountOf, add: Add): void {
  if (metrics === 'no') return;
  const findings = new Map<string, number>();
  for (const name of tables.counts.keys()) {
    const [, kind, metric] = /^(fixed|previewed|ignored)\.metric(\w+)$/u.exec(name) ?? [];
    if (kind === undefined || metric === undefined) continue;
    const more = numbers[kind as Kind] * count(name);
    findings.set(metric, (findings.get(metric) ?? 0) + more);
  }
  const hours = sum([...findings.values()].map((number) => Math.min(number, HOURS)));
  add('metrics', hours / HOURS, 'metricMonth');
  // Each end of an attempt counts under its control too.
  if (metrics === 'per-control')
    add('metrics for each control', (numbers.fixed + numbers.previewed) / HOURS, 'metricMonth');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
