import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeSecurityHubV2Command,
  GetFindingsCommand,
  GetFindingsV2Command,
  GetMembersCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-securityhub';
import type {
  AwsSecurityFinding,
  GetMembersCommandInput,
  SecurityHubClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-securityhub';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import type { AwsStub } from 'aws-sdk-client-mock';
import { Command, CommanderError } from 'commander';
import { addApprove } from '../../../generator/cli/approve.ts';
import { addControls } from '../../../generator/cli/controls.ts';
import { addExceptions } from '../../../generator/cli/exceptions.ts';
import { CommandError } from '../../../generator/cli/exit-codes.ts';
import { addExplain } from '../../../generator/cli/explain.ts';
import { addHistory } from '../../../generator/cli/history.ts';
import { createPrinter } from '../../../generator/cli/print.ts';
import { addRemediate } from '../../../generator/cli/remediate.ts';
import { Interrupted } from '../../../generator/deploy/deploy-error.ts';
import { createDisplay } from '../../../generator/deploy/terminal.ts';
import { connectionTo } from '../../../generator/operate/connect.ts';
import type { Connection } from '../../../generator/operate/connect.ts';
import type { OperateOutside } from '../../../generator/operate/ports.ts';
import { parseCommand } from '../../../templates/admin/functions/ingest/commands.ts';
import { createStateTables } from '../../support/state-tables.ts';
import type { StateTables } from '../../support/state-tables.ts';
import type { Ended } from '../cli/run-cli.ts';

/** A Monday. */
export const NOW = new Date('2026-03-02T10:00:00.000Z');
const ADMIN = '012345678901';

/** An installation whose tables, queue and settings lie in the emulator, and whose Security Hub is staged. */
export interface Installed {
  readonly connection: Connection;
  readonly tables: StateTables;
  /** Findings that Security Hub gives, page by page; filters are recorded, not evaluated. */
  readonly shows: (...pages: readonly (readonly AwsSecurityFinding[])[]) => void;
  /** Findings that the newer Security Hub gives; until it is called, that one is not on. */
  readonly showsOcsf: (...pages: readonly (readonly OcsfFinding[])[]) => void;
  /** What Security Hub answers instead, for any of its calls. */
  readonly hub: AwsStub<ServiceInputTypes, ServiceOutputTypes, SecurityHubClientResolvedConfig>;
  /** What Security Hub says of every account: `Enabled` is a member. */
  readonly membership: (status: string) => void;
  /** Inputs of GetFindings so far. */
  readonly asked: () => readonly GetFindingsCommand['input'][];
  /** What lies in the command queue, as `ingest` understands it. */
  readonly commands: () => Promise<readonly ReturnType<typeof parseCommand>[]>;
}

/** Sets it up in an empty emulator. */
export async function install(endpoint: string): Promise<Installed> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const settings = { region: 'us-east-1', endpoint, credentials, maxAttempts: 1 };
  const tables = await createStateTables(endpoint, () => NOW);
  const installation = {
    stackName: 'automated-security-response-admin',
    partition: 'aws',
    account: ADMIN,
    region: 'us-east-1',
    solutionId: 'SO0111',
    configurationTable: 'Configuration',
    stateTable: 'State',
    commandQueueUrl: '',
  };
  const { sqs, ssm } = connectionTo(installation, settings);
  const { QueueUrl: commandQueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'SO0111-ASR-Commands' }),
  );
  for (const [Name, Value] of Object.entries(PARAMETERS))
    await ssm.send(new PutParameterCommand({ Name, Value, Type: 'String' }));
  const connection = connectionTo({ ...installation, commandQueueUrl }, settings);
  const hub = mockClient(connection.securityHub);
  hub.on(DescribeSecurityHubV2Command).rejects(NO_HUB_V2);
  const calls = () =>
    hub.commandCalls(GetFindingsCommand).map(({ args: [command] }) => command.input);
  return {
    connection,
    tables,
    hub,
    shows: (...pages) => {
      hub.on(GetFindingsCommand).callsFake(pageOf(pages));
    },
    showsOcsf: (...pages) => {
      hub.on(DescribeSecurityHubV2Command).resolves({ HubV2Arn: 'arn' });
      hub.on(GetFindingsV2Command).callsFake(pageOf(pages));
    },
    membership: (MemberStatus) => {
      hub.on(GetMembersCommand).callsFake(({ AccountIds = [] }: GetMembersCommandInput) => ({
        Members: AccountIds.map((AccountId) => ({ AccountId, MemberStatus })),
      }));
    },
    asked: calls,
    commands: async () => received(connection),
  };
}

/** What Security Hub answers where the newer one is not on. */
const NO_HUB_V2 = new ResourceNotFoundException({
  message: 'You are not subscribed to HubV2',
  $metadata: { httpStatusCode: 404 },
});

function pageOf(pages: readonly (readonly unknown[])[]) {
  return ({ NextToken: token }: { readonly NextToken?: string }) => {
    const at = token === undefined ? 0 : Number(token);
    const isLast = at + 1 >= pages.length;
    return { Findings: pages[at] ?? [], ...(isLast ? {} : { NextToken: String(at + 1) }) };
  };
}

const PARAMETERS: Readonly<Record<string, string>> = {
  '/Solutions/SO0111/version': 'v1.2.3',
  '/Solutions/SO0111/standards': '{"SC":"yes","AFSBP":"no"}',
  '/ASR/Filters/AccountFilterMode': 'Disabled',
  '/ASR/Filters/AccountFilters': 'none',
  '/ASR/Filters/OUFilterMode': 'Disabled',
  '/ASR/Filters/OUFilters': 'none',
  '/ASR/Filters/TagFilterMode': 'Disabled',
  '/ASR/Filters/TagFilters': 'none',
};

async function received({ sqs, installation }: Connection) {
  const QueueUrl = installation.commandQueueUrl;
  const commands: ReturnType<typeof parseCommand>[] = [];
  for (;;) {
    const { Messages: messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (messages.length === 0) return commands;
    for (const { Body: body = '', MessageId: messageId = '', ReceiptHandle } of messages) {
      const attributes = { SenderId: 'AIDAEXAMPLE' };
      const record = { messageId, body, attributes, eventSourceARN: '' };
      commands.push(parseCommand(JSON.parse(body) as Record<string, unknown>, record, ''));
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

/** A failed finding of a security group, the `number`th of its account. */
export function groupFinding(
  number: number,
  changes: Readonly<Record<string, unknown>> = {},
  account = '111122223333',
): AwsSecurityFinding {
  const digits = number.toString(16).padStart(8, '0');
  return {
    SchemaVersion: '2018-10-08',
    Id: `arn:aws:securityhub:eu-west-1:${account}:security-control/EC2.2/finding/0a1b2c3d-0000-4000-8000-0000${digits}`,
    ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
    GeneratorId: 'security-control/EC2.2',
    AwsAccountId: account,
    Region: 'eu-west-1',
    Title: 'Default security group with open rules',
    Description: 'Somebody opened it.',
    CreatedAt: '2026-03-01T10:00:00.000Z',
    UpdatedAt: '2026-03-02T09:00:00.000Z',
    Severity: { Label: 'HIGH' },
    Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.2' },
    Workflow: { Status: 'NEW' },
    RecordState: 'ACTIVE',
    Resources: [
      {
        Type: 'AwsEc2SecurityGroup',
        Id: `arn:aws:ec2:eu-west-1:${account}:security-group/sg-${digits}`,
        Region: 'eu-west-1',
      },
    ],
    ...changes,
  };
}

export type OcsfFinding = Readonly<Record<string, unknown>>;

/** The finding of the same failure in OCSF, under the same id. */
export function ocsfFinding(
  number: number,
  changes: OcsfFinding = {},
  account = '111122223333',
): OcsfFinding {
  const { Id: id, Resources: [group] = [] } = groupFinding(number, {}, account);
  return {
    class_uid: 2003,
    activity_id: 1,
    status_id: 1,
    severity_id: 4,
    time: Date.parse('2026-03-02T09:00:00.000Z'),
    metadata: {
      uid: `uid-${number}`,
      product: { uid: 'arn:aws:securityhub:eu-west-1::productv2/aws/securityhub' },
    },
    finding_info: { uid: id, title: 'Default security group with open rules' },
    cloud: { account: { uid: account }, region: 'eu-west-1' },
    compliance: { control: 'EC2.2', status_id: 3 },
    resources: [{ uid: group?.Id }],
    ...changes,
  };
}

/** A product of the finding's own account, which anybody there can write. */
export function forged(number: number): AwsSecurityFinding {
  return groupFinding(number, {
    ProductArn: 'arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default',
  });
}

/** What people answer, in order; `interrupt` is Ctrl-C. Without answers there is nobody to ask. */
export interface People {
  readonly answers?: readonly string[];
  /** What happens while they think. */
  readonly onAsk?: () => Promise<void>;
  /** Called instead of waiting, with the milliseconds; `interrupt` is Ctrl-C. */
  readonly onSleep?: (milliseconds: number, interrupt: () => void) => void | Promise<void>;
  readonly stateFolder?: string;
  readonly now?: () => Date;
}

export interface Played extends Ended {
  readonly questions: readonly string[];
}

/** Runs a command line on an installation, away from any terminal and without waiting. */
export async function operate(
  { connection }: Pick<Installed, 'connection'>,
  project: string,
  { answers: given, onAsk, onSleep, now = () => NOW, stateFolder = emptyFolder() }: People,
  ...args: readonly string[]
): Promise<Played> {
  const written = { out: '', err: '' };
  const sink = (name: 'out' | 'err') => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const questions: string[] = [];
  const answers = [...(given ?? [])];
  let code: number = 0;
  let interrupted = (): void => undefined;
  const outside: OperateOutside = {
    connect: async () => connection,
    display: (output) => createDisplay(output, sink('err')),
    prompter: (interrupt) => {
      interrupted = interrupt;
      return {
        isInteractive: given !== undefined,
        ask: async (question) => {
          questions.push(question);
          await onAsk?.();
          return answers.shift() ?? '';
        },
      };
    },
    now,
    sleep: async (milliseconds, signal) => {
      await onSleep?.(milliseconds, interrupted);
      if (signal.aborted) throw new Interrupted('Interrupted.');
    },
    stateFolder,
  };
  const context = {
    printer: createPrinter(sink('out'), sink('err')),
    project: { root: project, version: '1.2.3' },
    exit: (wanted: number) => {
      code = wanted;
    },
  };
  const program = new Command('asr').exitOverride().configureOutput({
    writeOut: (text) => sink('out').write(text),
    writeErr: (text) => sink('err').write(text),
  });
  for (const add of [addControls, addHistory, addExceptions, addApprove, addRemediate, addExplain])
    add(program, context, outside);
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

export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'asr-operate-'));
}
