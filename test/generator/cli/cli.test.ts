import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { prettyDiagnostics } from '../../../generator/cli/print.ts';
import { diagnostic } from '../../../generator/read/diagnostics.ts';
import { asr, smallProject } from './run-cli.ts';
import type { Ended } from './run-cli.ts';

vi.setConfig({ testTimeout: 60_000 });

const project = smallProject(['kms/EnableKeyRotation', 'ec2/RemoveVPCDefaultSecurityGroupRules']);
afterAll(() => rmSync(project, { recursive: true }));
const finding = `${project}/finding.json`;
const GROUP = {
  Id: 'arn:aws:securityhub:us-east-1:012345678901:security-control/EC2.2/finding/1',
  ProductArn: 'arn:aws:securityhub:us-east-1::product/aws/securityhub',
  AwsAccountId: '012345678901',
  GeneratorId: 'security-control/EC2.2',
  UpdatedAt: '2024-05-01T12:00:00Z',
  Compliance: { Status: 'FAILED' },
  RecordState: 'ACTIVE',
  Workflow: { Status: 'NEW' },
  Resources: [{ Id: 'arn:aws:ec2:us-east-1:012345678901:security-group/sg-0123456789abcdef0' }],
};

const all: Ended[] = [];
const run = async (...args: readonly string[]): Promise<Ended> => {
  const ended = await asr(project, ...args);
  all.push(ended);
  return ended;
};
afterEach(() => {
  for (const { out, err } of all) {
    expect(out + err, 'a stack trace').not.toMatch(/\n\s+at .*:\d+:\d+/u);
    expect(out + err, 'colours').not.toContain('\u001B');
    expect(err, 'a failure that nobody expected').not.toContain('Something went wrong');
  }
  all.length = 0;
});

describe('every command', () => {
  const commands = [
    ['build'],
    ['check'],
    ['list'],
    ['show'],
    ['explain'],
    ['simulate'],
    ['new'],
    ['new', 'runbook'],
    ['format'],
    ['docs'],
  ];
  it.each(commands)('has help: %s %s', async (...command) => {
    const { code, out, err } = await run(...command, '--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`Usage: asr ${command.join(' ')}`);
  });

  it.each(commands.filter(([name]) => !['new', 'explain', 'simulate'].includes(name ?? '')))(
    'refuses unknown options: %s',
    async (...command) => {
      const { code, out, err } = await run(...command, '--nonsense');
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain("unknown option '--nonsense'");
    },
  );
});

describe('asr', () => {
  it('tells its version, its commands and its exit codes', async () => {
    expect(await run('--version')).toEqual({ code: 0, out: '1.2.3\n', err: '' });
    const { out } = await run('--help');
    expect(out).toContain(
      'Exit codes: 0 done, 1 problems were found and printed, 2 the command line is wrong.',
    );
  });

  it('suggests the command that was meant', async () => {
    const { code, err } = await run('chekc');
    expect(code).toBe(2);
    expect(err).toContain("unknown command 'chekc'\n(Did you mean check?)");
  });

  it.each([
    [
      ['build', '--solution-id', 'so'],
      'Use 2 to 6 capital letters and digits, starting with a letter.',
    ],
    [['simulate', '--finding', 'x'], "required option '--endpoint <url>' not specified"],
    [
      ['simulate', '--finding', 'x', '--endpoint', 'here'],
      'Give a URL such as http://localhost:5000.',
    ],
    [
      ['simulate', '--finding', 'x', '--endpoint', 'http://localhost:9', '--mode', 'fix'],
      'Allowed choices are preview, remediate, undo, force-undo.',
    ],
    [['list', '--standard', 'CIS12'], 'There is no standard CIS12. Did you mean CIS120?'],
    [
      ['list', '--standard', 'ISO'],
      'There is no standard ISO. Known: SC, AFSBP, CIS120, CIS140, CIS300, NIST80053, PCI321.',
    ],
    [
      ['list', '--remediated', '--detect-only'],
      '--remediated and --detect-only exclude each other.',
    ],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, out, err } = await run(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});

describe('asr list and show', () => {
  it('list controls, as text and as JSON', async () => {
    const { code, out } = await run('list', '--standard', 'cis120', '--remediated', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      standard: 'CIS120',
      controls: expect.arrayContaining([
        expect.objectContaining({
          control: '4.3',
          securityControlId: 'EC2.2',
          remediation: 'RemoveVPCDefaultSecurityGroupRules',
        }),
      ]),
    });
    const text = await run('list', '--standard', 'CIS120');
    expect(text.out).toMatch(/^CONTROL +SECURITY CONTROL +REMEDIATION +TITLE\n/u);
    expect(text.out).toMatch(/^1\.1 +CloudWatch\.1 +- /mu);
  });

  it('show a control, a unit and what it compiles to', async () => {
    const facts = JSON.parse((await run('show', 'KMS.4', '--json')).out) as Record<string, unknown>;
    expect(facts).toMatchObject({
      remediation: 'EnableKeyRotation',
      undo: 'yes',
      document: 'ASR-EnableKeyRotation',
    });
    expect(parse((await run('show', 'EnableKeyRotation')).out)).toEqual(facts);
    expect((await run('show', 'KMS.4', '--script')).out).toContain('def main(payload, _context):');
    expect(JSON.parse((await run('show', 'KMS.4', '--policy')).out)).toMatchObject({
      Version: '2012-10-17',
    });
    expect(parse((await run('show', 'KMS.4', '--document')).out)).toMatchObject({
      schemaVersion: '0.3',
    });
    expect(JSON.parse((await run('show', 'ACM.2', '--json')).out)).toMatchObject({
      remediation: null,
    });
  });

  it.each([
    [
      ['show', 'EnableKeyRotatio'],
      'There is no control or runbook EnableKeyRotatio. Did you mean EnableKeyRotation?\n',
    ],
    [['show', 'Zebra'], 'There is no control or runbook Zebra. See asr list.\n'],
    [['show', 'ACM.2', '--script'], 'ACM.2 has no remediation.\n'],
  ])('say what there is not: %j', async (args, message) => {
    expect(await run(...args)).toEqual({ code: 1, out: '', err: message });
  });
});

describe('asr explain', () => {
  const explain = (value: unknown, ...rest: readonly string[]): Promise<Ended> => {
    writeFileSync(finding, typeof value === 'string' ? value : JSON.stringify(value));
    return run('explain', '--finding', finding, ...rest);
  };

  it('explains a finding, and all findings of an event', async () => {
    const one = await explain(GROUP, '--json');
    expect(one.code).toBe(0);
    expect(JSON.parse(one.out)).toMatchObject({
      securityControlId: 'EC2.2',
      account: '012345678901',
    });
    const event = await explain(
      { detail: { findings: [GROUP, { ...GROUP, GeneratorId: 'x' }] } },
      '--json',
    );
    expect(event.code).toBe(1);
    expect(JSON.parse(event.out)).toHaveLength(2);
    const pretty = await explain(GROUP, '--namespace', 'prod');
    expect(pretty.out).toContain('automatic          allow: All rules allow it.\n');
    expect(pretty.out).toContain('click              allow: All rules allow it.\n');
    expect(pretty.out).toContain('Not known here: the settings and the configuration table');
    expect(pretty.out).toContain(
      '  AutomationAssumeRole = arn:aws:iam::012345678901:role/SO0111-RemoveVPCDefaultSecurityGroupRules-prod\n',
    );
    const hostile = await explain({ ...GROUP, GeneratorId: 'a\u001B[2Jb' });
    expect(hostile.out).toContain('It has the generator id a?[2Jb');
  });

  it('says what is wrong with a file', async () => {
    const missing = await run('explain', '--finding', `${project}/none.json`);
    expect(missing.code).toBe(1);
    expect(missing.err).toContain(`${project}/none.json cannot be read: ENOENT`);
    expect((await explain('{')).err).toContain(`${finding} is not JSON: `);
    expect((await explain('[]')).err).toBe(`${finding}: The event holds no finding.\n`);
    expect((await explain('7')).err).toBe(
      `${finding}: The input is neither a finding nor an event that holds one.\n`,
    );
  });
});

describe('asr new runbook and check', () => {
  const args = [
    'new',
    'runbook',
    'EncryptQueue',
    '--control',
    'SQS.1',
    '--resource',
    'sqs-queue',
    '--python',
  ];

  it('finds pages that are missing, and no problems once they are written', async () => {
    const stale = await run('check');
    expect(stale.code).toBe(1);
    expect(stale.err).toMatch(/^docs\/.*:1:1 error stale-page\n/u);
    expect((await run('docs')).code).toBe(0);
    const { code, out } = await run('check');
    expect(code).toBe(0);
    expect(out).toMatch(/^No problems in 7 standards and 2 runbooks\.\n$/u);
    expect(JSON.parse((await run('check', '--json')).out)).toEqual([]);
  });

  it('writes a unit that check reports as unfinished, place by place, and never overwrites it', async () => {
    const made = await run(...args);
    expect(made).toMatchObject({
      code: 0,
      out: 'runbooks/sqs/EncryptQueue.yaml\nrunbooks/sqs/EncryptQueue.test.yaml\nrunbooks/sqs/EncryptQueue.py\n',
    });
    const before = readFileSync(`${project}/runbooks/sqs/EncryptQueue.yaml`, 'utf8');
    const { code, out } = await run('check', '--json');
    expect(code).toBe(1);
    const lines = before.split('\n');
    const problems = JSON.parse(out) as readonly {
      readonly file: string;
      readonly line: number;
      readonly code: string;
    }[];
    const ofUnit = problems.filter(({ file }) => file === 'runbooks/sqs/EncryptQueue.yaml');
    const empty = lines.flatMap((line, index) =>
      /^\s*(?:- )?[a-z]+:(?: \{\})?$/u.test(line) && !/^(?:before|change|undo):$/u.test(line)
        ? [index + 1]
        : [],
    );
    expect([...new Set(ofUnit.map(({ line }) => line))]).toEqual(empty);
    expect(problems.length).toBeGreaterThan(ofUnit.length);
    const text = await run('check');
    expect(text.code).toBe(1);
    expect(text.err).toContain(
      'runbooks/sqs/EncryptQueue.yaml:3:7 error wrong-type\n  title is empty.\n  The value would be misread.\n  Fill it in: text (quote it).\n',
    );
    expect(await run(...args)).toEqual({
      code: 1,
      out: '',
      err: 'runbooks/sqs/EncryptQueue.yaml is already there.\n',
    });
    expect(readFileSync(`${project}/runbooks/sqs/EncryptQueue.yaml`, 'utf8')).toBe(before);
    const list = await run('list');
    expect(list).toMatchObject({ code: 1, out: '' });
    rmSync(`${project}/runbooks/sqs`, { recursive: true });
  });

  it.each([
    [
      ['encryptQueue', 'SQS.1', 'sqs-queue'],
      2,
      'encryptQueue is no name for a unit: use 3 to 47 letters and digits, starting with a capital.',
    ],
    [
      ['EncryptQueue', 'SQS.11', 'sqs-queue'],
      2,
      'There is no security control SQS.11. Did you mean SQS.1?',
    ],
    [
      ['EncryptQueue', 'SQS.1', 'sqs-queues'],
      2,
      'There is no resource kind sqs-queues. Did you mean sqs-queue?',
    ],
    [
      ['EncryptQueue', 'KMS.4', 'kms-key'],
      1,
      'KMS.4 is already remediated by runbooks/kms/EnableKeyRotation.yaml.',
    ],
    [
      ['EncryptQueue', 'SQS.1', 'sqs-queue', '--service', '../../elsewhere'],
      2,
      '../../elsewhere is no name for a folder: use small letters, digits and -.',
    ],
  ] as const)('refuses %j', async ([name, control, resource, ...rest], code, message) => {
    const ended = await run(
      'new',
      'runbook',
      name,
      '--control',
      control,
      '--resource',
      resource,
      ...rest,
    );
    expect(ended).toEqual({ code, out: '', err: `${message}\n` });
    expect(existsSync(`${project}/runbooks/sqs`)).toBe(false);
  });
});

describe('outside of a terminal', () => {
  it('diagnostics have no colours', () => {
    const one = diagnostic(
      { file: 'a.yaml', line: 3, column: 4 },
      'bad-name',
      'x is bad.',
      'Rename it.',
    );
    expect(prettyDiagnostics([one], false)).toBe(
      'a.yaml:3:4 error bad-name\n  x is bad.\n  Document, role and catalogue row are named after the unit.\n  Rename it.',
    );
  });

  it('the program itself starts, and ends with its exit code', () => {
    const start = (...args: readonly string[]) =>
      spawnSync(
        process.execPath,
        [fileURLToPath(new URL('../../../generator/cli/asr.js', import.meta.url)), ...args],
        { encoding: 'utf8', env: { ...process.env, CI: '1' } },
      );
    const usage = start('list', '--nonsense');
    expect({ code: usage.status, out: usage.stdout, err: usage.stderr }).toEqual({
      code: 2,
      out: '',
      err: "error: unknown option '--nonsense'\n",
    });
    expect(start('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/u);
  });

  it('ends quietly when its reader stops reading, as head does', () => {
    const script = fileURLToPath(new URL('../../../generator/cli/asr.js', import.meta.url));
    const { stdout, stderr } = spawnSync(
      'bash',
      ['-c', '"$0" "$1" list | head -n 1; echo "${PIPESTATUS[0]}"', process.execPath, script],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(stdout).toMatch(/\n0\n$/u);
  });
});
