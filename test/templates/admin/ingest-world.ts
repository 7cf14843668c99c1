import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ListParentsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import {
  BatchUpdateFindingsCommand,
  GetFindingsCommand,
  GetMembersCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { createIngest } from '../../../templates/admin/functions/ingest/create-ingest.ts';
import type { SqsRecord } from '../../../templates/admin/functions/ingest/messages.ts';
import type { Attempt } from '../../../templates/admin/functions/model/attempt.ts';
import { findingKey } from '../../../templates/admin/functions/model/finding-parts.ts';
import { createEnding } from '../../../templates/admin/functions/run/create-ending.ts';
import type { IntakeStore } from '../../../templates/admin/functions/store/store.ts';
import { createStateTables } from '../../support/state-tables.ts';
import type { StateTables } from '../../support/state-tables.ts';
import { ADMIN, GROUP, MEMBER, catalog, environment } from './fixtures.ts';
import { COMMANDS, CONSOLE_ROLE, EVENTS } from './ingest-records.ts';

const DEAD_LETTERS = `https://sqs.us-east-1.amazonaws.com/${ADMIN}/SO0111-ASR-DeadLetters`;
const COMMANDS_URL = `https://sqs.us-east-1.amazonaws.com/${ADMIN}/SO0111-ASR-Commands`;
export const ORCHESTRATOR = `arn:aws:states:us-east-1:${ADMIN}:stateMachine:SO0111-ASR-Orchestrator`;
export const TARGET = { account: MEMBER, region: 'eu-west-1', resource: GROUP };

/** A Wednesday. */
const START = new Date('2026-05-06T12:20:00.000Z');

export const securityHub = mockClient(SecurityHubClient);
export const ssm = mockClient(SSMClient);
const organizations = mockClient(OrganizationsClient);
export const sfn = mockClient(SFNClient);
export const sqs = mockClient(SQSClient);
export const events = mockClient(EventBridgeClient);
export const sns = mockClient(SNSClient);
const lambda = mockClient(LambdaClient);

type Raw = Readonly<Record<string, unknown>>;

/** The function on tables of the emulator, with everything else of AWS made up. */
export interface World {
  readonly tables: StateTables;
  readonly clock: { now: Date };
  /** Findings that Security Hub has, by id. */
  readonly hub: Map<string, Raw>;
  readonly settings: Map<string, string>;
  /** Hands records over in one batch; answers the ids of those to be delivered again. */
  readonly deliver: (...records: readonly SqsRecord[]) => Promise<readonly string[]>;
  /** What happens right before the store's method is called the next time. */
  readonly before: Map<string, () => Promise<unknown>>;
  /** Log lines, parsed. */
  readonly logged: Raw[];
  readonly attempts: () => Promise<readonly Attempt[]>;
  /** Names of the executions that were started, in order. */
  readonly started: () => readonly string[];
  /** What was written on findings: `WORKFLOW note`. */
  readonly notes: () => readonly string[];
  /** Reasons of what was put aside. */
  readonly putAside: () => readonly string[];
  /** Statuses of the events that were put on the bus. */
  readonly told: () => readonly string[];
}

/** Minutes go by. */
export function pass({ clock }: World, minutes: number): void {
  clock.now = new Date(clock.now.getTime() + minutes * 60_000);
}

export async function createWorld(endpoint: string): Promise<World> {
  for (const mock of [securityHub, ssm, organizations, sfn, sqs, events, sns, lambda]) mock.reset();
  const clock = { now: START };
  const hub = new Map<string, Raw>();
  const settings = new Map([['/Solutions/SO0111/standards', '{"SC":"yes","CIS120":"yes"}']]);
  for (const kind of ['Account', 'OU', 'Tag']) {
    settings.set(`/ASR/Filters/${kind}FilterMode`, 'Disabled');
    settings.set(`/ASR/Filters/${kind}Filters`, 'none');
  }
  ssm.on(GetParametersCommand).callsFake(async () => ({
    Parameters: [...settings].map(([Name, Value]) => ({ Name, Value })),
  }));
  securityHub.on(GetMembersCommand).callsFake(async ({ AccountIds: [id] = [] }: Accounts) => ({
    Members: id === MEMBER ? [{ AccountId: id, MemberStatus: 'Enabled' }] : [],
  }));
  securityHub.on(GetFindingsCommand).callsFake(async ({ Filters: { Id } }: Filtered) => {
    const found = hub.get(Id[0]?.Value ?? '');
    return { Findings: found === undefined ? [] : [found] };
  });
  securityHub.on(BatchUpdateFindingsCommand).resolves({});
  organizations
    .on(ListParentsCommand, { ChildId: MEMBER })
    .resolves({ Parents: [{ Id: 'ou-ab12-11111111', Type: 'ORGANIZATIONAL_UNIT' }] })
    .on(ListParentsCommand, { ChildId: 'ou-ab12-11111111' })
    .resolves({ Parents: [{ Id: 'r-ab12', Type: 'ROOT' }] });
  sfn.on(StartExecutionCommand).resolves({});
  sqs.on(SendMessageCommand).resolves({});
  sns.on(PublishCommand).resolves({});
  events.on(PutEventsCommand).resolves({ Entries: [{}] });

  const tables = await createStateTables(endpoint, () => clock.now);
  const before = new Map<string, () => Promise<unknown>>();
  const logged: Raw[] = [];
  const common = {
    ...environment,
    securityHub: new SecurityHubClient({ region: 'us-east-1' }),
    sqs: new SQSClient({ region: 'us-east-1' }),
    events: new EventBridgeClient({ region: 'us-east-1' }),
    store: interrupted(tables.store, before),
    metrics: true,
    now: () => clock.now,
    log: (line: string) => void logged.push(JSON.parse(line) as Raw),
  };
  const handler = createIngest({
    ...common,
    catalog,
    ssm: new SSMClient({ region: 'us-east-1' }),
    organizations: new OrganizationsClient({ region: 'us-east-1' }),
    sfn: new SFNClient({ region: 'us-east-1' }),
    eventQueueArn: EVENTS,
    commandQueueArn: COMMANDS,
    deadLetterQueueUrl: DEAD_LETTERS,
    orchestratorArn: ORCHESTRATOR,
    consoleRoleId: CONSOLE_ROLE,
    ending: createEnding({
      ...common,
      sns: new SNSClient({ region: 'us-east-1' }),
      lambda: new LambdaClient({ region: 'us-east-1' }),
      topicArn: `arn:aws:sns:us-east-1:${ADMIN}:SO0111-ASR_Topic`,
      commandQueueUrl: COMMANDS_URL,
      ticketFunction: '',
      metricsPerControl: false,
    }),
  });
  return {
    tables,
    clock,
    hub,
    settings,
    before,
    logged,
    deliver: async (...Records) => {
      const { batchItemFailures } = await handler({ Records });
      return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },
    attempts: async () => {
      const items = [...(await tables.items()).values()];
      return items.filter(({ type }) => type === 'attempt') as unknown as readonly Attempt[];
    },
    started: () => inputs(sfn, StartExecutionCommand).map(({ name = '' }) => name),
    notes: () =>
      inputs(securityHub, BatchUpdateFindingsCommand).map(
        ({ Workflow, Note }) => `${Workflow?.Status ?? '-'} ${Note?.Text ?? ''}`,
      ),
    putAside: () =>
      inputs(sqs, SendMessageCommand)
        .filter(({ QueueUrl }) => QueueUrl === DEAD_LETTERS)
        .map(({ MessageAttributes }) => MessageAttributes?.['reason']?.StringValue ?? ''),
    told: () =>
      inputs(events, PutEventsCommand).map(({ Entries = [] }) => {
        const detail = JSON.parse(Entries[0]?.Detail ?? '{}') as { readonly status?: string };
        return detail.status ?? '';
      }),
  };
}

function interrupted(store: IntakeStore, before: World['before']): IntakeStore {
  return new Proxy(store, {
    get: (target, name: string) => {
      const method = target[name as keyof IntakeStore] as (
        ...given: readonly unknown[]
      ) => Promise<unknown>;
      return async (...given: readonly unknown[]) => {
        const act = before.get(name);
        before.delete(name);
        await act?.();
        return method(...given);
      };
    },
  });
}

interface Accounts {
  readonly AccountIds?: readonly string[];
}

interface Filtered {
  readonly Filters: { readonly Id: readonly { readonly Value: string }[] };
}

/** The inputs of all calls of one operation. */
export function inputs<I>(
  mock: { readonly calls: () => readonly { readonly args: readonly unknown[] }[] },
  Command: new (input: never) => { readonly input: I },
): readonly I[] {
  return mock
    .calls()
    .flatMap(({ args: [command] }) => (command instanceof Command ? [command.input] : []));
}

/** The control's row: remediate by itself, with what else is set. */
export async function allowAutomatic({ tables }: World, row: Raw = {}): Promise<void> {
  await tables.putRow({ controlId: 'EC2.2', automatedRemediationEnabled: true, ...row });
}

/** Ends an attempt as the orchestrator does. */
export async function finish(
  { tables, clock }: World,
  id: string,
  changed: Partial<Attempt> = {},
): Promise<void> {
  const found = await tables.store.findAttempt(id);
  if (found === undefined) throw new Error('There is no such attempt.');
  const now = clock.now.toISOString();
  const attempt: Attempt = {
    ...found,
    status: 'ended',
    endedAt: now,
    outcome: 'changed',
    message: 'Fixed and verified.',
    state: ['c3RhdGU='],
    ...changed,
  };
  const seen = Object.fromEntries(attempt.findings.map((one) => [findingKey(one), one.updatedAt]));
  const isFixed = attempt.outcome === 'changed';
  const target = isFixed
    ? { failures: 0, verifiedAt: now, seen }
    : { failures: 1, failedAt: now, seen };
  if (!(await tables.store.end({ attempt, target }))) throw new Error('It could not be ended.');
}

export const REMEDIATION = 'CloseGroup';
/** What is asked for when a decision about the resource is made. */
export const WANTED = { ...TARGET, remediation: REMEDIATION, control: 'EC2.2' };

/** The one attempt that there is. */
export async function onlyAttempt(world: World): Promise<Attempt> {
  const [attempt, ...others] = await world.attempts();
  if (attempt === undefined || others.length > 0) throw new Error('There is not one attempt.');
  return attempt;
}

/** Writes to the state table so far. */
export function writes({ tables }: World): number {
  return tables
    .calls()
    .filter(({ name }) => !['Query', 'BatchGetItem', 'GetItem', 'Scan', 'PutItem'].includes(name))
    .length;
}

/** An error as the SDK throws it. */
export class Failure extends Error {
  readonly $fault: 'client' | 'server';
  readonly $metadata: { readonly httpStatusCode: number };
  constructor(name: string, status: number) {
    super(name);
    this.name = name;
    this.$fault = status < 500 ? 'client' : 'server';
    this.$metadata = { httpStatusCode: status };
  }
}
