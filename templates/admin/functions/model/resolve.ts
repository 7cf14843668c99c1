/** What a finding means: its control, the remediation, and the values that are known so far. */
export interface Resolved {
  readonly standard: string;
  readonly securityControlId: string;
  readonly remediation: string;
  readonly document: string;
  readonly roleStem: string;
  readonly resource: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  /** Parameter to Security Hub's name for it: to be read from Security Hub in the finding's account. */
  readonly parametersToRead: Readonly<Record<string, string>>;
}
