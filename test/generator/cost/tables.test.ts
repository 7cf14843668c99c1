import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { monthlyCost } from '../../../generator/cost/cost.ts';
import { readCostTables } from '../../../generator/cost/tables.ts';
import { readBaseTemplate } from '../../../generator/emit/template.ts';

// The tables are complete, and counts that follow from the sources still do.

const tables = readCostTables();
const count = (name: string): number => tables.counts.get(name)?.value ?? Number.NaN;
const admin = fileURLToPath(new URL('../../../templates/admin', import.meta.url));
const names = { solutionId: 'SO0111', version: '1.2.3' };

describe('the table of prices', () => {
  it('has a date and a Region', () => {
    expect(tables.date).toMatch(/^20\d\d-\d\d-\d\d$/u);
    expect(tables.region).toBe('us-east-1');
  });

  it.each([...tables.prices])('says where %s comes from', (_, price) => {
    expect(price.usd).toBeGreaterThan(0);
    expect(price.unit).not.toBe('');
    expect(price.page).toMatch(/ Pricing\b/u);
    expect(['page', 'quoted', 'unverified']).toContain(price.checked);
    expect(price.seen).not.toBe('');
  });

  it.each([...tables.counts])('says what %s rests on', (_, one) => {
    expect(one.value).toBeGreaterThanOrEqual(0);
    expect(one.from).not.toBe('');
    expect(['measured', 'stated', 'assumed']).toContain(one.basis);
  });

  it('has nothing that no installation uses', () => {
    const inventory = {
      alarmMetrics: 1,
      dashboards: 1,
      keys: 1,
      secrets: 1,
      trails: 1,
      userPools: 1,
      pollers: 1,
      tables: 1,
      schedules: [{ runs: 1, memory: 128 }],
      memory: new Map(
        ['Ingest', 'Start', 'Check', 'Finish', 'Console'].map(
          (name) => [`${name}Function`, 128] as const,
        ),
      ),
      unpriced: [],
    };
    const usage = {
      findings: 1,
      previewed: 1,
      ignored: 1,
      accounts: 1,
      regions: 1,
      historyDays: 1,
      users: 1,
      metrics: 'per-control',
    } as const;
    const { lines, counts } = monthlyCost({ admin: inventory, member: [inventory], tables, usage });
    const used = new Set(lines.map(({ price }) => price));
    expect([...tables.prices.keys()].filter((name) => !used.has(name))).toEqual([]);
    expect([...tables.counts.keys()].filter((name) => !counts.has(name))).toEqual([]);
  });
});

describe('counts follow the sources', () => {
  it('months of logs', () => {
    const groups = readdirSync(`${admin}/resources`)
      .flatMap((file) =>
        Object.values(readBaseTemplate(`${admin}/resources/${file}`, names).Resources),
      )
      .filter(({ Type }) => Type === 'AWS::Logs::LogGroup');
    expect(groups.length).toBeGreaterThan(0);
    for (const { Properties } of groups)
      expect(Properties?.['RetentionInDays']).toBe(Math.floor((count('logMonths') * 365) / 12));
  });

  it('steps of a document without long waits', async () => {
    const { compileProject, loadProject } = await import('../../../generator/cli/project.ts');
    const { compiled } = await compileProject(loadProject(), 'build');
    const steps = compiled.map(({ document }) => document.mainSteps.length);
    const usual = steps.filter((one) => one === count('fixed.automationSteps'));
    expect(usual.length).toBeGreaterThan(steps.length / 2);
  });

  it('shards that the sweep asks, half a unit each', async () => {
    const { SHARDS } = await import('../../../templates/admin/functions/store/keys.ts');
    expect(SHARDS.length / 2).toBe(count('sweep.readUnits'));
  });
});
