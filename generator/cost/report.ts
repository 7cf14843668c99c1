import type { CostLine, CostPart, MonthlyCost, Usage } from './cost.ts';
import type { CostTables, Count, Price } from './tables.ts';

/** What `asr cost` answers, in USD. */
export interface CostReport {
  readonly region: string;
  /** When the prices were looked up. */
  readonly pricesOf: string;
  readonly usage: Usage;
  readonly lines: readonly CostLine[];
  readonly monthly: Readonly<Record<CostPart, number>> & { readonly total: number };
  /** Of 1,000 remediations, and of 1,000 events of which nothing comes. */
  readonly perThousand: { readonly remediations: number; readonly ignored: number };
  /** The prices and counts behind the lines, with where they come from. */
  readonly prices: Readonly<Record<string, Price>>;
  readonly counts: Readonly<Record<string, Count>>;
  readonly notes: readonly string[];
}

/** Sums up the lines and says what they rest on. */
export function costReport(
  { lines, counts }: MonthlyCost,
  tables: CostTables,
  usage: Usage,
): CostReport {
  const of = (part: CostPart): number =>
    lines.reduce((sum, one) => (one.part === part ? sum + one.usd : sum), 0);
  const monthly = {
    'idle-admin': of('idle-admin'),
    'idle-members': of('idle-members'),
    remediations: of('remediations'),
    ignored: of('ignored'),
  };
  const total = Object.values(monthly).reduce((sum, usd) => sum + usd, 0);
  const perThousand = (usd: number, count: number): number =>
    count === 0 ? 0 : (usd / count) * 1000;
  return {
    region: tables.region,
    pricesOf: tables.date,
    usage,
    lines,
    monthly: { ...monthly, total },
    perThousand: {
      remediations: perThousand(monthly.remediations, usage.findings),
      ignored: perThousand(monthly.ignored, usage.ignored),
    },
    prices: chosen(tables.prices, new Set(lines.map(({ price }) => price))),
    counts: chosen(tables.counts, counts),
    notes: NOTES,
  };
}

const NOTES = [
  'List prices without free tiers, taxes and discounts; other Regions differ.',
  'A key costs 1 USD a month more after each of its first two rotations.',
  'Not included: what remediations turn on (encryption, logs, backups), AWS Security Hub and AWS Config themselves, tickets, data transfer.',
];

function chosen<T>(
  all: ReadonlyMap<string, T>,
  names: ReadonlySet<string>,
): Readonly<Record<string, T>> {
  return Object.fromEntries([...all].filter(([name]) => names.has(name)));
}
