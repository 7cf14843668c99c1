import { evaluateCondition, scopeOf, textOf } from '../deploy/intrinsics.ts';
import type { Template, TemplateResource } from '../emit/types.ts';
import type { CostTables } from './tables.ts';

/** Hours of a month, as AWS counts them for prices by month. */
export const HOURS = 730;

/** What of a template costs money, with the given parameters. */
export interface Inventory {
  /** Metrics in alarms; CloudWatch counts an alarm on an expression once for each metric in it. */
  readonly alarmMetrics: number;
  readonly dashboards: number;
  readonly keys: number;
  readonly secrets: number;
  readonly trails: number;
  readonly userPools: number;
  /** Queues that a function polls. */
  readonly pollers: number;
  readonly tables: number;
  /** Runs a month of each rule with a schedule, and the memory of the function it calls. */
  readonly schedules: readonly { readonly runs: number; readonly memory: number }[];
  /** Megabytes of each function, by logical id. */
  readonly memory: ReadonlyMap<string, number>;
  /** Types whose price nobody has entered; what they cost is missing in every sum. */
  readonly unpriced: readonly string[];
}

/** Types with a standing price, which the fields of the inventory count. */
const PRICED = {
  alarm: 'AWS::CloudWatch::Alarm',
  dashboard: 'AWS::CloudWatch::Dashboard',
  key: 'AWS::KMS::Key',
  secret: 'AWS::SecretsManager::Secret',
  trail: 'AWS::CloudTrail::Trail',
} as const;

/**
 * Counts what a stack of this template would have. `given` are parameters that differ from their defaults. A resource
 * whose condition can't be evaluated counts.
 */
export function takeInventory(
  template: Template,
  given: Readonly<Record<string, string>>,
  { free }: Pick<CostTables, 'free'>,
): Inventory {
  const all = presentResources(template, given);
  const ofType = (type: string): readonly TemplateResource[] =>
    all.flatMap(([, resource]) => (resource.Type === type ? [resource] : []));
  const memory = new Map(
    all.flatMap(([id, { Type, Properties }]) =>
      Type === 'AWS::Lambda::Function'
        ? [[id, Number(Properties?.['MemorySize'] ?? DEFAULT_MEMORY)] as const]
        : [],
    ),
  );
  const known = new Set<string>([...free, ...Object.values(PRICED)]);
  const schedules = ofType('AWS::Events::Rule').map((rule) => toSchedule(rule, memory));
  return {
    alarmMetrics: ofType(PRICED.alarm).reduce((sum, alarm) => sum + metricsOf(alarm), 0),
    dashboards: ofType(PRICED.dashboard).length,
    keys: ofType(PRICED.key).length,
    secrets: ofType(PRICED.secret).length,
    trails: ofType(PRICED.trail).length,
    userPools: ofType('AWS::Cognito::UserPool').length,
    pollers: ofType('AWS::Lambda::EventSourceMapping').length,
    tables: ofType('AWS::DynamoDB::Table').length,
    schedules: schedules.flatMap((one) => one ?? []),
    memory,
    unpriced: [...new Set(all.map(([, { Type }]) => Type))]
      .filter((type) => !known.has(type) && !type.startsWith('Custom::'))
      .toSorted(),
  };
}

/** Megabytes of a function that says nothing (AWS::Lambda::Function, MemorySize). */
const DEFAULT_MEMORY = 128;

function presentResources(
  template: Template,
  given: Readonly<Record<string, string>>,
): readonly (readonly [string, TemplateResource])[] {
  const defaults = Object.entries(template.Parameters ?? {}).flatMap(([name, { Default }]) =>
    Default === undefined ? [] : [[name, textOf(Default) ?? ''] as const],
  );
  const parameters = new Map([
    ['AWS::Partition', 'aws'],
    ['AWS::Region', 'us-east-1'],
    ...defaults,
    ...Object.entries(given),
  ]);
  const scope = scopeOf(template, parameters);
  return Object.entries(template.Resources).filter(
    ([, { Condition: condition }]) =>
      condition === undefined || evaluateCondition({ Condition: condition }, scope) !== false,
  );
}

function metricsOf({ Properties: properties }: TemplateResource): number {
  const metrics = properties?.['Metrics'];
  if (!Array.isArray(metrics)) return 1;
  return metrics.filter((one: object) => 'MetricStat' in one).length;
}

const HOURS_OF: Readonly<Record<string, number>> = { minute: 1 / 60, hour: 1, day: 24 };

/** Runs of `rate(<n> <unit>)`; undefined for rules without such a schedule. */
function toSchedule(
  { Properties: properties }: TemplateResource,
  memory: ReadonlyMap<string, number>,
): Inventory['schedules'][number] | undefined {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/u.exec(
    textOf(properties?.['ScheduleExpression']) ?? '',
  );
  if (rate === null) return undefined;
  const hours = Number(rate[1]) * (HOURS_OF[rate[2] ?? ''] ?? 1);
  const targets = JSON.stringify(properties?.['Targets'] ?? []);
  const target = [...memory].find(([id]) => targets.includes(`"${id}"`));
  return { runs: HOURS / hours, memory: target?.[1] ?? DEFAULT_MEMORY };
}

/** Megabytes of a function. Throws when the template has none of that logical id. */
export function memoryOf({ memory }: Inventory, id: string): number {
  const found = memory.get(id);
  if (found === undefined) throw new Error(`The administrator template has no function ${id}`);
  return found;
}

/** Billed time of a function with so many megabytes. */
export function gigabyteSeconds(seconds: number, megabytes: number): number {
  return (seconds * megabytes) / 1024;
}

/** As AWS counts them: 1,024 each. */
export function gigabytes(kilobytes: number): number {
  return kilobytes / 1024 / 1024;
}
