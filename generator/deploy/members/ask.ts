import { DeployError } from '../deploy-error.ts';
import { confirm } from '../terminal.ts';
import type { Prompter } from '../terminal.ts';

/** Asks before something is changed. Throws `DeployError` when there is nobody to ask, and `Interrupted` on Ctrl-C. */
export async function ask(
  question: string,
  how: { readonly prompter: Prompter; readonly isYes: boolean; readonly signal: AbortSignal },
): Promise<boolean> {
  if (!how.isYes && !how.prompter.isInteractive)
    throw new DeployError('There is no terminal to ask on. Say --yes to do it without asking.', {
      isUsage: true,
    });
  return confirm(question, how);
}
