import type { CostPart } from '../cost/cost.ts';
import type { CostReport } from '../cost/report.ts';
import type { Count, Price } from '../cost/tables.ts';
import { table } from './print.ts';

const PARTS: Readonly<Record<CostPart, string>> = {
  'idle-admin': 'Administrator account, idle',
  'idle-members': 'Member accounts, idle',
  fixed: 'Remediated findings',
  previewed: 'Previewed findings',
  ignored: 'Findings left alone',
  metrics: 'Metrics, at most',
};

/** The report for people: where the money goes, and how far the numbers can be trusted. */
export function costText(report: CostReport): string {
  const { usage, monthly, perThousand } = report;
  const parts = (Object.keys(PARTS) as readonly CostPart[]).flatMap((part) => {
    const lines = report.lines.filter((one) => one.part === part);
    const rows = lines.map(({ what, amount, usd }) => [`  ${what}`, units(amount), dollars(usd)]);
    const head = `${PARTS[part]}: ${dollars(monthly[part])} USD a month`;
    return rows.length === 0 ? [head] : [`${head}\n${table(rows)}`];
  });
  return [
    `List prices of ${report.region}, looked up on ${report.pricesOf}. In a month: ${count(usage.findings)} findings remediated, ${count(usage.previewed)} previewed, ${count(usage.ignored)} left alone; ${count(usage.accounts)} accounts, ${count(usage.regions)} Regions.`,
    ...parts,
    [
      `In all ${dollars(monthly.total)} USD a month.`,
      `Per 1,000 findings ${dollars(perThousand.fixed)} USD remediated, ${dollars(perThousand.previewed)} USD previewed, ${dollars(perThousand.ignored)} USD left alone.`,
    ].join('\n'),
    basisOf(report).join('\n'),
    [freeOf(report), ...report.notes].join('\n'),
  ].join('\n\n');
}

/** How far the numbers can be trusted; --json says where each comes from. */
function basisOf({ prices, counts }: CostReport): readonly string[] {
  const pricesThat = (checked: Price['checked']): readonly string[] =>
    Object.entries(prices).flatMap(([name, one]) => (one.checked === checked ? [name] : []));
  const countsThat = (basis: Count['basis']): readonly string[] =>
    Object.entries(counts).flatMap(([name, one]) =>
      one.basis === basis && one.value !== 0 ? [`${name}=${one.value}`] : [],
    );
  const isMeasured = Object.values(counts).some(({ basis }) => basis === 'measured');
  const rows = [
    ['Prices read on pages of AWS', pricesThat('page')],
    ['Prices that others quote from AWS', pricesThat('quoted')],
    ['Prices that are not verified', pricesThat('unverified')],
    ['Prices and counts that you gave', [...pricesThat('given'), ...countsThat('given')]],
    ['Counts that were measured', isMeasured ? ['those of generator/cost/counts.yaml'] : []],
    ['Counts that AWS or the templates state', countsThat('stated')],
    ['Counts that are estimates', countsThat('assumed')],
  ] as const;
  return rows.flatMap(([what, names]) =>
    names.length === 0 ? [] : [`${what}: ${names.join(', ')}.`],
  );
}

/** What AWS gives to every account for nothing, which other things in the account may have used up. */
function freeOf({ prices }: CostReport): string {
  const given = Object.entries(prices).flatMap(([name, { free }]) =>
    free === undefined ? [] : [`${name} ${count(free)}`],
  );
  return `Free in each account and month, not subtracted: ${given.join(', ')}.`;
}

function units(amount: number): string {
  const digits = amount >= 100 ? 0 : amount >= 1 ? 1 : 4;
  return amount.toLocaleString('en-US', { maximumFractionDigits: digits });
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function dollars(usd: number): string {
  if (usd > 0 && usd < 0.005) return '<0.01';
  return usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
