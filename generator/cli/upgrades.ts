import { existsSync, readFileSync } from 'node:fs';
import { compareReleases } from '../emit/compare-releases.ts';
import type { UpgradeStep } from '../emit/compare-releases.ts';
import { parseLedger, releaseOf } from '../emit/ledger.ts';
import type { Ledger } from '../emit/ledger.ts';
import type { TemplateFile } from '../emit/types.ts';
import { CommandError } from './exit-codes.ts';
import type { Project } from './project.ts';

/** What was released, with what an update must know of it. */
export const LEDGER = 'docs/releases/ledger.json';

/** The released versions; none when there is no ledger yet. Throws `CommandError` when it can't be read. */
export function readLedger({ root }: Project): Ledger {
  const path = `${root}/${LEDGER}`;
  if (!existsSync(path)) return new Map();
  try {
    return parseLedger(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      `${LEDGER} can't be read: ${reason}. Restore it from the repository; nothing else knows what was released.`,
    );
  }
}

/** What updates from each released version to these templates would do. */
export function upgradeSteps(
  project: Project,
  templates: readonly TemplateFile[],
  solutionId: string,
): readonly UpgradeStep[] {
  return compareReleases(readLedger(project), releaseOf(templates, solutionId));
}

/** Steps that someone who updates must know of: all but what is deleted without a loss. */
export function mattering(steps: readonly UpgradeStep[]): readonly UpgradeStep[] {
  return steps.filter(({ does, isError }) => isError || does !== 'removed');
}

/** One line for each step: `error: update from 0.1.0, admin: ...`. */
export function upgradeLines(steps: readonly UpgradeStep[]): string {
  return steps
    .map(
      ({ from, template, isError, what }) =>
        `${isError ? 'error: ' : ''}update from ${from}, ${stackOf(template)}: ${what}`,
    )
    .join('\n');
}

function stackOf(template: string): string {
  return template.replace(/^automated-security-response-/u, '').replace(/\.template$/u, '');
}
