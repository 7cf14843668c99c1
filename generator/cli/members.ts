import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { AwsOptions } from '../deploy/aws.ts';
import { REAL_OUTSIDE } from '../deploy/command.ts';
import type { Outside } from '../deploy/command.ts';
import { Interrupted, throwIfInterrupted } from '../deploy/deploy-error.ts';
import { accept } from '../deploy/members/accept.ts';
import { connect } from '../deploy/members/access.ts';
import type { Connect } from '../deploy/members/access.ts';
import { addAndInvite } from '../deploy/members/add-members.ts';
import type { MemberPorts } from '../deploy/members/add-members.ts';
import { listState } from '../deploy/members/list-members.ts';
import { readMembersFile } from '../deploy/members/members-file.ts';
import { setUpOrganization } from '../deploy/members/organization.ts';
import type { WantedMember } from '../deploy/members/plan-members.ts';
import {
  describeFindings,
  describeTally,
  memberRows,
  sorted,
  tally,
} from '../deploy/members/render.ts';
import type { Outcome } from '../deploy/ports.ts';
import type { CommandContext } from './context.ts';
import { asCommand, exitCodeOf } from './deploy.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { table } from './print.ts';

/** The outside world of commands that work in several accounts; tests bring their own. */
export interface AccountsOutside extends Pick<Outside, 'display' | 'prompter' | 'now' | 'sleep'> {
  readonly connect: Connect;
}

export const REAL_ACCOUNTS: AccountsOutside = { ...REAL_OUTSIDE, connect };

interface RegionOptions extends AwsOptions {
  readonly regions?: readonly string[];
}

interface ListOptions extends RegionOptions {
  readonly missing?: true;
  readonly role?: string;
  readonly json?: true;
}

interface HubOptions extends RegionOptions {
  readonly enableSecurityHub?: true;
  readonly standards: 'default' | 'none';
  readonly yes?: true;
}

interface AddOptions extends HubOptions {
  readonly accounts?: readonly string[];
  readonly file?: string;
  readonly role?: string;
}

interface AcceptOptions extends HubOptions {
  readonly administrator: string;
}

interface OrganizationOptions extends RegionOptions {
  readonly delegate?: string;
  readonly autoEnable?: true;
  readonly addAll?: true;
  readonly standards: 'default' | 'none';
  readonly yes?: true;
}

/** `asr members`: which accounts Security Hub's administrator sees, and how they become members. */
export function addMembers(
  program: Command,
  { printer, exit }: CommandContext,
  outside: AccountsOutside = REAL_ACCOUNTS,
): void {
  const members = program
    .command('members')
    .description('list, add and invite the member accounts of Security Hub');

  /** Runs something that Ctrl-C ends; what is done stays done. */
  const inAccount = async (
    options: RegionOptions,
    run: (ports: MemberPorts, regions: readonly string[]) => Promise<Outcome>,
  ): Promise<void> =>
    asCommand(async () => {
      const controller = new AbortController();
      const interrupt = (): void => controller.abort();
      process.once('SIGINT', interrupt);
      try {
        const access = await outside.connect(options);
        const outcome = await run(
          {
            access,
            display: outside.display(printer),
            prompter: outside.prompter(interrupt),
            sleep: outside.sleep,
            signal: controller.signal,
          },
          options.regions ?? [access.region],
        );
        exit(exitCodeOf(outcome));
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
        throw new CommandError('Interrupted. Run it again: it goes on with what is left.');
      } finally {
        process.removeListener('SIGINT', interrupt);
      }
    });

  withRegions(members.command('list', { isDefault: true }))
    .description(
      'list the members, and what is missing: an invitation, Security Hub, AWS Config, the aggregation of findings',
    )
    .option('--missing', 'only accounts that are not enabled everywhere')
    .option(
      '--role <name>',
      'role in the members, to look at Security Hub and AWS Config there',
      parseRole,
    )
    .option('--json', 'print JSON')
    .action((options: ListOptions) =>
      inAccount(options, async ({ access, display, signal }) => {
        const { facts, findings } = await listState(access, options, { display, signal });
        const rows = memberRows(facts, options.missing === true);
        display.result(
          options.json === true
            ? JSON.stringify(
                { ...facts, findings: sorted(findings), summary: tally(findings) },
                undefined,
                2,
              )
            : [table(rows), describeFindings(findings), describeTally(tally(findings))].join(
                '\n\n',
              ),
        );
        return findings.some(({ level }) => level === 'problem') ? 'failed' : 'done';
      }),
    );

  withHub(withRegions(members.command('add')))
    .description(
      'add accounts and invite them, in the administrator account; with --role also accept there',
    )
    .option(
      '--accounts <ids>',
      'accounts to add; 12 digits each, with commas between',
      parseAccounts,
    )
    .option('--file <file>', 'accounts to add, one a line: <id> or <id>,<email of its root user>')
    .option(
      '--role <name>',
      'role in each account under which the invitation is accepted',
      parseRole,
    )
    .action((options: AddOptions) =>
      inAccount(options, (ports, regions) =>
        addAndInvite(
          {
            members: wantedMembers(options),
            regions,
            ...(options.role === undefined ? {} : { role: options.role }),
            isEnabling: options.enableSecurityHub === true,
            withStandards: options.standards === 'default',
            isYes: options.yes === true,
          },
          ports,
        ),
      ),
    );

  withHub(withRegions(members.command('accept')))
    .description("accept an administrator's invitation, with the member's own credentials")
    .requiredOption('--administrator <id>', 'account that sent the invitation', parseAccount)
    .action((options: AcceptOptions) =>
      inAccount(options, async ({ access, display, sleep, signal }, regions) => {
        const outcomes: Outcome[] = [];
        for (const region of regions) {
          throwIfInterrupted(signal);
          const accepted = await accept(access, {
            administrator: options.administrator,
            region,
            isEnabling: options.enableSecurityHub === true,
            withStandards: options.standards === 'default',
            sleep,
            signal,
          });
          if (accepted.outcome === 'failed') display.note(accepted.why);
          else
            display.note(
              `${region}: account ${access.account} is ${accepted.outcome === 'already' ? 'already ' : ''}a member of ${options.administrator}.`,
            );
          outcomes.push(accepted.outcome === 'failed' ? 'failed' : 'done');
        }
        return outcomes.includes('failed') ? 'failed' : 'done';
      }),
    );

  withRegions(members.command('organization'))
    .description("the organization's way: one administrator account, new accounts automatically")
    .option(
      '--delegate <id>',
      'in the management account: make this account the administrator',
      parseAccount,
    )
    .option('--auto-enable', 'in the administrator account: turn Security Hub on in new accounts')
    .option('--add-all', 'in the administrator account: make every account a member')
    .addOption(standardsOption())
    .option('-y, --yes', 'ask nothing')
    .action((options: OrganizationOptions) => {
      const { delegate, autoEnable, addAll } = options;
      if (delegate === undefined && autoEnable !== true && addAll !== true)
        throw new CommandError(
          'Say what to do: --delegate <account> in the management account, or --auto-enable and --add-all in the administrator account.',
          EXIT.usage,
        );
      return inAccount(options, (ports, regions) =>
        setUpOrganization(
          {
            regions,
            ...(delegate === undefined ? {} : { delegate }),
            autoEnable: autoEnable === true,
            addAll: addAll === true,
            withStandards: options.standards === 'default',
            isYes: options.yes === true,
          },
          ports,
        ),
      );
    });
}

/** Where: the account by its profile, and the Regions. */
export function withRegions(command: Command): Command {
  return command
    .option('--region <region>', 'home Region; default: AWS_REGION, then the profile')
    .option('--regions <list>', 'all Regions to work in, with commas between', parseRegions)
    .option('--profile <name>', 'profile of the AWS configuration files');
}

function withHub(command: Command): Command {
  return command
    .option('--enable-security-hub', 'turn Security Hub on where it is off; checks are billed')
    .addOption(standardsOption())
    .option('-y, --yes', 'ask nothing');
}

function standardsOption(): Option {
  return new Option(
    '--standards <which>',
    'standards that come with Security Hub where it is turned on',
  )
    .choices(['default', 'none'])
    .default('default');
}

function wantedMembers({ accounts = [], file }: AddOptions): readonly WantedMember[] {
  const wanted = [
    ...accounts.map((account) => ({ account })),
    ...(file === undefined ? [] : readMembersFile(file)),
  ];
  if (wanted.length > 0) return wanted;
  throw new CommandError('Name accounts with --accounts or --file.', EXIT.usage);
}

export function parseAccounts(text: string): readonly string[] {
  return text.split(',').map((one) => parseAccount(one.trim()));
}

function parseAccount(text: string): string {
  if (/^\d{12}$/u.test(text)) return text;
  throw new InvalidArgumentError('An account id has 12 digits.');
}

function parseRegions(text: string): readonly string[] {
  const regions = text.split(',').map((one) => one.trim());
  if (regions.every((one) => /^[a-z]{2,}(?:-[a-z]+)+-\d$/u.test(one))) return [...new Set(regions)];
  throw new InvalidArgumentError('A Region looks like us-east-1; put commas between.');
}

/** IAM API, RoleName, with its path in front if it has one. */
export function parseRole(text: string): string {
  if (/^(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/u.test(text)) return text;
  throw new InvalidArgumentError('Name the role, not its ARN, for example SecurityAudit.');
}
