/** Why nothing was started. Each reason is a distinct outcome that a person understands. */
type RefusalReason =
  | 'unknown-action'
  | 'not-a-finding'
  | 'foreign-product'
  | 'mismatch'
  | 'not-failed'
  | 'unknown-standard'
  | 'standard-disabled'
  | 'unknown-control'
  | 'no-remediation'
  | 'unknown-resource'
  | 'parameters-unknown'
  | 'parameters-refused'
  | 'needs-approval'
  | 'filtered'
  | 'settings-unreadable'
  | 'role-missing'
  | 'member-missing'
  | 'foreign-member'
  | 'document-missing'
  | 'access-denied'
  | 'start-failed';

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
