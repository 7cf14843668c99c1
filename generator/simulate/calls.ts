import type { JsonObject } from './json.ts';

/** One call of an AWS API, by its boto3 service name, such as `elbv2`. */
export interface ApiCall {
  readonly service: string;
  readonly operation: string;
  readonly parameters: JsonObject;
}

/** A call that was made, with the code of its error if it failed. */
export interface RecordedCall extends ApiCall {
  readonly errorCode?: string;
}

/** What becomes of a call: sent to the endpoint, refused, or answered without asking it. */
export type Verdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'error'; readonly code: string; readonly message: string }
  | { readonly kind: 'answer'; readonly result: JsonObject };

/** Sees every call before it is made and after it ended. */
export interface CallWatcher {
  readonly decide: (call: ApiCall) => Verdict;
  readonly record: (call: RecordedCall) => void;
}

/** `service:Operation`, as runbooks write it. */
export function nameOf(call: ApiCall): string {
  return `${call.service}:${call.operation}`;
}

/** The verdict on a call that the caller's `allow` refuses. */
export function refusal(call: ApiCall): Verdict {
  return {
    kind: 'error',
    code: 'AccessDenied',
    message: `${nameOf(call)} is not allowed in this simulation`,
  };
}
