import type { StackStatus } from '@aws-sdk/client-cloudformation';

/**
 * What can be done with a stack:
 * `new`: nothing is there; `review`: a change set was made and never executed; `ready`: can be updated; `busy`: wait;
 * `delete-first`: its creation failed, only deletion is possible; `delete-again`: its deletion failed;
 * `repair`: an update failed halfway; `unknown`: a status that this version doesn't know, so nothing is done.
 */
export type StackState =
  | 'new'
  | 'review'
  | 'ready'
  | 'busy'
  | 'delete-first'
  | 'delete-again'
  | 'repair'
  | 'unknown';

/** [CloudFormation User Guide, "Understand stack status codes"]; undefined when there is no stack. */
export function stateOf(status: StackStatus | undefined): StackState {
  switch (status) {
    case undefined:
    case 'DELETE_COMPLETE':
      return 'new';
    case 'REVIEW_IN_PROGRESS':
      return 'review';
    case 'CREATE_COMPLETE':
    case 'UPDATE_COMPLETE':
    case 'UPDATE_ROLLBACK_COMPLETE':
    case 'IMPORT_COMPLETE':
    case 'IMPORT_ROLLBACK_COMPLETE':
      return 'ready';
    case 'CREATE_IN_PROGRESS':
    case 'DELETE_IN_PROGRESS':
    case 'IMPORT_IN_PROGRESS':
    case 'IMPORT_ROLLBACK_IN_PROGRESS':
    case 'ROLLBACK_IN_PROGRESS':
    case 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS':
    case 'UPDATE_IN_PROGRESS':
    case 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS':
    case 'UPDATE_ROLLBACK_IN_PROGRESS':
      return 'busy';
    case 'CREATE_FAILED':
    case 'ROLLBACK_COMPLETE':
    case 'ROLLBACK_FAILED':
      return 'delete-first';
    case 'DELETE_FAILED':
      return 'delete-again';
    case 'UPDATE_FAILED':
    case 'UPDATE_ROLLBACK_FAILED':
    case 'IMPORT_ROLLBACK_FAILED':
      return 'repair';
    default:
      // A status of a later version of CloudFormation.
      return unknownStatus(status);
  }
}

function unknownStatus(_status: never): StackState {
  return 'unknown';
}

/** What a status that is not the wanted end means, and what to do next. */
export function afterFailure(name: string, status: StackStatus): string {
  switch (stateOf(status)) {
    case 'delete-first':
      return status === 'ROLLBACK_COMPLETE'
        ? `${name} was taken back (${status}): what it had created is deleted, except what it keeps. The same command offers to delete the rest of the stack and starts again.`
        : `${name} is half there (${status}). The same command offers to delete it and starts again.`;
    case 'delete-again':
      return `${name} could not be deleted wholly (${status}). Remove what is in the way, then run asr destroy again.`;
    case 'repair':
      return `${name} is between two versions (${status}). ${repairHint(status)}`;
    case 'ready':
      return status.includes('ROLLBACK')
        ? `${name} is as it was before (${status}).`
        : `${name} is ${status}.`;
    case 'busy':
      return `${name} is still ${status}.`;
    case 'new':
    case 'review':
      return `${name} has no resources (${status}).`;
    case 'unknown':
      return `${name} has the status ${status}, which this version doesn't know. Look at it in the CloudFormation console.`;
  }
}

/** How a stack is brought back from a failed update. */
export function repairHint(status: StackStatus): string {
  return status === 'UPDATE_ROLLBACK_FAILED'
    ? 'Open it in the CloudFormation console, read the last failed event, mend its cause, and choose Stack actions > Continue update rollback; then run the command again.'
    : 'Open it in the CloudFormation console, read the last failed event, and choose Stack actions > Roll back; then run the command again.';
}
