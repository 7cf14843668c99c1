import {
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { paginateListRoles } from '@aws-sdk/client-iam';
import type { IAMClient } from '@aws-sdk/client-iam';
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
import type { AccountFacts, AutomationFacts, RegionFacts, RoleFacts } from '../facts.ts';
import { readParameters } from './admin.ts';

/** Looks into one account. */
export async function readAccount(
  access: Access,
  regions: readonly string[],
  solutionId: string,
): Promise<AccountFacts> {
  const [roles, inRegions] = await Promise.all([
    read('iam:ListRoles', 'Listing the roles', () => listRoles(access.iam(), `${solutionId}-`)),
    Promise.all(regions.map(async (region) => readRegion(access, region, solutionId))),
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
  solutionId: string,
): Promise<RegionFacts> {
  const ssm = access.ssm(region);
  const [hub, parameters, documents, automation, rolesStack] = await Promise.all([
    lookInside(access, region),
    read('ssm:GetParametersByPath', 'Reading what the member stack says of itself', () =>
      readParameters(ssm, `/Solutions/${solutionId}`),
    ),
    read('ssm:ListDocuments', 'Listing the documents', () => listDocuments(ssm)),
    read('ssm:DescribeAutomationExecutions', 'Counting the automations', () => readAutomation(ssm)),
    read('cloudformation:DescribeStackResources', 'Looking for the member-roles stack', () =>
      describeStackOf(access.cloudFormation(region), `${solutionId}-ASR-Orchestrator-Member`),
    ),
  ]);
  return { account: access.account, region, hub, parameters, documents, automation, rolesStack };
}

async function listRoles(client: IAMClient, prefix: string): Promise<readonly RoleFacts[]> {
  const roles: RoleFacts[] = [];
  for await (const page of paginateListRoles({ client }, { MaxItems: 1000 }))
    for (const { RoleName: name, AssumeRolePolicyDocument: trust = '' } of page.Roles ?? [])
      if (name?.startsWith(prefix) === true) roles.push({ name, trust: parseTrust(trust) });
  return roles;
}

/** IAM API, Role: the document is URL-encoded JSON. */
function parseTrust(text: string): unknown {
  try {
    return JSON.parse(decodeURIComponent(text));
  } catch {
    return undefined;
  }
}

async function listDocuments(client: SSMClient): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const page of paginateListDocuments(
    { client },
    { MaxResults: 50, Filters: [{ Key: 'Owner', Values: ['Self'] }] },
  ))
    for (const { Name: name } of page.DocumentIdentifiers ?? [])
      if (name !== undefined) names.push(name);
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
