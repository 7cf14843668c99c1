import type { Command } from 'commander';
import type { Decision } from '../../templates/admin/functions/decide/types.ts';
import { DeployError } from '../deploy/deploy-error.ts';
import { adminCatalog } from '../emit/admin-catalog.ts';
import { explainFinding } from '../model/explain.ts';
import type { ExplainContext, Explanation } from '../model/explain.ts';
import { printable } from '../model/finding.ts';
import type { ConnectOptions } from '../operate/connect.ts';
import { explainLive } from '../operate/explain-live.ts';
import type { LiveExplanation } from '../operate/explain-live.ts';
import { findFindings } from '../operate/find-findings.ts';
import { REAL_OPERATE_OUTSIDE, withConnection } from '../operate/ports.ts';
import type { OperateOutside, OperatePorts } from '../operate/ports.ts';
import { filtersOfIds, findingNameOf } from '../operate/query.ts';
import type { CommandContext } from './context.ts';
import { asCommand } from './deploy.ts';
import { EXIT } from './exit-codes.ts';
import { connectOptions, withInstallation } from './operate-options.ts';
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
  outside: OperateOutside = REAL_OPERATE_OUTSIDE,
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
    .action((options: ExplainOptions) =>
      asCommand(async () => {
        const isId = options.live === true && options.finding.startsWith('arn:');
        const findings = isId ? [] : readFindings(options.finding);
        const { sources, compiled } = await requireProject(projectWith(project, options));
        const context: ExplainContext = {
          catalog: adminCatalog({ compiled, standards: sources.standards }),
          now: outside.now(),
          ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
        };
        const explanations =
          options.live === true
            ? await withConnection(
                { outside, printer, options: connectOptions(options) },
                async (ports) =>
                  explainAll(ports, isId ? [await readOne(ports, options.finding)] : findings, context),
              )
            : findings.map((finding) => explainFinding(finding, context));
        if (explanations.some(({ parameters }) => parameters === null)) exit(EXIT.problems);
        if (options.json === true)
          printer.result(
            JSON.stringify(
              explanations.length === 1 ? explanations[0] : explanations,
              undefined,
              2,
            ),
          );
        else printer.result(explanations.map(pretty).join('\n\n'));
      }),
    );
}

async function explainAll(
  { connection }: OperatePorts,
  findings: readonly unknown[],
  context: ExplainContext,
): Promise<readonly LiveExplanation[]> {
  const explanations: LiveExplanation[] = [];
  for (const finding of findings)
    explanations.push(await explainLive(connection, finding, context));
  return explanations;
}

/** The finding as Security Hub has it. Throws `DeployError` when it has none. */
async function readOne({ connection, signal }: OperatePorts, given: string): Promise<unknown> {
  const { id, productArn } = findingNameOf(given);
  for await (const page of findFindings(connection, filtersOfIds([id]), signal)) {
    const found = page.find(({ ProductArn: product }) => product === productArn);
    if (found !== undefined) return found;
  }
  throw new DeployError(
    `Security Hub has no finding ${id} here. Look in the administrator account and its aggregation Region.`,
  );
}

function pretty(explanation: Explanation | LiveExplanation): string {
  const { parameters, decision, because, ...facts } = explanation;
  const lines = Object.entries(facts).map(
    ([name, value]) => `${name.padEnd(18)} ${printable(value ?? '-')}`,
  );
  const given = Object.entries(parameters ?? {}).map(
    ([name, values]) => `  ${name} = ${values.join(', ')}`,
  );
  const verdicts = (['automatic', 'click'] as const).flatMap((name) => {
    const one: Pick<Decision, 'verdict' | 'message'> & Partial<Pick<Decision, 'trace'>> =
      decision[name];
    const rules = one.trace ?? [];
    return [
      `${name.padEnd(18)} ${one.verdict}: ${one.message}`,
      ...rules.map(({ rule, verdict, why }) => `  ${rule.padEnd(18)} ${verdict}: ${printable(why)}`),
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
