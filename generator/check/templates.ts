import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TemplateFile } from '../emit/types.ts';
import { diagnostic, sortDiagnostics } from '../read/diagnostics.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import { cfnLint } from './cfn-lint.ts';
import { cloudformationValidate } from './cloudformation-validate.ts';
import { regionsOf } from './finding.ts';
import type { Checker, TemplateFinding } from './finding.ts';

/** Which checkers ran, and every error or warning that the templates do not suppress with a reason. */
export interface TemplateCheck {
  readonly checkers: readonly Checker[];
  readonly problems: readonly Diagnostic[];
}

/**
 * A resource, or the template for all of it, may suppress a rule of one checker in its metadata:
 * `SuppressedRules: { W1234: reason }`. There should be almost none.
 */
const SUPPRESSED = 'SuppressedRules';

/** Runs every checker on the templates, as they are written, for one Region of each partition that they are for. */
export async function checkTemplates(templates: readonly TemplateFile[]): Promise<TemplateCheck> {
  const folder = mkdtempSync(join(tmpdir(), 'asr-check-'));
  try {
    const names = templates.map(({ fileName }) => fileName);
    const files = templates.map(({ fileName, text }) => {
      const path = join(folder, fileName);
      writeFileSync(path, text);
      return { path, regions: regionsOf(fileName, names) };
    });
    const reports = [await cloudformationValidate(files), await cfnLint(files)];
    const findings = reports
      .flatMap((report) => report.findings)
      .filter((finding) => !isSuppressed(finding, templates));
    return { checkers: reports.map((report) => report.checker), problems: toProblems(findings) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isSuppressed(finding: TemplateFinding, templates: readonly TemplateFile[]): boolean {
  const template = templates.find((one) => one.fileName === finding.template)?.json;
  const resource = template?.Resources[finding.resource ?? ''];
  return [template?.Metadata, resource?.Metadata].some((metadata) =>
    hasReason(metadata, finding.rule),
  );
}

function hasReason(metadata: Readonly<Record<string, unknown>> | undefined, rule: string): boolean {
  const rules = metadata?.[SUPPRESSED];
  if (typeof rules !== 'object' || rules === null) return false;
  const reason: unknown = Object.entries(rules).find(([one]) => one === rule)?.[1];
  return typeof reason === 'string' && reason.trim() !== '';
}

/** One problem for the same finding in several Regions. */
function toProblems(findings: readonly TemplateFinding[]): readonly Diagnostic[] {
  const same = new Map<string, TemplateFinding[]>();
  for (const finding of findings) {
    const key = [
      finding.template,
      finding.line,
      finding.column,
      finding.rule,
      finding.message,
    ].join('\n');
    same.set(key, [...(same.get(key) ?? []), finding]);
  }
  const problems = [...same.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const regions = group.map((one) => one.region).join(', ');
    const where = first.resource === undefined ? '' : `${first.resource}: `;
    const at = { file: `dist/${first.template}`, line: first.line, column: first.column };
    const what = `${where}${first.message.replace(/\.?$/u, '.')} (${first.rule}, ${regions})`;
    const fix = first.fix ?? `Mend the base template or the unit; see the rule ${first.rule}.`;
    return [diagnostic(at, 'template-invalid', what, fix)];
  });
  return sortDiagnostics(problems);
}
