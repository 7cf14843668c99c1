import { GetParametersCommand } from '@aws-sdk/client-ssm';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Refusal } from '../model/refusal.ts';
import { parseSettings, settingNames } from '../model/settings.ts';
import type { Settings } from '../model/settings.ts';

/**
 * Reads the settings from Parameter Store in one call (SSM API, GetParameters: at most ten names). What is missing or
 * isn't understood is a refusal; throws the SDK's error when Parameter Store gives no answer.
 */
export async function readSettings(
  ssm: SSMClient,
  solutionId: string,
): Promise<Settings | Refusal> {
  const { Parameters: found = [] } = await ssm.send(
    new GetParametersCommand({ Names: [...settingNames(solutionId)] }),
  );
  const values = found.flatMap(({ Name, Value }) =>
    Name === undefined || Value === undefined ? [] : [[Name, Value] as const],
  );
  return parseSettings(new Map(values), solutionId);
}
