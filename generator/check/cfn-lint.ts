import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import type { CheckedFile, CheckerReport, TemplateFinding } from './finding.ts';

const NAME = 'cfn-lint';

interface Match {
  readonly Filename: string;
  readonly Level: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: {
    readonly Path: readonly (string | number)[] | null;
    readonly Start: { readonly LineNumber: number; readonly ColumnNumber: number };
  };
}

interface Answer {
  readonly output: string;
  readonly missing: boolean;
}

/** Runs cfn-lint on template files when it is installed; without it the report says that it was left out. */
export async function cfnLint(files: readonly CheckedFile[]): Promise<CheckerReport> {
  const asked = await run(['--version']);
  if (asked.missing)
    return { checker: { name: NAME, skipped: 'it is not on the PATH' }, findings: [] };
  const version = /\d+(?:\.\d+)+/u.exec(asked.output)?.[0] ?? 'unknown';
  // One run for all files of the same Regions: starting it takes longer than checking.
  const groups = new Map<string, CheckedFile[]>();
  for (const file of files)
    groups.set(file.regions.join(', '), [...(groups.get(file.regions.join(', ')) ?? []), file]);
  const findings: TemplateFinding[] = [];
  for (const [regions, group] of groups) {
    const paths = group.map(({ path }) => path);
    const { output } = await run([
      '--format',
      'json',
      '--regions',
      ...regions.split(', '),
      '--',
      ...paths,
    ]);
    findings.push(...parse(output, regions));
  }
  return { checker: { name: NAME, version }, findings };
}

function parse(output: string, region: string): readonly TemplateFinding[] {
  if (output.trim() === '') return [];
  let matches: readonly Match[];
  try {
    matches = JSON.parse(output) as readonly Match[];
  } catch {
    const message = `${NAME} failed: ${output.trim().slice(0, 500)}`;
    return [{ template: 'all templates', region, rule: NAME, message, line: 1, column: 1 }];
  }
  return matches
    .filter((match) => match.Level !== 'Informational')
    .map((match) => {
      const [section, id] = match.Location.Path ?? [];
      return {
        template: basename(match.Filename),
        region,
        rule: match.Rule.Id,
        message: match.Message,
        ...(section === 'Resources' && id !== undefined ? { resource: String(id) } : {}),
        line: match.Location.Start.LineNumber,
        column: match.Location.Start.ColumnNumber,
      };
    });
}

/** cfn-lint ends with a bit mask of what it found, so only a missing program is a failure. */
async function run(args: readonly string[]): Promise<Answer> {
  const { promise, resolve } = settle<Answer>();
  execFile(NAME, [...args], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
    const missing = error?.code === 'ENOENT';
    resolve({ output: stdout === '' ? stderr : stdout, missing });
  });
  return promise;
}

function settle<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
