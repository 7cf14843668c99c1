import { BatchGetSecurityControlsCommand } from '@aws-sdk/client-securityhub';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { listOf, objectOf } from '../model/json.ts';
import { isSameControl } from '../model/same-control.ts';
import { isBusy, rethrow } from './aws-errors.ts';

type Values = Readonly<Record<string, readonly string[]>>;

/**
 * The control's parameters as they are set in the client's account and Region (Security Hub API,
 * BatchGetSecurityControls); undefined when Security Hub doesn't say, or not in a way that is understood. Throws `Busy` when it is.
 */
export async function readControlValues(
  securityHub: SecurityHubClient,
  control: string,
): Promise<Values | undefined> {
  try {
    const answer = await securityHub.send(
      new BatchGetSecurityControlsCommand({ SecurityControlIds: [control] }),
    );
    const found = (answer.SecurityControls ?? []).find((one) =>
      isSameControl(one.SecurityControlId ?? '', control),
    );
    if (found === undefined) return undefined;
    const values: (readonly [string, readonly string[]])[] = [];
    for (const [name, { Value: value }] of Object.entries(found.Parameters ?? {})) {
      // The default can be to ignore a parameter: then it has no value (Security Hub API, ParameterConfiguration).
      if (value === undefined) continue;
      const texts = textsOf(value);
      if (texts === undefined) return undefined;
      values.push([name, texts]);
    }
    return Object.fromEntries(values);
  } catch (error) {
    return isBusy(error) ? rethrow(error) : undefined;
  }
}

/** A value is a union with one member (Security Hub API, ParameterValue); undefined when it is another one. */
function textsOf(value: unknown): readonly string[] | undefined {
  const [content, ...others] = Object.values(objectOf(value));
  const list = Array.isArray(content) ? listOf(content) : [content];
  const isPlain = list.every((one) => ['string', 'number', 'boolean'].includes(typeof one));
  return isPlain && others.length === 0 ? list.map(String) : undefined;
}
