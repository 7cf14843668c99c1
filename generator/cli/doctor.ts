import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { AwsOptions } from '../deploy/aws.ts';
import { CHECKS } from '../deploy/doctor/all-checks.ts';
import { examine } from '../deploy/doctor/examine.ts';
import { planImport, readOtherSettings } from '../deploy/doctor/import-settings.ts';
import { readInstalledBuild } from '../deploy/doctor/installed-build.ts';
import { describeFindings, describeTally, sorted, tally } from '../deploy/members/render.ts';
import type { CommandContext } from './context.ts';
import { asCommand } from './deploy.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { parseAccounts, parseRole, REAL_ACCOUNTS, withRegions } from './members.ts';
import type { AccountsOutside } from './members.ts';
import { table } from './print.ts';

interface DoctorOptions extends AwsOptions {
  readonly regions?: readonly string[];
  readonly accounts?: readonly string[];
  readonly role?: string;
  readonly dist: string;
  readonly check?: readonly string[];
  readonly listChecks?: true;
  readonly strict?: true;
  readonly json?: true;
  readonly importSettings?: true;
  readonly table?: string;
}

/** `asr doctor`: what is wrong with an installation, and what to do about it. Only reads. */
export function addDoctor(
  program: Command,
  { printer, project, exit }: CommandContext,
  outside: AccountsOutside = REAL_ACCOUNTS,
): void {
  const command = program
    .command('doctor')
    .description(
      'check an installation from the administrator account, without changing anything: prerequisites, stacks, roles, documents, quotas, policies, filters',
    );
  withRegions(command)
    .option(
      '--accounts <ids>',
      'look into these accounts only (default: all enabled members)',
      parseAccounts,
    )
    .option('--role <name>', 'role to enter the accounts by; it needs to read only', parseRole)
    .option('--dist <folder>', 'the build that should be installed', `${project.root}/dist`)
    .option('--check <id>', 'only this check; repeat it for more', collectCheck)
    .option('--list-checks', 'list the checks and the permissions they need')
    .option('--strict', 'end with 1 for warnings and for what is unknown too, for pipelines')
    .option('--json', 'print JSON')
    .option(
      '--import-settings',
      "print the commands that take over the settings of AWS's own solution",
    )
    .option('--table <name>', 'its configuration table, when its stack is deleted already')
    .addHelpText(
      'after',
      '\nEnds with 1 when there is a problem. What could not be read is unknown, and says which permission is missing.',
    )
    .action((options: DoctorOptions) =>
      asCommand(async () => {
        if (options.listChecks === true) {
          printer.result(listChecks(options.json === true));
          return;
        }
        if (options.table !== undefined && options.importSettings !== true)
          throw new CommandError('--table belongs to --import-settings.', EXIT.usage);
        const build = readInstalledBuild(options.dist);
        const access = await outside.connect(options);
        const display = outside.display(printer);
        if (options.importSettings === true) {
          const settings = await readOtherSettings(access, options.table);
          const controls = build.controls.map(({ id }) => id);
          const plan = planImport(settings, controls, access.region);
          if (options.json === true) display.result(JSON.stringify(plan, undefined, 2));
          else {
            for (const note of plan.notes) display.note(note);
            display.result(plan.commands.join('\n'));
          }
          return;
        }
        const checks =
          options.check === undefined
            ? CHECKS
            : CHECKS.filter(({ id }) => options.check?.includes(id) === true);
        const { accounts, regions, role } = options;
        const report = await examine(
          access,
          {
            build,
            checks,
            ...(accounts === undefined ? {} : { accounts }),
            ...(regions === undefined ? {} : { regions }),
            ...(role === undefined ? {} : { role }),
          },
          display,
        );
        const summary = tally(report.findings);
        display.result(
          options.json === true
            ? JSON.stringify(
                { ...report, findings: sorted(report.findings), summary },
                undefined,
                2,
              )
            : [describeFindings(report.findings), describeTally(summary)].join('\n\n'),
        );
        const isStrict = options.strict === true && summary.warn + summary.unknown > 0;
        if (summary.problem > 0 || isStrict) exit(EXIT.problems);
      }),
    );
}

function listChecks(isJson: boolean): string {
  if (isJson)
    return JSON.stringify(
      CHECKS.map(({ id, title, reads }) => ({ id, title, reads })),
      undefined,
      2,
    );
  return table([
    ['CHECK', 'WHAT MUST HOLD', 'READS'],
    ...CHECKS.map(({ id, title, reads }) => [id, title, reads.join(' ')]),
  ]);
}

function collectCheck(id: string, before: readonly string[] = []): readonly string[] {
  if (CHECKS.some((check) => check.id === id)) return [...before, id];
  throw new InvalidArgumentError(`Known: ${CHECKS.map((check) => check.id).join(', ')}.`);
}
