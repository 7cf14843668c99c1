import type { Command } from 'commander';
import type { Mode } from '../../templates/admin/functions/model/request.ts';
import { runBulk } from '../operate/bulk.ts';
import type { BulkOptions, Selection } from '../operate/bulk.ts';
import type { ConnectOptions } from '../operate/connect.ts';
import { versionNote } from '../operate/connect.ts';
import type { Wanted } from '../operate/gather.ts';
import type { Period } from '../operate/history.ts';
import { REAL_OPERATE_OUTSIDE, withConnection } from '../operate/ports.ts';
import type { OperateOutside, OperatePorts } from '../operate/ports.ts';
import { findingNameOf } from '../operate/query.ts';
import { releaseHold } from '../operate/release.ts';
import { selectAttempts, selectFindings } from '../operate/select.ts';
import type { Catalogs } from '../operate/select.ts';
import type { CommandContext } from './context.ts';
import { asCommand } from './deploy.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { connectOptions, withInstallation } from './installation-options.ts';
import {
  catalogsOf,
  isQuery,
  parseAttempt,
  parseAttempts,
  parseDay,
  queryOf,
  wholeNumber,
  withQuery,
} from './operate-options.ts';
import type { QueryOptions } from './operate-options.ts';
import { withSources } from './own-sources.ts';
import type { SourcesOptions } from './own-sources.ts';

interface BulkCommandOptions extends ConnectOptions, QueryOptions, SourcesOptions {
  readonly all?: true;
  readonly limit: number;
  readonly rate: number;
  readonly wait?: boolean;
  readonly timeout: number;
  readonly ticket?: true;
  readonly force?: true;
  readonly attempt?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly runFile?: string;
  readonly fresh?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** `asr preview`, `asr remediate`, `asr undo` and `asr release`: asks the installed orchestrator. */
export function addRemediate(
  program: Command,
  context: CommandContext,
  outside: OperateOutside = REAL_OPERATE_OUTSIDE,
): void {
  bulkCommand(program, 'preview')
    .description('ask for previews of findings: what would be changed. Nothing is changed')
    .action(bulkAction('Preview', context, outside));
  bulkCommand(program, 'remediate')
    .description('ask for the remediation of findings, by id or by a query')
    .option('--ticket', 'open a ticket for each when it ends')
    .action(bulkAction('Remediate', context, outside));
  bulkCommand(program, 'undo')
    .description('ask for changes to be taken back, by attempt, by finding or by a query')
    .option('--attempt <ids>', 'attempts, as asr history lists them', parseAttempts)
    .option('--from <day>', 'first day of the changes (default: 30 days ago)', parseDay)
    .option('--to <day>', 'last day of the changes (default: today)', parseDay)
    .option('--force', 'also what was changed since')
    .action(bulkAction('Undo', context, outside));
  withInstallation(program.command('release'))
    .description('end the hold that undo left, so that the remediation may be done again')
    .argument('<attempt>', 'the undo, or the attempt that it took back', parseAttempt)
    .option('-y, --yes', 'ask nothing')
    .action((attempt: string, options: ConnectOptions & { readonly yes?: true }) =>
      asCommand(async () => {
        const end = await withConnection(
          { outside, printer: context.printer, options: connectOptions(options) },
          (ports) => releaseHold(ports, attempt, options.yes === true),
        );
        if (end === 'problems') context.exit(EXIT.problems);
      }),
    );
}

function bulkCommand(program: Command, name: string): Command {
  const command = withSources(withQuery(withInstallation(program.command(name))));
  return command
    .argument('[findings...]', 'ids of findings; without any, what the options choose')
    .option('--all', 'everything, without any of the options that choose')
    .option('--limit <number>', 'at most so many', wholeNumber(1, 10_000), 1000)
    .option('--rate <number>', 'commands a minute', wholeNumber(1, 3000), 60)
    .option('--wait', 'wait for what becomes of them; the default when findings are named')
    .option('--no-wait', 'only send')
    .option('--timeout <minutes>', 'wait no longer', wholeNumber(1, 1440), 60)
    .option('--dry-run', 'show what would be sent, and send nothing')
    .option('--run-file <file>', 'keep there what was sent, for going on after an interruption')
    .option('--fresh', 'start anew where an earlier run was interrupted')
    .option('-y, --yes', 'ask nothing')
    .option('--json', 'print one JSON object a line for each command');
}

function bulkAction(
  mode: Mode,
  { printer, project, exit }: CommandContext,
  outside: OperateOutside,
) {
  return (findings: readonly string[], options: BulkCommandOptions): Promise<void> =>
    asCommand(async () => {
      const { attempt: attempts = [] } = options;
      refuseUnclear(findings, attempts, options);
      const names = findings.map(findingNameOf);
      const catalogs = await catalogsOf(project, options);
      const wanted: Wanted = {
        findings: names,
        query: queryOf(options, catalogs),
        limit: options.limit,
      };
      const period = periodOf(options, names.length > 0, outside.now());
      const end = await withConnection(
        { outside, printer, options: connectOptions(options) },
        async (ports) => {
          const note = await versionNote(ports.connection, project.version);
          if (note !== undefined) ports.display.note(note);
          return runBulk(ports, bulkOptions(mode, { wanted, attempts, period }, options), () =>
            select(ports, mode, { wanted, attempts, period }, catalogs),
          );
        },
      );
      if (end === 'problems') exit(EXIT.problems);
    });
}

interface Choice {
  readonly wanted: Wanted;
  readonly attempts: readonly string[];
  readonly period: Period;
}

async function select(
  ports: OperatePorts,
  mode: Mode,
  { wanted, attempts, period }: Choice,
  catalogs: Catalogs,
): Promise<Selection> {
  return mode === 'Undo'
    ? selectAttempts(ports, attempts, wanted, { ...catalogs, period })
    : selectFindings(ports, mode, wanted, catalogs);
}

/** A command without a choice would be about everything. */
function refuseUnclear(
  findings: readonly string[],
  attempts: readonly string[],
  options: BulkCommandOptions,
): void {
  const ways = [
    findings.length > 0,
    attempts.length > 0,
    isQuery(options),
    options.all === true,
  ].filter(Boolean).length;
  if (ways === 1) return;
  throw new CommandError(
    ways === 0
      ? 'Say which: ids of findings, options such as --control or --account, or --all.'
      : 'Findings, attempts, options that choose, and --all exclude each other.',
    EXIT.usage,
  );
}

const DAY = 86_400_000;

/** A change that is named by its finding may be as old as the history. */
function periodOf({ from, to }: BulkCommandOptions, isNamed: boolean, now: Date): Period {
  const start = new Date(now.getTime() - (isNamed ? 3650 : 30) * DAY);
  return {
    from: from ?? start.toISOString().slice(0, 10),
    to: to ?? now.toISOString().slice(0, 10),
  };
}

function bulkOptions(
  mode: Mode,
  { wanted, attempts }: Choice,
  options: BulkCommandOptions,
): BulkOptions {
  const { limit: _, ...chosen } = wanted;
  const isNamed = wanted.findings.length > 0 || attempts.length > 0;
  const isWaiting = options.wait ?? isNamed;
  return {
    mode,
    force: options.force === true,
    ticket: options.ticket === true,
    // Without the days that follow from today, which would make it another run tomorrow.
    choice: { ...chosen, attempts, from: options.from, to: options.to },
    ...(options.runFile === undefined ? {} : { runFile: options.runFile }),
    isFresh: options.fresh === true,
    isYes: options.yes === true,
    isDryRun: options.dryRun === true,
    perMinute: options.rate,
    waitMinutes: isWaiting ? options.timeout : 0,
    isJson: options.json === true,
  };
}
