import { paginateScan } from '@aws-sdk/client-dynamodb';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { awsProblem } from '../aws-problem.ts';
import { DeployError } from '../deploy-error.ts';
import type { Access } from '../members/access.ts';
import { count, few } from '../members/judgement.ts';
import { listStacks, readParameters } from './gather/admin.ts';
import { isOtherStack } from './installation.ts';

/** Settings of AWS's own solution that can be taken over. */
export interface OtherSettings {
  readonly table: string;
  /** Controls that are remediated automatically there. */
  readonly automatic: readonly string[];
  /** Parameters of the filters with their values. */
  readonly filters: ReadonlyMap<string, string>;
}

/** Where its stack keeps the name of the table; ours has an output of the same name. */
const TABLE_OUTPUT = 'RemediationConfigurationDynamoDBTable';

/**
 * Reads the configuration table and the filters of AWS's own solution, in the administrator account.
 * @param named the table; it outlives its stack, which otherwise says its name
 * Throws `DeployError` when there is no table, and `AwsProblem` when it can't be read.
 */
export async function readOtherSettings(
  access: Access,
  named: string | undefined,
): Promise<OtherSettings> {
  const { region } = access;
  const table = named ?? (await findTable(access));
  const automatic = await attempt(`Reading the table ${table}`, () =>
    scanAutomatic(access.dynamoDb(region), table),
  );
  const filters = await attempt('Reading the filters', () =>
    readParameters(access.ssm(region), '/ASR/Filters'),
  );
  return { table, automatic, filters };
}

async function findTable({ cloudFormation, region, account }: Access): Promise<string> {
  const stacks = await attempt('Listing the stacks', () => listStacks(cloudFormation(region)));
  const table = stacks
    .filter(({ description }) => isOtherStack(description))
    .map(({ outputs }) => outputs.get(TABLE_OUTPUT))
    .find((name) => name !== undefined);
  if (table !== undefined) return table;
  throw new DeployError(
    `No stack of AWS's own solution in account ${account}, Region ${region} names a configuration table. Versions before 3 have none. If the stack is deleted, its table is still there: name it with --table.`,
  );
}

async function scanAutomatic(client: DynamoDBClient, table: string): Promise<readonly string[]> {
  const controls: string[] = [];
  for await (const page of paginateScan({ client }, { TableName: table, ConsistentRead: true }))
    for (const { controlId, automatedRemediationEnabled } of page.Items ?? [])
      if (controlId?.S !== undefined && isTrue(automatedRemediationEnabled))
        controls.push(controlId.S);
  return controls.toSorted();
}

/** People edit it in the console, where true is easily written as text. */
function isTrue(value: AttributeValue | undefined): boolean {
  return value?.BOOL === true || value?.S?.toLowerCase() === 'true';
}

async function attempt<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw awsProblem(error, doing);
  }
}

/** What to run here to have the same settings, and what to know about it. */
export interface ImportPlan {
  readonly commands: readonly string[];
  readonly notes: readonly string[];
}

/** Turns settings into commands. Nothing is run: people read them first. */
export function planImport(
  { table, automatic, filters }: OtherSettings,
  remediated: readonly string[],
  region: string,
): ImportPlan {
  // Ids differ in capitals between sources.
  const ours = new Map(remediated.map((id) => [id.toLowerCase(), id]));
  const enable = automatic.flatMap((id) => ours.get(id.toLowerCase()) ?? []);
  const missing = automatic.filter((id) => !ours.has(id.toLowerCase()));
  const kept = [...filters]
    .filter(([, value]) => !['none', 'Disabled', ''].includes(value))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const isOrganization = kept.some(
    ([name, value]) => name.endsWith('/OUFilters') && /(?:^|,)\s*o-/u.test(value),
  );
  const hasUnits = kept.some(([name, value]) => name.endsWith('/OUFilterMode') && value !== '');
  return {
    // The filters first: what they keep out must not be remediated in between.
    commands: [
      ...kept.map(
        ([name, value]) =>
          `aws ssm put-parameter --overwrite --type String --region ${region} --name ${name} --value ${quoted(value)}`,
      ),
      ...(enable.length === 0
        ? []
        : [`npx asr controls enable ${enable.join(' ')} --region ${region}`]),
    ],
    notes: [
      `${table}: ${count(automatic.length, 'control')} automatic.`,
      ...(missing.length === 0
        ? []
        : [`No remediation here: ${few(missing, missing.length)}. They stay manual.`]),
      ...(enable.length === 0
        ? []
        : ['asr controls enable says first how many open findings it would fix; --yes does it.']),
      ...(kept.length === 0 ? ['No filter is on.'] : []),
      ...(isOrganization
        ? [
            'The OU filter names the organization (o-...). Here it takes units and the root: write the id of the root (r-...).',
          ]
        : []),
      ...(hasUnits
        ? [
            'A unit counts here for all accounts below it, at any depth; there it counted for its own accounts only.',
          ]
        : []),
    ],
  };
}

/** For a shell of POSIX. */
function quoted(value: string): string {
  return /^[\w.,:/=+@-]+$/u.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
