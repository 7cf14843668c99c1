import { AwsProblem } from '../aws-problem.ts';
import type { Ports } from '../ports.ts';
import { countResults, progressLine, secondsLeft } from './progress.ts';
import type { Counted } from './progress.ts';
import type { StackSetClient } from './stack-set-client.ts';
import { isActive } from './stack-set-records.ts';
import type { Operation } from './stack-set-records.ts';

/** What following needs of the outside world. */
export type FollowPorts = Pick<Ports, 'display' | 'now' | 'sleep' | 'signal'> & {
  readonly stackSets: StackSetClient;
};

/** Between two looks, in milliseconds. */
const LOOK_EVERY = 10_000;
/**
 * Milliseconds that must pass for each page of results before they are all listed again. AWS publishes no request rate for
 * StackSets; a page in two seconds leaves room for others, and an operation on 20,000 stacks has 200 pages.
 */
const PAGE_EVERY = 2000;
const PAGE = 100;
/** Where there is no terminal, a line each so many milliseconds. */
const TELL_EVERY = 60_000;
/** How many looks in a row may fail for reasons that pass. */
const PATIENCE = 5;

/**
 * Shows an operation until it has ended, and gives its end. Throws `Interrupted`, or `AwsProblem` when it can't be followed
 * any more; the operation goes on in AWS all the same.
 */
export async function followOperation(
  { stackSets, display, now, sleep, signal }: FollowPorts,
  { name, id, title }: { readonly name: string; readonly id: string; readonly title: string },
): Promise<Operation> {
  const start = now().getTime();
  let first: Counted | undefined;
  let counted: Counted | undefined;
  let countAt = start;
  let tellAt = start + TELL_EVERY;
  for (let failed = 0; ;) {
    try {
      const operation = await stackSets.operation(name, id);
      if (!isActive(operation)) {
        display.live('');
        return operation;
      }
      if (now().getTime() >= countAt) {
        const results = await stackSets.results(name, id);
        const at = now().getTime();
        countAt = at + Math.ceil(results.length / PAGE) * PAGE_EVERY;
        counted = { counts: countResults(results), at };
        // An operation that waits for its turn has no results yet.
        if (results.length > 0) first ??= counted;
      }
      failed = 0;
    } catch (error) {
      failed += 1;
      if (!(error instanceof AwsProblem) || error.kind !== 'transient' || failed > PATIENCE)
        throw error;
    }
    const time = now().getTime();
    const line = progressLine(title, counted?.counts, {
      seconds: (time - start) / 1000,
      left: leftOf(first, counted, time),
    });
    display.live(line.slice(0, display.columns - 1));
    if (!display.isTerminal && time >= tellAt) {
      display.note(line);
      tellAt = time + TELL_EVERY;
    }
    await sleep(LOOK_EVERY, signal);
  }
}

/** Seconds from now, as counted when the results were listed last. */
function leftOf(
  first: Counted | undefined,
  counted: Counted | undefined,
  time: number,
): number | undefined {
  if (first === undefined || counted === undefined) return undefined;
  const left = secondsLeft(first, counted);
  return left === undefined ? undefined : Math.max(0, left - (time - counted.at) / 1000);
}

/** Follows whatever goes on with a stack set, of an earlier run or of somebody else, until nothing does. */
export async function waitUntilIdle(ports: FollowPorts, name: string): Promise<void> {
  for (;;) {
    const operation = await ports.stackSets.activeOperation(name);
    if (operation === undefined) return;
    ports.display.note(
      `An operation goes on with ${name} (${operation.id}); following it to its end first.`,
    );
    await followOperation(ports, { name, id: operation.id, title: `earlier operation on ${name}` });
  }
}
