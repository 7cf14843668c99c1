import { DeployError } from './deploy-error.ts';
import type { Ports } from './ports.ts';
import type { StackClient } from './stack-client.ts';
import type { DeployedStack } from './stack-records.ts';
import { describesKind } from './stack-kind.ts';
import type { StackKind } from './stack-kind.ts';
import { repairHint, stateOf } from './stack-state.ts';
import { confirm } from './terminal.ts';
import { waitUntilIdle, watchStack } from './watch-stack.ts';

/** A stack that can be worked on: `stack` is undefined when there is none. `declined`: the user wants nothing done. */
export type Settled =
  | { readonly type: 'settled'; readonly stack: DeployedStack | undefined }
  | { readonly type: 'declined' };

/**
 * Brings a stack to a state from which it can be deployed, asking before anything is done: waits for what goes on,
 * deletes what a failed creation left. Throws `DeployError` when people must act first.
 */
export async function settleStack(
  ports: Ports,
  {
    name,
    kind,
    isYes,
  }: { readonly name: string; readonly kind: StackKind; readonly isYes: boolean },
): Promise<Settled> {
  const { stacks, display, prompter, signal } = ports;
  const asks = { prompter, isYes, signal };
  for (;;) {
    const stack = await stacks.describe(name);
    if (stack === undefined) return { type: 'settled', stack };
    await refuseForeign(stacks, stack, kind);
    const { status } = stack;
    switch (stateOf(status)) {
      case 'new':
        return { type: 'settled', stack: undefined };
      case 'review':
        display.note(
          `${name} was begun earlier and never confirmed (${status}): it has no resources yet.`,
        );
        return { type: 'settled', stack };
      case 'ready':
        return { type: 'settled', stack };
      case 'busy':
        display.note(`Something is going on with ${name} already: ${status}.`);
        if (!(await confirm('Wait until it is over?', asks))) return { type: 'declined' };
        await waitUntilIdle(ports, stack.id);
        break;
      case 'delete-first':
        display.note(
          `An earlier creation of ${name} failed (${status}). Such a stack can't be updated; it must be deleted first.`,
        );
        if (!(await confirm(`Delete ${name} and start again?`, asks))) return { type: 'declined' };
        await deleteRest(ports, stack);
        break;
      case 'delete-again':
        throw new DeployError(
          `${name} is half deleted (${status}). Run asr destroy until it is gone, then deploy again.`,
        );
      case 'repair':
        throw new DeployError(
          `An earlier update of ${name} failed halfway (${status}). ${repairHint(status)}`,
        );
      case 'unknown':
        throw new DeployError(
          `${name} has the status ${status}, which this version doesn't know, so nothing is done. Look at it in the CloudFormation console.`,
        );
    }
  }
}

/** For a deletion that is no longer watched: says that it doesn't end with it, and passes the error on. */
export function deletionGoesOn({ display }: Ports, name: string): (error: unknown) => never {
  return (error) => {
    display.note(
      `CloudFormation goes on deleting ${name} by itself. Run the same command again to wait for it.`,
    );
    throw error;
  };
}

/** Deletes what a failed creation left. */
async function deleteRest(ports: Ports, stack: DeployedStack): Promise<void> {
  const { stacks, display, now } = ports;
  const after = await stacks.lastEvent(stack.id);
  await stacks.deleteStack(stack.id, `asr-delete-${now().getTime().toString(36)}`);
  const { status, progress } = await watchStack(ports, {
    stackId: stack.id,
    after,
    total: 0,
  }).catch(deletionGoesOn(ports, stack.name));
  if (status === 'DELETE_COMPLETE') {
    display.note(`${stack.name} is deleted.`);
    return;
  }
  const reasons = progress.failures.map(({ logicalId, reason }) => `${logicalId}: ${reason}`);
  throw new DeployError(
    [
      `${stack.name} could not be deleted (${status}).`,
      ...reasons,
      'Remove what is in the way, then run the command again.',
    ].join('\n'),
  );
}

/**
 * Refuses a stack of the same name that is something else. A stack that was never confirmed has no template, so nothing
 * of it tells what it is, and nothing of it can be lost.
 */
export async function refuseForeign(
  stacks: StackClient,
  stack: DeployedStack,
  kind: StackKind,
): Promise<void> {
  if (stateOf(stack.status) === 'review') return;
  const description =
    stack.description === '' ? await describedInTemplate(stacks, stack) : stack.description;
  if (describesKind(kind, description)) return;
  const what = description === '' ? 'It has no description.' : `It says: ${description}`;
  throw new DeployError(
    `The name ${stack.name} is taken in account ${stack.account}, Region ${stack.region}, by a stack that is no ${kind} stack of this project. ${what}\nName the right one with --stack-name.`,
  );
}

/** Emulators of AWS leave the description out of what they say about a stack. */
async function describedInTemplate(stacks: StackClient, { id }: DeployedStack): Promise<string> {
  try {
    return (await stacks.template(id)).Description ?? '';
  } catch (error) {
    if (error instanceof DeployError) return '';
    throw error;
  }
}
