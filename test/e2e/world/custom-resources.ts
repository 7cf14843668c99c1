import type { TemplateFile } from '../../../generator/emit/types.ts';
import type { Bridge } from '../../../generator/simulate/bridge.ts';
import type { Handler } from './functions.ts';
import type { Members } from './places.ts';
import type { Stack } from './stacks.ts';

/**
 * Answers the custom resources of the administrator stack with the stack's own function: the emulator has no Docker to
 * run it in, but takes the answer like CloudFormation does.
 */
export async function answerCustomResources(
  { bridge, endpoint }: { readonly bridge: Bridge; readonly endpoint: string },
  stack: Stack,
  { json }: TemplateFile,
  resolved: Readonly<Record<string, string>>,
  setup: Handler,
): Promise<void> {
  const { StackResources: made } = (await bridge.call(
    'cloudformation',
    'DescribeStackResources',
    { StackName: stack.name },
    { account: stack.account, region: stack.region },
  )) as { readonly StackResources: readonly Members[] };
  const isMade = new Set(made.map(({ LogicalResourceId }) => LogicalResourceId));
  for (const [logicalId, { Type, Properties = {} }] of Object.entries(json.Resources)) {
    if (!Type.startsWith('Custom::') || !isMade.has(logicalId)) continue;
    const properties: Members = {
      ...Properties,
      ...(Type.endsWith('Configuration') ? resolved : {}),
    };
    await setup(
      {
        RequestType: 'Create',
        ResponseURL: `${endpoint}/cloudformation_${stack.region}/cfnresponse?stack=${encodeURIComponent(stack.id)}`,
        StackId: stack.id,
        RequestId: logicalId,
        LogicalResourceId: logicalId,
        ResourceType: Type,
        ResourceProperties: properties,
      },
      { getRemainingTimeInMillis: () => 60_000 },
    );
  }
}
