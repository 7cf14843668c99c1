import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { loadState, saveState } from '../../../generator/simulate/finding-run.ts';
import type { FindingRun } from '../../../generator/simulate/finding-run.ts';

const run: FindingRun = {
  document: 'ASR-BlockPublicBucket',
  parameters: { ResourceArn: ['arn:aws:s3:::bucket'] },
  outcome: 'changed',
  changes: ['s3:PutPublicAccessBlock'],
  state: ['chunk'],
};

describe('state of findings', () => {
  let folder = '';
  let file = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'asr-state-'));
    file = join(folder, 'deep', 'state.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is nothing at first', async () => {
    expect(await loadState(file, 'finding')).toBeUndefined();
  });

  it('keeps a run per finding and leaves no other file behind', async () => {
    expect(await saveState(file, 'two', { ...run, outcome: 'mitigated' })).toBe(true);
    expect(await saveState(file, '__proto__', run)).toBe(true);
    expect(await loadState(file, 'two')).toMatchObject({ outcome: 'mitigated' });
    expect(await loadState(file, '__proto__')).toEqual(run);
    expect(await loadState(file, 'constructor')).toBeUndefined();
    expect(await readdir(join(folder, 'deep'))).toEqual(['state.json']);
  });

  it('replaces it by a later run that changed something, even one that failed', async () => {
    await saveState(file, 'finding', run);
    await saveState(file, 'finding', { ...run, outcome: 'failed', state: ['partly'] });
    expect(await loadState(file, 'finding')).toMatchObject({ state: ['partly'] });
  });

  it.each<Partial<FindingRun>>([
    { outcome: 'compliant' },
    { outcome: 'would-change' },
    { outcome: 'undone' },
    { outcome: 'failed', changes: [] },
    { outcome: 'changed', state: [] },
  ])('keeps the way back when a later run is %j', async (rest) => {
    await saveState(file, 'finding', run);
    expect(await saveState(file, 'finding', { ...run, state: ['other'], ...rest })).toBe(false);
    expect(await loadState(file, 'finding')).toEqual(run);
  });

  it.each(['', '{ "finding": ', '[]', '{"finding": {"document": 1}}'])(
    'is never lost when the file holds %j',
    async (text) => {
      file = join(folder, 'state.json');
      await writeFile(file, text);
      await expect(loadState(file, 'finding')).rejects.toThrow(`${file} can't be read`);
      if (!text.includes('document'))
        await expect(saveState(file, 'finding', run)).rejects.toThrow('left as it is');
      if (!text.includes('document')) expect(await readFile(file, 'utf8')).toBe(text);
    },
  );
});
