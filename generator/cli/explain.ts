import type { Command } from 'commander';
import type { RuleResult } from '../../templates/admin/functions/decide/types.ts';
import { adminCatalog } from '../emit/admin-catalog.ts';
import { explainFinding } from '../model/explain.ts';
import type { ExplainContext, Explanation } from '../model/explain.ts';
import { printable } from '../model/finding.ts';
import type { ConnectOptions } from '../operate/connect.ts';
import type { LiveExplanation } from '../operate/explain-live.ts';
import type { OperateOutside } from '../operate/ports.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { withInstallation } from './installation-options.ts';
import { projectWith, withSources } from './own-sources.ts';
import type { SourcesOptions } from './own-sources.ts';
import { requireProject } from './project.ts';
import { readFindings } from './read-json.ts';

interface ExplainOptions extends SourcesOptions, ConnectOptions {
  readonly finding: string;
  readonly namespace?: string;
  readonly live?: true;
  readonly json?: true;
}

/** `asr explain`: what happens to a finding, and why; with `--live` by what an installation says now. */
export function addExplain(
  program: Command,
  { printer, project, exit }: CommandContext,
  outside?: OperateOutside,
): void {
  withInstallation(withSources(program.command('explain')))
    .description(
      'say which control a finding is of, which remediation applies, what is decided, and why',
    )
    .requiredOption(
      '--finding <file>',
      'a finding (ASFF or OCSF) or an EventBridge event with findings, as JSON; - for standard input; with --live also the id of a finding',
    )
    .option('--namespace <name>', 'Namespace of the member stacks, for the role in the parameters')
    .option('--live', 'by the settings, the table and the history of the installed stack')
    .option('--json', 'print JSON: an object, or a list when the event holds several findings')
    .action(async (options: ExplainOptions) => {
      const findings = options.live === true ? [] : readFindings(options.finding);
      const { sources, compiled } = await requireProject(projectWith(project, options));
      const context: ExplainContext = {
        catalog: adminCatalog({ compiled, standards: sources.standards }),
        now: outside?.now() ?? new Date(),
        ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
      };
      const explanations: readonly (Explanation | LiveExplanation)[] =
        options.live === true
          ? await live(options, context, printer, outside)
          : findings.map((finding) => explainFinding(finding, context));
      if (explanations.some(({ parameters }) => parameters === null)) exit(EXIT.problems);
      if (options.json === true)
        printer.result(
          JSON.stringify(explanations.length === 1 ? explanations[0] : explanations, undefined, 2),
        );
      else printer.result(explanations.map(pretty).join('\n\n'));
    });
}

/** The AWS SDK is loaded only when it is needed. */
async function live(
  options: ExplainOptions,
  context: ExplainContext,
  printer: CommandContext['printer'],
  outside: OperateOutside | undefined,
): Promise<readonly LiveExplanation[]> {
  const { explainByInstallation } = await import('./explain-live.ts');
  return explainByInstallation(options, context, printer, outside);
}

function pretty({
  parameters,
  decision,
  because,
  ...facts
}: Explanation | LiveExplanation): string {
  const lines = Object.entries(facts).map(
    ([name, value]) => `${name.padEnd(18)} ${printable(value ?? '-')}`,
  );
  const given = Object.entries(parameters ?? {}).map(
    ([name, values]) => `  ${name} = ${values.join(', ')}`,
  );
  const verdicts = (['automatic', 'click'] as const).flatMap((name) => {
    const one = decision[name];
    const rules: readonly RuleResult[] = 'trace' in one ? one.trace : [];
    return [
      `${name.padEnd(18)} ${one.verdict}: ${printable(one.message)}`,
      ...rules.map(
        ({ rule, verdict, why }) => `  ${rule.padEnd(18)} ${verdict}: ${printable(why)}`,
      ),
    ];
  });
  return [
    ...lines,
    ...(given.length > 0 ? ['parameters', ...given] : []),
    ...verdicts,
    because,
    decision.assumes,
  ].join('\n');
}
