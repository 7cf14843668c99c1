import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { lockRun } from '../../../generator/operate/run-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-lock-'));
const file = join(folder, 'deeper', 'run.jsonl');
const lock = `${file}.lock`;
const NOW = new Date('2026-03-02T10:00:00.000Z');
afterEach(() => rmSync(join(folder, 'deeper'), { recursive: true, force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

const heldBy = (pid: number, host = hostname()): void => {
  lockRun(file, NOW)();
  writeFileSync(lock, JSON.stringify({ pid, host, since: '2026-03-02T09:00:00.000Z' }));
};

describe('the file of a run', () => {
  it('is for one at a time, and free again afterwards', () => {
    const unlock = lockRun(file, NOW);
    expect(() => lockRun(file, NOW)).toThrow(
      `Process ${process.pid} on ${hostname()} (since 2026-03-02T10:00:00.000Z) works on the same run, ${file}.`,
    );
    unlock();
    lockRun(file, NOW)();
    expect(existsSync(lock)).toBe(false);
  });

  it('is refused while another process is alive, with what to do', () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
    try {
      heldBy(other.pid ?? 0);
      expect(() => lockRun(file, NOW)).toThrow(
        `Wait for it, or choose another file with --run-file; if it is gone, delete ${lock}.`,
      );
    } finally {
      other.kill();
    }
  });

  it('is taken over from a process that was killed', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    heldBy(pid);
    const unlock = lockRun(file, NOW);
    expect(readFileSync(lock, 'utf8')).toContain(`"pid":${process.pid}`);
    unlock();
  });

  it.each([
    ['of another machine', () => heldBy(1, 'elsewhere')],
    [
      'that says nothing',
      () => {
        lockRun(file, NOW)();
        writeFileSync(lock, '');
      },
    ],
  ])('is refused with a lock %s', (_, make) => {
    make();
    expect(() => lockRun(file, NOW)).toThrow('works on the same run');
  });

  it('must lie where it can be written', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => lockRun(join(folder, 'file', 'run.jsonl'), NOW)).toThrow(
      'choose another place with --run-file',
    );
  });
});
