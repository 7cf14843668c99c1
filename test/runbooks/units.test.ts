import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileAll } from '../../generator/compile/compile.ts';
import { keptForUndo } from '../../generator/compile/kept.ts';
import { readSources } from '../../generator/read/read-sources.ts';
import { startBridge } from '../../generator/simulate/bridge.ts';
import type { Bridge } from '../../generator/simulate/bridge.ts';
import { probe, startEmulator } from '../../generator/simulate/emulator.ts';
import type { Emulator } from '../../generator/simulate/emulator.ts';
import { permissionProblems, proveSituation } from '../../generator/simulate/prove.ts';
import { readResult } from '../../generator/simulate/result.ts';
import type { SituationResult, UnitTest } from '../../generator/simulate/unit-test-types.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = readSources(root);
const { compiled } = await compileAll(sources, 'SO0111');
const reason = probe().emulator;

/** Whether Undo refused for a change that came after the remediation. */
function hasRefused({ runs }: SituationResult): boolean {
  return runs.some(
    ({ mode, execution }) =>
      mode === 'Undo' && readResult(execution).error.startsWith('changed-since: '),
  );
}

/** Every unit's own test file, played against its emitted document: the proof of the remediation. */
describe.skipIf(reason !== undefined)(
  `units on the emulator${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let emulator: Emulator;
    let bridge: Bridge;
    beforeAll(async () => {
      emulator = await startEmulator();
      bridge = startBridge(emulator.endpoint);
    });
    afterAll(async () => {
      await bridge.close();
      await emulator.stop();
    });

    for (const unit of compiled) {
      const test = sources.tests.get(unit.runbook.name)?.value as UnitTest;
      describe(unit.runbook.name, () => {
        const played: SituationResult[] = [];
        for (const situation of test.situations) {
          it(`${situation.control}: ${situation.name}`, async () => {
            const ground = { bridge, reset: () => emulator.reset() };
            const result = await proveSituation(unit, situation, ground);
            played.push(result);
            expect(result.problems).toEqual([]);
          });
        }
        it('is left alone by Undo where somebody changed it since', () => {
          const isGuarded = keptForUndo(unit.runbook).unchanged.length > 0;
          expect(played.some(hasRefused)).toBe(isGuarded);
        });
        it('makes no call that its role does not allow, and has no permission that it does not use', async () => {
          expect(await permissionProblems(unit, played)).toEqual([]);
        });
      });
    }
  },
);
