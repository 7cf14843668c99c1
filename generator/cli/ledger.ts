import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { emitFiles } from '../emit/emit-all.ts';
import { ledgerText, releaseOf } from '../emit/ledger.ts';
import type { Release } from '../emit/ledger.ts';
import { compareReleases } from '../emit/compare-releases.ts';
import type { UpgradeStep } from '../emit/compare-releases.ts';
import { hasErrors } from '../read/diagnostics.ts';
import type { CommandContext } from './context.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { prettyDiagnostics } from './print.ts';
import { DEFAULT_SOLUTION_ID, requireProject } from './project.ts';
import type { Project } from './project.ts';
import { LEDGER, readLedger, upgradeLines } from './upgrades.ts';

interface LedgerOptions {
  readonly release?: true;
  readonly json?: true;
}

/** `asr ledger`: what updates from released versions would do, and the entry of a new release. */
export function addLedger(program: Command, { printer, project, exit }: CommandContext): void {
  program
    .command('ledger')
    .description(
      'say what an update from each released version to the present templates would replace, rename, leave behind or delete',
    )
    .option('--release', `write the entry of the present version to ${LEDGER}`)
    .option('--json', 'print JSON')
    .action(async (options: LedgerOptions) => {
      const progress = printer.progress('Compiling...');
      const present = await presentRelease(project).finally(progress.done);
      const ledger = new Map(readLedger(project));
      // A release is compared with those before it; its own entry is what is written.
      if (options.release === true) ledger.delete(project.version);
      const steps = compareReleases(ledger, present);
      const isRefused = steps.some(({ isError }) => isError);
      if (isRefused) exit(EXIT.problems);
      if (options.json === true) printer.result(JSON.stringify({ steps }, undefined, 2));
      else printer.result(summary([...ledger.keys()], steps));
      if (options.release !== true) return;
      if (isRefused) {
        printer.note(`\n${LEDGER} was left alone: the version can't be released like this.`);
        return;
      }
      ledger.set(project.version, present);
      const path = `${project.root}/${LEDGER}`;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, ledgerText(ledger));
      printer.note(`${LEDGER} holds version ${project.version}.`);
    });
}

async function presentRelease(project: Project): Promise<Release> {
  const { sources, compiled } = await requireProject(project);
  const names = { solutionId: DEFAULT_SOLUTION_ID, version: project.version };
  const { templates, problems } = await emitFiles({
    compiled,
    standards: sources.standards,
    names,
  });
  if (hasErrors(problems)) throw new CommandError(prettyDiagnostics(problems));
  return releaseOf(templates, names.solutionId);
}

function summary(versions: readonly string[], steps: readonly UpgradeStep[]): string {
  if (versions.length === 0) return 'No other version was released yet.';
  if (steps.length === 0) return `Updates from ${versions.join(', ')} keep every resource.`;
  return upgradeLines(steps);
}
