import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { TemplateFile } from '../../../generator/emit/types.ts';
import type { Bridge } from '../../../generator/simulate/bridge.ts';
import { textOfJson } from '../../../generator/simulate/json.ts';
import type { Machine } from '../../templates/admin/asl.ts';
import type { WorldClock } from './clock.ts';
import { answerCustomResources } from './custom-resources.ts';
import { readRules } from './delivery.ts';
import type { Rule } from './delivery.ts';
import { loadFunction } from './functions.ts';
import type { FunctionOptions, Handler } from './functions.ts';
import { ADMIN, HOME } from './places.ts';
import { describeStack, readFunctions } from './stacks.ts';
import type { Deployed, Stack } from './stacks.ts';
import type { TableNames } from './tables.ts';

/** The administrator stack once it stands: its parts as they were deployed, its functions ready to be called. */
export interface AdminStack {
  readonly outputs: Readonly<Record<string, string>>;
  readonly rules: readonly Rule[];
  readonly definition: Machine;
  /** Functions by their ARNs. */
  readonly functions: Readonly<Record<string, Handler>>;
  readonly ingest: Handler;
  readonly sweep: Handler;
  readonly tables: TableNames;
}

export interface AdminStackOptions {
  readonly bridge: Bridge;
  /** URL of the front. */
  readonly endpoint: string;
  readonly file: TemplateFile;
  readonly clock: WorldClock;
  readonly log: (line: string) => void;
}

/** Loads the functions of a stack that was just launched, answers its custom resources and reads what was deployed. */
export async function launchAdminStack(
  stack: Stack,
  options: AdminStackOptions,
): Promise<AdminStack> {
  const { bridge, file } = options;
  const deployed = await readFunctions(bridge, file);
  const handlers = new Map<string, Handler>();
  for (const [logicalId, found] of deployed)
    handlers.set(logicalId, await loadDeployed(logicalId, found, options));
  const handler = (logicalId: string): Handler => {
    const found = handlers.get(logicalId);
    if (found === undefined) throw new Error(`There is no function ${logicalId}.`);
    return found;
  };
  const state = deployed.get('IngestFunction')?.environment ?? {};
  const tables = {
    configuration: state['CONFIGURATION_TABLE'] ?? '',
    state: state['TABLE'] ?? '',
  };
  await answerCustomResources(
    options,
    stack,
    file,
    { TableName: tables.configuration },
    handler('SetupFunction'),
  );
  await takeOverQueues(bridge);
  const { outputs } = await describeStack(bridge, stack);
  return {
    outputs,
    tables,
    rules: await readRules(bridge),
    definition: await readDefinition(bridge, outputs['OrchestratorArn'] ?? ''),
    functions: Object.fromEntries(
      [...deployed].map(([logicalId, { arn }]) => [arn, handler(logicalId)]),
    ),
    ingest: handler('IngestFunction'),
    sweep: handler('SweepFunction'),
  };
}

/** Each function signs its calls as its own role. */
async function loadDeployed(
  logicalId: string,
  { role, environment }: Deployed,
  { endpoint, file, clock, log }: AdminStackOptions,
): Promise<Handler> {
  const sts = new STSClient({
    region: HOME,
    endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { Credentials: given } = await sts.send(
    new AssumeRoleCommand({ RoleArn: role, RoleSessionName: logicalId }),
  );
  const credentials: FunctionOptions['client']['credentials'] = {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  };
  const client = { endpoint, region: HOME, credentials };
  return loadFunction({ file, logicalId, environment, client, clock, log });
}

async function readDefinition(bridge: Bridge, arn: string): Promise<Machine> {
  const { definition } = await bridge.call(
    'stepfunctions',
    'DescribeStateMachine',
    { stateMachineArn: arn },
    { account: ADMIN, region: HOME },
  );
  return JSON.parse(textOfJson(definition ?? '')) as Machine;
}

/** The emulator would try to run the function in Docker with every message that comes, and count that as tried. */
async function takeOverQueues(bridge: Bridge): Promise<void> {
  const place = { account: ADMIN, region: HOME };
  const { EventSourceMappings: mappings } = (await bridge.call(
    'lambda',
    'ListEventSourceMappings',
    {},
    place,
  )) as { readonly EventSourceMappings: readonly { readonly UUID: string }[] };
  for (const { UUID } of mappings)
    await bridge.call('lambda', 'UpdateEventSourceMapping', { UUID, Enabled: false }, place);
}
