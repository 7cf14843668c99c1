import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import {
  DescribeAutomationExecutionsCommand,
  DescribeDocumentCommand,
  GetAutomationExecutionCommand,
  GetParametersCommand,
  SSMClient,
  StartAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { parse } from 'yaml';
import { createCheck } from '../../../templates/admin/functions/run/create-check.ts';
import type { CheckInput } from '../../../templates/admin/functions/run/create-check.ts';
import { createFinish } from '../../../templates/admin/functions/run/create-finish.ts';
import type { FinishInput } from '../../../templates/admin/functions/run/create-finish.ts';
import { createStart } from '../../../templates/admin/functions/run/create-start.ts';
import type { StartInput } from '../../../templates/admin/functions/run/create-start.ts';
import type { Store } from '../../../templates/admin/functions/store/store.ts';
import { runMachine } from './asl.ts';
import type { Execution, Machine } from './asl.ts';
import {
  ADMIN,
  AUTOMATION,
  catalog,
  environment,
  EXECUTION,
  KEY,
  MEMBER,
  NOW,
} from './fixtures.ts';
import { endingOptions, memory, reset } from './finish-world.ts';

const FILE = fileURLToPath(
  new URL('../../../templates/admin/orchestrator.asl.yaml', import.meta.url),
);
/** The definition as its source says it. */
export const text = readFileSync(FILE, 'utf8');
/** The definition as the stack makes it; `$1` in the ARN stands for a function's logical id. */
export const inAws = (functionArn: string): unknown =>
  parse(text.replaceAll(/\$\{(\w+)\.Arn\}/gu, functionArn).replaceAll('${AWS::Partition}', 'aws'));
export const machine = inAws('$1') as Machine;

/*
 * The state machine and the real functions. Lambda, the table and the AWS calls behind the clients are played here.
 */
export const ssm = mockClient(SSMClient);
const sts = mockClient(STSClient);
const tagging = mockClient(ResourceGroupsTaggingAPIClient);
/** Seconds of each wait, and the functions that were called. */
export let waits: number[] = [];
export let calls: string[] = [];
let before: (name: string) => void = () => undefined;

/** Calls `act` before each function; what it throws is thrown. */
export function beforeEachCall(act: (name: string) => void): void {
  before = act;
}

const PARAMETERS: Readonly<Record<string, string>> = {
  '/Solutions/SO0111/standards': '{"SC":"yes"}',
  '/ASR/Filters/AccountFilters': 'none',
  '/ASR/Filters/AccountFilterMode': 'Disabled',
  '/ASR/Filters/OUFilters': 'none',
  '/ASR/Filters/OUFilterMode': 'Disabled',
  '/ASR/Filters/TagFilters': 'none',
  '/ASR/Filters/TagFilterMode': 'Disabled',
  '/Solutions/SO0111/member/admin-account': ADMIN,
  '/Solutions/SO0111/member/namespace': 'shtest',
  '/Solutions/SO0111/member/version': 'v1.0.0',
};

/** An automation that is over. */
export const done = (outcome: string, error = ''): object => ({
  AutomationExecutionStatus: outcome === 'failed' ? 'Failed' : 'Success',
  Outputs: { 'Result.Outcome': [outcome], 'Result.Error': [error] },
});

/** A fresh world in which everything works, and the automation ends at the second look. */
export function resetAll(): void {
  reset();
  for (const mock of [ssm, sts, tagging]) mock.reset();
  waits = [];
  calls = [];
  before = () => undefined;
  sts.on(AssumeRoleCommand).resolves({
    Credentials: {
      AccessKeyId: 'a',
      SecretAccessKey: 'b',
      SessionToken: 'c',
      Expiration: new Date(0),
    },
  });
  ssm.on(GetParametersCommand).callsFake(({ Names }: { readonly Names: readonly string[] }) => ({
    Parameters: Names.map((Name) => ({ Name, Value: PARAMETERS[Name] })),
  }));
  ssm.on(DescribeDocumentCommand).resolves({
    Document: { Status: 'Active', Owner: MEMBER, DocumentVersion: '1' },
  });
  ssm.on(DescribeAutomationExecutionsCommand).resolves({ AutomationExecutionMetadataList: [] });
  tagging.on(GetResourcesCommand).resolves({ ResourceTagMappingList: [] });
  ssm.on(StartAutomationExecutionCommand).resolves({ AutomationExecutionId: AUTOMATION });
  ssm
    .on(GetAutomationExecutionCommand)
    .resolvesOnce({ AutomationExecution: { AutomationExecutionStatus: 'InProgress' } })
    .resolves({ AutomationExecution: done('changed') });
}

/** Runs the machine for an attempt in a store; the clock follows its waits. */
export async function run(
  input: unknown = KEY,
  execution = EXECUTION,
  store: Store = memory.store,
): Promise<Execution> {
  const region = 'us-east-1';
  const passed = (): number => waits.reduce((sum, seconds) => sum + seconds, 0);
  const now = (): Date => new Date(NOW.getTime() + passed() * 1000);
  const start = createStart({
    ...environment,
    catalog,
    version: 'v1.0.0',
    store,
    ssm: new SSMClient({ region }),
    sts: new STSClient({ region }),
    now,
  });
  const check = createCheck({ ...environment, sts: new STSClient({ region }), now });
  const finish = createFinish(endingOptions({ now, store }));
  const functions = {
    StartFunction: async (payload: unknown) => start(payload as StartInput),
    CheckFunction: async (payload: unknown) => check(payload as CheckInput),
    FinishFunction: async (payload: unknown) => finish(payload as FinishInput),
  };
  const counted = Object.entries(functions).map(
    ([name, call]) =>
      [
        name,
        async (payload: unknown) => {
          calls.push(name);
          before(name);
          return call(payload);
        },
      ] as const,
  );
  return runMachine(machine, input, {
    functions: Object.fromEntries(counted),
    waited: (seconds) => waits.push(seconds),
    execution,
  });
}
