/** What a checker says about a template in one Region. */
export interface TemplateFinding {
  /** File name of the template. */
  readonly template: string;
  readonly region: string;
  readonly rule: string;
  readonly message: string;
  /** Logical id of the resource it concerns, when there is one. */
  readonly resource?: string;
  readonly line: number;
  readonly column: number;
  readonly fix?: string;
}

/** The Regions that stand for the three partitions. */
export const CHECKED_REGIONS = ['us-east-1', 'us-gov-west-1', 'cn-north-1'] as const;

/** Names and versions of a checker, or why it was left out. */
export interface Checker {
  readonly name: string;
  readonly version?: string;
  readonly skipped?: string;
}

export interface CheckerReport {
  readonly checker: Checker;
  readonly findings: readonly TemplateFinding[];
}
