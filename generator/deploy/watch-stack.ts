import type { StackStatus } from '@aws-sdk/client-cloudformation';
import { AwsProblem } from './aws-problem.ts';
import type { Ports } from './ports.ts';
import { advance, eventLine, isNews, NO_PROGRESS, statusLine } from './stack-progress.ts';
import type { Progress } from './stack-progress.ts';
import { stateOf } from './stack-state.ts';

/** Between two looks, in milliseconds; CloudFormation throttles who looks much more often. */
const LOOK_EVERY = 3000;
/** How many looks in a row may fail for reasons that pass. */
const PATIENCE = 5;

export interface Watched {
  /** The stack's status when nothing goes on any more. */
  readonly status: StackStatus;
  readonly progress: Progress;
}

/**
 * Shows the events of a running operation until it has ended: on a terminal one line that is rewritten, and failures;
 * elsewhere a line for each event. Throws `Interrupted`, or `AwsProblem` when the stack can't be watched any more;
 * the operation goes on in AWS all the same.
 * @param after id of the last event before the operation; the end of an operation is believed only after a newer one
 * @param total resources that it is about, 0 when unknown
 */
export async function watchStack(
  ports: Ports,
  {
    stackId,
    after,
    total,
  }: { readonly stackId: string; readonly after: string | undefined; readonly total: number },
): Promise<Watched> {
  const { stacks, display, now, sleep, signal } = ports;
  const start = now().getTime();
  let progress = NO_PROGRESS;
  let last = after;
  for (let failed = 0; ;) {
    try {
      for (const event of await stacks.eventsSince(stackId, last)) {
        const isShown = !display.isTerminal || event.status.endsWith('_FAILED');
        if (isShown && isNews(progress, event)) display.note(eventLine(event));
        progress = advance(progress, event);
        last = event.id;
      }
      // The status alone could still be the one from before the operation.
      if (progress.stackStatus !== undefined && isEnd(progress.stackStatus)) {
        const status = (await stacks.describe(stackId))?.status ?? 'DELETE_COMPLETE';
        if (isEnd(status)) {
          display.live('');
          return { status, progress };
        }
      }
      failed = 0;
    } catch (error) {
      failed += 1;
      if (!(error instanceof AwsProblem) || error.kind !== 'transient' || failed > PATIENCE)
        throw error;
    }
    const seconds = (now().getTime() - start) / 1000;
    display.live(statusLine(progress, { total, seconds, columns: display.columns }));
    await sleep(LOOK_EVERY, signal);
  }
}

/** Waits until whatever somebody else has started is over; the stack may be gone then. Throws like `watchStack`. */
export async function waitUntilIdle(ports: Ports, stackId: string): Promise<void> {
  const { stacks, display, sleep, signal } = ports;
  for (;;) {
    const stack = await stacks.describe(stackId);
    if (stateOf(stack?.status) !== 'busy') {
      display.live('');
      return;
    }
    display.live(`waiting for ${stack?.name ?? stackId}: ${stack?.status ?? ''}`);
    await sleep(LOOK_EVERY, signal);
  }
}

function isEnd(status: string): boolean {
  return !status.endsWith('_IN_PROGRESS');
}
