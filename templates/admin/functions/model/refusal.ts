/** Why something can't be used as it is. Each reason is a distinct one that a person understands. */
export type RefusalReason =
  | 'not-a-finding'
  | 'foreign-product'
  | 'mismatch'
  | 'unknown-standard'
  | 'standard-disabled'
  | 'unknown-control'
  | 'no-remediation'
  | 'unknown-resource'
  | 'parameters-unknown'
  | 'parameters-refused'
  | 'settings-unreadable'
  | 'configuration-unreadable'
  | 'exception-unreadable'
  | 'state-unreadable';

export interface Refusal {
  readonly status: 'refused';
  readonly reason: RefusalReason;
  /** One sentence for people, without text from the finding that was not checked. */
  readonly message: string;
}

export function refuse(reason: RefusalReason, message: string): Refusal {
  return { status: 'refused', reason, message };
}

export function isRefusal(value: object): value is Refusal {
  return 'status' in value && value.status === 'refused';
}
