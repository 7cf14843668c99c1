import type { Command } from 'commander';
import { answerAttempts } from '../operate/approve.ts';
import { attemptJson, attemptTable } from '../operate/attempt-text.ts';
import type { ConnectOptions } from '../operate/connect.ts';
import { REAL_OPERATE_OUTSIDE, withConnection } from '../operate/ports.ts';
import type { OperateOutside, OperatePorts } from '../operate/ports.ts';
import { readWaiting } from '../operate/state-queries.ts';
import { count } from '../operate/summary.ts';
import type { CommandContext } from './context.ts';
import { asCommand } from './deploy.ts';
import { EXIT } from './exit-codes.ts';
import { connectOptions, withInstallation } from './installation-options.ts';
import { parseAttempts, wholeNumber } from './operate-options.ts';
import { table } from './print.ts';

interface ApproveCommandOptions extends ConnectOptions {
  readonly reject?: true;
  readonly wait?: true;
  readonly timeout: number;
  readonly yes?: true;
  readonly json?: true;
}

/** `asr approve`: lists what waits for an approval, and answers it. */
export function addApprove(
  program: Command,
  { printer, exit }: CommandContext,
  outside: OperateOutside = REAL_OPERATE_OUTSIDE,
): void {
  withInstallation(program.command('approve'))
    .description(
      'list what waits for an approval; with ids of attempts, show what they would do and approve them',
    )
    .argument('[attempts...]', 'attempts that wait', parseAttempts)
    .option('--reject', 'reject them instead')
    .option('--wait', 'wait until they end')
    .option('--timeout <minutes>', 'wait no longer', wholeNumber(1, 1440), 60)
    .option('-y, --yes', 'ask nothing')
    .option('--json', 'without ids: print JSON')
    .action((ids: readonly string[], options: ApproveCommandOptions) =>
      asCommand(() =>
        withConnection({ outside, printer, options: connectOptions(options) }, async (ports) => {
          if (ids.length === 0) return list(ports, options.json === true);
          const end = await answerAttempts(ports, {
            ids,
            answer: options.reject === true ? 'reject' : 'approve',
            isYes: options.yes === true,
            waitMinutes: options.wait === true ? options.timeout : 0,
          });
          if (end === 'problems') exit(EXIT.problems);
        }),
      ),
    );
}

async function list({ connection, display }: OperatePorts, isJson: boolean): Promise<void> {
  const { attempts, unreadable } = await readWaiting(connection);
  const waiting = attempts.filter(({ status }) => status === 'awaiting-approval');
  if (unreadable > 0)
    display.note(`Not understood, so left out: ${count(unreadable, 'item')} of the state table.`);
  if (isJson) return display.result(JSON.stringify(waiting.map(attemptJson), undefined, 2));
  if (waiting.length === 0) return display.note('Nothing waits for an approval.');
  display.result(table(attemptTable(waiting)));
  display.note('See what one would do, and approve it: asr approve <attempt>');
}
