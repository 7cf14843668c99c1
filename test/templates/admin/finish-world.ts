import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  BatchUpdateFindingsCommand,
  BatchUpdateFindingsV2Command,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import type { BatchUpdateFindingsCommandInput } from '@aws-sdk/client-securityhub';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import type {
  Attempt,
  AttemptFinding,
  Outcome,
} from '../../../templates/admin/functions/model/attempt.ts';
import { createFinish } from '../../../templates/admin/functions/run/create-finish.ts';
import type { FinishInput } from '../../../templates/admin/functions/run/create-finish.ts';
import type { EndingOptions } from '../../../templates/admin/functions/run/ending-options.ts';
import type { Recorded } from '../../../templates/admin/functions/run/recorded.ts';
import { without } from '../../../templates/admin/functions/run/run.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { attempt, EXECUTION, GROUP, ID, KEY, MEMBER, NOW } from './fixtures.ts';

/** The AWS services behind `finish`, played, and what it wrote. */
export const securityHub = mockClient(SecurityHubClient);
export const sns = mockClient(SNSClient);
export const events = mockClient(EventBridgeClient);
export const sqs = mockClient(SQSClient);
export const lambda = mockClient(LambdaClient);
export let memory = memoryStore();
let lines: string[] = [];

/** A fresh world in which everything works. */
export function reset(): void {
  memory = memoryStore();
  lines = [];
  for (const mock of [securityHub, sns, events, sqs, lambda]) mock.reset();
  const all = { ProcessedFindings: [], UnprocessedFindings: [] };
  securityHub.on(BatchUpdateFindingsCommand).resolves(all);
  securityHub.on(BatchUpdateFindingsV2Command).resolves(all);
  sns.on(PublishCommand).resolves({});
  events.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: 'one' }] });
  sqs.on(SendMessageCommand).resolves({});
}

/** Puts an attempt into the table, with the lease that a change holds. */
export function claimed(changes: Partial<Attempt> = {}): Attempt {
  const made = attempt(changes);
  memory.attempts.set(made.id, made);
  if (made.mode !== 'Preview' && made.phase === 'run')
    memory.leases.set(`${MEMBER} eu-west-1 ${GROUP}`, {
      attempt: made.id,
      remediation: made.remediation,
      expiresAt: '2024-05-02T12:00:00.000Z',
    });
  return made;
}

export function endingOptions(changes: Partial<EndingOptions> = {}): EndingOptions {
  const region = 'us-east-1';
  return {
    solutionId: 'SO0111',
    store: memory.store,
    securityHub: new SecurityHubClient({ region }),
    sns: new SNSClient({ region }),
    events: new EventBridgeClient({ region }),
    sqs: new SQSClient({ region }),
    lambda: new LambdaClient({ region }),
    topicArn: 'arn:aws:sns:us-east-1:012345678901:SO0111-ASR_Topic',
    commandQueueUrl: 'https://sqs.us-east-1.amazonaws.com/012345678901/SO0111-ASR-Commands',
    ticketFunction: '',
    metrics: true,
    metricsPerControl: false,
    now: () => NOW,
    log: (line) => lines.push(line),
    ...changes,
  };
}

/** The finding of the attempt. */
export const [finding] = attempt().findings as readonly [AttemptFinding];

/** How an attempt ends that started nothing. */
export const refusedWith = (outcome: Outcome): FinishInput['state'] => ({
  run: { status: 'ended', ...without(outcome, 'For a reason.') },
});

/** Runs `finish` for the attempt that was put into the table, or for a click on EC2.2. */
export async function finish(
  state: FinishInput['state'],
  input: Partial<FinishInput> = {},
  changes: Partial<EndingOptions> = {},
): Promise<Recorded> {
  if (!memory.attempts.has(ID)) claimed();
  const handler = createFinish(endingOptions(changes));
  return handler({ key: KEY, state, execution: EXECUTION, retries: 0, ...input });
}

export const named = (name: string): Error => Object.assign(new Error(name), { name });
export const history = (): Attempt | undefined => memory.attempts.get(ID);
export const updates = (): readonly BatchUpdateFindingsCommandInput[] =>
  securityHub.commandCalls(BatchUpdateFindingsCommand).map((call) => call.args[0].input);
export const workflow = (): string | undefined => updates().at(-1)?.Workflow?.Status;
export const note = (): string => updates().at(-1)?.Note?.Text ?? '';

/** What the topic was told, as the JSON for programs. */
export function told(): readonly Readonly<Record<string, unknown>>[] {
  return sns.commandCalls(PublishCommand).map((call) => {
    const { default: json } = JSON.parse(call.args[0].input.Message ?? '{}') as {
      readonly default: string;
    };
    return JSON.parse(json) as Readonly<Record<string, unknown>>;
  });
}

/** Details of the events on the default bus. */
export function put(): readonly Readonly<Record<string, unknown>>[] {
  return events
    .commandCalls(PutEventsCommand)
    .flatMap((call) => call.args[0].input.Entries ?? [])
    .map(({ Detail = '{}' }) => JSON.parse(Detail) as Readonly<Record<string, unknown>>);
}

/** Lines of the function's log: metrics, or all others. */
export function logged(what: 'metrics' | 'log'): readonly Readonly<Record<string, unknown>>[] {
  return lines
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    .filter((line) => '_aws' in line === (what === 'metrics'));
}

/** What the ticket function answers. */
export function ticketAnswer(body: unknown): void {
  lambda.on(InvokeCommand).resolves({ Payload: Buffer.from(JSON.stringify(body)) as never });
}

/** What the ticket function was given. */
export function ticketPayloads(): readonly unknown[] {
  return lambda
    .commandCalls(InvokeCommand)
    .map((call) => JSON.parse(Buffer.from(call.args[0].input.Payload as Uint8Array).toString()));
}
