import type { Command } from 'commander';
import { printable } from '../model/finding.ts';
import { explainFinding } from '../model/explain.ts';
import type { Explanation } from '../model/explain.ts';
import { adminCatalog } from '../emit/admin-catalog.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { projectWith, withSources } from './own-sources.ts';
import type { SourcesOptions } from './own-sources.ts';
import { requireProject } from './project.ts';
import { readFindings } from './read-json.ts';

interface ExplainOptions extends SourcesOptions {
  readonly finding: string;
  readonly namespace?: string;
  readonly json?: true;
}

/** `asr explain`: what happens to a finding, and why. */
export function addExplain(program: Command, { printer, project, exit }: CommandContext): void {
  withSources(program.command('explain'))
    .description(
      'say which control a finding is of, which remediation applies, what is decided, and why',
    )
    .requiredOption(
      '--finding <file>',
      'a finding (ASFF or OCSF) or an EventBridge event with findings, as JSON; - for standard input',
    )
    .option('--namespace <name>', 'Namespace of the member stacks, for the role in the parameters')
    .option('--json', 'print JSON: an object, or a list when the event holds several findings')
    .action(async (options: ExplainOptions) => {
      const findings = readFindings(options.finding);
      const { sources, compiled } = await requireProject(projectWith(project, options));
      const context = {
        catalog: adminCatalog({ compiled, standards: sources.standards }),
        now: new Date(),
        ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
      };
      const explanations = findings.map((finding) => explainFinding(finding, context));
      if (explanations.some(({ parameters }) => parameters === null)) exit(EXIT.problems);
      if (options.json === true)
        printer.result(
          JSON.stringify(explanations.length === 1 ? explanations[0] : explanations, undefined, 2),
        );
      else printer.result(explanations.map(pretty).join('\n\n'));
    });
}

function pretty(explanation: Explanation): string {
  const { parameters, decision, because, ...facts } = explanation;
  const lines = Object.entries(facts).map(
    ([name, value]) => `${name.padEnd(18)} ${printable(value ?? '-')}`,
  );
  const given = Object.entries(parameters ?? {}).map(
    ([name, values]) => `  ${name} = ${values.join(', ')}`,
  );
  const verdicts = (['automatic', 'click'] as const).map(
    (name) => `${name.padEnd(18)} ${decision[name].verdict}: ${decision[name].message}`,
  );
  return [
    ...lines,
    ...(given.length > 0 ? ['parameters', ...given] : []),
    ...verdicts,
    because,
    decision.assumes,
  ].join('\n');
}
