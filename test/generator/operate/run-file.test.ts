import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  appendSent,
  createRun,
  readRun,
  runFileName,
  stateFolder,
} from '../../../generator/operate/run-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-run-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'deeper', 'run.jsonl');

const entry = (name: string) => ({
  finding: { id: name, productArn: 'product' },
  control: 'EC2.2',
  account: '111122223333',
  region: 'eu-west-1',
  resource: `arn:${name}`,
  remediation: 'CloseGroup',
});
const RUN = {
  mode: 'Remediate',
  force: false,
  ticket: true,
  createdAt: '2026-03-02T10:00:00.000Z',
  entries: [entry('a'), entry('b')],
} as const;
const SENT = { at: 0, messageId: 'm0', sentAt: '2026-03-02T10:00:01.000Z' };

describe('the file of a run', () => {
  beforeEach(() => createRun(file, RUN));

  it('says what is to be sent, to its owner only', () => {
    expect(readRun(file)).toEqual({ ...RUN, sent: [] });
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('says what was sent', () => {
    appendSent(file, [SENT]);
    expect(readRun(file)?.sent).toEqual([SENT]);
  });

  it('survives a crash in the middle of a line', () => {
    appendSent(file, [SENT]);
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n{"sent":[{"at":1,"mess`);
    appendSent(file, [{ ...SENT, at: 1 }]);
    expect(readRun(file)?.sent.map(({ at }) => at)).toEqual([0, 1]);
  });

  it.each([
    ['not JSON', 'hello'],
    ['a list that is cut short', '{"asr":1,"mode":"Undo","createdAt":"x","count":2}\n'],
    ['of another version', '{"asr":2,"mode":"Undo","createdAt":"x","count":0}\n'],
  ])('is refused when it is %s', (_, text) => {
    writeFileSync(file, text);
    expect(() => readRun(file)).toThrow("isn't a list of commands of this version");
  });

  it('is none at first', () => {
    expect(readRun(join(folder, 'none.jsonl'))).toBeUndefined();
  });
});

it('has the same name for the same choice, and another one for another', () => {
  const name = (choice: object) => runFileName('/state', 'Undo', choice);
  expect(name({ control: 'a' })).toBe(name({ control: 'a' }));
  expect(name({ control: 'a' })).not.toBe(name({ control: 'b' }));
});

it.each([
  [{ XDG_STATE_HOME: '/var/state' }, '/var/state/asr'],
  [{}, expect.stringMatching(/\.local\/state\/asr$/u)],
])('lies in the folder for states: %j', (environment, expected) => {
  expect(stateFolder(environment)).toEqual(expected);
});
