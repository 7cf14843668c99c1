import { objectOf } from '../model/json.ts';

/** Raised when AWS is busy or its answer didn't arrive; the caller tries again after a while. */
export class Busy extends Error {
  override readonly name = 'Busy';
}

/** Errors that pass by themselves, as the services name them; errors with HTTP status 429 or 5xx do, too. */
const BUSY: ReadonlySet<string> = new Set([
  'AutomationExecutionLimitExceededException',
  'ConcurrentUpdateError',
  'ConflictException',
  'InternalException',
  'InternalFailure',
  'InternalServerError',
  'InternalServerException',
  'InternalServiceException',
  'LimitExceededException',
  'NetworkingError',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestTimeout',
  'ServiceUnavailable',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
  'TransactionConflictException',
  'TransactionInProgressException',
]);

/** Network errors, by Node.js's code. */
const UNANSWERED: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);

export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}

/** Whether a service's error code says that trying again later helps. */
export function isBusyCode(code: string): boolean {
  return BUSY.has(code);
}

export function isBusy(error: unknown): boolean {
  if (isBusyCode(errorName(error)) || error instanceof Busy) return true;
  const { code, $metadata } = objectOf(error);
  const status = objectOf($metadata)['httpStatusCode'];
  return (
    (typeof code === 'string' && UNANSWERED.has(code)) ||
    (typeof status === 'number' && (status === 429 || status >= 500))
  );
}

/** AWS refuses the call to this role, whatever its arguments are. */
export function isDenied(error: unknown): boolean {
  return errorName(error).startsWith('AccessDenied');
}

/** Passes an error on, as `Busy` when trying again later helps. */
export function rethrow(error: unknown): never {
  if (error instanceof Busy || !isBusy(error)) throw error;
  throw new Busy(errorName(error), { cause: error });
}
