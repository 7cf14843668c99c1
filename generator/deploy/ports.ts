import type { StackClient } from './stack-client.ts';
import type { TemplateStore } from './template-store.ts';
import type { Display, Prompter, Sleep } from './terminal.ts';

/** The outside world of a deployment. */
export interface Ports {
  readonly stacks: StackClient;
  readonly templates: TemplateStore;
  readonly display: Display;
  readonly prompter: Prompter;
  readonly now: () => Date;
  readonly sleep: Sleep;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * How a command ended: `nothing` was to be done; `declined` by the user; `interrupted` by Ctrl-C. What there is to say
 * was said already.
 */
export type Outcome = 'done' | 'nothing' | 'declined' | 'failed' | 'interrupted';
