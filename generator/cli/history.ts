import type { Command } from 'commander';
import type { Attempt } from '../../templates/admin/functions/model/attempt.ts';
import { attemptJson, attemptTable, attemptText, heldTable } from '../operate/attempt-text.ts';
import type { ConnectOptions } from '../operate/connect.ts';
import { listAttempts } from '../operate/history.ts';
import type { AttemptFilter, Period } from '../operate/history.ts';
import { REAL_OPERATE_OUTSIDE, withConnection } from '../operate/ports.ts';
import type { OperateOutside, OperatePorts } from '../operate/ports.ts';
import { readWaiting, requireAttempt } from '../operate/state-queries.ts';
import { count } from '../operate/summary.ts';
import type { CommandContext } from './context.ts';
import { asCommand } from './deploy.ts';
import { connectOptions, withInstallation } from './installation-options.ts';
import {
  parseAccounts,
  parseAttempt,
  parseDay,
  parseRegions,
  parseTexts,
  wholeNumber,
} from './operate-options.ts';
import { table } from './print.ts';

interface HistoryOptions extends ConnectOptions {
  readonly day?: string;
  readonly from?: string;
  readonly to?: string;
  readonly account?: readonly string[];
  readonly findingRegion?: readonly string[];
  readonly control?: readonly string[];
  readonly resource?: string;
  readonly outcome?: readonly string[];
  readonly waiting?: true;
  readonly limit: number;
  readonly json?: true;
}

/** `asr history`: what was done, to what, by whom, why it was allowed, and how to take it back. */
export function addHistory(
  program: Command,
  { printer }: CommandContext,
  outside: OperateOutside = REAL_OPERATE_OUTSIDE,
): void {
  withInstallation(program.command('history'))
    .description('list what was done, the newest first; with the id of an attempt, all about it')
    .argument('[attempt]', 'id of one attempt', parseAttempt)
    .option('--day <day>', 'one day (UTC), such as 2026-03-01', parseDay)
    .option('--from <day>', 'first day (default: six days before the last one)', parseDay)
    .option('--to <day>', 'last day (default: today)', parseDay)
    .option('--account <ids>', 'accounts, with commas between', parseAccounts)
    .option('--finding-region <regions>', 'Regions of the resources', parseRegions)
    .option('--control <ids>', 'security controls, such as EC2.2,S3.1', parseTexts)
    .option('--resource <arn>', 'one resource')
    .option('--outcome <words>', 'outcomes, such as changed,failed', parseTexts)
    .option('--waiting', 'what waits instead: held requests, approvals, and what is under way')
    .option('--limit <number>', 'at most so many', wholeNumber(1, 100_000), 50)
    .option('--json', 'print JSON')
    .action((attempt: string | undefined, options: HistoryOptions) =>
      asCommand(() =>
        withConnection({ outside, printer, options: connectOptions(options) }, async (ports) => {
          if (attempt !== undefined) return showOne(ports, attempt, options);
          if (options.waiting === true) return showWaiting(ports, options);
          return showMany(ports, options);
        }),
      ),
    );
}

async function showOne(
  { connection, display }: OperatePorts,
  id: string,
  { json }: HistoryOptions,
): Promise<void> {
  const attempt = await requireAttempt(connection, id);
  display.result(
    json === true ? JSON.stringify(attemptJson(attempt), undefined, 2) : attemptText(attempt),
  );
}

async function showWaiting(
  { connection, display }: OperatePorts,
  { json }: HistoryOptions,
): Promise<void> {
  const { attempts, held, unreadable } = await readWaiting(connection);
  if (unreadable > 0)
    display.note(`Not understood, so left out: ${count(unreadable, 'item')} of the state table.`);
  if (json === true)
    return display.result(
      JSON.stringify({ attempts: attempts.map(attemptJson), held }, undefined, 2),
    );
  if (attempts.length === 0 && held.length === 0) return display.note('Nothing waits.');
  const tables = [
    ...(attempts.length === 0 ? [] : [table(attemptTable(attempts))]),
    ...(held.length === 0 ? [] : [`Held requests\n${table(heldTable(held))}`]),
  ];
  display.result(tables.join('\n\n'));
}

async function showMany(
  { connection, display, now, signal }: OperatePorts,
  options: HistoryOptions,
): Promise<void> {
  const { limit, json } = options;
  let unreadable = 0;
  const found: Attempt[] = [];
  let isMore = false;
  const ports = { signal, onUnreadable: () => void (unreadable += 1) };
  const period = periodOf(options, now());
  for await (const attempt of listAttempts(connection, period, filterOf(options), ports)) {
    isMore = found.length === limit;
    if (isMore) break;
    found.push(attempt);
    display.live(`Read ${found.length} attempts.`);
  }
  display.live('');
  if (json === true) display.result(JSON.stringify(found.map(attemptJson), undefined, 2));
  else if (found.length > 0) display.result(table(attemptTable(found)));
  else display.note(`There is no such attempt from ${period.from} to ${period.to}.`);
  if (isMore) display.note(`There are more than ${limit}. Raise --limit, or narrow it down.`);
  if (unreadable > 0)
    display.note(`Not understood, so left out: ${count(unreadable, 'item')} of the history.`);
}

const WEEK = 6 * 86_400_000;

function periodOf({ day, from, to }: HistoryOptions, now: Date): Period {
  if (day !== undefined) return { from: day, to: day };
  const last = to ?? now.toISOString().slice(0, 10);
  return { from: from ?? new Date(Date.parse(last) - WEEK).toISOString().slice(0, 10), to: last };
}

function filterOf({
  account = [],
  findingRegion = [],
  control = [],
  resource,
  outcome = [],
}: HistoryOptions): AttemptFilter {
  return {
    accounts: account,
    regions: findingRegion,
    controls: control,
    outcomes: outcome,
    ...(resource === undefined ? {} : { resource }),
  };
}
