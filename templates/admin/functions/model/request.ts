/** What is asked for: look, change, or take a change back. */
export const MODES = ['Remediate', 'Preview', 'Undo'] as const;
export type Mode = (typeof MODES)[number];

/**
 * How a request came in. `automatic`: an imported finding. `custom-action`: a click in Security Hub, which names nobody.
 * `command`: a message in the command queue, whose sender Amazon SQS names. `console`: the web console, which names its
 * user. `approval`: a named person approved an attempt that waited for it.
 */
export const ORIGINS = ['automatic', 'custom-action', 'command', 'console', 'approval'] as const;
export type Origin = (typeof ORIGINS)[number];

export interface Request {
  /** The same for each delivery of one event, and different for two clicks. */
  readonly id: string;
  readonly origin: Origin;
  readonly mode: Mode;
  /** Who asked, as far as that is known. */
  readonly actor: string;
  /** Undo although the resource changed since. */
  readonly force: boolean;
  /** Open a ticket when the attempt ends. */
  readonly ticket: boolean;
  /** Attempt that is approved (origin `approval`), or the one to take back (mode `Undo`; newest when absent). */
  readonly attempt?: string;
}
