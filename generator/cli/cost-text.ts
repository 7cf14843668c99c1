import type { CostPart } from '../cost/cost.ts';
import type { CostReport } from '../cost/report.ts';
import type { Count, Price } from '../cost/tables.ts';
import { table } from './print.ts';

const PARTS: Readonly<Record<CostPart, string>> = {
  'idle-admin': 'Administrator account, idle',
  'idle-members': 'Member accounts, idle',
  remediations: 'Remediations',
  ignored: 'Events of which nothing comes',
};

/** The report for people: where the money goes, and how far the numbers can be trusted. */
export function costText(report: CostReport): string {
  const { usage, monthly, perThousand } = report;
  const parts = (Object.keys(PARTS) as readonly CostPart[]).map((part) => {
    const lines = report.lines.filter((one) => one.part === part);
    const rows = lines.map(({ what, amount, usd }) => [`  ${what}`, units(amount), dollars(usd)]);
    const head = `${PARTS[part]}: ${dollars(monthly[part])} USD a month`;
    return rows.length === 0 ? head : `${head}\n${table(rows)}`;
  });
  return [
    `List prices of ${report.region}, ${report.pricesOf}. ${usage.findings} findings remediated and ${usage.ignored} left alone in a month, ${usage.accounts} accounts, ${usage.regions} Regions.`,
    ...parts,
    [
      `In all ${dollars(monthly.total)} USD a month.`,
      `Per 1,000 remediations ${dollars(perThousand.remediations)} USD; per 1,000 events of which nothing comes ${dollars(perThousand.ignored)} USD.`,
    ].join('\n'),
    basisOf(report).join('\n'),
    report.notes.join('\n'),
  ].join('\n\n');
}

/** How far the numbers can be trusted; --json says where each comes from. */
function basisOf({ prices, counts }: CostReport): readonly string[] {
  const pricesThat = (checked: Price['checked']): readonly string[] =>
    Object.entries(prices).flatMap(([name, one]) => (one.checked === checked ? [name] : []));
  const countsThat = (basis: Count['basis']): readonly string[] =>
    Object.entries(counts).flatMap(([name, one]) =>
      one.basis === basis ? [`${name}=${one.value}`] : [],
    );
  const rows = [
    ["Prices read on AWS's own pages", pricesThat('page')],
    ['Prices that others quote from them', pricesThat('quoted')],
    ['Prices that are not verified', pricesThat('unverified')],
    ['Prices and counts that you gave', [...pricesThat('given'), ...countsThat('given')]],
    ['Counts that were measured', countsThat('measured')],
    ['Counts that follow from the sources', countsThat('counted')],
    ['Counts that are estimates', countsThat('assumed')],
  ] as const;
  return rows.flatMap(([what, names]) =>
    names.length === 0 ? [] : [`${what}: ${names.join(', ')}.`],
  );
}

function units(amount: number): string {
  const digits = amount >= 100 ? 0 : amount >= 1 ? 1 : 4;
  return amount.toLocaleString('en-US', { maximumFractionDigits: digits });
}

function dollars(usd: number): string {
  return usd > 0 && usd < 0.005 ? '<0.01' : usd.toFixed(2);
}
