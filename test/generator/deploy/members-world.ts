import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { IAMClient } from '@aws-sdk/client-iam';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SSMClient } from '@aws-sdk/client-ssm';
import { Command, CommanderError } from 'commander';
import { CommandError } from '../../../generator/cli/exit-codes.ts';
import { addMembers } from '../../../generator/cli/members.ts';
import type { AccountsOutside } from '../../../generator/cli/members.ts';
import { createPrinter } from '../../../generator/cli/print.ts';
import { awsProblem } from '../../../generator/deploy/aws-problem.ts';
import { Interrupted } from '../../../generator/deploy/deploy-error.ts';
import type { Access } from '../../../generator/deploy/members/access.ts';
import { createDisplay } from '../../../generator/deploy/terminal.ts';
import type { Ended } from '../cli/run-cli.ts';

export const ADMIN = '111122223333';
export const HOME = 'us-east-1';

/** Security Hub in one account and Region. */
export interface Hub {
  isOn: boolean;
  /** Account to status and address, as the administrator sees it. */
  members: Map<string, { status: string; email?: string }>;
  administrator?: string;
  /** Invitations by account that sent them. */
  invitations: Map<string, string>;
  /** So many looks until an invitation is seen. */
  invitationDelay: number;
  standards: readonly { readonly status: string; readonly reason?: string }[];
  organization: { autoEnable: boolean; standards: string; type: string };
  organizationAdmins: string[];
}

/** An error as the SDK throws it. */
export function awsError(name: string, message: string, status = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

interface Input {
  readonly NextToken?: string;
  readonly MaxResults?: number;
  readonly AccountDetails?: readonly { readonly AccountId: string; readonly Email?: string }[];
  readonly AccountIds?: readonly string[];
  readonly AdministratorId?: string;
  readonly InvitationId?: string;
  readonly AdminAccountId?: string;
  readonly AutoEnable?: boolean;
  readonly AutoEnableStandards?: string;
}

/** Several accounts whose Security Hub answers as AWS's API reference says. */
export class World {
  readonly calls: string[] = [];
  readonly hubs = new Map<string, Hub>();
  /** Accounts of the organization, when there is one. */
  organization:
    | readonly {
        readonly Id: string;
        readonly Name: string;
        readonly Email: string;
        readonly Status: string;
      }[]
    | undefined;
  aggregator:
    | { readonly home: string; readonly mode: string; readonly regions: readonly string[] }
    | undefined;
  configFailures: readonly {
    readonly account: string;
    readonly region: string;
    readonly product?: string;
  }[] = [];
  /** Operations that are refused, as `<account> <operation>` or `<operation>`. */
  readonly refused = new Set<string>();
  /** Accounts whose role can't be assumed. */
  readonly closed = new Set<string>();
  /** Why CreateMembers does not take an account. */
  readonly unprocessed = new Map<string, string>();

  hub(account: string, region = HOME): Hub {
    const key = `${account} ${region}`;
    const hub = this.hubs.get(key) ?? {
      isOn: true,
      members: new Map(),
      invitations: new Map(),
      invitationDelay: 0,
      standards: [{ status: 'READY' }],
      organization: { autoEnable: false, standards: 'DEFAULT', type: 'LOCAL' },
      organizationAdmins: [],
    };
    this.hubs.set(key, hub);
    return hub;
  }

  access(account: string = ADMIN, region: string = HOME): Access {
    const settings = { region, credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'x' } };
    return {
      account,
      partition: 'aws',
      region,
      securityHub: (one) =>
        answering(new SecurityHubClient({ ...settings, region: one }), (operation, input) =>
          this.#securityHub(account, one, operation, input),
        ),
      organizations: () =>
        answering(new OrganizationsClient(settings), (operation, input) =>
          this.#organizations(account, operation, input),
        ),
      ssm: () => new SSMClient(settings),
      cloudFormation: () => new CloudFormationClient(settings),
      dynamoDb: () => new DynamoDBClient(settings),
      iam: () => new IAMClient(settings),
      enter: (other, role) => {
        this.calls.push(`${other} AssumeRole ${role}`);
        return this.closed.has(other)
          ? Promise.reject(
              awsProblem(
                awsError(
                  'AccessDenied',
                  `not authorized to perform: sts:AssumeRole on ${other}`,
                  403,
                ),
                `Assuming the role in ${other}`,
              ),
            )
          : Promise.resolve(this.access(other, region));
      },
    };
  }

  #record(account: string, operation: string): void {
    this.calls.push(`${account} ${operation}`);
    if (this.refused.has(operation) || this.refused.has(`${account} ${operation}`))
      throw awsError(
        'AccessDeniedException',
        `User is not authorized to perform: ${operation}`,
        403,
      );
  }

  #securityHub(account: string, region: string, operation: string, input: Input): object {
    this.#record(account, operation);
    const hub = this.hub(account, region);
    if (operation === 'EnableSecurityHub') {
      hub.isOn = true;
      return {};
    }
    if (operation === 'ListOrganizationAdminAccounts')
      return {
        AdminAccounts: hub.organizationAdmins.map((one) => ({ AccountId: one, Status: 'ENABLED' })),
      };
    if (operation === 'EnableOrganizationAdminAccount') {
      hub.organizationAdmins.push(input.AdminAccountId ?? '');
      return {};
    }
    if (!hub.isOn)
      throw awsError(
        'InvalidAccessException',
        `Account ${account} is not subscribed to AWS Security Hub`,
        401,
      );
    switch (operation) {
      case 'DescribeHub':
        return { HubArn: `arn:aws:securityhub:${region}:${account}:hub/default` };
      case 'GetAdministratorAccount':
        return hub.administrator === undefined
          ? {}
          : { Administrator: { AccountId: hub.administrator, MemberStatus: 'Enabled' } };
      case 'GetEnabledStandards':
        return {
          StandardsSubscriptions: hub.standards.map(({ status, reason }) => ({
            StandardsArn: 'arn:aws:securityhub:::standards/x',
            StandardsStatus: status,
            ...(reason === undefined
              ? {}
              : { StandardsStatusReason: { StatusReasonCode: reason } }),
          })),
        };
      case 'ListMembers':
        return paged(
          [...hub.members].map(([id, { status, email }]) => ({
            AccountId: id,
            MemberStatus: status,
            Email: email,
          })),
          'Members',
          input,
        );
      case 'CreateMembers':
        return this.#create(hub, input);
      case 'InviteMembers':
        for (const id of input.AccountIds ?? []) {
          hub.members.set(id, { ...hub.members.get(id), status: 'Invited' });
          this.hub(id, region).invitations.set(account, `invitation-${id}`);
        }
        return { UnprocessedAccounts: [] };
      case 'ListInvitations':
        if (hub.invitationDelay > 0) {
          hub.invitationDelay -= 1;
          return { Invitations: [] };
        }
        return {
          Invitations: [...hub.invitations].map(([from, id]) => ({
            AccountId: from,
            InvitationId: id,
          })),
        };
      case 'AcceptAdministratorInvitation':
        hub.administrator = input.AdministratorId ?? '';
        this.hub(hub.administrator, region).members.set(account, { status: 'Enabled' });
        return {};
      case 'ListFindingAggregators':
        return {
          FindingAggregators:
            this.aggregator === undefined
              ? []
              : [
                  {
                    FindingAggregatorArn: `arn:aws:securityhub:${this.aggregator.home}:${account}:finding-aggregator/1`,
                  },
                ],
        };
      case 'GetFindingAggregator':
        return {
          FindingAggregationRegion: this.aggregator?.home,
          RegionLinkingMode: this.aggregator?.mode,
          Regions: this.aggregator?.regions,
        };
      case 'GetFindings':
        return {
          Findings: this.configFailures.map((one) => ({
            ProductArn: one.product ?? `arn:aws:securityhub:${one.region}::product/aws/securityhub`,
            AwsAccountId: one.account,
            Region: one.region,
          })),
        };
      case 'DescribeOrganizationConfiguration':
        return {
          AutoEnable: hub.organization.autoEnable,
          AutoEnableStandards: hub.organization.standards,
          OrganizationConfiguration: { ConfigurationType: hub.organization.type },
        };
      case 'UpdateOrganizationConfiguration':
        hub.organization = {
          ...hub.organization,
          autoEnable: input.AutoEnable === true,
          standards: input.AutoEnableStandards ?? 'DEFAULT',
        };
        return {};
      default:
        throw new Error(`the world has no ${operation}`);
    }
  }

  #create(hub: Hub, { AccountDetails: details = [] }: Input): object {
    const unprocessed: object[] = [];
    for (const { AccountId: id, Email: email } of details) {
      const why = this.unprocessed.get(id);
      if (why !== undefined) unprocessed.push({ AccountId: id, ProcessingResult: why });
      else
        hub.members.set(id, {
          // Accounts of the organization need no invitation.
          status: this.organization?.some(({ Id }) => Id === id) === true ? 'Enabled' : 'Created',
          ...(email === undefined ? {} : { email }),
        });
    }
    return { UnprocessedAccounts: unprocessed };
  }

  #organizations(account: string, operation: string, input: Input): object {
    this.#record(account, operation);
    if (this.organization === undefined)
      throw awsError(
        'AWSOrganizationsNotInUseException',
        'Your account is not a member of an organization.',
      );
    return paged(this.organization, 'Accounts', input);
  }
}

function paged(
  items: readonly object[],
  name: string,
  { NextToken, MaxResults = 100 }: Input,
): object {
  const from = Number(NextToken ?? 0);
  const to = from + MaxResults;
  return {
    [name]: items.slice(from, to),
    ...(to < items.length ? { NextToken: String(to) } : {}),
  };
}

/** A real client, as paginators demand, with answers of our own. */
export function answering<T extends object>(
  client: T,
  answer: (operation: string, input: Input) => object,
): T {
  const send = (command: {
    readonly constructor: { readonly name: string };
    readonly input: Input;
  }) =>
    Promise.resolve().then(() =>
      answer(command.constructor.name.replace(/Command$/u, ''), command.input),
    );
  return Object.assign(client, { send });
}

export interface Played extends Ended {
  readonly questions: readonly string[];
}

export interface Stage {
  readonly connect: AccountsOutside['connect'];
  /** Answers to questions; undefined means that there is no terminal. */
  readonly answers?: readonly string[];
  /** Called instead of waiting; `interrupt` is Ctrl-C. */
  readonly onSleep?: (interrupt: () => void) => void;
  readonly add?: (
    program: Command,
    context: Parameters<typeof addMembers>[1],
    outside: AccountsOutside,
  ) => void;
}

/** Runs `asr members` (or another command) in this process, away from any terminal and without waiting. */
export async function play(
  { connect, answers, onSleep, add = addMembers }: Stage,
  ...args: readonly string[]
): Promise<Played> {
  const written = { out: '', err: '' };
  const questions: string[] = [];
  const left = [...(answers ?? [])];
  const sink = (name: 'out' | 'err') => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  let code: number = 0;
  let interrupt: () => void = () => undefined;
  const program = new Command('asr').exitOverride().configureOutput({
    writeOut: (text) => sink('out').write(text),
    writeErr: (text) => sink('err').write(text),
  });
  add(
    program,
    {
      printer: createPrinter(sink('out'), sink('err')),
      project: { root: '/nowhere', version: '1.2.3' },
      exit: (wanted) => {
        code = wanted;
      },
    },
    {
      connect,
      display: (output) => createDisplay(output, sink('err')),
      prompter: (given) => {
        interrupt = given;
        return {
          isInteractive: answers !== undefined,
          ask: (question) => {
            questions.push(question);
            return Promise.resolve(left.shift() ?? '');
          },
        };
      },
      now: () => new Date('2027-01-02T03:04:05Z'),
      sleep: (_milliseconds, signal) => {
        onSleep?.(interrupt);
        return signal.aborted ? Promise.reject(new Interrupted('Interrupted.')) : Promise.resolve();
      },
    },
  );
  for (const command of [...program.commands, ...program.commands.flatMap((one) => one.commands)])
    command.exitOverride();
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) code = error.exitCode === 0 ? 0 : 2;
    else if (error instanceof CommandError) {
      written.err += `${error.message}\n`;
      code = error.exitCode;
    } else throw error;
  }
  return { code, ...written, questions };
}
