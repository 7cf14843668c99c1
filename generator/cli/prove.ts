import { basename } from 'node:path';
import type { Command } from 'commander';
import { compileRunbook } from '../compile/compile.ts';
import type { CompiledRunbook } from '../compile/compiled.ts';
import { hasErrors } from '../read/diagnostics.ts';
import type { OwnSources } from '../read/own-sources.ts';
import { readSources } from '../read/read-sources.ts';
import type { Sources } from '../read/read-sources.ts';
import { startBridge } from '../simulate/bridge.ts';
import { probe, startEmulator } from '../simulate/emulator.ts';
import { permissionProblems, proveSituation } from '../simulate/prove.ts';
import type { ProvingGround } from '../simulate/prove.ts';
import type { SituationResult, UnitTest } from '../simulate/unit-test-types.ts';
import type { CommandContext } from './context.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { isOwn, projectWith, withSources } from './own-sources.ts';
import type { SourcesOptions } from './own-sources.ts';
import { prettyDiagnostics } from './print.ts';
import { DEFAULT_SOLUTION_ID } from './project.ts';

/** `asr prove`: plays the situations of single units on a local emulator, while one is being written. */
export function addProve(program: Command, { printer, project, exit }: CommandContext): void {
  withSources(program.command('prove'))
    .description(
      "play the situations of runbooks' tests on a local moto server, which it starts and stops",
    )
    .argument('<runbook...>', 'for example EnableKeyRotation')
    .action(async (names: readonly string[], options: SourcesOptions) => {
      const { emulator: reason } = probe();
      if (reason !== undefined) throw new CommandError(`The proof needs the emulator: ${reason}.`);
      const { root, own } = projectWith(project, options);
      const sources = readSources(root, { own });
      const units: CompiledRunbook[] = [];
      for (const name of names) units.push(await compileOne(name, sources, own));
      const emulator = await startEmulator();
      const bridge = startBridge(emulator.endpoint);
      try {
        for (const unit of units) {
          const test = sources.tests.get(unit.runbook.name)?.value as UnitTest;
          const ground = { bridge, reset: () => emulator.reset() };
          if (!(await prove(unit, test, ground, printer.result))) exit(EXIT.problems);
        }
      } finally {
        await bridge.close();
        await emulator.stop();
      }
    });
}

async function compileOne(
  name: string,
  sources: Sources,
  own: OwnSources | undefined,
): Promise<CompiledRunbook> {
  const runbook = sources.runbooks.find((one) => one.name === name);
  const ofFile = sources.problems.filter(({ file }) => unitOf(file, own) === name);
  if (hasErrors(ofFile)) throw new CommandError(prettyDiagnostics(ofFile));
  if (runbook === undefined) throw new CommandError(`There is no runbook ${name}.`, EXIT.usage);
  const { compiled, problems } = await compileRunbook(runbook, sources, DEFAULT_SOLUTION_ID);
  if (compiled === undefined || hasErrors(problems))
    throw new CommandError(prettyDiagnostics(problems));
  return compiled;
}

/** Name of the unit that a file belongs to; the files of own units don't have the prefix. */
function unitOf(file: string, own: OwnSources | undefined): string {
  const [stem = ''] = basename(file).split('.');
  return own !== undefined && isOwn(own, file) ? `${own.prefix}${stem}` : stem;
}

async function prove(
  unit: CompiledRunbook,
  test: UnitTest,
  ground: ProvingGround,
  print: (text: string) => void,
): Promise<boolean> {
  print(unit.runbook.name);
  const played: SituationResult[] = [];
  for (const situation of test.situations) {
    const result = await proveSituation(unit, situation, ground);
    played.push(result);
    const verdict = result.problems.length === 0 ? 'ok  ' : 'FAIL';
    print(
      [
        `  ${verdict} ${situation.control}: ${situation.name}`,
        ...result.problems.map((text) => `       ${text}`),
      ].join('\n'),
    );
  }
  const problems = await permissionProblems(unit, played);
  for (const text of problems) print(`  FAIL permissions: ${text}`);
  if (problems.length === 0) print('  ok   permissions: every call allowed, none unused');
  return problems.length === 0 && played.every((result) => result.problems.length === 0);
}
