import {
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { paginateListRoles } from '@aws-sdk/client-iam';
import {
  GetServiceSettingCommand,
  paginateDescribeAutomationExecutions,
  paginateListDocuments,
} from '@aws-sdk/client-ssm';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Access } from '../../members/access.ts';
import { lookInside } from '../../members/hub-facts.ts';
import { known, read } from '../../members/read.ts';
import type { Unread } from '../../members/read.ts';
import { OWN_ACCOUNT } from '../facts.ts';
import type { AccountFacts, AutomationFacts, RegionFacts, RoleFacts } from '../facts.ts';
import { readParameters } from './admin.ts';

/** Keeps one copy of equal texts: thousands of accounts have the same names and policies. */
export type Intern = (text: string) => string;

export function createIntern(): Intern {
  const copies = new Map<string, string>();
  return (text) => {
    const copy = copies.get(text) ?? text;
    copies.set(text, copy);
    return copy;
  };
}

export interface LookOptions {
  readonly regions: readonly string[];
  readonly solutionId: string;
  readonly intern: Intern;
}

/** Looks into one account. */
export async function readAccount(access: Access, options: LookOptions): Promise<AccountFacts> {
  const { regions, solutionId, intern } = options;
  const [roles, inRegions] = await Promise.all([
    read('iam:ListRoles', 'Listing the roles', () => listRoles(access, solutionId, intern)),
    Promise.all(regions.map(async (region) => readRegion(access, region, options))),
  ]);
  return { account: access.account, entered: known(true), roles, regions: inRegions };
}

/** An account that could not be entered. */
export function closedAccount(account: string, why: Unread): AccountFacts {
  return { account, entered: why, roles: why, regions: [] };
}

async function readRegion(
  access: Access,
  region: string,
  { solutionId, intern }: LookOptions,
): Promise<RegionFacts> {
  const ssm = access.ssm(region);
  const [hub, parameters, documents, automation, rolesStack] = await Promise.all([
    lookInside(access, region),
    read('ssm:GetParametersByPath', 'Reading what the member stack says of itself', () =>
      readParameters(ssm, `/Solutions/${solutionId}`),
    ),
    read('ssm:ListDocuments', 'Listing the documents', () => listDocuments(ssm, intern)),
    read('ssm:DescribeAutomationExecutions', 'Counting the automations', () => readAutomation(ssm)),
    read('cloudformation:DescribeStackResources', 'Looking for the member-roles stack', () =>
      describeStackOf(access.cloudFormation(region), `${solutionId}-ASR-Orchestrator-Member`),
    ),
  ]);
  return { account: access.account, region, hub, parameters, documents, automation, rolesStack };
}

async function listRoles(
  { account, iam }: Access,
  solutionId: string,
  intern: Intern,
): Promise<readonly RoleFacts[]> {
  const roles: RoleFacts[] = [];
  const client = iam();
  for await (const page of paginateListRoles({ client }, { MaxItems: 1000 }))
    for (const { RoleName: name, AssumeRolePolicyDocument: trust = '' } of page.Roles ?? [])
      if (name?.startsWith(`${solutionId}-`) === true)
        roles.push({
          name: intern(name),
          // The same text in every account, but for the account.
          trust: intern(decode(trust).replaceAll(account, OWN_ACCOUNT)),
        });
  return roles;
}

/** IAM API, Role: the document is URL-encoded. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function listDocuments(client: SSMClient, intern: Intern): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const page of paginateListDocuments(
    { client },
    { MaxResults: 50, Filters: [{ Key: 'Owner', Values: ['Self'] }] },
  ))
    for (const { Name: name } of page.DocumentIdentifiers ?? [])
      if (name !== undefined) names.push(intern(name));
  return names;
}

/** Setting of Systems Manager that lets it raise the limit of concurrent automations (API GetServiceSetting). */
const ADAPTIVE = '/ssm/automation/enable-adaptive-concurrency';

async function readAutomation(client: SSMClient): Promise<AutomationFacts> {
  const running = await countExecutions(client, 'InProgress');
  const pending = await countExecutions(client, 'Pending');
  const isAdaptive = await read(
    'ssm:GetServiceSetting',
    'Reading the setting of adaptive concurrency',
    async () => {
      const answer = await client.send(new GetServiceSettingCommand({ SettingId: ADAPTIVE }));
      return answer.ServiceSetting?.SettingValue?.toLowerCase() === 'true';
    },
  );
  return { running, pending, isAdaptive };
}

async function countExecutions(client: SSMClient, status: string): Promise<number> {
  let count = 0;
  for await (const page of paginateDescribeAutomationExecutions(
    { client },
    { MaxResults: 50, Filters: [{ Key: 'ExecutionStatus', Values: [status] }] },
  ))
    count += page.AutomationExecutionMetadataList?.length ?? 0;
  return count;
}

/** The stack that a resource belongs to; undefined when it belongs to none in this Region. */
async function describeStackOf(
  client: CloudFormationClient,
  physicalId: string,
): Promise<string | undefined> {
  let name: string | undefined;
  try {
    const { StackResources: resources = [] } = await client.send(
      new DescribeStackResourcesCommand({ PhysicalResourceId: physicalId }),
    );
    name = resources.find((one) => one.PhysicalResourceId === physicalId)?.StackName;
  } catch (error) {
    // CloudFormation has no error code of its own for it.
    if (error instanceof Error && /does not exist/u.test(error.message)) return undefined;
    throw error;
  }
  if (name === undefined) return undefined;
  const { Stacks: stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
  return stacks[0]?.Description ?? '';
}
