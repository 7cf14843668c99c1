/** Where something stands in a source file; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Severity = 'error' | 'warning';

/** One problem in the sources, as data. Printing is the command line's business. */
export interface Diagnostic extends Position {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** What is wrong. */
  readonly what: string;
  /** Why it matters. */
  readonly why: string;
  /** What to do about it. */
  readonly fix: string;
}

/** Every code with the sentence that says why it matters. What and fix depend on the case. */
const CODES = {
  'unreadable-file': 'The build reads every source, so that nothing is left out silently.',
  'yaml-syntax': 'The file cannot be read as YAML.',
  'duplicate-key': 'Only one of the values would count, and readers would see the other.',
  'unknown-key': 'A key that nobody reads looks like a setting that works.',
  'missing-key': 'The build cannot go on without it.',
  'wrong-type': 'The value would be misread.',
  'wrong-value': 'The value has no meaning here.',
  'unquoted-reference': 'Unquoted braces are a YAML map, not a reference.',
  'unexpected-file':
    'The folder is the registry: a file that belongs to no unit is probably misnamed.',
  'missing-test': 'A remediation without a test is not proven.',
  'missing-undo': 'People must know whether a change can be taken back.',
  'missing-warning': 'People consent to this impact and must know who can notice it.',
  'bad-name': 'Document, role and catalogue row are named after the unit.',
  'taken-name': 'One of the two would hide the other.',
  'name-too-long': 'AWS would refuse the role or document in every account.',
  'duplicate-unit': 'Two units would make the same document.',
  'duplicate-claim': 'A finding must lead to exactly one remediation.',
  'unknown-control': 'No finding would ever reach the remediation.',
  'unknown-kind': 'Values could not be checked before they reach AWS.',
  'bad-kind': 'Every unit that uses the kind relies on its pattern.',
  'bad-default': 'The document would refuse its own default.',
  'constant-mismatch': 'The script reads every constant for every control.',
  'unknown-reference': 'The document would fail at this step in every account.',
  'unknown-service': 'The document would fail at this step in every account.',
  'unknown-operation': 'The document would fail at this step in every account.',
  'unknown-member': 'AWS would refuse the call.',
  'missing-member': 'AWS would refuse the call.',
  'unknown-error-code': 'An error that AWS never sends is never tolerated.',
  'unpaged-read': 'Only the first page would be read, and the rest taken for compliant.',
  'bad-jmespath': 'The script would fail when it reads the answer.',
  'write-in-preview': 'Preview promises to change nothing.',
  'read-in-change': 'A preview could not say what the step would find.',
  'wait-too-long': 'The execution would be ended before the wait is over.',
  'unknown-function': 'The script would fail at this step.',
  'function-arguments': 'The script would fail at this step.',
  'impure-function': 'Only pure functions can be tested without AWS, and only YAML may call AWS.',
  'python-syntax': 'Systems Manager would refuse the script.',
  'python-lint': 'The script would fail or surprise at run time.',
  'unused-function': 'Code that nothing calls is never tested by the unit.',
  'unused-parameter': 'People would set a value that has no effect.',
  'unused-role': 'A role that nothing uses is a risk without a use.',
  'unused-name': 'A kept value that nobody reads takes room in the undo state.',
  'unknown-action': 'IAM would ignore the permission.',
  'no-action': 'The role could not make the call.',
  'scope-missing': 'The permission would reach every resource of the account.',
  'scope-mismatch': 'IAM would never match the resource, so the call would be denied.',
  'permission-unused': 'Least privilege: what no step needs is not granted.',
  'partition-literal': 'The template must work in aws, aws-us-gov and aws-cn.',
  'brace-injection': 'Systems Manager would read the braces as one of its own variables.',
  'document-invalid': 'Systems Manager would refuse the document.',
  'over-limit': 'AWS would refuse it.',
  'template-invalid': 'CloudFormation would refuse the template.',
  'stale-page': 'People would read what is no longer true.',
  'stack-parameter': 'The member stack has no such parameter.',
  'finding-parameter': 'Security Hub has no such parameter for the control.',
  'broad-exception': 'A broad exception leaves problems unfixed that nobody looked at.',
  'ended-exception': 'It protects nothing any more.',
  'idle-exception': 'It protects nothing, and looks as if it did.',
} as const satisfies Record<string, string>;

export type DiagnosticCode = keyof typeof CODES;

/** All codes, for documentation and tests. */
export const diagnosticCodes: readonly DiagnosticCode[] = Object.keys(CODES) as DiagnosticCode[];

/** Makes a diagnostic; the reason comes from the table above. */
export function diagnostic(
  position: Position,
  code: DiagnosticCode,
  what: string,
  fix: string,
  severity: Severity = 'error',
): Diagnostic {
  const { file, line, column } = position;
  return { file, line, column, code, severity, what, why: CODES[code], fix };
}

/** Orders by file, position and code, so that output is stable. */
export function sortDiagnostics(all: readonly Diagnostic[]): readonly Diagnostic[] {
  return all.toSorted(
    (a, b) =>
      compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.code, b.code),
  );
}

export function hasErrors(all: readonly Diagnostic[]): boolean {
  return all.some((one) => one.severity === 'error');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
