import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addLedger } from '../../../generator/cli/ledger.ts';
import { createPrinter } from '../../../generator/cli/print.ts';
import { LEDGER } from '../../../generator/cli/upgrades.ts';
import type { Release } from '../../../generator/emit/ledger.ts';
import { asr, smallProject } from './run-cli.ts';
import type { Ended } from './run-cli.ts';

vi.setConfig({ testTimeout: 120_000 });

let root = '';
beforeEach(() => {
  root = smallProject(['kms/EnableKeyRotation']);
});
afterEach(() => rmSync(root, { recursive: true }));

async function ledger(version: string, ...args: readonly string[]): Promise<Ended> {
  let code = 0;
  const written = { out: '', err: '' };
  const sink = (name: 'out' | 'err') => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const program = new Command('asr').exitOverride();
  addLedger(program, {
    printer: createPrinter(sink('out'), sink('err')),
    project: { root, version },
    exit: (given) => void (code = given),
  });
  await program.parseAsync(['ledger', ...args], { from: 'user' });
  return { code, out: written.out, err: written.err.replace('Compiling...\n', '') };
}

type Stored = Readonly<Record<string, Release>>;
const stored = (): Stored => JSON.parse(readFileSync(`${root}/${LEDGER}`, 'utf8')) as Stored;

/** Writes a ledger whose version 0.1.0 has these resources in its administrator stack. */
function pretend(resources: Readonly<Record<string, object>>): void {
  const release = { 'automated-security-response-admin.template': resources };
  mkdirSync(`${root}/docs/releases`, { recursive: true });
  writeFileSync(`${root}/${LEDGER}`, JSON.stringify({ '0.1.0': release }));
}
const oldTable = {
  type: 'AWS::DynamoDB::Table',
  kept: true,
  fixed: { KeySchema: '[{"AttributeName":"id","KeyType":"HASH"}]' },
};

describe('asr ledger', () => {
  it('writes the entry of a release', async () => {
    const { code, out, err } = await ledger('0.1.0', '--release');
    expect({ code, out, err }).toEqual({
      code: 0,
      out: 'No other version was released yet.\n',
      err: `${LEDGER} holds version 0.1.0.\n`,
    });
    const release = stored()['0.1.0'];
    expect(
      release?.['automated-security-response-admin.template']?.['RemediationConfigurationTable'],
    ).toMatchObject({ type: 'AWS::DynamoDB::Table', kept: true });
    expect(
      release?.['automated-security-response-member.template']?.['DocumentEnableKeyRotation'],
    ).toEqual({
      type: 'AWS::SSM::Document',
      name: 'ASR-EnableKeyRotation',
      fixed: { DocumentType: '"Automation"', UpdateMethod: '"NewVersion"' },
    });
  });

  it('adds the next one, and says that nothing is lost', async () => {
    await ledger('0.1.0', '--release');
    const { code, out } = await ledger('0.2.0', '--release');
    expect({ code, out }).toEqual({ code: 0, out: 'Updates from 0.1.0 keep every resource.\n' });
    expect(Object.keys(stored())).toEqual(['0.1.0', '0.2.0']);
  });

  it('writes the entry of the present version anew', async () => {
    pretend({ StateTable: oldTable });
    expect(await ledger('0.1.0', '--release')).toMatchObject({ code: 0 });
    expect(stored()['0.1.0']?.['automated-security-response-admin.template']).toHaveProperty(
      'FinishFunction',
    );
  });

  it('refuses to release what loses something', async () => {
    pretend({ StateTable: oldTable });
    const { code, out, err } = await ledger('0.2.0', '--release');
    expect(code).toBe(1);
    expect(out).toBe(
      "error: update from 0.1.0, admin: StateTable is replaced: KeySchema can't be changed in place. What it holds would be lost or no longer used.\n",
    );
    expect(err).toContain("was left alone: the version can't be released like this.");
    expect(Object.keys(stored())).toEqual(['0.1.0']);
  });

  it('tells everything that is deleted, as JSON', async () => {
    pretend({ OldRole: { type: 'AWS::IAM::Role', name: 'x' } });
    expect(JSON.parse((await ledger('0.2.0', '--json')).out)).toEqual({
      steps: [
        {
          from: '0.1.0',
          template: 'automated-security-response-admin.template',
          logicalId: 'OldRole',
          type: 'AWS::IAM::Role',
          does: 'removed',
          isError: false,
          what: 'OldRole is deleted.',
        },
      ],
    });
  });

  it('is not silent about a ledger that can not be read', async () => {
    mkdirSync(`${root}/docs/releases`, { recursive: true });
    writeFileSync(`${root}/${LEDGER}`, '{');
    await expect(ledger('0.2.0')).rejects.toThrow(
      /docs\/releases\/ledger\.json can't be read: .*Restore it from the repository/u,
    );
  });
});

describe('asr build', () => {
  const build = async (): Promise<Ended> => asr(root, 'build', '--out', `${root}/dist`);

  it('fails and writes nothing when an update would lose something', async () => {
    pretend({ StateTable: oldTable });
    const { code, err } = await build();
    expect(code).toBe(1);
    expect(err).toContain('error: update from 0.1.0, admin: StateTable is replaced');
    expect(err).toContain('Nothing was written: the build has errors.');
    expect(existsSync(`${root}/dist`)).toBe(false);
  });

  it('says what an update leaves behind, and not what it only deletes', async () => {
    pretend({
      OldAlarm: { type: 'AWS::CloudWatch::CompositeAlarm', kept: true },
      OldRole: { type: 'AWS::IAM::Role', name: 'x' },
    });
    const { code, err } = await build();
    expect(code).toBe(0);
    expect(err).toContain('update from 0.1.0, admin: OldAlarm is no longer there, but stays.\n');
    expect(err).not.toContain('OldRole');
  });
});
