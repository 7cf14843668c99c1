import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
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
  });

  it.each([...tables.counts])('says what %s rests on', (_, one) => {
    expect(one.value).toBeGreaterThan(0);
    expect(one.from).not.toBe('');
    expect(['measured', 'counted', 'assumed']).toContain(one.basis);
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
        ['Ingest', 'Start', 'Check', 'Finish'].map((name) => [`${name}Function`, 128] as const),
      ),
      unpriced: [],
    };
    const usage = {
      findings: 1,
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

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Default?: string;
}

describe('counts follow the sources', () => {
  it('transitions of the state machine: once through, and once around for each look', () => {
    const { StartAt: start, States: states } = parse(
      readFileSync(`${admin}/orchestrator.asl.yaml`, 'utf8'),
      { merge: true },
    ) as { readonly StartAt: string; readonly States: Readonly<Record<string, State>> };
    const entered: string[] = [];
    let looks = 2;
    for (let name: string | undefined = start; name !== undefined;) {
      entered.push(name);
      const state: State | undefined = states[name];
      if (state?.Type !== 'Choice') name = state?.Next;
      else if (looks > 0) {
        looks -= 1;
        name = state.Choices?.[0]?.Next;
      } else name = state.Default;
    }
    expect(entered.filter((name) => name === 'Check')).toHaveLength(2);
    expect(entered).toHaveLength(count('transitions') + 2 * count('transitionsPerLook'));
  });

  it('indexes that hold whole attempts for as long as the table does', () => {
    const { Resources } = readBaseTemplate(`${admin}/resources/tables.yaml`, names);
    const indexes = Resources['StateTable']?.Properties?.['GlobalSecondaryIndexes'] as readonly {
      readonly IndexName: string;
      readonly Projection: { readonly ProjectionType: string };
    }[];
    const whole = indexes.filter(
      ({ IndexName, Projection }) => Projection.ProjectionType === 'ALL' && IndexName !== 'due',
    );
    expect(whole).toHaveLength(count('indexCopies'));
  });

  it('steps of a document without long waits', async () => {
    const { compileProject, loadProject } = await import('../../../generator/cli/project.ts');
    const { compiled } = await compileProject(loadProject(), 'build');
    const steps = compiled.map(({ document }) => document.mainSteps.length);
    const usual = steps.filter((one) => one === count('automationSteps'));
    expect(usual.length).toBeGreaterThan(steps.length / 2);
  });

  it('shards that the sweep asks, half a unit each', async () => {
    const { SHARDS } = await import('../../../templates/admin/functions/store/keys.ts');
    expect(SHARDS.length / 2).toBe(count('sweepReadUnits'));
  });
});
