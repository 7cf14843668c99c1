import { readFileSync } from 'node:fs';
import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateMembersCommand, EnableSecurityHubCommand } from '@aws-sdk/client-securityhub';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { parse } from 'yaml';
import { settingNames } from '../../functions/model/settings.ts';
import type { FilterKind, Settings } from '../../functions/model/settings.ts';
import { errorName } from '../../functions/run/aws-errors.ts';
import { breakerItem } from '../../functions/store/items.ts';
import { toItem } from '../../functions/store/marshal.ts';
import type { Tables } from '../api/backend.ts';
import { importFindings } from './emulated-records.ts';
import type { Records } from './records.ts';
import type { Samples } from './sample-world.ts';

const RESOURCES = new URL('../../resources/tables.yaml', import.meta.url);

export interface TableNames {
  readonly table: string;
  readonly configurationTable: string;
}

/** Makes the tables of the administrator stack, as its source describes them; says whether they are new. */
export async function createStateTables(
  dynamodb: DynamoDBClient,
): Promise<TableNames & { readonly isNew: boolean }> {
  const { Resources: resources } = parse(readFileSync(RESOURCES, 'utf8')) as {
    readonly Resources: Readonly<Record<string, { readonly Properties: TableProperties }>>;
  };
  const create = async (logicalId: string, name: string): Promise<boolean> => {
    const properties = resources[logicalId]?.Properties;
    if (properties === undefined) throw new Error(`The administrator stack lacks ${logicalId}.`);
    const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } = properties;
    try {
      await dynamodb.send(
        new CreateTableCommand({
          TableName: name,
          AttributeDefinitions,
          KeySchema,
          GlobalSecondaryIndexes,
          BillingMode,
        }),
      );
      return true;
    } catch (error) {
      if (errorName(error) === 'ResourceInUseException') return false;
      throw error;
    }
  };
  const names = { table: 'asr-local-state', configurationTable: 'asr-local-configuration' };
  const isNew = await create('StateTable', names.table);
  await create('RemediationConfigurationTable', names.configurationTable);
  return { ...names, isNew };
}

type TableProperties = Pick<
  CreateTableCommandInput,
  'AttributeDefinitions' | 'KeySchema' | 'GlobalSecondaryIndexes' | 'BillingMode'
>;

export interface QueueUrls extends Readonly<Record<string, string>> {
  readonly events: string;
  readonly commands: string;
  readonly 'dead-letters': string;
}

/** Makes the queues and the parameters; what is there already stays, but for the parameters. */
export async function createQueuesAndSettings({
  sqs,
  ssm,
  solutionId,
  settings,
}: {
  readonly sqs: SQSClient;
  readonly ssm: SSMClient;
  readonly solutionId: string;
  readonly settings: Settings;
}): Promise<QueueUrls> {
  const queue = async (name: string): Promise<string> => {
    const { QueueUrl: url } = await sqs.send(
      new CreateQueueCommand({ QueueName: `asr-local-${name}` }),
    );
    if (url === undefined) throw new Error(`The emulator made no queue ${name}.`);
    return url;
  };
  const names = settingNames(solutionId);
  const values = settingValues(settings);
  for (const [at, Name] of names.entries())
    await ssm.send(
      new PutParameterCommand({ Name, Value: values[at], Type: 'String', Overwrite: true }),
    );
  return {
    events: await queue('events'),
    commands: await queue('commands'),
    'dead-letters': await queue('dead-letters'),
  };
}

/** In the order of their names. */
function settingValues({ standards, filters }: Settings): readonly string[] {
  const kinds: readonly FilterKind[] = ['Account', 'OU', 'Tag'];
  return [
    JSON.stringify(Object.fromEntries(standards.map((id) => [id, 'yes']))),
    ...kinds.flatMap((kind) => [filters[kind].mode, filters[kind].values.join(',') || 'none']),
  ];
}

interface FillOptions extends TableNames {
  readonly dynamodb: DynamoDBClient;
  readonly securityHub: SecurityHubClient;
  readonly tables: Pick<Tables, 'putException'>;
  readonly records: Records;
}

/** Puts the samples where the stack and Security Hub would have put them. Throws the SDK's error. */
export async function fill(
  { dynamodb, securityHub, tables, records, table, configurationTable }: FillOptions,
  samples: Samples,
): Promise<void> {
  const put = async (TableName: string, Item: ReturnType<typeof toItem>): Promise<void> =>
    void (await dynamodb.send(new PutItemCommand({ TableName, Item })));
  await securityHub.send(new EnableSecurityHubCommand({})).catch(unlessThere);
  await securityHub.send(
    new CreateMembersCommand({
      AccountDetails: samples.members.map((AccountId) => ({
        AccountId,
        Email: `${AccountId}@example.com`,
      })),
    }),
  );
  await importFindings(securityHub, samples.findings);
  for (const row of samples.rows) await put(configurationTable, toItem(row));
  for (const attempt of samples.attempts) await records.putAttempt(attempt);
  for (const exception of samples.exceptions) await tables.putException(exception);
  for (const [control, breaker] of Object.entries(samples.breakers))
    await put(table, breakerItem(control, breaker));
}

function unlessThere(error: unknown): void {
  if (errorName(error) !== 'ResourceConflictException') throw error;
}
