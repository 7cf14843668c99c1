import { basename } from 'node:path';
import type { StandardDiagnostic } from '@aws/cloudformation-validate';
import type { CheckedFile, CheckerReport, TemplateFinding } from './finding.ts';

/**
 * Runs `@aws/cloudformation-validate` on template files. Its API moves between versions, so this is the only file that
 * knows it. Strict: a wrong enumeration value (W3030) is only a warning otherwise.
 */
export async function cloudformationValidate(
  files: readonly CheckedFile[],
): Promise<CheckerReport> {
  const { RegoEngine, TemplateFile, version } = await import('@aws/cloudformation-validate');
  // Starting takes seconds and hundreds of megabytes: one engine for all, and given back.
  const engine = new RegoEngine();
  try {
    const findings = files.flatMap(({ path: file, regions }) =>
      regions.flatMap((region) =>
        engine
          .validateStandard(new TemplateFile(file), {
            strict: true,
            exclude: { idPatterns: ['^I'] },
            pseudoParameterOverrides: { region },
          })
          .diagnostics.map((one) => toFinding(one, file, region)),
      ),
    );
    return { checker: { name: '@aws/cloudformation-validate', version: version() }, findings };
  } finally {
    engine.free();
  }
}

function toFinding(one: StandardDiagnostic, file: string, region: string): TemplateFinding {
  const isResource = one.entity?.entityType === 'Resource';
  return {
    template: basename(file),
    region,
    rule: one.ruleId,
    message: one.message,
    ...(isResource && one.entity?.logicalId !== undefined
      ? { resource: one.entity.logicalId }
      : {}),
    line: one.startLine ?? 1,
    column: one.startColumn ?? 1,
    ...(one.suggestedFix === undefined ? {} : { fix: one.suggestedFix }),
  };
}
