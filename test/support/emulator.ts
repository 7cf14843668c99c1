import { afterAll, beforeAll, beforeEach, describe } from 'vitest';

import { startBridge } from '../../generator/simulate/bridge.ts';
import type { Bridge } from '../../generator/simulate/bridge.ts';
import { probe, startEmulator } from '../../generator/simulate/emulator.ts';
import type { Emulator } from '../../generator/simulate/emulator.ts';

// Python and the emulator load much on a machine that may be busy: milliseconds until a test is given up.
const patience = 60_000;

/** A running emulator and a bridge to it, from the first test on. */
export interface Local {
  readonly emulator: () => Emulator;
  readonly bridge: () => Bridge;
}

/** Tests against the emulator, which starts once and forgets everything before each test. */
export function describeWithEmulator(title: string, tests: (local: Local) => void): void {
  describeUnless(probe().emulator, title, () => {
    let emulator: Emulator | undefined;
    let bridge: Bridge | undefined;
    beforeAll(async () => {
      emulator = await startEmulator();
      bridge = startBridge(emulator.endpoint);
    }, patience);
    beforeEach(() => emulator?.reset());
    afterAll(async () => {
      await bridge?.close();
      await emulator?.stop();
    }, patience);
    tests({ emulator: () => started(emulator), bridge: () => started(bridge) });
  });
}

function describeUnless(reason: string | undefined, title: string, tests: () => void): void {
  describe.skipIf(reason !== undefined)(
    reason === undefined ? title : `${title} (skipped: ${reason})`,
    { timeout: patience },
    tests,
  );
}

function started<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('not started: use it inside a test');
  return thing;
}
