import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A list price. */
export interface Price {
  readonly usd: number;
  readonly unit: string;
  /** Title of AWS's page that has it. */
  readonly page: string;
  readonly checked: 'page' | 'quoted' | 'unverified' | 'given';
  /** Where and of what date it was read. */
  readonly seen: string;
  /** Units that AWS gives to each account each month, for as long as it likes. Never subtracted here. */
  readonly free?: number;
}

/** How often or how much of something. */
export interface Count {
  readonly value: number;
  readonly basis: 'measured' | 'stated' | 'assumed' | 'given';
  readonly from: string;
}

/** What `asr cost` calculates with. */
export interface CostTables {
  readonly region: string;
  /** When the prices were looked up. */
  readonly date: string;
  readonly prices: ReadonlyMap<string, Price>;
  /** Those that were measured are named after what happens: `fixed.writeUnits`. */
  readonly counts: ReadonlyMap<string, Count>;
  /** Types of resources without a standing price. */
  readonly free: ReadonlySet<string>;
}

interface PriceFile {
  readonly region: string;
  readonly date: string;
  readonly prices: Readonly<Record<string, Price>>;
  readonly free: readonly string[];
}

const MEASURED = 'a finding of EC2.2 in the end-to-end tests (test/bench/cost-counts.ts)';

/** Reads prices.yaml, assumptions.yaml and counts.yaml, which stand beside this file. */
export function readCostTables(): CostTables {
  const { region, date, prices, free } = readTable('prices') as PriceFile;
  const { assumptions } = readTable('assumptions') as {
    readonly assumptions: Readonly<Record<string, Count>>;
  };
  const measured = readTable('counts') as Readonly<
    Record<string, Readonly<Record<string, number>>>
  >;
  const counts = Object.entries(measured).flatMap(([kind, amounts]) =>
    Object.entries(amounts).map(([name, value]): readonly [string, Count] => [
      `${kind}.${name}`,
      { value, basis: 'measured', from: MEASURED },
    ]),
  );
  return {
    region,
    date,
    prices: new Map(Object.entries(prices)),
    counts: new Map([...counts, ...Object.entries(assumptions)]),
    free: new Set(free),
  };
}

function readTable(name: string): unknown {
  return parse(readFileSync(new URL(`./${name}.yaml`, import.meta.url), 'utf8'));
}

/** The tables with some values replaced. Throws `RangeError` for a name that neither table has. */
export function withValues(tables: CostTables, values: ReadonlyMap<string, number>): CostTables {
  const prices = new Map(tables.prices);
  const counts = new Map(tables.counts);
  for (const [name, value] of values) {
    const price = prices.get(name);
    const count = counts.get(name);
    if (price !== undefined) prices.set(name, { ...price, usd: value, checked: 'given' });
    else if (count !== undefined) counts.set(name, { ...count, value, basis: 'given' });
    else throw new RangeError(name);
  }
  return { ...tables, prices, counts };
}
