import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { probe } from '../../generator/simulate/emulator.ts';
import { countsText, measureCosts } from './cost-counts.ts';
import { benchRunTime } from './run-time.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const RUNS = 3;

interface Measured {
  readonly seconds: number;
  readonly peakMegabytes: number;
}

/** Runs a script in a process of its own, so that time and peak memory are of that alone. */
function measure(args: readonly string[]): Measured {
  const output = execFileSync(
    process.execPath,
    ['--import', 'tsx', `${root}/test/bench/measured.ts`, ...args],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Measured;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function build(): number {
  const start = performance.now();
  execFileSync(process.execPath, [`${root}/generator/cli/asr.js`, 'build'], {
    cwd: root,
    stdio: 'ignore',
  });
  return (performance.now() - start) / 1000;
}

build();
const builds = Array.from({ length: RUNS }, build);
console.log(`build, whole process, warm: median ${median(builds).toFixed(2)} s of ${RUNS} runs`);

console.log('\nunits  seconds  ms/unit  peak MB  KB/unit');
let base: { readonly units: number; readonly peak: number } | undefined;
for (const units of [20, 1000, 5000]) {
  const { seconds, peakMegabytes } = measure([String(units)]);
  base ??= { units, peak: peakMegabytes };
  const perUnit =
    units === base.units
      ? ''
      : (((peakMegabytes - base.peak) * 1024) / (units - base.units)).toFixed(1);
  console.log(
    [
      String(units).padStart(5),
      seconds.toFixed(2).padStart(8),
      ((seconds * 1000) / units).toFixed(2).padStart(8),
      peakMegabytes.toFixed(0).padStart(8),
      perUnit.padStart(8),
    ].join(' '),
  );
}

await benchRunTime();

const { emulator: lacking } = probe();
console.log(
  lacking === undefined
    ? `\n${countsText(await measureCosts())}`
    : `\nWhat findings take for asr cost is not counted: ${lacking}`,
);
