import { undoSteps } from '../model/runbook.ts';
import type { Runbook } from '../model/runbook.ts';
import { checkReferences, stepReferences } from './scope.ts';

/** What a document keeps of a change for its undo. */
interface KeptForUndo {
  /** Names of `before` that undo reads: only they go into the State. */
  readonly before: readonly string[];
  /** Steps of `change` whose answers undo reads. */
  readonly done: readonly string[];
  /** Names of `before` whose values Undo demands to be as the change left them. */
  readonly unchanged: readonly string[];
}

/** What the undo of a unit needs, as its script says it. Of a unit without undo it is empty. */
export function keptForUndo(runbook: Runbook): KeptForUndo {
  const answers = new Set(runbook.change.map((step) => step.as));
  const paths = undoSteps(runbook)
    .flatMap(stepReferences)
    .map(({ reference }) => reference.path);
  const before = namesOfBefore(paths);
  return {
    before,
    done: sorted(paths.map(([root]) => (answers.has(root) ? root : undefined))),
    unchanged: unchangedNames(runbook, before),
  };
}

/**
 * Left out, what undo reads and what the control's check looks at: undo writes over that. Without verification the check
 * may come to hold later and by itself, so then it doesn't count.
 */
function unchangedNames(runbook: Runbook, before: readonly string[]): readonly string[] {
  const { unchanged, undo, verify, compliant } = runbook;
  if (undo.type === 'none' || unchanged?.type === 'none') return [];
  if (unchanged !== undefined) return sorted(unchanged.names);
  const checked = checkReferences(compliant).map(({ reference }) => reference.path);
  return sorted([...before, ...(verify.type === 'again' ? namesOfBefore(checked) : [])]);
}

function namesOfBefore(paths: readonly (readonly string[])[]): readonly string[] {
  return sorted(paths.map(([root, name]) => (root === 'before' ? name : undefined)));
}

function sorted(names: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== undefined))].toSorted();
}
