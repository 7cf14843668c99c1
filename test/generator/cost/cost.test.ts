import { describe, expect, it } from 'vitest';
import { monthlyCost } from '../../../generator/cost/cost.ts';
import type { CostPart, Usage } from '../../../generator/cost/cost.ts';
import type { Inventory } from '../../../generator/cost/inventory.ts';
import { costReport } from '../../../generator/cost/report.ts';
import { readCostTables, withValues } from '../../../generator/cost/tables.ts';

const tables = readCostTables();
const nothing: Inventory = {
  alarmMetrics: 0,
  dashboards: 0,
  keys: 0,
  secrets: 0,
  trails: 0,
  userPools: 0,
  pollers: 0,
  tables: 0,
  schedules: [],
  memory: new Map(),
  unpriced: [],
};
const admin: Inventory = {
  ...nothing,
  alarmMetrics: 8,
  dashboards: 1,
  keys: 1,
  pollers: 2,
  tables: 2,
  schedules: [{ runs: 43_800, memory: 256 }],
  memory: new Map([
    ['IngestFunction', 512],
    ['StartFunction', 512],
    ['CheckFunction', 256],
    ['FinishFunction', 256],
  ]),
};
const usage: Usage = {
  findings: 1000,
  ignored: 0,
  accounts: 50,
  regions: 4,
  historyDays: 365,
  users: 5,
  metrics: 'all',
};

function usd(
  part: CostPart,
  input: Partial<Parameters<typeof monthlyCost>[0]> = {},
): Readonly<Record<string, number>> {
  const { lines } = monthlyCost({ admin, member: [nothing, nothing], tables, usage, ...input });
  return Object.fromEntries(
    lines.filter((one) => one.part === part).map(({ what, usd: cost }) => [what, cost]),
  );
}

const total = (lines: Readonly<Record<string, number>>): number =>
  Object.values(lines).reduce((sum, cost) => sum + cost, 0);

describe('an idle installation', () => {
  it('costs what stands in the administrator account', () => {
    const lines = usd('idle-admin');
    expect(lines).toMatchObject({ alarms: 0.8, dashboard: 3, keys: 1 });
    // Two queues, 15 polls a minute: 1,314,000 requests of 0.40 USD a million.
    expect(lines['polls of the queues']).toBeCloseTo(0.5256, 4);
    // 43,800 runs of a tenth of a second with a quarter of a gigabyte.
    expect(lines['sweep, time']).toBeCloseTo(1095 * 0.0000166667, 6);
    expect(total(lines)).toBeCloseTo(5.41, 1);
  });

  it('costs nothing in member accounts', () => {
    expect(usd('idle-members')).toEqual({});
  });

  it('costs what members chose, in every account and Region', () => {
    const member = [nothing, { ...nothing, trails: 1, keys: 1 }];
    const lines = usd('idle-members', { member });
    expect(Object.keys(lines)).toEqual(['keys in member accounts', 'action log, events']);
    expect(lines['keys in member accounts']).toBe(200);
    expect(lines['action log, events']).toBeCloseTo(400, 6);
  });

  it('costs its users, when the web console is there', () => {
    const withConsole = { ...admin, userPools: 1 };
    expect(usd('idle-admin', { admin: withConsole })['users of the web console']).toBeCloseTo(
      5 * 0.015,
      6,
    );
    expect(usd('idle-admin')).not.toHaveProperty('users of the web console');
  });
});

describe('a thousand remediations', () => {
  it('cost mostly the steps in the member accounts', () => {
    const lines = usd('remediations');
    expect(lines['automation steps (member accounts)']).toBeCloseTo(4, 6);
    expect(lines['script seconds (member accounts)']).toBeCloseTo(0.18, 6);
    // Three transitions, and three more for each of two looks.
    expect(lines['state transitions']).toBeCloseTo(0.225, 6);
    expect(lines['writes']).toBeCloseTo(59_000 * 0.000000625, 6);
    expect(total(lines)).toBeCloseTo(5.48, 1);
  });

  it('cost in proportion, apart from metrics', () => {
    const twice = { ...usage, findings: 2000 };
    const { metrics: one = 0, ...rest } = usd('remediations');
    const { metrics: two = 0, ...more } = usd('remediations', { usage: twice });
    expect(total(more)).toBeCloseTo(2 * total(rest), 6);
    expect(two).toBe(one);
  });

  it('keep the history that people ask for', () => {
    const lines = usd('remediations', { usage: { ...usage, historyDays: 3650 } });
    expect(lines['history, once it is full']).toBeCloseTo(
      10 * (usd('remediations')['history, once it is full'] ?? 0),
      6,
    );
  });

  it('cost metrics only for the hours in which something is counted', () => {
    const cost = (change: Partial<Usage>): number =>
      usd('remediations', { usage: { ...usage, ...change } })['metrics'] ?? 0;
    expect(cost({ metrics: 'no' })).toBe(0);
    expect(cost({})).toBeCloseTo(3 * 0.3, 6);
    expect(cost({ findings: 73 })).toBeCloseTo(3 * 0.03, 6);
    expect(cost({ metrics: 'per-control' })).toBeCloseTo(0.9 + (1000 / 730) * 0.3, 6);
  });
});

describe('events of which nothing comes', () => {
  it('cost a fraction of a remediation', () => {
    const ignored = { ...usage, findings: 0, ignored: 1000 };
    const { metrics = 0, ...rest } = usd('ignored', { usage: ignored });
    expect(metrics).toBeCloseTo(0.3, 6);
    expect(total(rest)).toBeLessThan(0.01);
    expect(usd('remediations', { usage: ignored })).toEqual({});
  });
});

describe('the report', () => {
  const cost = monthlyCost({ admin, member: [nothing], tables, usage: { ...usage, ignored: 500 } });

  it('adds up', () => {
    const { monthly, perThousand } = costReport(cost, tables, { ...usage, ignored: 500 });
    const { total: all, ...parts } = monthly;
    expect(all).toBeCloseTo(total(parts), 9);
    expect(all).toBeCloseTo(
      total(Object.fromEntries(cost.lines.map((one, at) => [at, one.usd]))),
      9,
    );
    expect(perThousand.remediations).toBe(monthly.remediations);
    expect(perThousand.ignored).toBeCloseTo(2 * monthly.ignored, 9);
  });

  it('says what it rests on, and nothing else', () => {
    const { prices, counts } = costReport(cost, tables, usage);
    expect(prices['transition']).toEqual({
      usd: 0.000025,
      unit: 'state transition',
      page: 'AWS Step Functions Pricing',
      checked: 'page',
    });
    expect(prices).not.toHaveProperty('trailEvent');
    expect(counts).toHaveProperty('looks');
    expect(counts).not.toHaveProperty('writeEventsPerRegion');
  });
});

describe("values of one's own", () => {
  it('replace prices and counts, and are marked', () => {
    const own = withValues(
      tables,
      new Map([
        ['automationStep', 0.001],
        ['scriptSeconds', 0],
      ]),
    );
    const lines = usd('remediations', { tables: own });
    expect(lines['automation steps (member accounts)']).toBeCloseTo(2, 6);
    expect(lines).not.toHaveProperty('script seconds (member accounts)');
    expect(own.prices.get('automationStep')?.checked).toBe('given');
    expect(own.counts.get('scriptSeconds')?.basis).toBe('given');
    expect(tables.prices.get('automationStep')?.usd).toBe(0.002);
  });

  it('must have a name that is there', () => {
    expect(() => withValues(tables, new Map([['nothing', 1]]))).toThrow(RangeError);
  });

  it('can not be left out of the tables', () => {
    expect(() => usd('remediations', { tables: { ...tables, counts: new Map() } })).toThrow(
      'counts.yaml has no pollsPerMinute',
    );
    expect(() => usd('remediations', { tables: { ...tables, prices: new Map() } })).toThrow(
      'prices.yaml has no alarmMonth',
    );
    expect(() => usd('remediations', { admin: nothing })).toThrow(
      'The administrator template has no function IngestFunction',
    );
  });
});
