import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { probe } from '../../generator/simulate/emulator.ts';
import { countsText, measureCosts } from './cost-counts.ts';

const { emulator: lacking } = probe();
const title = 'the counts of asr cost';

describe.skipIf(lacking !== undefined)(
  lacking === undefined ? title : `${title} (skipped: ${lacking})`,
  () => {
    it('are what the end-to-end world takes; if not, run cost-counts.ts --write', async () => {
      const file = new URL('../../generator/cost/counts.yaml', import.meta.url);
      expect(countsText(await measureCosts())).toBe(readFileSync(file, 'utf8'));
    }, 300_000);
  },
);
