import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { readExceptionsFile } from '../../../generator/operate/exceptions-file.ts';
import type { Diagnostic } from '../../../generator/read/diagnostics.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { install, NOW, operate } from '../operate/operate-stage.ts';
import type { Installed, People } from '../operate/operate-stage.ts';
import { smallProject } from './run-cli.ts';

const project = smallProject([]);
const folder = mkdtempSync(join(tmpdir(), 'asr-exceptions-'));
afterAll(() => {
  rmSync(project, { recursive: true });
  rmSync(folder, { recursive: true });
});

const file = join(folder, 'exceptions.yaml');
const write = (text: string): string => {
  writeFileSync(file, text);
  return file;
};
const DEMO = `exceptions:
  demo:
    owner: team blue
    reason: The demo account is open on purpose.
    expiresAt: 2026-04-01
    controls: [EC2.2]
    accounts: ["111122223333"]
`;

describe('a file of exceptions', () => {
  const read = (text: string) =>
    readExceptionsFile(write(text), { controls: ['EC2.2', 'EC2.18', 'S3.1'], now: NOW });
  const said = (all: readonly Diagnostic[]): readonly string[] =>
    all.map(
      ({ line, column, severity, code, what }) => `${line}:${column} ${severity} ${code} ${what}`,
    );

  it('means a day whole, in UTC', () => {
    const { exceptions, diagnostics } = read(DEMO);
    expect(diagnostics).toEqual([]);
    expect(exceptions).toEqual([
      {
        id: 'demo',
        owner: 'team blue',
        reason: 'The demo account is open on purpose.',
        expiresAt: '2026-04-02T00:00:00.000Z',
        controls: ['EC2.2'],
        accounts: ['111122223333'],
      },
    ]);
  });

  it('warns of exceptions that stand for much', () => {
    const { exceptions, diagnostics } = read(`exceptions:
  everything:
    owner: a
    reason: b
    expiresAt: 2026-12-31
    resources: ["*", "arn:aws:s3:::*", "arn:aws:s3:::logs-*"]
`);
    expect(said(diagnostics)).toEqual([
      '5:16 warning broad-exception It lasts more than 90 days.',
      '2:3 warning broad-exception It names no controls.',
      '2:3 warning broad-exception It names no accounts.',
      '6:17 warning broad-exception * stands for every resource.',
      '6:22 warning broad-exception arn:aws:s3:::* stands for every resource of its kind.',
    ]);
    expect(exceptions).toHaveLength(1);
  });

  it('leaves out what has ended, and says so', () => {
    const { exceptions, diagnostics } = read(DEMO.replace('2026-04-01', '2026-03-01'));
    expect(said(diagnostics)).toEqual([
      '5:16 warning ended-exception It ended at 2026-03-02T00:00:00.000Z.',
    ]);
    expect(exceptions).toEqual([]);
  });

  it.each([
    [
      'a control that does not exist',
      ['[EC2.2]', '[EC2.2, EC2.81]'],
      '6:23 error idle-exception There is no control EC2.81.',
    ],
    [
      'an account that is a number',
      ['["111122223333"]', '[111122223333]'],
      '7:16 error wrong-type',
    ],
    ['no owner', ['    owner: team blue\n', ''], '3:5 error missing-key'],
    ['an unknown key', ['owner', 'ower'], '3:5 error unknown-key ower is not a key here.'],
    ['a day that does not exist', ['2026-04-01', '2026-02-30'], '2:3 error wrong-value'],
    ['an end without a time zone', ['2026-04-01', '2026-04-01T10:00:00'], '5:16 error wrong-value'],
    ['a name with a space', ['  demo:', '  a demo:'], '2:3 error wrong-value'],
    [
      'nothing that it is about',
      ['    controls: [EC2.2]\n    accounts: ["111122223333"]\n', ''],
      '2:3 error wrong-value The exception demo must name controls, accounts or resources.',
    ],
  ])('is refused with %s', (_, [from = '', to = ''], says) => {
    const { exceptions, diagnostics } = read(DEMO.replace(from, to));
    expect(said(diagnostics).join('\n')).toContain(says);
    expect(exceptions).toEqual([]);
  });

  it('is refused when it is no YAML, or not there', () => {
    expect(read('exceptions: {').diagnostics).not.toEqual([]);
    const missing = readExceptionsFile(join(folder, 'none.yaml'), { controls: [], now: NOW });
    expect(missing.diagnostics.map(({ code }) => code)).toEqual(['unreadable-file']);
  });
});

describeWithEmulator('asr exceptions', ({ emulator }) => {
  let world: Installed;
  beforeEach(async () => {
    world = await install(emulator().endpoint);
  });
  const YES: People = { answers: ['yes'] };
  const run = (people: People, ...args: readonly string[]) =>
    operate(world, project, people, 'exceptions', ...args);
  const item = async (id: string) => (await world.tables.items()).get(`exceptions ${id}`);

  it('adds what the file has, so that decisions know it', async () => {
    const { out, questions, code } = await run(YES, 'apply', write(DEMO));
    expect(out).toContain('+ demo\n    owner: team blue\n');
    expect(questions).toEqual(['Apply 1 change? [y/N] ']);
    expect(code).toBe(0);
    expect(await world.tables.store.exceptions()).toMatchObject([
      { id: 'demo', owner: 'team blue' },
    ]);
  });

  it('has nothing to do the second time', async () => {
    await run(YES, 'apply', write(DEMO));
    const { out, questions } = await run(YES, 'apply', file);
    expect(out).toBe('The table says what the file says.\n');
    expect(questions).toEqual([]);
  });

  it('shows what changes', async () => {
    await run(YES, 'apply', write(DEMO));
    const text = DEMO.replace('team blue', 'team red').replace('    controls: [EC2.2]\n', '');
    const { out, err } = await run(YES, 'apply', write(text));
    expect(out).toContain('~ demo\n    owner: team blue -> team red\n    controls: EC2.2 -> any\n');
    expect(err).toContain('warning broad-exception');
    expect(await item('demo')).toMatchObject({ owner: 'team red' });
    expect(await item('demo')).not.toHaveProperty('controls');
  });

  it('removes only with --prune', async () => {
    await run(YES, 'apply', write(DEMO));
    const kept = await run(YES, 'apply', write('exceptions: {}'));
    expect(kept.out).toContain('Only in the table, and kept: demo');
    expect(await item('demo')).toBeDefined();
    const { out } = await run(YES, 'apply', file, '--prune');
    expect(out).toContain('- demo');
    expect(await item('demo')).toBeUndefined();
  });

  it('changes nothing when nobody can be asked, or the file is wrong', async () => {
    const alone = await run({}, 'apply', write(DEMO));
    expect(alone.err).toContain('Say --yes to apply it.');
    const wrong = await run(YES, 'apply', write(DEMO.replace('EC2.2', 'EC2.999')));
    expect(wrong.err).toContain('exceptions.yaml:6:16 error idle-exception');
    expect([alone.code, wrong.code]).toEqual([1, 1]);
    expect(await item('demo')).toBeUndefined();
  });

  it('leaves alone what somebody changed since it was read', async () => {
    await run(YES, 'apply', write(DEMO));
    const meanwhile = { ...(await item('demo')), owner: 'somebody else' };
    const onAsk = () => world.tables.put(meanwhile);
    const text = write(DEMO.replace('team blue', 'team red'));
    const { err, code } = await run({ ...YES, onAsk }, 'apply', text);
    expect(err).toContain('Somebody else changed demo meanwhile');
    expect(code).toBe(1);
    expect(await item('demo')).toMatchObject({ owner: 'somebody else' });
  });

  it('lists them, those that end first on top', async () => {
    const later = DEMO.replace('exceptions:\n', '')
      .replace('demo', 'later')
      .replace('04-01', '05-01');
    await run(YES, 'apply', write(`${DEMO}${later}`));
    const { out, code } = await run({}, 'list');
    const [head, first, second] = out.split('\n');
    expect(head).toMatch(/^EXCEPTION +UNTIL +OWNER +CONTROLS/u);
    expect(first).toMatch(/^demo +2026-04-02 00:00 +team blue +EC2\.2 +111122223333 +any +any/u);
    expect(second).toMatch(/^later/u);
    expect(code).toBe(0);
  });

  it('says when one in the table is not understood, and mends it', async () => {
    await world.tables.put({ pk: 'exceptions', sk: 'demo', type: 'exception', owner: 'x' });
    const { err, code } = await run({}, 'list');
    expect(err).toContain(
      'The exception demo gives no reason. While that is so, nothing is remediated',
    );
    expect(code).toBe(1);
    await run(YES, 'apply', write(DEMO));
    expect((await run({}, 'list')).code).toBe(0);
  });

  it('checks a file without AWS', async () => {
    const good = await run({}, 'check', write(DEMO));
    const bad = await run({}, 'check', write(DEMO.replace('accounts', 'account')), '--json');
    expect(good).toMatchObject({ code: 0, err: '1 exception applies.\n' });
    expect(JSON.parse(bad.out)).toMatchObject({
      exceptions: [],
      diagnostics: [{ code: 'unknown-key', line: 7, column: 5 }],
    });
    expect(bad.code).toBe(1);
  });
});
