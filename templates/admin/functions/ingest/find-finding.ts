import { GetFindingsCommand, GetFindingsV2Command } from '@aws-sdk/client-securityhub';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { rethrow } from '../run/aws-errors.ts';
import type { FindingKey } from './commands.ts';

/**
 * Reads a finding from Security Hub as it is now (Security Hub API, GetFindings and GetFindingsV2). Undefined unless
 * there is exactly one. Throws `Busy` when AWS is, and the SDK's error.
 */
export async function findFinding(
  securityHub: SecurityHubClient,
  { format, id, productArn }: FindingKey,
): Promise<unknown> {
  const [found, ...others] =
    format === 'asff'
      ? await findAsff(securityHub, id, productArn)
      : await findOcsf(securityHub, id, productArn);
  return others.length > 0 ? undefined : found;
}

async function findAsff(
  securityHub: SecurityHubClient,
  id: string,
  productArn: string,
): Promise<readonly unknown[]> {
  const { Findings: found = [] } = await securityHub
    .send(
      new GetFindingsCommand({
        Filters: {
          Id: [{ Value: id, Comparison: 'EQUALS' }],
          ProductArn: [{ Value: productArn, Comparison: 'EQUALS' }],
        },
        MaxResults: 2,
      }),
    )
    .catch(rethrow);
  return found;
}

async function findOcsf(
  securityHub: SecurityHubClient,
  id: string,
  productArn: string,
): Promise<readonly unknown[]> {
  const { Findings: found = [] } = await securityHub
    .send(
      new GetFindingsV2Command({
        Filters: {
          CompositeFilters: [
            {
              StringFilters: [
                {
                  FieldName: 'finding_info.uid',
                  Filter: { Value: id, Comparison: 'EQUALS' },
                },
                {
                  FieldName: 'metadata.product.uid',
                  Filter: { Value: productArn, Comparison: 'EQUALS' },
                },
              ],
              Operator: 'AND',
            },
          ],
        },
        MaxResults: 2,
      }),
    )
    .catch(rethrow);
  return found;
}
