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
const CHECKED_REGIONS = ['us-east-1', 'us-gov-west-1', 'cn-north-1'] as const;

/** A template on disk, and where it must be right. */
export interface CheckedFile {
  readonly path: string;
  readonly regions: readonly string[];
}

/** A template `x-cn.template` is for the China Regions, and its `x.template` for all others; the rest are for all. */
export function regionsOf(fileName: string, fileNames: readonly string[]): readonly string[] {
  const isForChina = fileName.endsWith('-cn.template');
  const hasOneForChina = fileNames.includes(fileName.replace(/\.template$/u, '-cn.template'));
  return CHECKED_REGIONS.filter((region) =>
    region.startsWith('cn-') ? !hasOneForChina : !isForChina,
  );
}

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
