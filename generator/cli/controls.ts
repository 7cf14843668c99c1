import { Argument } from 'commander';
import type { Command } from 'commander';
import type { ConnectOptions } from '../operate/connect.ts';
import { chooseControls, knownImpact } from '../operate/controls.ts';
import type { ControlChoice } from '../operate/controls.ts';
import { controlTable, readControls } from '../operate/control-list.ts';
import { pauseControls, resumeControls } from '../operate/pause.ts';
import { REAL_OPERATE_OUTSIDE, withConnection } from '../operate/ports.ts';
import type { OperateOutside, OperatePorts } from '../operate/ports.ts';
import type { BulkEnd } from '../operate/bulk.ts';
import { switchControls } from '../operate/switch-controls.ts';
import type { CommandContext } from './context.ts';
import { asCommand } from './deploy.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { connectOptions, withInstallation } from './installation-options.ts';
import { catalogsOf } from './operate-options.ts';
import { withSources } from './own-sources.ts';
import type { SourcesOptions } from './own-sources.ts';
import { table } from './print.ts';

interface ControlsOptions extends ConnectOptions, SourcesOptions {
  readonly standard?: string;
  readonly impact?: string;
  readonly all?: true;
  readonly count?: boolean;
  readonly yes?: true;
  readonly json?: true;
}

/** `asr controls`: the configuration table, which says what is remediated automatically, and the kill switch. */
export function addControls(
  program: Command,
  context: CommandContext,
  outside: OperateOutside = REAL_OPERATE_OUTSIDE,
): void {
  const controls = program
    .command('controls')
    .description('what is remediated automatically, and the kill switch');
  choosing(controls.command('list'), 'list controls with a remediation and how they are switched')
    .option('--json', 'print JSON')
    .action((ids: readonly string[], options: ControlsOptions) =>
      run(context, outside, options, (ports) => list(ports, context, ids, options)),
    );
  for (const [name, to] of [
    ['enable', true],
    ['disable', false],
  ] as const)
    choosing(
      controls.command(name),
      `switch automatic remediation ${to ? 'on' : 'off'}; without --yes only say what would happen`,
    )
      .option('--all', 'every control with a remediation')
      .option('--no-count', "don't count the open findings")
      .option('-y, --yes', 'do it')
      .action((ids: readonly string[], options: ControlsOptions) =>
        run(context, outside, options, (ports) => change(ports, context, ids, options, to)),
      );
  withInstallation(controls.command('pause'))
    .description('change nothing from now on, whoever asks: of these controls, or of all')
    .argument('[controls...]', 'such as EC2.2; without any, all controls')
    .action((ids: readonly string[], options: ControlsOptions) =>
      run(context, outside, options, (ports) => pauseControls(ports, ids)),
    );
  withInstallation(controls.command('resume'))
    .description('end a pause; without --yes only say what would happen')
    .argument('[controls...]', 'such as EC2.2; without any, the pause of all controls')
    .option('-y, --yes', 'do it')
    .action((ids: readonly string[], options: ControlsOptions) =>
      run(context, outside, options, (ports) => resumeControls(ports, ids, options.yes === true)),
    );
}

function choosing(command: Command, description: string): Command {
  return withSources(withInstallation(command))
    .description(description)
    .addArgument(new Argument('[controls...]', 'such as EC2.2'))
    .option('--standard <id>', 'controls of a standard, such as CIS300')
    .option('--impact <word>', 'only what can do no worse than this, such as config-only');
}

async function run(
  { printer, exit }: CommandContext,
  outside: OperateOutside,
  options: ConnectOptions,
  command: (ports: OperatePorts) => Promise<BulkEnd>,
): Promise<void> {
  await asCommand(async () => {
    const end = await withConnection(
      { outside, printer, options: connectOptions(options) },
      command,
    );
    if (end === 'problems') exit(EXIT.problems);
  });
}

function choiceOf(ids: readonly string[], { standard, impact }: ControlsOptions): ControlChoice {
  return {
    controls: ids,
    ...(standard === undefined ? {} : { standard }),
    ...(impact === undefined ? {} : { impact: knownImpact(impact) }),
  };
}

async function list(
  ports: OperatePorts,
  { project }: CommandContext,
  ids: readonly string[],
  options: ControlsOptions,
): Promise<BulkEnd> {
  const { display } = ports;
  const catalogs = await catalogsOf(project, options);
  const { states, isAllPaused } = await readControls(ports, catalogs, project.version);
  const standards = catalogs.catalog.standards.map(({ id }) => id);
  const chosen = chooseControls(states, choiceOf(ids, options), standards);
  if (options.json === true) {
    display.result(JSON.stringify({ paused: isAllPaused, controls: chosen }, undefined, 2));
    return 'done';
  }
  display.result(table(controlTable(chosen)));
  for (const { problem } of chosen) if (problem !== undefined) display.note(problem);
  const automatic = chosen.filter((one) => one.automatic).length;
  display.note(`${chosen.length} controls, ${automatic} of them automatic.`);
  if (isAllPaused) display.note('Everything is paused: asr controls resume ends that.');
  return 'done';
}

async function change(
  ports: OperatePorts,
  { project }: CommandContext,
  ids: readonly string[],
  options: ControlsOptions,
  to: boolean,
): Promise<BulkEnd> {
  const isChosen = ids.length > 0 || options.standard !== undefined || options.impact !== undefined;
  if (isChosen === (options.all === true))
    throw new CommandError(
      isChosen
        ? '--all and a choice of controls exclude each other.'
        : 'Say which: controls, --standard, --impact, or --all.',
      EXIT.usage,
    );
  const catalogs = await catalogsOf(project, options);
  const { states } = await readControls(ports, catalogs, project.version);
  const standards = catalogs.catalog.standards.map(({ id }) => id);
  return switchControls(ports, {
    chosen: chooseControls(states, choiceOf(ids, options), standards),
    to,
    isCounted: options.count !== false,
    isYes: options.yes === true,
  });
}
