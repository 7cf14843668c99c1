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
    ['ConsoleFunction', 512],
  ]),
};
const usage: Usage = {
  findings: 1000,
  previewed: 0,
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
    const lines = usd('idle-admin', { admin: withConsole });
    expect(lines['web console, users']).toBeCloseTo(5 * 0.015, 6);
    // 2,000 requests each, of 0.3 seconds with half a gigabyte.
    expect(lines['web console, requests']).toBeCloseTo(0.01, 6);
    expect(lines['web console, function time']).toBeCloseTo(1500 * 0.0000166667, 6);
    expect(usd('idle-admin')).not.toHaveProperty('web console, users');
  });
});

/** Counts as if they had been measured. */
function withCounts(values: Readonly<Record<string, number>>) {
  return withValues(tables, new Map(Object.entries(values)));
}

describe('a thousand remediations', () => {
  it('cost mostly the steps in the member accounts', () => {
    const lines = usd('fixed');
    expect(lines['automation steps (member accounts)']).toBeCloseTo(4, 6);
    expect(lines['script seconds (member accounts)']).toBeCloseTo(0.18, 6);
    expect(total(lines)).toBeCloseTo(4.58, 1);
  });

  it('cost what was counted with one look at the automation, and more for each further look', () => {
    const counted = {
      'fixed.transitions': 6,
      'look.transitions': 3,
      'fixed.looks': 1,
      'look.looks': 1,
    };
    const transitions = (looks: number): number =>
      usd('fixed', { tables: withCounts({ ...counted, looks }) })['state transitions'] ?? 0;
    expect(transitions(1)).toBeCloseTo(6000 * 0.000025, 9);
    expect(transitions(2)).toBeCloseTo(9000 * 0.000025, 9);
    expect(transitions(4)).toBeCloseTo(15_000 * 0.000025, 9);
  });

  it('cost the units of the tables that were counted', () => {
    const counted = withCounts({ 'fixed.writeUnits': 55, 'fixed.readUnits': 26 });
    const lines = usd('fixed', { tables: counted });
    expect(lines['writes']).toBeCloseTo(55_000 * 0.000000625, 9);
    expect(lines['reads']).toBeCloseTo(26_000 * 0.000000125, 9);
  });

  it('keep the history that people ask for', () => {
    const lines = usd('fixed', { usage: { ...usage, historyDays: 3650 } });
    expect(lines['history, once it is full']).toBeCloseTo(
      10 * (usd('fixed')['history, once it is full'] ?? 0),
      6,
    );
  });
});

describe('other findings', () => {
  it('cost nearly as much when they are previewed: their document runs, too', () => {
    const lines = usd('previewed', { usage: { ...usage, findings: 0, previewed: 1000 } });
    expect(lines['automation steps (member accounts)']).toBeCloseTo(4, 6);
    expect(total(lines)).toBeLessThan(total(usd('fixed')));
    expect(usd('previewed')).toEqual({});
  });

  it('cost a fraction of a cent for a thousand when they are left alone', () => {
    const ignored = { ...usage, findings: 0, ignored: 1000 };
    const lines = usd('ignored', { usage: ignored });
    expect(total(lines)).toBeLessThan(0.01);
    expect(Object.keys(lines)).not.toContain('state transitions');
    expect(Object.keys(lines)).not.toContain('writes');
    expect(usd('fixed', { usage: ignored })).toEqual({});
  });
});

describe('metrics', () => {
  const cost = (change: Partial<Usage>): number =>
    total(usd('metrics', { usage: { ...usage, ...change } }));

  it('cost for the hours in which something is counted, each name once', () => {
    expect(cost({ metrics: 'no' })).toBe(0);
    // Started, Succeeded, Ignored.
    expect(cost({ findings: 73 })).toBeCloseTo(3 * 0.03, 6);
    expect(cost({ findings: 100_000 })).toBeCloseTo(3 * 0.3, 6);
    expect(cost({ findings: 100_000, ignored: 100_000 })).toBeCloseTo(3 * 0.3, 6);
    expect(cost({ findings: 0, ignored: 73 })).toBeCloseTo(0.03, 6);
    // A preview counts as Previewed, besides the others.
    expect(cost({ findings: 100_000, previewed: 100_000 })).toBeCloseTo(4 * 0.3, 6);
  });

  it('cost for each finding when each control has its own', () => {
    expect(cost({ metrics: 'per-control' })).toBeCloseTo(0.9 + (1000 / 730) * 0.3, 6);
  });
});

describe('the report', () => {
  const used = { ...usage, previewed: 200, ignored: 500 };
  const cost = monthlyCost({ admin, member: [nothing], tables, usage: used });

  it('adds up', () => {
    const { monthly } = costReport(cost, tables, used);
    const { total: all, ...parts } = monthly;
    expect(all).toBeCloseTo(total(parts), 9);
    expect(all).toBeCloseTo(
      total(Object.fromEntries(cost.lines.map((one, at) => [at, one.usd]))),
      9,
    );
  });

  it('says what a thousand findings of each kind cost, however many there are', () => {
    const { monthly, perThousand } = costReport(cost, tables, used);
    expect(perThousand.fixed).toBeCloseTo(monthly.fixed, 9);
    expect(perThousand.previewed).toBeCloseTo(5 * monthly.previewed, 9);
    expect(perThousand.ignored).toBeCloseTo(2 * monthly.ignored, 9);
    const none = { ...usage, findings: 0 };
    const idle = monthlyCost({ admin, member: [nothing], tables, usage: none });
    expect(idle.perThousand).toEqual(perThousand);
  });

  it('says what it rests on, and nothing else', () => {
    const { prices, counts } = costReport(cost, tables, usage);
    expect(prices['transition']).toMatchObject({ usd: 0.000025, checked: 'page', free: 4000 });
    expect(prices).not.toHaveProperty('trailEvent');
    expect(counts['fixed.writeUnits']).toMatchObject({ basis: 'measured' });
    expect(counts['looks']).toMatchObject({ basis: 'assumed' });
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
    const lines = usd('fixed', { tables: own });
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
    expect(() => usd('fixed', { tables: { ...tables, counts: new Map() } })).toThrow(
      'counts.yaml and assumptions.yaml have no pollsPerMinute',
    );
    expect(() => usd('fixed', { tables: { ...tables, prices: new Map() } })).toThrow(
      'prices.yaml has no alarmMonth',
    );
    expect(() => usd('fixed', { admin: nothing })).toThrow(
      'The administrator template has no function IngestFunction',
    );
  });
});
