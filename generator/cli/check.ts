import type { Command } from 'commander';
import { checkTemplates } from '../check/templates.ts';
import { checkPythonStyle } from '../compile/check-python.ts';
import { emitFiles } from '../emit/emit-all.ts';
import { hasErrors, sortDiagnostics } from '../read/diagnostics.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import type { CommandContext } from './context.ts';
import { staleDocs } from './docs.ts';
import { EXIT } from './exit-codes.ts';
import { projectWith, withSources } from './own-sources.ts';
import type { SourcesOptions } from './own-sources.ts';
import { prettyDiagnostics } from './print.ts';
import type { Printer } from './print.ts';
import { compileProject, DEFAULT_SOLUTION_ID } from './project.ts';
import type { CompiledProject } from './project.ts';

interface CheckOptions extends SourcesOptions {
  readonly templates?: true;
  readonly json?: true;
}

/** `asr check`: everything that can be said about the sources, nothing written. */
export function addCheck(program: Command, { printer, project, exit }: CommandContext): void {
  withSources(program.command('check'))
    .description('report every problem of standards, kinds and runbooks, without writing anything')
    .option(
      '--templates',
      'also check the templates with cloudformation-validate and cfn-lint (slow)',
    )
    .option('--json', 'print the problems as JSON')
    .action(async (options: CheckOptions) => {
      const progress = printer.progress('Checking...');
      const given = projectWith(project, options);
      const compiled = await compileProject(given, 'check');
      const problems = [...compiled.problems, ...pythonProblems(compiled)];
      if (!hasErrors(problems)) problems.push(...staleDocs(compiled, given));
      if (options.templates === true && !hasErrors(problems))
        problems.push(...(await templateProblems(compiled, project.version, printer)));
      progress.done();
      if (problems.length > 0) exit(EXIT.problems);
      if (options.json === true)
        printer.result(JSON.stringify(sortDiagnostics(problems), undefined, 2));
      else if (problems.length > 0) printer.note(prettyDiagnostics(problems));
      else
        printer.result(
          `No problems in ${compiled.sources.standards.all.length} standards and ${compiled.compiled.length} runbooks.`,
        );
    });
}

function pythonProblems({ sources }: CompiledProject): readonly Diagnostic[] {
  const own = sources.runbooks.flatMap(({ python }) => (python === undefined ? [] : [python]));
  return [...sources.shared, ...own].flatMap(checkPythonStyle);
}

async function templateProblems(
  { compiled, sources }: CompiledProject,
  version: string,
  printer: Printer,
): Promise<readonly Diagnostic[]> {
  const names = { solutionId: DEFAULT_SOLUTION_ID, version };
  const emitted = await emitFiles({ compiled, standards: sources.standards, names });
  const { checkers, problems } = await checkTemplates(emitted.templates);
  for (const checker of checkers)
    printer.note(
      checker.skipped === undefined
        ? `Templates checked by ${checker.name} ${checker.version ?? ''}`.trimEnd()
        : `${checker.name} was left out: ${checker.skipped}`,
    );
  return [...emitted.problems, ...problems];
}
