import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Attempt } from '../../../templates/admin/functions/model/attempt.ts';
import type { Catalog } from '../../../templates/admin/functions/model/catalog.ts';
import { createDynamoStore } from '../../../templates/admin/functions/store/dynamo-store.ts';
import { fromItem, toItem } from '../../../templates/admin/functions/store/marshal.ts';
import { ADMIN } from '../../templates/admin/fixtures.ts';
import { createAutomations, quietSettings } from './automations.ts';
import type { Automations } from './automations.ts';
import { actingFor, AwsError, invocations, playAws } from './aws.ts';
import type { Call, Invocation, Raw } from './aws.ts';
import { createClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { CONFIGURATION, createTables, STATE } from './dynamodb.ts';
import type { Tables } from './dynamodb.ts';
import { createExecutions } from './executions.ts';
import type { Executions } from './executions.ts';
import { COMMAND_QUEUE, createFunctions, EVENT_QUEUE, ORCHESTRATOR } from './functions.ts';
import { createHub } from './hub.ts';
import type { Hub, HubFinding } from './hub.ts';
import { NOTHING, plus, siteOf } from './meter.ts';
import type { Counts } from './meter.ts';
import { createQueue } from './queue.ts';
import type { Queue } from './queue.ts';

/** What happens to a call: it fails before or after it had its effect, or its function is killed right after it. */
export type Fault = { readonly error: Error; readonly isLate?: boolean } | 'killed';

/** A call that is about to be made: where in the program, and the how manieth of all. */
export interface Seen {
  readonly site: string;
  readonly number: number;
}

export interface WorldOptions {
  readonly start: Date;
  readonly catalog: Catalog;
  readonly standards: readonly string[];
  readonly members: readonly string[];
  /** Rows of the configuration table. */
  readonly rows: readonly Raw[];
  /** Milliseconds that a call takes. @default 5 */
  readonly latency?: () => number;
  /** Spreads the store's tries. @default 0.5 each time */
  readonly random?: () => number;
  /** Milliseconds that an automation takes. @default 15 seconds */
  readonly takes?: number;
  /** Milliseconds until Security Hub tells of our own updates; undefined for never. @default 1000 */
  readonly echoAfter?: number | undefined;
}

/** The administrator stack in this process: the real functions, state machine and store; AWS itself is played. */
export interface World {
  readonly clock: Clock;
  readonly tables: Tables;
  readonly hub: Hub;
  readonly automations: Automations;
  readonly executions: Executions;
  readonly events: Queue;
  readonly commands: Queue;
  readonly settings: Map<string, string>;
  /** Lines of all logs, with the errors that Lambda writes there. */
  readonly logs: string[];
  /** Subjects of the topic's messages. */
  readonly notices: string[];
  /** Messages that were put aside. */
  readonly putAside: string[];
  /** Sites of all calls, in order. */
  readonly sites: string[];
  readonly counts: () => Counts;
  /** Decides about each call; undefined leaves it alone. */
  fault: (seen: Seen) => Fault | undefined;
  /** Adds a finding to Security Hub and sends its event. */
  readonly fail: (finding: HubFinding) => void;
  /** Sends a finding's event as the finding is now. */
  readonly tell: (finding: HubFinding) => void;
  readonly items: (type: string) => readonly Raw[];
  readonly attempts: () => readonly Attempt[];
  readonly stop: () => void;
}

const SWEEP = 60_000;

let eventNumber = 0;

/** Only one world can be at a time: it plays AWS for the whole process. */
export function createWorld(options: WorldOptions): World {
  const { latency = () => 5, random = () => 0.5, takes = 15_000 } = options;
  const echoAfter = 'echoAfter' in options ? options.echoAfter : 1000;
  const clock = createClock(options.start);
  const tables = createTables();
  const settings = quietSettings(options.standards);
  const automations = createAutomations({ clock, admin: ADMIN, settings, takes });
  let counts = NOTHING;
  const add = (more: Partial<Counts>): void => {
    counts = plus(counts, more);
  };
  const logs: string[] = [];
  const log = (line: string): void => {
    if (invocations.getStore()?.isDead !== true) logs.push(line);
  };
  /** Runs a function as Lambda does: when it is killed, nobody gets its answer. */
  const invoke = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    add({ functionCalls: 1 });
    const invocation: Invocation = { name, isDead: false };
    return invocations.run(invocation, async () => {
      try {
        return await act();
      } catch (error) {
        log(`${name} ${error instanceof Error ? `${error.name} ${error.message}` : 'error'}`);
        throw error;
      } finally {
        // Step Functions Developer Guide, "Handle transient Lambda service exceptions": time-outs are Lambda.Unknown.
        // oxlint-disable-next-line no-unsafe-finally -- whatever it answered is lost
        if (invocation.isDead) throw named('Lambda.Unknown');
      }
    });
  };
  const store = createDynamoStore({
    dynamodb: new DynamoDBClient(actingFor(ADMIN)),
    table: STATE,
    configurationTable: CONFIGURATION,
    historyDays: 365,
    pause: clock.wait,
    random,
    log,
    now: clock.now,
  });
  const functions = createFunctions({ clock, store, catalog: options.catalog, log });
  const executions = createExecutions({
    clock,
    orchestratorArn: ORCHESTRATOR,
    functions: {
      StartFunction: async (payload) => invoke('start', async () => functions.start(payload)),
      CheckFunction: async (payload) => invoke('check', async () => functions.check(payload)),
      FinishFunction: async (payload) => invoke('finish', async () => functions.finish(payload)),
    },
    onEnd: ({ transitions }) => add({ transitions }),
  });
  const queueOf = (arn: string): Queue =>
    createQueue({
      arn,
      clock,
      invoke: async (Records) => {
        const { batchItemFailures } = await invoke('ingest', async () =>
          functions.ingest({ Records }),
        );
        return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      },
    });
  const events = queueOf(EVENT_QUEUE);
  const commands = queueOf(COMMAND_QUEUE);
  const tell = ({ format, raw }: HubFinding): void => {
    eventNumber += 1;
    const type = format === 'asff' ? 'Security Hub Findings - Imported' : 'Findings Imported V2';
    events.send(
      JSON.stringify({
        id: `event-${eventNumber}`,
        source: 'aws.securityhub',
        'detail-type': type,
        detail: { findings: [raw] },
      }),
      'AIDAEVENTBRIDGE000001',
    );
  };
  const hub = createHub({
    members: options.members,
    onUpdate: (finding) => {
      if (echoAfter !== undefined) clock.later(echoAfter, () => tell(finding));
    },
  });
  const putAside: string[] = [];
  const notices: string[] = [];
  const answerSqs = (input: Raw): unknown => {
    if (String(input['QueueUrl']).endsWith('-DeadLetters')) {
      putAside.push(String(input['MessageBody']));
      return {};
    }
    const entries = (input['Entries'] ?? [input]) as readonly { readonly MessageBody: string }[];
    for (const { MessageBody: body } of entries) commands.send(body, 'AROASWEEPEXAMPLE00001:sweep');
    return {};
  };
  const answerDirectly = (call: Call): unknown => {
    switch (call.service) {
      case 'securityhub':
        return hub.answer(call);
      case 'ssm':
        return automations.answer(call);
      case 'states':
        return executions.answer(call);
      case 'sqs':
        return answerSqs(call.input);
      case 'sns':
        notices.push(String(call.input['Subject']));
        return {};
      case 'events':
        return { Entries: [{}] };
      case 'tagging':
        return { ResourceTagMappingList: [] };
      case 'sts':
        return { Credentials: credentialsFor(call.input) };
      case 'dynamodb':
      case 'lambda':
      case 'organizations':
        throw new Error(`${call.service} is not played here.`);
    }
  };
  const underWay = new Set<string>();
  const answerDynamo = async ({ operation, input }: Call): Promise<unknown> => {
    const written = tables.written(operation, input);
    const isTransaction = operation === 'TransactWriteItems';
    const isBlocked = isTransaction && written.some((key) => underWay.has(key));
    if (isTransaction && !isBlocked) for (const key of written) underWay.add(key);
    await clock.wait(latency());
    if (isTransaction && !isBlocked) for (const key of written) underWay.delete(key);
    const isLate = !isTransaction && written.some((key) => underWay.has(key));
    const answer = tables.answer(operation, input, isBlocked || isLate);
    if (written.length > 0) add({ itemWrites: written.length, writeRequests: 1 });
    return answer;
  };
  const sites: string[] = [];
  const aws = playAws(async (call) => {
    const invocation = invocations.getStore();
    if (invocation === undefined) throw new Error(`${call.operation} is called by nobody.`);
    if (invocation.isDead) throw named('Killed');
    const site = siteOf(invocation.name, call);
    const fault = world.fault({ site, number: sites.length });
    sites.push(site);
    add({ apiCalls: 1 });
    const isEarly = fault !== undefined && fault !== 'killed' && fault.isLate !== true;
    if (isEarly) {
      await clock.wait(latency());
      throw fault.error;
    }
    let answer: unknown;
    if (call.service === 'dynamodb') answer = await answerDynamo(call);
    else {
      await clock.wait(latency());
      answer = answerDirectly(call);
    }
    if (fault === undefined) return answer;
    if (fault !== 'killed') throw fault.error;
    invocation.isDead = true;
    throw named('Killed');
  });
  const sweepEachMinute = (): void => {
    const due = tables.nextDue();
    // A round that would find nothing does nothing, so it is left out.
    if (due !== undefined && due <= clock.now().toISOString())
      void invoke('sweep', functions.sweep).catch(() => undefined);
    clock.later(SWEEP, sweepEachMinute);
  };
  clock.later(SWEEP, sweepEachMinute);
  for (const row of options.rows) tables.put(CONFIGURATION, toItem(row));
  const items = (type: string): readonly Raw[] =>
    [...tables.items(STATE).values()].flatMap((item) =>
      item['type']?.S === type ? [fromItem(item)] : [],
    );
  const world: World = {
    clock,
    tables,
    hub,
    automations,
    executions,
    events,
    commands,
    settings,
    logs,
    notices,
    putAside,
    sites,
    counts: () => counts,
    fault: () => undefined,
    fail: (finding) => {
      hub.put(finding);
      tell(finding);
    },
    tell,
    items,
    attempts: () => items('attempt') as unknown as readonly Attempt[],
    stop: aws.stop,
  };
  return world;
}

/** A part of every secret that the world gives away; it must never be seen in a log. */
export const SECRET = 'never-in-a-log';

function credentialsFor(input: Raw): Raw {
  const account = String(input['RoleArn']).split(':')[4] ?? '';
  if (account === '') throw new AwsError('AccessDenied', 403);
  return {
    AccessKeyId: account,
    SecretAccessKey: `secret-key-${SECRET}`,
    SessionToken: `session-token-${SECRET}`,
  };
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}
