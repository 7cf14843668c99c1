import { rmSync } from 'node:fs';
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
  root = smallProject(['kms/EnableKeyRotation']);
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
      /^List prices of us-east-1, 20\d\d-\d\d-\d\d\. 500 findings remediated and 10000 left alone in a month, 3 accounts, 2 Regions\.\n/u,
    );
    expect(out).toContain('Member accounts, idle: 0.00 USD a month\n');
    expect(out).toMatch(/^ {2}automation steps \(member accounts\) +1,000 +2\.00$/mu);
    expect(out).toMatch(/^Per 1,000 remediations \d+\.\d\d USD; per 1,000 events/mu);
    expect(out).toContain('Counts that are estimates: looks=2');
    expect(out).toContain('List prices without free tiers');
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

  it('refuses what it does not understand', async () => {
    await expect(cost('--findings', 'many')).rejects.toThrow(CommanderError);
    await expect(cost('--alarms', 'perhaps')).rejects.toThrow(CommanderError);
    await expect(cost('--set', 'looks')).rejects.toThrow(/Write name=value/u);
    await expect(cost('--set', 'nothing=1')).rejects.toThrow(CommandError);
  });
});
