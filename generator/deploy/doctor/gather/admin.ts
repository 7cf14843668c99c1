import { paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Access } from '../../members/access.ts';
import { read } from '../../members/read.ts';
import type { AdminFacts, StackSummary } from '../facts.ts';

/** Reads what the administrator account says of its installation. */
export async function readAdmin(access: Access, solutionId: string): Promise<AdminFacts> {
  const ssm = access.ssm(access.region);
  const [parameters, stacks] = await Promise.all([
    read('ssm:GetParametersByPath', 'Reading the settings', async () => {
      const own = await readParameters(ssm, `/Solutions/${solutionId}`);
      const filters = await readParameters(ssm, '/ASR/Filters');
      return new Map([...own, ...filters]);
    }),
    read('cloudformation:DescribeStacks', 'Listing the stacks', () =>
      listStacks(access.cloudFormation(access.region)),
    ),
  ]);
  return { parameters, stacks };
}

/** All parameters below a path. Throws the SDK's error. */
export async function readParameters(
  client: SSMClient,
  path: string,
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for await (const page of paginateGetParametersByPath(
    { client },
    { Path: path, Recursive: true, MaxResults: 10 },
  ))
    for (const { Name: name, Value: value } of page.Parameters ?? [])
      if (name !== undefined && value !== undefined) values.set(name, value);
  return values;
}

/** All stacks of a Region that are not deleted. Throws the SDK's error. */
export async function listStacks(client: CloudFormationClient): Promise<readonly StackSummary[]> {
  const stacks: StackSummary[] = [];
  for await (const page of paginateDescribeStacks({ client }, {}))
    for (const stack of page.Stacks ?? [])
      stacks.push({
        name: stack.StackName ?? '',
        description: stack.Description ?? '',
        status: stack.StackStatus ?? '',
        outputs: new Map(
          (stack.Outputs ?? []).map(({ OutputKey: name = '', OutputValue: value = '' }) => [
            name,
            value,
          ]),
        ),
      });
  return stacks;
}
