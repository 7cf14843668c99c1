import type { ResourceStatus, StackStatus } from '@aws-sdk/client-cloudformation';

/** An event of a stack, as far as it is looked at [API DescribeStackEvents]. */
export interface StackEvent {
  readonly id: string;
  readonly at: Date;
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly type: string;
  /** Resources' statuses; the stack's own events carry a status of stacks. */
  readonly status: ResourceStatus | StackStatus;
  readonly reason?: string;
  /** The event is of the stack as a whole. */
  readonly isStack: boolean;
}

/** Something that failed by itself, not because something else did. */
export interface Failure {
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly type: string;
  readonly reason: string;
}

/** What is known of a running operation. */
export interface Progress {
  /** Latest status of each resource, in the order in which they were first seen. */
  readonly resources: ReadonlyMap<string, StackEvent>;
  readonly failures: readonly Failure[];
  /** Latest status of the stack itself, from its events. */
  readonly stackStatus?: string;
  readonly stackReason?: string;
}

export const NO_PROGRESS: Progress = { resources: new Map(), failures: [] };

/** What happens to others when one fails; never a cause. */
const CANCELLED = /^Resource (?:creation|update|deletion) cancell?ed/u;

/** Takes in one event, the oldest first. */
export function advance(progress: Progress, event: StackEvent): Progress {
  const { logicalId, physicalId, type, status, reason } = event;
  if (event.isStack)
    return {
      ...progress,
      stackStatus: status,
      ...(reason === undefined ? {} : { stackReason: reason }),
    };
  const isCause = status.endsWith('_FAILED') && !CANCELLED.test(reason ?? '');
  return {
    ...progress,
    resources: new Map([...progress.resources, [logicalId, event]]),
    failures: isCause
      ? [
          ...progress.failures,
          {
            logicalId,
            ...(physicalId === undefined || physicalId === '' ? {} : { physicalId }),
            type,
            reason: reason ?? 'CloudFormation gave no reason.',
          },
        ]
      : progress.failures,
  };
}

/** Whether an event says more than the one before it of the same resource; CloudFormation repeats statuses. */
export function isNews(progress: Progress, { isStack, logicalId, status }: StackEvent): boolean {
  const last = isStack ? progress.stackStatus : progress.resources.get(logicalId)?.status;
  return last !== status;
}

/** An event as a line: time in UTC, status, resource, and the reason when something failed. */
export function eventLine({ at, status, logicalId, type, reason, isStack }: StackEvent): string {
  const time = at.toISOString().slice(11, 19);
  const what = isStack ? 'the stack' : `${logicalId}  ${type}`;
  const why = reason !== undefined && status.endsWith('_FAILED') ? `: ${reason}` : '';
  return `${time}  ${status.padEnd(18)}  ${what}${why}`;
}

/**
 * The state of things in one line that fits a terminal.
 * @param total resources that the operation is about; 0 when unknown
 * @param seconds since it began
 */
export function statusLine(
  progress: Progress,
  {
    total,
    seconds,
    columns,
  }: { readonly total: number; readonly seconds: number; readonly columns: number },
): string {
  const events = [...progress.resources.values()];
  const done = events.filter(({ status }) => isDone(status)).length;
  const active = events.filter(({ status }) => status.endsWith('_IN_PROGRESS'));
  const clock = `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
  const count = total === 0 ? `${done} done` : `${Math.min(done, total)} of ${total} done`;
  const names = active.map(({ logicalId }) => logicalId).join(', ');
  const line = `${clock}  ${progress.stackStatus ?? 'waiting'}  ${count}${names === '' ? '' : `, now ${names}`}`;
  return line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 4))}...`;
}

function isDone(status: string): boolean {
  return status.endsWith('_COMPLETE') || status === 'DELETE_SKIPPED';
}
