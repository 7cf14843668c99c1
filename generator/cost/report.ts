import type { CostLine, CostPart, Kind, MonthlyCost, Usage } from './cost.ts';
import type { CostTables, Count, Price } from './tables.ts';

/** What `asr cost` answers, in USD. */
export interface CostReport {
  readonly region: string;
  /** When the prices were looked up. */
  readonly pricesOf: string;
  readonly usage: Usage;
  readonly lines: readonly CostLine[];
  readonly monthly: Readonly<Record<CostPart, number>> & { readonly total: number };
  /** Of 1,000 findings of each kind, without metrics, which are billed by the hour. */
  readonly perThousand: Readonly<Record<Kind, number>>;
  /** The prices and counts behind the lines, with where they come from. */
  readonly prices: Readonly<Record<string, Price>>;
  readonly counts: Readonly<Record<string, Count>>;
  readonly notes: readonly string[];
}

/** Sums up the lines and says what they rest on. */
export function costReport(
  { lines, perThousand, counts, prices }: MonthlyCost,
  tables: CostTables,
  usage: Usage,
): CostReport {
  const of = (part: CostPart): number =>
    lines.reduce((sum, one) => (one.part === part ? sum + one.usd : sum), 0);
  const monthly = {
    'idle-admin': of('idle-admin'),
    'idle-members': of('idle-members'),
    fixed: of('fixed'),
    previewed: of('previewed'),
    ignored: of('ignored'),
    metrics: of('metrics'),
  };
  const total = Object.values(monthly).reduce((sum, usd) => sum + usd, 0);
  return {
    region: tables.region,
    pricesOf: tables.date,
    usage,
    lines,
    monthly: { ...monthly, total },
    perThousand,
    prices: chosen(tables.prices, prices),
    counts: chosen(tables.counts, counts),
    notes: NOTES,
  };
}

const NOTES = [
  'List prices of one Region, without free allowances, taxes and discounts; other Regions differ.',
  'A key costs 1 USD a month more after each of its first two rotations.',
  'Not included: what remediations turn on (encryption, logs, backups), AWS Security Hub and AWS Config themselves, tickets, data transfer, the bucket with the templates. Nothing here uses AWS X-Ray.',
];

function chosen<T>(
  all: ReadonlyMap<string, T>,
  names: ReadonlySet<string>,
): Readonly<Record<string, T>> {
  return Object.fromEntries([...all].filter(([name]) => names.has(name)));
}
