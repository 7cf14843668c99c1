import { readFileSync, rmSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addCost } from '../../../generator/cli/cost.ts';
import { CommandError } from '../../../generator/cli/exit-codes.ts';
import { createPrinter } from '../../../generator/cli/print.ts';
import type { CostReport } from '../../../generator/cost/report.ts';
import { smallProject } from './run-cli.ts';

vi.setConfig({ testTimeout: 120_000 });

let root = '';
beforeAll(() => {
  // The second one waits for what it started.
  root = smallProject(['kms/EnableKeyRotation', 'rds/EncryptRDSSnapshot']);
});
afterAll(() => rmSync(root, { recursive: true }));

async function cost(...args: readonly string[]): Promise<{ code: number; out: string }> {
  let code = 0;
  let out = '';
  const program = new Command('asr');
  addCost(program, {
    printer: createPrinter({ write: (text) => (out += text) }, { write: () => undefined }),
    project: { root, version: '1.2.3' },
    exit: (given) => void (code = given),
  });
  for (const command of program.commands) {
    command.exitOverride();
    command.configureOutput({ writeErr: () => undefined });
  }
  await program.parseAsync(['cost', ...args], { from: 'user' });
  return { code, out };
}

describe('asr cost', () => {
  it('prints where the money goes, what it rests on, and what it leaves out', async () => {
    const { code, out } = await cost('--findings', '500', '--accounts', '3', '--regions', '2');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^List prices of us-east-1, looked up on 20\d\d-\d\d-\d\d\. In a month: 500 findings remediated, 0 previewed, 10,000 left alone; 3 accounts, 2 Regions\.\n/u,
    );
    expect(out).toContain('Member accounts, idle: 0.00 USD a month\n');
    expect(out).toMatch(/^ {2}automation steps \(member accounts\) +1,000 +2\.00$/mu);
    expect(out).toMatch(/^Per 1,000 findings \d\.\d\d USD remediated, \d\.\d\d USD previewed, /mu);
    expect(out).toContain('Counts that were measured: those of generator/cost/counts.yaml.');
    expect(out).toMatch(/^Counts that are estimates: .*looks=2/mu);
    expect(out).toMatch(/^Free in each account and month, not subtracted: transition 4,000,/mu);
    expect(out).toContain('List prices of one Region, without free allowances');
  });

  it('prints the same as JSON, with what was chosen', async () => {
    const { out } = await cost(
      ...['--alarms', 'no', '--action-log', 'yes', '--accounts', '10', '--regions', '1'],
      ...['--set', 'writeEventsPerRegion=50000', '--json'],
    );
    const report = JSON.parse(out) as CostReport;
    expect(report.lines.filter(({ what }) => what === 'alarms')).toEqual([]);
    expect(report.monthly['idle-members']).toBeCloseTo(10, 6);
    expect(report.counts['writeEventsPerRegion']).toMatchObject({ value: 50_000, basis: 'given' });
    expect(report.usage).toMatchObject({ findings: 1000, accounts: 10, metrics: 'all' });
  });

  it('names the documents that may take more', async () => {
    expect((await cost()).out).toContain('\n1 of 2 documents wait for long changes: ');
  });

  it('is what both READMEs say', async () => {
    const report = async (...args: readonly string[]): Promise<CostReport> =>
      JSON.parse((await cost('--json', ...args)).out) as CostReport;
    const usual = await report();
    const { fixed, previewed, ignored } = usual.perThousand;
    const said = [
      usual.monthly['idle-admin'],
      (await report('--alarms', 'no')).monthly['idle-admin'],
      (await report('--metrics', 'no')).monthly['idle-admin'],
      (await report('--console', 'yes')).monthly['idle-admin'],
      usual.monthly['idle-members'],
      usual.monthly.metrics,
      ...[fixed, previewed, ignored],
    ].map((usd) => (usd > 0 && usd < 0.005 ? '<0.01' : usd.toFixed(2)));
    for (const file of ['README.md', 'README.ja.md']) {
      const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
      const costs = /^## (?:Costs|費用)\n[^]*?\n## /mu.exec(text)?.[0] ?? '';
      expect(costs).toContain(usual.pricesOf);
      expect([...costs.matchAll(/\| (<?\d+\.\d\d) \|$/gmu)].map(([, usd]) => usd)).toEqual(said);
    }
  });

  it('refuses what it does not understand, and what would give nonsense', async () => {
    for (const value of ['many', '-1', 'NaN', '1e9', '1.5', '1000000000', ''])
      await expect(cost('--findings', value)).rejects.toThrow(/whole number from 0 to 999999999/u);
    await expect(cost('--alarms', 'perhaps')).rejects.toThrow(CommanderError);
    for (const value of ['looks', 'looks=', 'looks=-1', 'looks=NaN', 'looks=1e9', 'looks=Infinity'])
      await expect(cost('--set', value)).rejects.toThrow(/Write name=value/u);
    await expect(cost('--set', 'nothing=1')).rejects.toThrow(CommandError);
    await expect(cost('--set', 'constructor=1')).rejects.toThrow(CommandError);
  });

  it('stays a number for the largest values that it takes', async () => {
    const most = '999999999';
    const { out } = await cost(
      ...['--findings', most, '--previewed', most, '--ignored', most, '--accounts', most],
      ...['--regions', most, '--history-days', most, '--action-log', 'yes', '--json'],
    );
    const { monthly, lines } = JSON.parse(out) as CostReport;
    expect(monthly.total).toBeGreaterThan(1e15);
    for (const { usd, amount } of lines) expect(Number.isFinite(usd * amount)).toBe(true);
  });
});
