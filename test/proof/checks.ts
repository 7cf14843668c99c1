import { randomUUID } from 'node:crypto';
import {
  DescribeDocumentCommand,
  GetDocumentCommand,
  GetParameterCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import {
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
} from '@aws-sdk/client-cloudformation';
import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { judge } from './claims.ts';
import type { ClaimId, ClaimResult } from './claims.ts';
import type { Clients } from './clients.ts';
import { FACTS_SCRIPT } from './documents.ts';
import { factsResults } from './facts.ts';
import { output, summary } from './executions.ts';
import type { Executions } from './executions.ts';
import { roleArn } from './names.ts';
import type { Names, Place } from './names.ts';
import { errorName, errorText, until } from './patience.ts';
import type { Patience } from './patience.ts';
import { createLargeDocument, updateStack } from './stack-control.ts';

export interface CheckContext {
  readonly clients: Clients;
  readonly executions: Executions;
  readonly names: Names;
  readonly place: Place;
  readonly patience: Patience;
  /** Template of the second edition. */
  readonly update: string;
}

export interface Check {
  readonly claims: readonly ClaimId[];
  readonly run: (context: CheckContext) => Promise<readonly ClaimResult[]>;
}

/** What is checked, in this order: each check may rely on those before it. */
export const CHECKS: readonly Check[] = [
  { claims: ['content-resolved', 'script-joined'], run: checkContent },
  { claims: ['metadata-edge'], run: checkOrder },
  { claims: ['document-size'], run: checkSize },
  { claims: ['allowed-pattern'], run: checkPattern },
  {
    claims: [
      'role-trust',
      'python-runtime',
      'default-region',
      'empty-defaults',
      'empty-outputs',
      'output-size',
      'client-token',
    ],
    run: checkFacts,
  },
  { claims: ['loop-variables', 'state-undo'], run: checkLoop },
  { claims: ['result-after-failure'], run: checkFailure },
  { claims: ['new-version'], run: checkUpdate },
  { claims: ['braces'], run: checkBraces },
];

async function checkContent(context: CheckContext): Promise<readonly ClaimResult[]> {
  const { names, place } = context;
  const wait = await readDocument(context, names.documents.wait);
  const pattern = wait.parameters?.['AutomationAssumeRole']?.allowedPattern ?? 'no pattern';
  const facts = await readDocument(context, names.documents.facts);
  const script = facts.mainSteps?.[0]?.inputs?.Script ?? '';
  const same = script === FACTS_SCRIPT;
  const seen = `${script.length} characters, ${same ? 'the same' : 'different'}`;
  return [
    judge('content-resolved', pattern === `^${roleArn(place, names.role)}$`, pattern),
    judge('script-joined', same, seen),
  ];
}

interface StoredDocument {
  readonly parameters?: Readonly<Record<string, { readonly allowedPattern?: string }>>;
  readonly mainSteps?: readonly { readonly inputs?: { readonly Script?: string } }[];
}

/** A document as Systems Manager stores it. Throws when it isn't JSON. */
async function readDocument({ clients }: CheckContext, name: string): Promise<StoredDocument> {
  const answer = await clients.ssm.send(
    new GetDocumentCommand({ Name: name, DocumentFormat: 'JSON' }),
  );
  return JSON.parse(answer.Content ?? '{}') as StoredDocument;
}

async function checkOrder({ clients, names }: CheckContext): Promise<readonly ClaimResult[]> {
  const answer = await clients.cloudformation.send(
    new DescribeStackEventsCommand({ StackName: names.stack }),
  );
  const events = answer.StackEvents ?? [];
  const first = timeOf(events, 'WaitDocument', 'CREATE_COMPLETE');
  const second = timeOf(events, 'FactsDocument', 'CREATE_IN_PROGRESS');
  return [
    judge('metadata-edge', second >= first, `${second - first} ms after the other was there`),
  ];
}

/** When a resource first had a status, in milliseconds. Throws when it never had. */
function timeOf(events: readonly StackEvent[], resource: string, status: string): number {
  const times = events
    .filter((event) => event.LogicalResourceId === resource && event.ResourceStatus === status)
    .flatMap((event) => (event.Timestamp === undefined ? [] : [event.Timestamp.getTime()]));
  if (times.length === 0) throw new Error(`The stack has no event ${status} of ${resource}.`);
  return Math.min(...times);
}

async function checkSize({ clients, names }: CheckContext): Promise<readonly ClaimResult[]> {
  const refused = await createLargeDocument(clients, names);
  return [judge('document-size', refused === undefined, refused ?? 'created')];
}

async function checkPattern({
  executions,
  names,
  place,
}: CheckContext): Promise<readonly ClaimResult[]> {
  const parameters = { AutomationAssumeRole: [roleArn(place, 'somebody-else')] };
  try {
    const id = await executions.start({ document: names.documents.facts, parameters });
    return [judge('allowed-pattern', false, `started as ${id}`)];
  } catch (error) {
    const refusals = ['InvalidAutomationExecutionParametersException', 'ValidationException'];
    if (!refusals.includes(errorName(error))) throw error;
    return [judge('allowed-pattern', true, errorText(error))];
  }
}

async function checkFacts(context: CheckContext): Promise<readonly ClaimResult[]> {
  const { executions, names, place } = context;
  const token = randomUUID();
  const started = {
    document: names.documents.facts,
    parameters: { AutomationAssumeRole: [roleArn(place, names.role)] },
    token,
  };
  const id = await executions.startPatiently(started);
  const again = await executions.start(started).catch(refusalText);
  const execution = await executions.ended(id);
  // A second id means a second execution; the same id or an error means none.
  const ids = executions.ids.filter((one) => one === again && one !== id);
  return [
    ...factsResults(execution, names, place),
    judge('client-token', ids.length === 0, again === id ? 'the same execution id' : again),
  ];
}

function refusalText(error: unknown): string {
  // A busy service has not decided anything about the token.
  if (/Throttl|LimitExceeded/u.test(errorName(error))) throw error;
  return errorText(error);
}

async function checkLoop(context: CheckContext): Promise<readonly ClaimResult[]> {
  const { clients, executions, names, patience } = context;
  const remediate = await executions.startPatiently(waitRun(context, names.parameter, 'Remediate'));
  await until(patience, {
    what: 'The first round of the loop',
    every: 5,
    tries: 60,
    look: async () => ((await readParameter(context)) === 'waiting' ? true : undefined),
  });
  // The document now looks every ten seconds: let it do so a few times.
  await patience.sleep(30_000);
  await clients.ssm.send(
    new PutParameterCommand({ Name: names.parameter, Value: 'done', Overwrite: true }),
  );
  const changed = await executions.ended(remediate);
  const state = output(changed, 'State') ?? [];
  const loops = judge(
    'loop-variables',
    output(changed, 'Outcome')?.[0] === 'changed',
    summary(changed),
  );
  const undo = waitRun(context, names.parameter, 'Undo', state);
  const undone = await executions.ended(await executions.start(undo));
  const value = await readParameter(context);
  return [loops, judge('state-undo', value === 'first', `${summary(undone)}, value ${value}`)];
}

function waitRun(
  { names, place }: CheckContext,
  parameter: string,
  mode: string,
  state?: readonly string[],
) {
  return {
    document: names.documents.wait,
    parameters: {
      AutomationAssumeRole: [roleArn(place, names.role)],
      Mode: [mode],
      ControlId: ['SSM.1'],
      AccountId: [place.account],
      ResourceArn: [`AWS::::Account:${place.account}`],
      ParameterName: [parameter],
      ...(state === undefined ? {} : { State: state }),
    },
  };
}

async function readParameter({ clients, names }: CheckContext): Promise<string> {
  const answer = await clients.ssm.send(new GetParameterCommand({ Name: names.parameter }));
  return answer.Parameter?.Value ?? '';
}

async function checkFailure(context: CheckContext): Promise<readonly ClaimResult[]> {
  const { executions, names } = context;
  const run = waitRun(context, `${names.parameter}-missing`, 'Remediate');
  const execution = await executions.ended(await executions.start(run));
  const holds =
    execution.AutomationExecutionStatus === 'Failed' &&
    output(execution, 'Outcome')?.[0] === 'failed' &&
    (output(execution, 'Error')?.[0] ?? '').includes('ParameterNotFound');
  return [judge('result-after-failure', holds, summary(execution))];
}

async function checkUpdate(context: CheckContext): Promise<readonly ClaimResult[]> {
  const { clients, names, patience, update } = context;
  await updateStack(clients, names, update, patience);
  const described = await clients.ssm.send(
    new DescribeDocumentCommand({ Name: names.documents.facts }),
  );
  const resource = await clients.cloudformation.send(
    new DescribeStackResourceCommand({
      StackName: names.stack,
      LogicalResourceId: 'FactsDocument',
    }),
  );
  const { DefaultVersion: version, LatestVersion: latest } = described.Document ?? {};
  const physical = resource.StackResourceDetail?.PhysicalResourceId;
  const holds = version === '2' && latest === '2' && physical === names.documents.facts;
  const seen = `default ${version ?? '-'}, latest ${latest ?? '-'}, physical id ${physical ?? '-'}`;
  return [judge('new-version', holds, seen)];
}

async function checkBraces({
  executions,
  names,
  place,
}: CheckContext): Promise<readonly ClaimResult[]> {
  const text = '{{ global:ACCOUNT_ID }}';
  const parameters = { AutomationAssumeRole: [roleArn(place, names.role)], Braces: [text] };
  const id = await executions.start({ document: names.documents.facts, parameters });
  const facts = output(await executions.ended(id), 'Facts')?.[0] ?? 'no answer';
  return [judge('braces', facts.includes(text), facts.includes(text) ? 'as text' : facts)];
}
