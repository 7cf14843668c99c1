import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { CompiledRunbook } from '../compile/compiled.ts';
import { monthlyCost } from '../cost/cost.ts';
import type { Usage } from '../cost/cost.ts';
import { takeInventory } from '../cost/inventory.ts';
import { costReport } from '../cost/report.ts';
import type { CostReport } from '../cost/report.ts';
import { readCostTables, withValues } from '../cost/tables.ts';
import type { CostTables } from '../cost/tables.ts';
import { emitFiles } from '../emit/emit-all.ts';
import type { Template, TemplateFile } from '../emit/types.ts';
import { hasErrors } from '../read/diagnostics.ts';
import type { CommandContext } from './context.ts';
import { costText } from './cost-text.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { projectWith, withSources } from './own-sources.ts';
import type { SourcesOptions } from './own-sources.ts';
import { prettyDiagnostics } from './print.ts';
import { DEFAULT_SOLUTION_ID, requireProject } from './project.ts';
import type { Project } from './project.ts';

type YesNo = 'yes' | 'no';

interface CostOptions extends SourcesOptions {
  readonly findings: number;
  readonly previewed: number;
  readonly ignored: number;
  readonly accounts: number;
  readonly regions: number;
  readonly historyDays: number;
  readonly users: number;
  readonly metrics: YesNo;
  readonly alarms: YesNo;
  readonly enhanced: YesNo;
  readonly console: YesNo;
  readonly actionLog: YesNo;
  readonly set: ReadonlyMap<string, number>;
  readonly json?: true;
}

/** `asr cost`: what an installation costs while idle, and for the findings that it works on. */
export function addCost(program: Command, { printer, project, exit }: CommandContext): void {
  const command = program
    .command('cost')
    .description(
      'estimate what an installation costs in a month, idle and in use, from its templates and a table of list prices',
    )
    .option('--findings <n>', 'findings that are remediated in a month', parseCount, 1000)
    .option('--previewed <n>', 'findings of which somebody asks for a preview', parseCount, 0)
    .option(
      '--ignored <n>',
      'other failed findings that come in and are left alone',
      parseCount,
      10_000,
    )
    .option('--accounts <n>', 'member accounts', parseCount, 50)
    .option('--regions <n>', 'Regions in each', parseCount, 4)
    .option('--history-days <n>', 'days that history is kept', parseCount, 365)
    .option('--users <n>', 'people who use the web console', parseCount, 5)
    .addOption(yesNo('--metrics <yes|no>', 'UseCloudWatchMetrics', 'yes'))
    .addOption(yesNo('--alarms <yes|no>', 'UseCloudWatchMetricsAlarms', 'yes'))
    .addOption(yesNo('--enhanced <yes|no>', 'EnableEnhancedCloudWatchMetrics', 'no'))
    .addOption(yesNo('--console <yes|no>', 'ShouldDeployWebUI', 'no'))
    .addOption(yesNo('--action-log <yes|no>', 'EnableCloudTrailForASRActionLog', 'no'))
    .option(
      '--set <name=value>',
      'a price or count of your own, repeatable; the names are in generator/cost/',
      collectValue,
      new Map(),
    )
    .option('--json', 'print JSON');
  withSources(command).action(async (options: CostOptions) => {
    const tables = ownTables(options.set);
    const progress = printer.progress('Compiling...');
    const built = await build(projectWith(project, options)).finally(progress.done);
    const { report, unpriced } = calculate(built, tables, options);
    printer.result(options.json === true ? JSON.stringify(report, undefined, 2) : costText(report));
    if (unpriced.length === 0) return;
    printer.note(
      `\nNo price is known for ${unpriced.join(', ')}: the sums lack it. Add it to generator/cost/prices.yaml.`,
    );
    exit(EXIT.problems);
  });
}

interface Built {
  readonly templates: readonly TemplateFile[];
  readonly compiled: readonly CompiledRunbook[];
}

async function build(project: Project): Promise<Built> {
  const { sources, compiled } = await requireProject(project);
  const names = { solutionId: DEFAULT_SOLUTION_ID, version: project.version };
  const { templates, problems } = await emitFiles({
    compiled,
    standards: sources.standards,
    names,
  });
  if (hasErrors(problems)) throw new CommandError(prettyDiagnostics(problems));
  return { templates, compiled };
}

function calculate(
  { templates, compiled }: Built,
  tables: CostTables,
  options: CostOptions,
): { readonly report: CostReport; readonly unpriced: readonly string[] } {
  const inventoryOf = (stack: string, given: Readonly<Record<string, string>>) =>
    takeInventory(templateOf(templates, stack), given, tables);
  const admin = inventoryOf('admin', {
    UseCloudWatchMetrics: options.metrics,
    UseCloudWatchMetricsAlarms: options.alarms,
    EnableEnhancedCloudWatchMetrics: options.enhanced,
    ShouldDeployWebUI: options.console,
  });
  const member = [
    inventoryOf('member-roles', {}),
    inventoryOf('member', { EnableCloudTrailForASRActionLog: options.actionLog }),
  ];
  const { metrics, enhanced } = options;
  const usage: Usage = {
    findings: options.findings,
    previewed: options.previewed,
    ignored: options.ignored,
    accounts: options.accounts,
    regions: options.regions,
    historyDays: options.historyDays,
    users: options.users,
    metrics: metrics === 'no' ? 'no' : enhanced === 'yes' ? 'per-control' : 'all',
  };
  const report = costReport(monthlyCost({ admin, member, tables, usage }), tables, usage);
  return {
    report: { ...report, notes: [...report.notes, ...longWaits(compiled, tables)] },
    unpriced: [...new Set([admin, ...member].flatMap((one) => one.unpriced))],
  };
}

/** Documents with a loop take steps for each of its rounds, which nobody can foresee. */
function longWaits(
  compiled: readonly CompiledRunbook[],
  { counts }: CostTables,
): readonly string[] {
  const usual = counts.get('fixed.automationSteps')?.value ?? 0;
  const waiting = compiled.filter(({ document }) => document.mainSteps.length > usual).length;
  return waiting === 0
    ? []
    : [
        `${waiting} of ${compiled.length} documents wait for long changes: each round of the wait has steps and script seconds more.`,
      ];
}

function ownTables(values: ReadonlyMap<string, number>): CostTables {
  try {
    return withValues(readCostTables(), values);
  } catch (error) {
    if (error instanceof RangeError)
      throw new CommandError(
        `--set ${error.message}: there is no such price or count. generator/cost/ has them: prices.yaml, counts.yaml, assumptions.yaml.`,
        EXIT.usage,
      );
    throw error;
  }
}

function templateOf(templates: readonly TemplateFile[], stack: string): Template {
  const file = `automated-security-response-${stack}.template`;
  const found = templates.find(({ fileName }) => fileName === file);
  if (found === undefined) throw new CommandError(`The build has no ${file}.`);
  return found.json;
}

function yesNo(flags: string, parameter: string, fallback: YesNo): Option {
  return new Option(flags, `the stack's parameter ${parameter}`)
    .choices(['yes', 'no'])
    .default(fallback);
}

function parseCount(text: string): number {
  if (!/^\d{1,9}$/u.test(text))
    throw new InvalidArgumentError(
      'Give a whole number from 0 to 999999999, without signs or commas.',
    );
  return Number(text);
}

function collectValue(
  text: string,
  previous: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const [, name, value] = /^([\w.]+)=(\d{1,9}(?:\.\d{1,15})?)$/u.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError(
      'Write name=value with a plain number from 0 to 999999999, for example scriptSeconds=4.',
    );
  return new Map([...previous, [name, Number(value)]]);
}
