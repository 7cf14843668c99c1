import { fileURLToPath } from 'node:url';
import { compileRunbook } from '../../generator/compile/compile.ts';
import type { Runbook } from '../../generator/model/runbook.ts';
import { readSources } from '../../generator/read/read-sources.ts';

/** Compiles so many synthetic units (the project's own, again and again under other names) and prints what it took. */
const count = Number(process.argv[2]);
const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/u, '');
const sources = readSources(root);
const originals = sources.runbooks;
// As a build does it: linting belongs to the check.
const context = { ...sources, lint: false };

const start = performance.now();
let failed = 0;
let bytes = 0;
for (let index = 0; index < count; index += 1) {
  const original = originals[index % originals.length];
  if (original === undefined) throw new Error('there are no units to multiply');
  const copy: Runbook = { ...original, name: `${original.name.slice(0, 30)}${index}` };
  const { compiled, problems } = await compileRunbook(copy, context, 'SO0111');
  if (compiled === undefined) failed += 1;
  bytes += (compiled?.script.length ?? 0) + problems.length;
}
if (failed > 0) throw new Error(`${failed} synthetic units did not compile`);
const seconds = (performance.now() - start) / 1000;
console.log(
  JSON.stringify({ seconds, peakMegabytes: process.resourceUsage().maxRSS / 1024, bytes }),
);
